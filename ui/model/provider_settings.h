// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::ui {

/// A setting as the config file names it, and what it is.
struct Setting {
  QString name;   ///< "breaker.open_for"
  QString value;  ///< "5s", "–" when it is not set
};

/// All that a provider's section of the config holds. Keys are references, never secrets.
std::vector<Setting> settingsOf(const config::Provider& provider);

/// "250ms", "5s", "10m", as the config file has it.
QString durationText(config::Duration span);

}  // namespace sluice::ui
