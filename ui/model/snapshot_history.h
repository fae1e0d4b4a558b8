// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/event.h"
#include "gateway/metrics/snapshot.h"
#include "ui/model/bucket_level.h"
#include "ui/model/marker_log.h"
#include "ui/model/state_log.h"
#include "ui/model/traffic_series.h"

namespace sluice::ui {

/// All that the window remembers: the newest snapshot, what follows from the difference of two
/// (rates, shares, latencies), and what plots draw. Memory is bounded. Confined to the UI thread;
/// knows no widgets.
class SnapshotHistory {
 public:
  static constexpr core::Nanos kRateWindow = 3 * core::kSecond;
  static constexpr core::Nanos kStatsWindow = 30 * core::kSecond;
  static constexpr core::Nanos kStatsStep = 3 * core::kSecond;

  /// Events that were taken after the snapshot, before it is added: what they tell, it tells too.
  void add(const std::vector<Event>& events);
  void add(EngineSnapshot snapshot);

  struct Stats {
    bool known = false;       ///< false: no two snapshots of it yet
    double perSecond = 0;     ///< attempts begun, over kRateWindow
    std::uint64_t ended = 0;  ///< ok and failed, over kStatsWindow
    std::uint64_t failed = 0;
    std::uint64_t p50 = 0;  ///< microseconds to the first byte, over kStatsWindow
    std::uint64_t p95 = 0;
    std::uint64_t p99 = 0;
    std::uint64_t measured = 0;  ///< how many first bytes these are of; 0: no latency to show
  };
  Stats provider(const std::string& id) const;

  /// How its attempts ended, over kStatsWindow: what Stats says of it, without the rest.
  struct Outcomes {
    std::uint64_t ended = 0;
    std::uint64_t failed = 0;
  };
  Outcomes outcomes(const ProviderSnapshot& now) const;

  /// How often that route's balancer picked that provider, over kStatsWindow.
  std::uint64_t picks(const std::string& route, const std::string& provider) const;

  struct Totals {
    double perSecond = 0;     ///< requests begun, over kRateWindow
    std::uint64_t ended = 0;  ///< ok, failed and rejected, over kStatsWindow
    std::uint64_t failed = 0;
    std::uint64_t rejected = 0;
    std::uint64_t tokens = 0;  ///< over kStatsWindow
    double seconds = 0;        ///< of kStatsWindow that are known so far
  };
  Totals totals() const;

  struct Levels {
    BucketLevel requests;
    BucketLevel tokens;
  };
  /// Null: never heard of.
  const Levels* levels(const std::string& id) const;
  const TrafficSeries& traffic() const { return m_traffic; }
  const StateLog& states() const { return m_states; }
  const MarkerLog& markers() const { return m_markers; }
  const EngineSnapshot* latest() const { return m_samples.empty() ? nullptr : &m_latest; }

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
  struct Ended {
    std::string id;
    std::uint64_t ok;
    std::uint64_t failed;
    std::uint64_t tokens;
    core::Histogram firstByte;
  };

  /// As it stood at the beginning of the window; null: it was not known then.
  const Ended* earliest(const std::string& id) const;

  struct Sample {
    core::Nanos at;
    RequestTotals requests;
    std::vector<Ended> providers;
    std::map<std::pair<std::string, std::string>, std::uint64_t> picks;  // of route and provider
  };

  std::deque<Point> m_points;    // every snapshot, over kRateWindow
  std::deque<Sample> m_samples;  // one each kStatsStep, over kStatsWindow
  std::map<std::string, Levels> m_levels;
  TrafficSeries m_traffic;
  StateLog m_states;
  MarkerLog m_markers;
  EngineSnapshot m_latest;
};

}  // namespace sluice::ui
