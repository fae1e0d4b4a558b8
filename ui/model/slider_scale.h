// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sluice::ui {

/// Positions of a slider, 0..kEnd, for values from `least` to `most`. A logarithmic one gives small
/// values as much way as large ones; its first position is 0 where `fromZero`. Values are rounded to two
/// digits and to `step`: who drags wants 240, not 243. Pure.
struct SliderScale {
  static constexpr int kEnd = 400;

  double least = 1;  ///< > 0 if logarithmic
  double most = 100;
  double step = 1;
  bool logarithmic = true;
  bool fromZero = false;

  int positionOf(double value) const;
  double valueAt(int position) const;
};

}  // namespace sluice::ui
