// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/limit_field.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "gateway/config/text_edit.h"

namespace sluice::ui {

namespace {

using config::Config;
using Number = std::optional<double>;

struct Words {
  Q_DECLARE_TR_FUNCTIONS(Limits)
};

template <class T, class Name>
T* named(std::vector<T>& list, const std::string& name, Name member) {
  const auto at = std::ranges::find(list, name, member);
  return at == list.end() ? nullptr : &*at;
}

config::Limits* limitsOf(Config& config, const LimitScope& scope) {
  switch (scope.kind) {
    case LimitScope::Kind::Provider:
      if (auto* p = named(config.providers, scope.name, &config::Provider::id)) return &p->limits;
      break;
    case LimitScope::Kind::Route:
      if (auto* r = named(config.routes, scope.name, &config::Route::model)) return &r->limits;
      break;
    case LimitScope::Kind::Client:
      if (auto* c = named(config.server.clientKeys, scope.name, &config::ClientKey::id)) {
        return &c->limits;
      }
      break;
  }
  return nullptr;
}

std::string pathOf(const LimitScope& scope) {
  switch (scope.kind) {
    case LimitScope::Kind::Route:
      return config::elementPath("routes", scope.name);
    case LimitScope::Kind::Client:
      return config::elementPath("server.client_keys", scope.name);
    case LimitScope::Kind::Provider:
      break;
  }
  return config::elementPath("providers", scope.name);
}

const ProviderSnapshot* providerIn(const EngineSnapshot& snapshot, const std::string& id) {
  const auto at = std::ranges::find(snapshot.providers, id, &ProviderSnapshot::id);
  return at == snapshot.providers.end() ? nullptr : &*at;
}

QString levelOf(const BucketSnapshot& bucket) {
  if (!bucket.limited) return {};
  const QLocale locale;
  return Words::tr("%1 of %2 left")
      .arg(locale.toString(static_cast<qlonglong>(bucket.available)),
           locale.toString(static_cast<qulonglong>(bucket.capacity)));
}

/// Gathers the fields of one scope.
class Gatherer {
 public:
  explicit Gatherer(LimitScope scope) : m_scope(std::move(scope)), m_path(pathOf(m_scope)) {}
  std::vector<LimitField> fields;

