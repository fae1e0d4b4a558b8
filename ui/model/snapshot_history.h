// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// The last snapshots, and what follows from the difference of two: rates, shares, latencies. Counts
/// are kept finely for some seconds, histograms once a second for half a minute, so memory is
/// bounded. Confined to the UI thread; knows no widgets.
class SnapshotHistory {
 public:
  static constexpr core::Nanos kRateWindow = 3 * core::kSecond;
  static constexpr core::Nanos kStatsWindow = 30 * core::kSecond;

  void add(const EngineSnapshot& snapshot);

  struct Stats {
    bool known = false;       ///< false: no two snapshots of it yet
    double perSecond = 0;     ///< attempts begun, over kRateWindow
    std::uint64_t ended = 0;  ///< ok and failed, over kStatsWindow
    std::uint64_t failed = 0;
    std::uint64_t p50 = 0;  ///< microseconds to the first byte, over kStatsWindow
    std::uint64_t p95 = 0;
    std::uint64_t measured = 0;  ///< how many first bytes these are of; 0: no latency to show
  };
  Stats provider(const std::string& id) const;

  struct Totals {
    double perSecond = 0;     ///< requests begun, over kRateWindow
    std::uint64_t ended = 0;  ///< ok, failed and rejected, over kStatsWindow
    std::uint64_t failed = 0;
    std::uint64_t rejected = 0;
  };
  Totals totals() const;

  const EngineSnapshot* latest() const { return m_full.empty() ? nullptr : &m_latest; }

 private:
  struct Count {
    std::string id;
    std::uint64_t started;
  };
  struct Point {
    core::Nanos at;
    std::uint64_t started;
    std::vector<Count> providers;
  };

  std::deque<Point> m_points;         // every snapshot, over kRateWindow
  std::deque<EngineSnapshot> m_full;  // one a second, over kStatsWindow
  EngineSnapshot m_latest;
};

}  // namespace sluice::ui
