// SPDX-License-Identifier: GPL-3.0-or-later
// What an exchange answers by itself, without a provider.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "gateway/exchange/exchange.h"
#include "gateway/metrics/json.h"
#include "gateway/metrics/prometheus.h"

namespace sluice::exchange {

using net::appendField;
using net::appendNumber;

namespace {
constexpr std::string_view kJson = "application/json";
/// "12ms", "1.5s", "6m0s", as OpenAI writes it: until all that may be saved up is there.
std::string resetText(std::uint64_t ms) {
  if (ms < 1000) return std::to_string(ms) + "ms";
  const std::uint64_t tenths = ms / 100;
  const std::uint64_t minutes = tenths / 600;
  std::string text = minutes > 0 ? std::to_string(minutes) + "m" : "";
  text += std::to_string(tenths % 600 / 10);
  if (minutes == 0 && tenths % 10 > 0) text += "." + std::to_string(tenths % 10);
  return text + "s";
}

/// One bucket and what fills it.
struct Level {
  std::uint64_t perMinute = 0;
  std::uint64_t capacity = 0;
  std::int64_t left = 0;
};

void appendLevel(std::string& head, std::string_view kind, const Level& level) {
  const auto field = [&](std::string_view what) {
    head.append("x-ratelimit-").append(what).append("-").append(kind).append(": ");
  };
  field("limit");
  appendNumber(head, level.perMinute);
  head.append("\r\n");
  field("remaining");
  appendNumber(head, level.left > 0 ? static_cast<std::uint64_t>(level.left) : 0);
  head.append("\r\n");
  if (level.perMinute == 0) return;
  const std::int64_t missing =
      std::max<std::int64_t>(static_cast<std::int64_t>(level.capacity) - level.left, 0);
  field("reset");
  head.append(resetText(static_cast<std::uint64_t>(missing) * 60'000 / level.perMinute));
  head.append("\r\n");
}

/// Of all that limit a request, the one that will refuse first.
class Tightest {
 public:
  void add(const TollGate& gate, core::Nanos now) {
    const config::Limits& limits = gate.limits;
    if (limits.requestsPerMinute) {
      take(m_requests, {*limits.requestsPerMinute, limits.effectiveBurst(),
                        gate.buckets.requests.availableApprox(now)});
    }
    if (limits.tokensPerMinute) {
      take(m_tokens, {*limits.tokensPerMinute, limits.effectiveTokenBurst(),
                      gate.buckets.tokens.availableApprox(now)});
    }
  }
  void append(std::string& head) const {
    if (m_requests) appendLevel(head, "requests", *m_requests);
    if (m_tokens) appendLevel(head, "tokens", *m_tokens);
  }

 private:
  static void take(std::optional<Level>& to, const Level& level) {
    if (!to || level.left < to->left) to = level;
  }
  std::optional<Level> m_requests;
  std::optional<Level> m_tokens;
};

/// Milliseconds with three decimals.
void appendMillis(std::string& out, std::string_view name, core::Nanos span) {
  const std::uint64_t us = core::micros(span);
  const std::uint64_t rest = us % 1000;
  out.append(name).append(";dur=");
  appendNumber(out, us / 1000);
  out.append(rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
  appendNumber(out, rest);
}
}  // namespace

void Exchange::appendTiming(std::string& head) {
  const core::Nanos now = m_worker.now();
  const core::Nanos upstream = now - m_attemptAt;
  const core::Nanos earlier = m_attempts > 1 ? m_attemptAt - m_receivedAt - m_queuedFor : 0;
  const core::Nanos sent = upstream - m_sendCost;
  head.append("Server-Timing: ");
  appendMillis(head, "queue", m_queuedFor);
  if (m_attempts > 1) {
    head.append(", ");
    appendMillis(head, "retries", earlier);
  }
  head.append(", ");
  appendMillis(head, "upstream", sent);
  head.append(", ");
  appendMillis(head, "gateway", now - m_receivedAt - m_queuedFor - earlier - sent);
  head.append("\r\n");
}

void Exchange::appendOwnFields(std::string& head) {
  appendField(head, "x-request-id", m_requestId);
  if (!m_table) return;
  head.append("x-sluice-revision: ");
  appendNumber(head, m_table->revision);
  head.append("\r\n");
  if (m_cached != Cached::None) {
    appendField(head, "x-sluice-cache",
                m_cached == Cached::Hit    ? "hit"
                : m_cached == Cached::Miss ? "miss"
                                           : "bypass");
  }
  Tightest limits;
  const core::Nanos now = m_worker.now();
  if (m_client) limits.add({m_client->config.limits, m_client->runtime->buckets}, now);
  if (m_route) limits.add({m_route->limits, m_route->runtime->buckets}, now);
  if (m_provider) limits.add({m_provider->config.limits, m_provider->runtime->buckets}, now);
  limits.append(head);
  if (!m_provider) return;
  appendField(head, "x-sluice-provider", m_provider->config.id);
  head.append("x-sluice-attempts: ");
  appendNumber(head, m_attempts);
  head.append("\r\n");
}

OwnLimits Exchange::ownLimits() const {
  OwnLimits own;
  for (const config::Limits* limits :
       {m_client ? &m_client->config.limits : nullptr, m_route ? &m_route->limits : nullptr,
        m_provider ? &m_provider->config.limits : nullptr}) {
    own.requests |= limits && limits->requestsPerMinute;
    own.tokens |= limits && limits->tokensPerMinute;
  }
  return own;
}

void Exchange::answerError(int status, const dialect::ErrorBody& error, std::string_view fields) {
  std::string own(fields);
  appendOwnFields(own);
  const std::string body = dialect::errorBody(error);
  reset();
  m_connection.respond(status, own, kJson, body);
}

void Exchange::reject(int status, const dialect::ErrorBody& error, std::string_view fields) {
  m_answered = status;
  using metrics::Refusals;
  auto why = std::exchange(m_refusedFor, nullptr);
  if (!why) {
    why = status == 429   ? &Refusals::limit
          : status == 404 ? &Refusals::unknownModel
                          : &Refusals::invalid;
  }
  if (m_counted) ++(m_worker.counters().refusals.*why);
  endRequest(Ending::Rejected);
  answerError(status, error, fields);
}

void Exchange::methodNotAllowed(std::string_view allowed) {
  std::string fields;
  appendField(fields, "Allow", allowed);
  answerError(405,
              {"this address accepts " + std::string(allowed) + " only",
               "invalid_request_error",
               {},
               "method_not_allowed"},
              fields);
}

void Exchange::listModels() {
  std::vector<std::string> models;
  for (const route::RouteEntry& route : m_table->routes) {
    if (route.model.ends_with('*') || (m_client && !m_client->mayUse(route.model))) continue;
    models.push_back(route.model);
  }
  std::string fields;
  appendOwnFields(fields);
  reset();
  m_connection.respond(200, fields, kJson, dialect::modelList(models));
}

void Exchange::showModel(std::string_view model) {
  if (!m_table->match(model) || (m_client && !m_client->mayUse(model))) {
    answerError(404, {"the model '" + std::string(model) + "' is not known to this gateway",
                      "invalid_request_error", "model", "model_not_found"});
    return;
  }
  std::string fields;
  appendOwnFields(fields);
  reset();
  m_connection.respond(200, fields, kJson, dialect::modelObject(model));
}

void Exchange::health() {
  const EngineSnapshot snapshot = m_worker.services().snapshot();
  bool serves = false;
  auto providers = nlohmann::ordered_json::object();
  for (const ProviderSnapshot& provider : snapshot.providers) {
    const bool admits = provider.state == config::ProviderState::Ready &&
                        provider.unready.empty() && provider.breaker.state != BreakerState::Open &&
                        provider.breaker.state != BreakerState::ForcedOpen;
    serves = serves || admits;
    providers[provider.id] = {{"serves", admits},
                              {"breaker", metrics::wordOf(provider.breaker.state)},
                              {"health", provider.health.score},
                              {"healthy", provider.health.healthy()}};
    if (!provider.unready.empty()) providers[provider.id]["reason"] = provider.unready;
  }
  const nlohmann::ordered_json body = {{"status", serves ? "ok" : "unavailable"},
                                       {"revision", snapshot.revision},
                                       {"providers", std::move(providers)}};
  reset();
  m_connection.respond(serves ? 200 : 503, {}, kJson, body.dump());
}

void Exchange::metricsText() {
  // Our own worker's counts as of now; the others' are at most a tick old.
  m_worker.publish();
  const std::string text = metrics::prometheusText(m_worker.services().snapshot());
  reset();
  m_connection.respond(200, {}, "text/plain; version=0.0.4; charset=utf-8", text);
}

}  // namespace sluice::exchange
