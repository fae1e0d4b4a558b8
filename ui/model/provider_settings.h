// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <set>
#include <string>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::ui {

/// A setting in words, as the config file names it, and what it is.
struct Setting {
  enum class From : std::uint8_t { Default, Preset, Config };
  QString group;  ///< heading it stands under
  QString title;
  QString key;    ///< "breaker.open_for"
  QString value;  ///< "5 s", "–" when it is not set
  From from = From::Default;
};

/// All that a provider's section of the config holds, a group after the other. Keys are references,
/// never secrets. `told`: what the config says, as of config::toldPaths().
std::vector<Setting> settingsOf(const config::Provider& provider,
                                const std::set<std::string>& told);

}  // namespace sluice::ui
