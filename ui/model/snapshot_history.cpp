// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/snapshot_history.h"

#include <algorithm>

#include "ui/model/seconds.h"

namespace sluice::ui {

namespace {

double rate(std::uint64_t from, std::uint64_t to, core::Nanos span) {
  if (span <= 0) return 0;
  return static_cast<double>(to - from) * core::kSecond / static_cast<double>(span);
}

}  // namespace

void SnapshotHistory::add(const std::vector<Event>& events) {
  for (const Event& event : events) {
    m_states.add(event);
    m_markers.add(event);
  }
}

void SnapshotHistory::add(EngineSnapshot snapshot) {
  setClock(toSeconds(snapshot.takenAt));
  Point point{snapshot.takenAt, snapshot.requests.started, {}};
  point.providers.reserve(snapshot.providers.size());
  for (const ProviderSnapshot& p : snapshot.providers) point.providers.push_back({p.id, p.started});
  m_points.push_back(std::move(point));
  // One point beyond the window stays, so that the window is always covered.
  while (m_points.size() > 2 && m_points[1].at <= snapshot.takenAt - kRateWindow)
    m_points.pop_front();
  if (m_samples.empty() || snapshot.takenAt - m_samples.back().at >= kStatsStep) {
    Sample sample{snapshot.takenAt, snapshot.requests, {}, {}};
    for (const RouteSnapshot& r : snapshot.routes) {
      for (std::size_t i = 0; i < r.providers.size(); ++i) {
        sample.picks[{r.model, r.providers[i]}] = r.picks[i];
      }
    }
    sample.providers.reserve(snapshot.providers.size());
    for (const ProviderSnapshot& p : snapshot.providers) {
      sample.providers.push_back({p.id, p.ok, p.failed, p.tokensIn + p.tokensOut, p.firstByte});
    }
    m_samples.push_back(std::move(sample));
    while (m_samples.size() > 2 && m_samples[1].at <= snapshot.takenAt - kStatsWindow)
      m_samples.pop_front();
  }
  for (const ProviderSnapshot& p : snapshot.providers) {
    Levels& levels = m_levels[p.id];
    levels.requests.add(toSeconds(snapshot.takenAt), p.requests);
    levels.tokens.add(toSeconds(snapshot.takenAt), p.tokens);
  }
  m_traffic.add(snapshot);
  m_states.observe(snapshot);
  m_latest = std::move(snapshot);
}

SnapshotHistory::Stats SnapshotHistory::provider(const std::string& id) const {
  Stats stats;
  if (m_samples.empty()) return stats;
  const auto now = std::ranges::find(m_latest.providers, id, &ProviderSnapshot::id);
  if (now == m_latest.providers.end()) return stats;
  for (const Point& point : m_points) {
    const auto count = std::ranges::find(point.providers, id, &Count::id);
    if (count == point.providers.end()) continue;
    stats.known = point.at < m_latest.takenAt;
    stats.perSecond = rate(count->started, now->started, m_latest.takenAt - point.at);
    break;
  }
  const Outcomes outcomes = this->outcomes(*now);
  stats.ended = outcomes.ended;
  stats.failed = outcomes.failed;
  const Ended* then = earliest(id);
  if (then && now->firstByte.count() != then->firstByte.count()) {
    core::Histogram firstByte = now->firstByte;
    firstByte.subtract(then->firstByte);
    stats.measured = firstByte.count();
    stats.p50 = firstByte.percentile(0.5);
    stats.p95 = firstByte.percentile(0.95);
    stats.p99 = firstByte.percentile(0.99);
  }
  return stats;
}

const SnapshotHistory::Ended* SnapshotHistory::earliest(const std::string& id) const {
  for (const Sample& sample : m_samples) {
    const auto found = std::ranges::find(sample.providers, id, &Ended::id);
    if (found != sample.providers.end()) return &*found;
  }
  return nullptr;
}

SnapshotHistory::Outcomes SnapshotHistory::outcomes(const ProviderSnapshot& now) const {
  const Ended* then = earliest(now.id);
  if (!then) return {};
  const std::uint64_t failed = now.failed - then->failed;
  return {now.ok - then->ok + failed, failed};
}

std::uint64_t SnapshotHistory::picks(const std::string& route, const std::string& provider) const {
  if (m_samples.empty()) return 0;
  const auto now = std::ranges::find(m_latest.routes, route, &RouteSnapshot::model);
  if (now == m_latest.routes.end()) return 0;
  const auto at = std::ranges::find(now->providers, provider);
  if (at == now->providers.end()) return 0;
  const std::uint64_t count = now->picks[static_cast<std::size_t>(at - now->providers.begin())];
  for (const Sample& earlier : m_samples) {
    const auto then = earlier.picks.find({route, provider});
    if (then != earlier.picks.end()) return count - then->second;
  }
  return 0;
}

SnapshotHistory::Totals SnapshotHistory::totals() const {
  Totals totals;
  if (m_samples.empty()) return totals;
  totals.perSecond = rate(m_points.front().started, m_latest.requests.started,
                          m_latest.takenAt - m_points.front().at);
  const Sample& earlier = m_samples.front();
  const RequestTotals& then = earlier.requests;
  const RequestTotals& now = m_latest.requests;
  totals.failed = now.failed - then.failed;
  totals.rejected = now.rejected - then.rejected;
  totals.ended = now.ok - then.ok + totals.failed + totals.rejected;
  totals.seconds = toSeconds(m_latest.takenAt - earlier.at);
  for (const ProviderSnapshot& p : m_latest.providers) {
    const auto before = std::ranges::find(earlier.providers, p.id, &Ended::id);
    if (before != earlier.providers.end()) {
      totals.tokens += p.tokensIn + p.tokensOut - before->tokens;
    }
  }
  return totals;
}

const SnapshotHistory::Levels* SnapshotHistory::levels(const std::string& id) const {
  const auto found = m_levels.find(id);
  return found == m_levels.end() ? nullptr : &found->second;
}

}  // namespace sluice::ui
