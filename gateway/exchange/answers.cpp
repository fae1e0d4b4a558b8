// SPDX-License-Identifier: GPL-3.0-or-later
// What an exchange answers by itself, without a provider.
#include <algorithm>
#include <nlohmann/json.hpp>

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

void appendLimit(std::string& head, const config::Limits& limits, const core::TokenBucket& bucket,
                 core::Nanos now) {
  const std::int64_t left = bucket.availableApprox(now);
  const std::uint64_t perMinute = *limits.requestsPerMinute;
  head.append("x-ratelimit-limit-requests: ");
  appendNumber(head, perMinute);
  head.append("\r\nx-ratelimit-remaining-requests: ");
  appendNumber(head, left > 0 ? static_cast<std::uint64_t>(left) : 0);
  head.append("\r\n");
  if (perMinute == 0) return;
  const std::int64_t missing = std::max<std::int64_t>(limits.effectiveBurst() - left, 0);
  appendField(head, "x-ratelimit-reset-requests",
              resetText(static_cast<std::uint64_t>(missing) * 60'000 / perMinute));
}

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
  if (m_client && m_client->config.limits.requestsPerMinute) {
    appendLimit(head, m_client->config.limits, m_client->runtime->requests, m_worker.now());
  }
  if (!m_provider) return;
  appendField(head, "x-sluice-provider", m_provider->config.id);
  head.append("x-sluice-attempts: ");
  appendNumber(head, m_attempts);
  head.append("\r\n");
  if (m_client && m_client->config.limits.requestsPerMinute) return;  // theirs stands there
  if (m_provider->limited) {
    appendLimit(head, m_provider->config.limits, m_provider->runtime->requests, m_worker.now());
  }
}

void Exchange::answerError(int status, const dialect::ErrorBody& error, std::string_view fields) {
  std::string own(fields);
  appendOwnFields(own);
  const std::string body = dialect::errorBody(error);
  reset();
  m_connection.respond(status, own, kJson, body);
}

void Exchange::reject(int status, const dialect::ErrorBody& error, std::string_view fields) {
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
                              {"breaker", metrics::wordOf(provider.breaker.state)}};
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
