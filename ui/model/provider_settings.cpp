// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/provider_settings.h"

namespace sluice::ui {

namespace {

const QString kNone = QStringLiteral("\u2013");

template <class Number>
QString numberText(const std::optional<Number>& value) {
  return value ? QString::number(*value) : kNone;
}

QString orNone(const std::string& text) {
  return text.empty() ? kNone : QString::fromStdString(text);
}

}  // namespace

QString durationText(config::Duration span) {
  const auto ms = span.count();
  if (ms % 1000 != 0) return QStringLiteral("%1ms").arg(ms);
  if (ms % 60'000 != 0 || ms == 0) return QStringLiteral("%1s").arg(ms / 1000);
  return QStringLiteral("%1m").arg(ms / 60'000);
}

std::vector<Setting> settingsOf(const config::Provider& p) {
  std::vector<Setting> all;
  const auto add = [&](const char* name, const QString& value) {
    all.push_back({QLatin1String(name), value});
  };
  const bool mock = p.dialect == config::Dialect::Mock;
  add("id", QString::fromStdString(p.id));
  add("dialect", QLatin1String(config::wordOf(p.dialect)));
  if (!mock) {
    add("base_url", orNone(p.baseUrl));
    add("api_key", orNone(p.apiKey));
    add("ca_file", orNone(p.caFile));
  }
  add("state", p.state == config::ProviderState::Ready   ? QStringLiteral("ready")
               : p.state == config::ProviderState::Drain ? QStringLiteral("drain")
                                                         : QStringLiteral("disabled"));
  add("limits.requests_per_minute", numberText(p.limits.requestsPerMinute));
  add("limits.burst_requests",
      p.limits.requestsPerMinute ? QString::number(p.limits.effectiveBurst()) : kNone);
  add("limits.tokens_per_minute", numberText(p.limits.tokensPerMinute));
  add("limits.burst_tokens",
      p.limits.tokensPerMinute ? QString::number(p.limits.effectiveTokenBurst()) : kNone);
  add("limits.concurrency", numberText(p.limits.concurrency));
  add("limits.queue", QString::number(p.limits.queue));
  add("limits.queue_timeout", durationText(p.limits.queueTimeout));
  add("breaker.consecutive_failures", QString::number(p.breaker.consecutiveFailures));
  add("breaker.error_rate", QString::number(p.breaker.errorRate));
  add("breaker.window", durationText(p.breaker.window));
  add("breaker.minimum_calls", QString::number(p.breaker.minimumCalls));
  add("breaker.open_for", durationText(p.breaker.openFor));
  add("breaker.max_open_for", durationText(p.breaker.maxOpenFor));
  add("breaker.half_open_probes", QString::number(p.breaker.halfOpenProbes));
  add("timeouts.connect", durationText(p.timeouts.connect));
  add("timeouts.headers", durationText(p.timeouts.headers));
  add("timeouts.first_byte", durationText(p.timeouts.firstByte));
  add("timeouts.idle", durationText(p.timeouts.idle));
  add("timeouts.total", durationText(p.timeouts.total));
  if (mock) {
    add("mock.latency", durationText(p.mock.latency));
    add("mock.jitter", durationText(p.mock.jitter));
    add("mock.tokens_per_second", QString::number(p.mock.tokensPerSecond, 'g', 10));
    add("mock.reply_tokens", QString::number(p.mock.replyTokens));
    add("mock.error_rate", QString::number(p.mock.errorRate));
    add("mock.status", QString::number(p.mock.status));
  }
  return all;
}

}  // namespace sluice::ui
