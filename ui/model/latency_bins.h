// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// Latencies in few, logarithmic bins: kPerOctave to each doubling from kLeast microseconds on.
/// Differences of two histograms are kept in it, not percentiles, so that bins of many moments can
/// be added up before any percentile is taken.
template <std::size_t PerOctave, std::size_t Octaves>
class LatencyBins {
 public:
  static constexpr std::size_t kBins = PerOctave * Octaves;
  static constexpr double kLeast = 64;
  static constexpr std::size_t kPerOctave = PerOctave;

  static std::size_t indexOf(double micros) {
    if (micros <= kLeast) return 0;
    const double index = std::log2(micros / kLeast) * PerOctave;
    return index >= kBins - 1 ? kBins - 1 : static_cast<std::size_t>(index);
  }
  /// Microseconds at which a bin begins; that of kBins is where the last one ends.
  static double begin(std::size_t bin) {
    return kLeast * std::exp2(static_cast<double>(bin) / PerOctave);
  }

  void add(const core::Histogram& histogram) {
    histogram.visit([this](std::uint64_t micros, std::uint64_t count) {
      // log2 is for some hundreds of values, once a second for each provider.
      counts[indexOf(static_cast<double>(micros))] += count;
    });
  }
  void add(const LatencyBins& other) {
    for (std::size_t i = 0; i < kBins; ++i) counts[i] += other.counts[i];
  }
  void subtract(const LatencyBins& other) {
    for (std::size_t i = 0; i < kBins; ++i) counts[i] -= other.counts[i];
  }
  std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t c : counts) sum += c;
    return sum;
  }
  /// Microseconds that a share q of all does not exceed, to the width of a bin; 0: there are none.
  double percentile(double q) const {
    const double rank = std::max(1.0, std::ceil(q * static_cast<double>(count())));
    double seen = 0;
    for (std::size_t i = 0; i < kBins; ++i) {
      const auto here = static_cast<double>(counts[i]);
      if (here > 0 && seen + here >= rank) {
        // Within a bin they are taken to lie evenly in the logarithm.
        return begin(i) * std::exp2((rank - seen) / here / PerOctave);
      }
      seen += here;
    }
    return 0;
  }

  std::array<std::uint64_t, kBins> counts{};
};

using FineBins = LatencyBins<8, 24>;
using HeatBins = LatencyBins<4, 24>;

}  // namespace sluice::ui
