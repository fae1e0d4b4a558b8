// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/metrics/snapshot.h"
#include "ui/model/latency_bins.h"
#include "ui/model/two_rings.h"

namespace sluice::ui {

/// Why attempts failed (theirs), and why requests were refused (ours).
enum class Failing : std::uint8_t {
  RateLimited,
  ServerError,
  TimedOut,
  Broken,  ///< cut, or no connection
  KeyRefused,
  Limit,
  Breaker,
  NoTarget,
  Invalid,  ///< the request itself
};
inline constexpr std::size_t kFailings = 9;
inline constexpr std::size_t kTheirs = 5;  ///< the first so many

/// What happened in a piece of time.
struct TrafficPiece {
  float covered = 0;  ///< seconds of it that were looked at; 0: nothing is known
  std::uint32_t started = 0;
  std::uint32_t ended = 0;
  std::uint32_t refused = 0;        ///< of a provider: passed over by its breaker
  std::uint32_t tokensLimited = 0;  ///< of a provider: passed over, too few tokens left
  std::uint32_t busy = 0;           ///< of a provider: as many calls under way as there may be
  std::uint32_t limited = 0;        ///< of a provider: passed over, too few requests left
  std::uint32_t tokens = 0;
  std::array<std::uint32_t, kFailings> failing{};

  void add(const TrafficPiece& other);
  /// Takes that share of it out.
  TrafficPiece split(double share);
  double perSecond(std::uint32_t count) const { return covered > 0 ? count / double(covered) : 0; }
};

/// Of all attempts that ended within half a minute before a moment.
struct Latencies {
  std::uint32_t count = 0;
  float p50 = 0;  ///< microseconds
  float p95 = 0;
  float p99 = 0;
};

/// How many attempts took how long, in a piece of time.
struct HeatCell {
  std::array<std::uint16_t, HeatBins::kBins> counts{};
};

/// What plots draw: the last quarter of an hour by the second, six hours by ten. What it takes grows
/// with the number of providers and nothing else. Fed from snapshots; confined to the UI thread.
class TrafficSeries {
 public:
  static constexpr double kFine = TwoSteps::kFine;
  static constexpr double kCoarse = TwoSteps::kCoarse;
  /// Fewer latencies than this make no percentile.
  static constexpr std::uint32_t kLeastForPercentile = 20;
  static constexpr int kLatencySeconds = 30;
  static constexpr double kGap = TwoSteps::kGap;

  void add(const EngineSnapshot& snapshot);

  /// Begin and end of what is known, in seconds of engine time.
  double first() const { return m_first; }
  double last() const { return m_last; }
  /// Grows when there is a new piece to draw.
  std::uint64_t version() const { return m_version; }
  /// The whole gateway.
  const BucketRing<TrafficPiece>& all(double step) const { return m_all.of(step); }
  const BucketRing<Latencies>& latencies(double step) const { return m_latencies.of(step); }
  const BucketRing<Latencies>& firstBytes() const { return m_firstBytes; }
  /// Null: never heard of.
  const BucketRing<TrafficPiece>* provider(const std::string& id, double step) const;
  const BucketRing<HeatCell>* heat(const std::string& id, double span) const;
  /// What to draw a span of time with, on so many pixels: few enough pieces, and old enough ones.
  double stepFor(double from, double span, int pixels) const {
    return TwoSteps::stepFor(from, span, pixels, m_last);
  }

 private:
  struct Provider {
    TwoRings<TrafficPiece> traffic;
    BucketRing<HeatCell> heatFine{5, 180};
    BucketRing<HeatCell> heatCoarse{60, 360};
    std::optional<HeatBins> heatBefore;
  };
  /// A sliding sum of the newest differences.
  struct Sliding {
    std::optional<FineBins> before;
    std::deque<FineBins> pieces;
    FineBins sum;
    void add(const FineBins& now);
    Latencies latencies() const;
  };
  void addLatencies(const EngineSnapshot& snapshot, double at);

  TwoRings<TrafficPiece> m_all;
  TwoRings<Latencies> m_latencies;
  BucketRing<Latencies> m_firstBytes{kFine, 60};
  std::map<std::string, Provider> m_providers;
  Sliding m_totals;
  Sliding m_first30;
  std::optional<EngineSnapshot> m_before;  // without histograms
  double m_first = 0;
  double m_last = 0;
  double m_sampledAt = -1e9;
  std::uint64_t m_version = 0;
};

}  // namespace sluice::ui
