// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>

#include "ui/model/bucket_ring.h"

namespace sluice::ui {

/// What plots draw: the last quarter of an hour by the second, six hours by ten. Times in seconds.
struct TwoSteps {
  static constexpr double kFine = 1;
  static constexpr double kCoarse = 10;
  static constexpr std::size_t kFinePieces = 900;
  static constexpr std::size_t kCoarsePieces = 2160;
  /// More than this between two looks is a gap.
  static constexpr double kGap = 3;

  /// What to draw a span of time with, on so many pixels: few enough pieces, and old enough ones.
  /// `last`: the end of what is known.
  static double stepFor(double from, double span, int pixels, double last) {
    const bool tooMany = span / kFine > 2.0 * std::max(pixels, 1);
    const bool tooOld = from < last - kFine * static_cast<double>(kFinePieces);
    return tooMany || tooOld ? kCoarse : kFine;
  }

  /// Calls `see(a time within)` for each fine piece that lies between two looks, for looks a second apart
  /// may leave one out now and then. Not for a gap: of that nothing is known.
  template <class See>
  static void between(double last, double at, See see) {
    if (at - last > kGap) return;
    for (double piece = std::floor(last / kFine) + 1; piece < std::floor(at / kFine); ++piece) {
      see((piece + 0.5) * kFine);
    }
  }
};

/// The same values in both steps.
template <class T>
struct TwoRings {
  BucketRing<T> fine{TwoSteps::kFine, TwoSteps::kFinePieces};
  BucketRing<T> coarse{TwoSteps::kCoarse, TwoSteps::kCoarsePieces};
  const BucketRing<T>& of(double step) const { return step <= TwoSteps::kFine ? fine : coarse; }
};

}  // namespace sluice::ui
