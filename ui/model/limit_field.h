// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/metrics/snapshot.h"
#include "ui/model/slider_scale.h"

namespace sluice::ui {

/// Whose limits: a provider, a route or a client key.
struct LimitScope {
  enum class Kind : std::uint8_t { Provider, Route, Client };
  Kind kind = Kind::Provider;
  std::string name;
  bool operator==(const LimitScope&) const = default;
};

/// One value that the Limits dock turns.
struct LimitField {
  QString key;    ///< for object names: "requests_per_minute"
  QString group;  ///< heading it stands under
  QString title;
  QString unit;       ///< after the number; may be empty
  QString spoken;     ///< a value in words, with a place for it: "%1 requests per minute"
  std::string path;   ///< in the config, as of config::Change
  SliderScale scale;  ///< the slider's soft range
  double hardMost = 0;
  double hardLeast = 0;
  int decimals = 0;
  bool optional = false;        ///< may be off: no limit
  double whenOn = 0;            ///< what it becomes when it is switched on
  std::optional<double> usual;  ///< the default; nothing: off
  /// Nothing: off. Both do nothing when the scope is gone.
  std::function<std::optional<double>(const config::Config&)> get;
  std::function<void(config::Config&, std::optional<double>)> set;
  /// What it is used at now, in words; null or empty: not known.
  std::function<QString(const EngineSnapshot&)> now;
};

/// Providers, routes and client keys of a config, in its order.
std::vector<LimitScope> limitScopes(const config::Config& config);
QString titleOf(const LimitScope& scope);
/// What a route or a client key has left; null: it is gone, or a provider.
const ScopeSnapshot* limitsOf(const EngineSnapshot& snapshot, const LimitScope& scope);

/// All that can be turned of one scope, as the config stands.
std::vector<LimitField> limitFields(const config::Config& config, const LimitScope& scope);

}  // namespace sluice::ui