  void rates() {
    m_group = Words::tr("Rates");
    const LimitScope scope = m_scope;
    const auto bucket = [scope](bool tokens) {
      return [scope, tokens](const EngineSnapshot& snapshot) {
        if (scope.kind == LimitScope::Kind::Provider) {
          const ProviderSnapshot* p = providerIn(snapshot, scope.name);
          return p ? levelOf(tokens ? p->tokens : p->requests) : QString();
        }
        const ScopeSnapshot* limits = ui::limitsOf(snapshot, scope);
        return limits ? levelOf(tokens ? limits->tokens : limits->requests) : QString();
      };
    };
    maybe("requests_per_minute", Words::tr("Requests/min"), Words::tr("%1 requests per minute"),
          {1, 100'000, 1, true, true}, 10'000'000, 60, &config::Limits::requestsPerMinute,
          bucket(false));
    maybe("burst_requests", Words::tr("Burst"), Words::tr("%1 requests in a burst"),
          {1, 10'000, 1, true, false}, 10'000'000, 10, &config::Limits::burstRequests, {});
    maybe("tokens_per_minute", Words::tr("Tokens/min"), Words::tr("%1 tokens per minute"),
          {100, 10'000'000, 1, true, true}, 1e9, 60'000, &config::Limits::tokensPerMinute,
          bucket(true));
    maybe("burst_tokens", Words::tr("Burst tokens"), Words::tr("%1 tokens in a burst"),
          {100, 10'000'000, 1, true, false}, 1e9, 60'000, &config::Limits::burstTokens, {});
  }

  void calls() {
    const std::string id = m_scope.name;
    maybe("concurrency", Words::tr("Calls at once"), Words::tr("%1 calls at once"),
          {1, 1'000, 1, true, true}, 1'000'000, 16, &config::Limits::concurrency,
          [id](const EngineSnapshot& snapshot) {
            const ProviderSnapshot* p = providerIn(snapshot, id);
            return p ? Words::tr("%1 under way").arg(p->inflight) : QString();
          });
    plain(
        "limits.queue", Words::tr("Queue"), Words::tr("%1 may wait"), {1, 1'000, 1, true, true},
        65'535, config::Limits().queue,
        [](config::Provider& p) -> std::uint32_t& { return p.limits.queue; },
        [id](const EngineSnapshot& snapshot) {
          const ProviderSnapshot* p = providerIn(snapshot, id);
          return p ? Words::tr("%1 waiting").arg(p->concurrency.waiting) : QString();
        });
    span("limits.queue_timeout", Words::tr("Queue timeout"), 60, config::Limits().queueTimeout,
         [](config::Provider& p) -> config::Duration& { return p.limits.queueTimeout; });
  }

  void breaker() {
    m_group = Words::tr("Breaker");
    const config::Breaker usual;
    const std::string id = m_scope.name;
    plain(
        "breaker.consecutive_failures", Words::tr("Failures in a row"),
        Words::tr("%1 failures in a row"), {1, 100, 1, true, false}, 1'000'000,
        usual.consecutiveFailures,
        [](config::Provider& p) -> std::uint32_t& { return p.breaker.consecutiveFailures; },
        [id](const EngineSnapshot& snapshot) {
          const ProviderSnapshot* p = providerIn(snapshot, id);
          return p ? Words::tr("%1 now").arg(p->breaker.failures) : QString();
        });
    LimitField& rate = add("breaker.error_rate", Words::tr("Error rate"));
    rate.unit = QStringLiteral(" %");
    rate.spoken = Words::tr("%1 percent");
    rate.scale = {1, 100, 1, false, false};
    rate.hardLeast = 0.1;
    rate.hardMost = 100;
    rate.decimals = 1;
    rate.usual = usual.errorRate * 100;
    rate.get = [id](const Config& config) -> Number {
      const auto p = std::ranges::find(config.providers, id, &config::Provider::id);
      return p == config.providers.end() ? Number() : std::round(p->breaker.errorRate * 1e6) / 1e4;
    };
    rate.set = [id](Config& config, Number value) {
      if (auto* p = named(config.providers, id, &config::Provider::id)) {
        p->breaker.errorRate = std::round(value.value_or(50) * 10) / 1000;
      }
    };
    span(
        "breaker.window", Words::tr("Window"), 300, usual.window,
        [](config::Provider& p) -> config::Duration& { return p.breaker.window; }, 1, 3600);
    plain("breaker.minimum_calls", Words::tr("Minimum calls"), Words::tr("%1 calls"),
          {1, 1'000, 1, true, false}, 1'000'000, usual.minimumCalls,
          [](config::Provider& p) -> std::uint32_t& { return p.breaker.minimumCalls; }, {});
    span("breaker.open_for", Words::tr("Open for"), 120, usual.openFor,
         [](config::Provider& p) -> config::Duration& { return p.breaker.openFor; });
  }

  void timeouts() {
    m_group = Words::tr("Timeouts");
    const config::Timeouts usual;
    span("timeouts.connect", Words::tr("Connect"), 60, usual.connect,
         [](config::Provider& p) -> config::Duration& { return p.timeouts.connect; });
    span("timeouts.headers", Words::tr("Headers"), 600, usual.headers,
         [](config::Provider& p) -> config::Duration& { return p.timeouts.headers; });
    span("timeouts.first_byte", Words::tr("First byte"), 600, usual.firstByte,
         [](config::Provider& p) -> config::Duration& { return p.timeouts.firstByte; });
    span("timeouts.idle", Words::tr("Idle"), 600, usual.idle,
         [](config::Provider& p) -> config::Duration& { return p.timeouts.idle; });
    span("timeouts.total", Words::tr("Total"), 3600, usual.total,
         [](config::Provider& p) -> config::Duration& { return p.timeouts.total; });
  }

  void weights(const config::Route& route) {
    m_group = Words::tr("Weights");
    for (std::size_t i = 0; i < route.targets.size(); ++i) {
      const std::string key = "targets[" + std::to_string(i) + "].weight";
      QString title = QString::fromStdString(route.targets[i].provider);
      if (!route.targets[i].model.empty()) {
        title += QStringLiteral(" \u00B7 ") + QString::fromStdString(route.targets[i].model);
      }
      LimitField& field = add(key, title);
      field.key = QStringLiteral("weight_%1").arg(i);
      field.scale = {1, 100, 1, true, false};
      field.hardLeast = 1;
      field.hardMost = 1000;
      field.usual = 1;
      field.spoken = Words::tr("weight %1");
      const std::string model = route.model;
      field.get = [model, i](const Config& config) -> Number {
        const auto r = std::ranges::find(config.routes, model, &config::Route::model);
        if (r == config.routes.end() || i >= r->targets.size()) return {};
        return r->targets[i].weight;
      };
      field.set = [model, i](Config& config, Number value) {
        auto* r = named(config.routes, model, &config::Route::model);
        if (r && i < r->targets.size()) {
          r->targets[i].weight = static_cast<std::uint32_t>(value.value_or(1));
        }
      };
      field.now = [model, i](const EngineSnapshot& snapshot) {
        const auto r = std::ranges::find(snapshot.routes, model, &RouteSnapshot::model);
        if (r == snapshot.routes.end() || i >= r->picks.size()) return QString();
        return Words::tr("%1 picks").arg(QLocale().toString(static_cast<qulonglong>(r->picks[i])));
      };
    }
  }

 private:
  LimitField& add(const std::string& path, const QString& title) {
    LimitField& field = fields.emplace_back();
    field.key = QString::fromStdString(path).section(QLatin1Char('.'), -1);
    field.group = m_group;
    field.title = title;
    field.path = m_path + "." + path;
    return field;
  }

  void maybe(const char* key, const QString& title, const QString& spoken, SliderScale scale,
             double most, double whenOn, std::optional<std::uint32_t> config::Limits::*member,
             std::function<QString(const EngineSnapshot&)> now) {
    LimitField& field = add(std::string("limits.") + key, title);
    field.spoken = spoken;
    field.scale = scale;
    field.hardLeast = scale.fromZero ? 0 : 1;
    field.hardMost = most;
    field.optional = true;
    field.whenOn = whenOn;
    const LimitScope scope = m_scope;
    field.get = [scope, member](const Config& config) -> Number {
      // Found in what is not changed.
      const config::Limits* limits = limitsOf(const_cast<Config&>(config), scope);
      if (!limits || !(limits->*member)) return {};
      return *(limits->*member);
    };
    field.set = [scope, member](Config& config, Number value) {
      config::Limits* limits = limitsOf(config, scope);
      if (!limits) return;
      limits->*member = value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
      // A burst has no meaning without its rate.
      if (!limits->requestsPerMinute) limits->burstRequests.reset();
      if (!limits->tokensPerMinute) limits->burstTokens.reset();
    };
    field.now = std::move(now);
  }

  template <class Member>
  void plain(const char* path, const QString& title, const QString& spoken, SliderScale scale,
             double most, std::uint32_t usual, Member member,
             std::function<QString(const EngineSnapshot&)> now) {
    LimitField& field = add(path, title);
    field.spoken = spoken;
    field.scale = scale;
    field.hardLeast = scale.fromZero ? 0 : 1;
    field.hardMost = most;
    field.usual = usual;
    const std::string id = m_scope.name;
    field.get = [id, member](const Config& config) -> Number {
      auto* p = named(const_cast<Config&>(config).providers, id, &config::Provider::id);
      return p ? Number(member(*p)) : Number();
    };
    field.set = [id, member](Config& config, Number value) {
      auto* p = named(config.providers, id, &config::Provider::id);
      if (p && value) member(*p) = static_cast<std::uint32_t>(*value);
    };
    field.now = std::move(now);
  }

  /// In seconds; the slider goes up to `most`.
  template <class Member>
  void span(const char* path, const QString& title, double most, config::Duration usual,
            Member member, double least = 0.001, double hardMost = 24 * 3600) {
    LimitField& field = add(path, title);
    field.unit = QStringLiteral(" s");
    field.spoken = Words::tr("%1 seconds");
    field.scale = {std::max(least, 0.1), most, 0.1, true, false};
    field.hardLeast = least;
    field.hardMost = hardMost;
    field.decimals = 3;
    field.usual = static_cast<double>(usual.count()) / 1000;
    const std::string id = m_scope.name;
    field.get = [id, member](const Config& config) -> Number {
      auto* p = named(const_cast<Config&>(config).providers, id, &config::Provider::id);
      return p ? Number(static_cast<double>(member(*p).count()) / 1000) : Number();
    };
    field.set = [id, member](Config& config, Number value) {
      auto* p = named(config.providers, id, &config::Provider::id);
      if (p && value) member(*p) = config::Duration(std::llround(*value * 1000));
      // The longest time a breaker is open cannot be shorter than the first.
      if (p) p->breaker.maxOpenFor = std::max(p->breaker.maxOpenFor, p->breaker.openFor);
    };
  }

  LimitScope m_scope;
  std::string m_path;
  QString m_group;
};

}  // namespace

std::vector<LimitScope> limitScopes(const Config& config) {
  std::vector<LimitScope> scopes;
  for (const auto& p : config.providers) scopes.push_back({LimitScope::Kind::Provider, p.id});
  for (const auto& r : config.routes) scopes.push_back({LimitScope::Kind::Route, r.model});
  for (const auto& c : config.server.clientKeys) {
    scopes.push_back({LimitScope::Kind::Client, c.id});
  }
  return scopes;
}

QString titleOf(const LimitScope& scope) {
  const QString name = QString::fromStdString(scope.name);
  switch (scope.kind) {
    case LimitScope::Kind::Route:
      return Words::tr("route %1").arg(name);
    case LimitScope::Kind::Client:
      return Words::tr("client %1").arg(name);
    case LimitScope::Kind::Provider:
      break;
  }
  return name;
}

const ScopeSnapshot* limitsOf(const EngineSnapshot& snapshot, const LimitScope& scope) {
  switch (scope.kind) {
    case LimitScope::Kind::Route: {
      const auto at = std::ranges::find(snapshot.routes, scope.name, &RouteSnapshot::model);
      return at == snapshot.routes.end() ? nullptr : &at->limits;
    }
    case LimitScope::Kind::Client: {
      const auto at = std::ranges::find(snapshot.clients, scope.name, &ClientSnapshot::id);
      return at == snapshot.clients.end() ? nullptr : &at->limits;
    }
    case LimitScope::Kind::Provider:
      break;
  }
  return nullptr;
}

std::vector<LimitField> limitFields(const Config& config, const LimitScope& scope) {
  Gatherer gatherer(scope);
  gatherer.rates();
  if (scope.kind == LimitScope::Kind::Provider) {
    gatherer.calls();
    gatherer.breaker();
    gatherer.timeouts();
  } else if (scope.kind == LimitScope::Kind::Route) {
    const auto route = std::ranges::find(config.routes, scope.name, &config::Route::model);
    if (route != config.routes.end()) gatherer.weights(*route);
  }
  return std::move(gatherer.fields);
}

}  // namespace sluice::ui
