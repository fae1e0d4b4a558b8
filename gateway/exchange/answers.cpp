// SPDX-License-Identifier: GPL-3.0-or-later
// What an exchange answers by itself, without a provider.
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/wording.h"
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

/// Until the bucket is full again, in milliseconds. `level.perMinute` is not 0.
std::uint64_t fullIn(const Level& level) {
  const std::int64_t missing =
      std::max<std::int64_t>(static_cast<std::int64_t>(level.capacity) - level.left, 0);
  return static_cast<std::uint64_t>(missing) * 60'000 / level.perMinute;
}

/// As Anthropic has it: the reset is a time of day (RFC 3339).
void appendAnthropicLevel(std::string& head, std::string_view kind, const Level& level) {
  const auto field = [&](std::string_view what) {
    head.append("anthropic-ratelimit-").append(kind).append("-").append(what).append(": ");
  };
  field("limit");
  appendNumber(head, level.perMinute);
  head.append("\r\n");
  field("remaining");
  appendNumber(head, level.left > 0 ? static_cast<std::uint64_t>(level.left) : 0);
  head.append("\r\n");
  if (level.perMinute == 0) return;
  field("reset");
  const auto seconds = std::time(nullptr) + static_cast<std::time_t>((fullIn(level) + 999) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[24];
  head.append(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
  head.append("\r\n");
}

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
  field("reset");
  head.append(resetText(fullIn(level)));
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
  void append(std::string& head, Kind caller) const {
    const auto write = caller == Kind::Anthropic ? appendAnthropicLevel : appendLevel;
    if (m_requests) write(head, "requests", *m_requests);
    if (m_tokens) write(head, "tokens", *m_tokens);
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
  const core::Nanos earlier = m_attempts > 1 ? m_attemptAt - m_askedAt - m_queuedFor : 0;
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
  appendMillis(head, "gateway", now - m_askedAt - m_queuedFor - earlier - sent);
  head.append("\r\n");
}

void Exchange::appendOwnFields(std::string& head) {
  appendField(head, "x-request-id", m_requestId);
  if (m_endpoint.caller == Kind::Anthropic) appendField(head, "request-id", m_requestId);
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
  for (const route::RouteEntry* route : {m_route, m_fallback}) {
    if (route) limits.add({route->limits, route->runtime->buckets}, now);
  }
  if (m_provider) limits.add({m_provider->config.limits, m_provider->runtime->buckets}, now);
  limits.append(head, m_endpoint.caller);
  if (!m_provider) return;
  appendField(head, "x-sluice-provider", m_provider->config.id);
  appendDropped(head);
  head.append("x-sluice-attempts: ");
  appendNumber(head, m_attempts);
  head.append("\r\n");
}

void Exchange::appendDropped(std::string& head) const {
  if (!m_translation || m_translation->dropped.empty()) return;
  appendField(head, "x-sluice-dropped", droppedText());
}

OwnFields Exchange::ownFields() const {
  OwnFields own;
  for (const config::Limits* limits :
       {m_client ? &m_client->config.limits : nullptr, m_route ? &m_route->limits : nullptr,
        m_fallback ? &m_fallback->limits : nullptr,
        m_provider ? &m_provider->config.limits : nullptr}) {
    own.requests |= limits && limits->requestsPerMinute;
    own.tokens |= limits && limits->tokensPerMinute;
  }
  return own;
}

void Exchange::answerError(int status, const dialect::ErrorBody& error, std::string_view fields) {
  std::string own(fields);
  appendOwnFields(own);
  std::string body = errorText(m_endpoint.caller, status, error, m_requestId);
  if (m_endpoint.array) body = EventArray::ofError(body);
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

void Exchange::answerUnknownUrl() {
  answerError(404,
              {"unknown request URL: " + m_connection.request().method + " " + std::string(m_path),
               "invalid_request_error",
               {},
               "unknown_url"});
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

void Exchange::health() {
  answerAside([&services = m_worker.services(), table = m_table] {
    const EngineSnapshot snapshot = services.snapshot();
    std::set<std::string_view> asked;  // by some route
    for (const route::RouteEntry& route : table->routes) {
      for (const route::TargetEntry& target : route.targets) {
        asked.insert(table->providers[target.provider].config.id);
      }
    }
    bool serves = false;
    auto providers = nlohmann::ordered_json::object();
    for (const ProviderSnapshot& provider : snapshot.providers) {
      const bool admits =
          provider.state == config::ProviderState::Ready && provider.unready.empty() &&
          provider.breaker.state != BreakerState::Open &&
          provider.breaker.state != BreakerState::ForcedOpen && provider.coolDownLeft == 0;
      serves = serves || (admits && asked.contains(provider.id));
      providers[provider.id] = {{"serves", admits},
                                {"breaker", metrics::wordOf(provider.breaker.state)},
                                {"health", provider.health.score},
                                {"healthy", provider.health.healthy()}};
      if (!provider.unready.empty()) providers[provider.id]["reason"] = provider.unready;
      if (provider.coolDownLeft > 0) {
        providers[provider.id]["cool_down_left"] = retrySeconds(provider.coolDownLeft);
      }
    }
    const nlohmann::ordered_json body = {{"status", serves ? "ok" : "unavailable"},
                                         {"revision", snapshot.revision},
                                         {"providers", std::move(providers)}};
    return Reply{serves ? 200 : 503, kJson,
                 body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
  });
}

void Exchange::metricsText() {
  // Our own worker's counts as of now; the others' are at most a tick old.
  m_worker.publish();
  answerAside([&services = m_worker.services()] {
    return Reply{200, "text/plain; version=0.0.4; charset=utf-8",
                 metrics::prometheusText(services.snapshot())};
  });
}

void Exchange::answerAside(std::function<Reply()> make) {
  /// Brings the answer back. One that was never made, as the gateway stops, is an answer too.
  struct Errand {
    std::shared_ptr<net::Inbox::Address> worker;
    std::shared_ptr<Exchange*> self;  // read on the worker only
    Reply reply{503, kJson,
                dialect::errorBody({"the gateway is stopping", "server_error", {}, "stopping"})};
    Errand(std::shared_ptr<net::Inbox::Address> to, std::shared_ptr<Exchange*> exchange)
        : worker(std::move(to)), self(std::move(exchange)) {}
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;
    ~Errand() {
      worker->post([self = std::move(self), reply = std::move(reply)] {
        if (*self) (*self)->onReply(reply);
      });
    }
  };
  m_phase = Phase::Aside;
  m_asideSelf = std::make_shared<Exchange*>(this);
  auto errand = std::make_shared<Errand>(m_worker.address(), m_asideSelf);
  m_worker.services().admin.aside(
      [errand = std::move(errand), make = std::move(make)] { errand->reply = make(); });
}

void Exchange::onReply(const Reply& reply) {
  m_asideSelf.reset();
  std::string fields;
  appendOwnFields(fields);
  reset();
  m_connection.respond(reply.status, fields, reply.contentType, reply.body);
}

}  // namespace sluice::exchange
