// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// Engine time as plots have it: seconds, as a double.
constexpr double toSeconds(core::Nanos at) {
  return static_cast<double>(at) / core::kSecond;
}

/// "14:02:11", the time of day at a moment of engine time. Follows the machine's clock as of the
/// last call of setClock().
QString clockText(double seconds);
/// The moment of engine time at which the day began: round times of day are round from there.
double dayBegan();
/// Says which moment of engine time is now.
void setClock(double nowSeconds);
/// "30 s", "4 min 10 s", "2 h 5 min".
QString lengthText(double seconds);

}  // namespace sluice::ui
