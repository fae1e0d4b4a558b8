// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
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

  /// To the 1024th part of a doubling: hundreds are looked up for each provider each second, so that
  /// the logarithm is in a table.
  static std::size_t indexOf(double micros) {
    if (!(micros > kLeast)) return 0;
    constexpr int kMantissaBits = 52, kExponentBias = 1023;  // IEEE 754
    const auto bits = std::bit_cast<std::uint64_t>(micros / kLeast);
    const auto octave = static_cast<std::size_t>(bits >> kMantissaBits) - kExponentBias;
    const auto part = (bits >> (kMantissaBits - kPartBits)) & ((1U << kPartBits) - 1);
    return std::min(octave * PerOctave + parts()[part], kBins - 1);
  }
  /// Microseconds at which a bin begins; that of kBins is where the last one ends.
  static double begin(std::size_t bin) {
    return kLeast * std::exp2(static_cast<double>(bin) / PerOctave);
  }

  void add(const core::Histogram& histogram) {
    histogram.visit([this](std::uint64_t micros, std::uint64_t count) {
      counts[indexOf(static_cast<double>(micros))] += count;
    });
  }
  void add(const LatencyBins& other) {
    for (std::size_t i = 0; i < kBins; ++i) counts[i] += other.counts[i];
  }
  /// Of finer bins over the same range.
  template <std::size_t Finer>
  static LatencyBins of(const LatencyBins<Finer, Octaves>& finer) {
    static_assert(Finer % PerOctave == 0);
    LatencyBins bins;
    for (std::size_t i = 0; i < finer.kBins; ++i)
      bins.counts[i * PerOctave / Finer] += finer.counts[i];
    return bins;
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

 private:
  static constexpr int kPartBits = 10;
  using Parts = std::array<std::uint8_t, 1U << kPartBits>;
  static const Parts& parts() {
    static const Parts made = [] {
      Parts parts{};
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const double middle =
            1 + (static_cast<double>(i) + 0.5) / static_cast<double>(parts.size());
        parts[i] = static_cast<std::uint8_t>(std::log2(middle) * PerOctave);
      }
      return parts;
    }();
    return made;
  }
};

using FineBins = LatencyBins<8, 24>;
using HeatBins = LatencyBins<4, 24>;

}  // namespace sluice::ui
