// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/snapshot_history.h"

#include <algorithm>

namespace sluice::ui {

namespace {

const ProviderSnapshot* find(const EngineSnapshot& snapshot, const std::string& id) {
  const auto at = std::ranges::find(snapshot.providers, id, &ProviderSnapshot::id);
  return at == snapshot.providers.end() ? nullptr : &*at;
}

double rate(std::uint64_t from, std::uint64_t to, core::Nanos span) {
  if (span <= 0) return 0;
  return static_cast<double>(to - from) * core::kSecond / static_cast<double>(span);
}

}  // namespace

void SnapshotHistory::add(const EngineSnapshot& snapshot) {
  Point point{snapshot.takenAt, snapshot.requests.started, {}};
  for (const ProviderSnapshot& p : snapshot.providers) point.providers.push_back({p.id, p.started});
  m_points.push_back(std::move(point));
  // One point beyond the window stays, so that the window is always covered.
  while (m_points.size() > 2 && m_points[1].at <= snapshot.takenAt - kRateWindow)
    m_points.pop_front();
  if (m_full.empty() || snapshot.takenAt - m_full.back().takenAt >= core::kSecond) {
    m_full.push_back(snapshot);
    while (m_full.size() > 2 && m_full[1].takenAt <= snapshot.takenAt - kStatsWindow)
      m_full.pop_front();
  }
  m_latest = snapshot;
}

SnapshotHistory::Stats SnapshotHistory::provider(const std::string& id) const {
  Stats stats;
  if (m_full.empty()) return stats;
  const ProviderSnapshot* now = find(m_latest, id);
  if (!now) return stats;
  for (const Point& point : m_points) {
    const auto count = std::ranges::find(point.providers, id, &Count::id);
    if (count == point.providers.end()) continue;
    stats.known = point.at < m_latest.takenAt;
    stats.perSecond = rate(count->started, now->started, m_latest.takenAt - point.at);
    break;
  }
  for (const EngineSnapshot& earlier : m_full) {
    const ProviderSnapshot* then = find(earlier, id);
    if (!then) continue;
    stats.failed = now->failed - then->failed;
    stats.ended = now->ok - then->ok + stats.failed;
    core::Histogram firstByte = now->firstByte;
    firstByte.subtract(then->firstByte);
    stats.measured = firstByte.count();
    stats.p50 = firstByte.percentile(0.5);
    stats.p95 = firstByte.percentile(0.95);
    break;
  }
  return stats;
}

SnapshotHistory::Totals SnapshotHistory::totals() const {
  Totals totals;
  if (m_full.empty()) return totals;
  totals.perSecond = rate(m_points.front().started, m_latest.requests.started,
                          m_latest.takenAt - m_points.front().at);
  const RequestTotals& then = m_full.front().requests;
  const RequestTotals& now = m_latest.requests;
  totals.failed = now.failed - then.failed;
  totals.rejected = now.rejected - then.rejected;
  totals.ended = now.ok - then.ok + totals.failed + totals.rejected;
  return totals;
}

}  // namespace sluice::ui
