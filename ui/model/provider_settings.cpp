// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/provider_settings.h"

#include <QCoreApplication>
#include <QLocale>

#include "gateway/config/text_edit.h"
#include "ui/model/seconds.h"

namespace sluice::ui {

namespace {

const QString kNone = QStringLiteral("\u2013");

struct Words {
  Q_DECLARE_TR_FUNCTIONS(Settings)
};

QString numberText(std::uint32_t value) {
  return QLocale().toString(value);
}

QString numberText(const std::optional<std::uint32_t>& value) {
  return value ? numberText(*value) : kNone;
}

QString orNone(const std::string& text) {
  return text.empty() ? kNone : QString::fromStdString(text);
}

QString spanOf(config::Duration span) {
  return lengthText(static_cast<double>(span.count()) / 1000);
}

QString shareText(double share) {
  return QLocale().toString(share * 100, 'g', 4) + QStringLiteral(" %");
}

QString stateText(config::ProviderState state) {
  switch (state) {
    case config::ProviderState::Ready:
      return Words::tr("ready");
    case config::ProviderState::Drain:
      return Words::tr("draining");
    case config::ProviderState::Disabled:
      return Words::tr("disabled");
  }
  return {};
}

}  // namespace

std::vector<Setting> settingsOf(const config::Provider& p, const std::set<std::string>& told) {
  const std::string path = config::elementPath("providers", p.id) + ".";
  const bool preset = told.contains(path + "preset");
  std::vector<Setting> all;
  QString group;
  const auto add = [&](const char* key, const QString& title, const QString& value,
                       bool presets = false) {
    const auto from = told.contains(path + key) ? Setting::From::Config
                      : preset && presets       ? Setting::From::Preset
                                                : Setting::From::Default;
    all.push_back({group, title, QLatin1String(key), value, from});
  };
  const bool mock = p.dialect == config::Dialect::Mock;
  group = Words::tr("Provider");
  add("id", Words::tr("Id"), QString::fromStdString(p.id));
  add("dialect", Words::tr("Dialect"), QLatin1String(config::wordOf(p.dialect)), true);
  if (!mock) {
    add("base_url", Words::tr("Base URL"), orNone(p.baseUrl), true);
    add("api_key", Words::tr("Where the key is"), orNone(p.apiKey), true);
    add("ca_file", Words::tr("Certificates trusted besides"), orNone(p.caFile));
  }
  add("state", Words::tr("State"), stateText(p.state));
  group = Words::tr("Limits");
  add("limits.requests_per_minute", Words::tr("Requests a minute"),
      numberText(p.limits.requestsPerMinute));
  add("limits.burst_requests", Words::tr("Requests saved up"),
      p.limits.requestsPerMinute ? numberText(p.limits.effectiveBurst()) : kNone);
  add("limits.tokens_per_minute", Words::tr("Tokens a minute"),
      numberText(p.limits.tokensPerMinute));
  add("limits.burst_tokens", Words::tr("Tokens saved up"),
      p.limits.tokensPerMinute ? numberText(p.limits.effectiveTokenBurst()) : kNone);
  add("limits.concurrency", Words::tr("Calls at once"), numberText(p.limits.concurrency));
  add("limits.queue", Words::tr("Calls that may wait"), numberText(p.limits.queue));
  add("limits.queue_timeout", Words::tr("Longest wait"), spanOf(p.limits.queueTimeout));
  group = Words::tr("Breaker");
  add("breaker.consecutive_failures", Words::tr("Failures in a row"),
      numberText(p.breaker.consecutiveFailures));
  add("breaker.error_rate", Words::tr("Error rate"), shareText(p.breaker.errorRate));
  add("breaker.window", Words::tr("Window of the error rate"), spanOf(p.breaker.window));
  add("breaker.minimum_calls", Words::tr("Calls it takes at least"),
      numberText(p.breaker.minimumCalls));
  add("breaker.open_for", Words::tr("Open for"), spanOf(p.breaker.openFor));
  add("breaker.max_open_for", Words::tr("Open for at most"), spanOf(p.breaker.maxOpenFor));
  add("breaker.half_open_probes", Words::tr("Probes to close"),
      numberText(p.breaker.halfOpenProbes));
  group = Words::tr("Time limits");
  add("timeouts.connect", Words::tr("Connection"), spanOf(p.timeouts.connect));
  add("timeouts.headers", Words::tr("Head of the answer"), spanOf(p.timeouts.headers));
  add("timeouts.first_byte", Words::tr("First byte"), spanOf(p.timeouts.firstByte));
  add("timeouts.idle", Words::tr("Silence in between"), spanOf(p.timeouts.idle));
  add("timeouts.total", Words::tr("All of it"), spanOf(p.timeouts.total));
  if (mock) {
    group = Words::tr("Built-in provider");
    add("mock.latency", Words::tr("Latency"), spanOf(p.mock.latency));
    add("mock.jitter", Words::tr("More or less"), spanOf(p.mock.jitter));
    add("mock.tokens_per_second", Words::tr("Tokens a second"),
        QLocale().toString(p.mock.tokensPerSecond, 'g', 10));
    add("mock.reply_tokens", Words::tr("Tokens of an answer"), numberText(p.mock.replyTokens));
    add("mock.error_rate", Words::tr("Share that fails"), shareText(p.mock.errorRate));
    add("mock.status", Words::tr("Status of failures"), QString::number(p.mock.status));
  }
  return all;
}

}  // namespace sluice::ui
