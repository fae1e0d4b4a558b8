// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cmath>

namespace sluice::ui {

/// A round span at a tick of an axis: "20 \u00B5s", "100 ms", "5 s".
inline QString tickSpan(double micros) {
  const long whole = std::lround(micros);  // ticks of logarithms are a hair beside
  if (whole < 1'000) return QStringLiteral("%1 \u00B5s").arg(whole);
  if (whole < 1'000'000) return QStringLiteral("%1 ms").arg(std::lround(micros / 1e3));
  return QStringLiteral("%1 s").arg(std::lround(micros / 1e6));
}

}  // namespace sluice::ui
