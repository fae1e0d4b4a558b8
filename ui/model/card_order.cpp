// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/card_order.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace sluice::ui {

namespace {

int stateRank(ProviderLook look) {
  switch (look) {
    case ProviderLook::Open:
    case ProviderLook::ForcedOpen:
      return 0;
    case ProviderLook::HalfOpen:
      return 1;
    case ProviderLook::NotReady:
      return 2;
    case ProviderLook::Cooling:
      return 3;
    case ProviderLook::Closed:
    case ProviderLook::ForcedClosed:
    case ProviderLook::NoData:
      return 4;
    case ProviderLook::Draining:
      return 5;
    case ProviderLook::Disabled:
      return 6;
  }
  return 4;
}

}  // namespace

bool CardOrder::update(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  std::vector<Known> known;
  known.reserve(snapshot.providers.size());
  for (const ProviderSnapshot& p : snapshot.providers) {
    known.push_back({p.id, stateRank(lookOf(p))});
  }
  if (known == m_known && snapshot.takenAt - m_sortedAt < kRest) return false;
  m_known = std::move(known);
  m_sortedAt = snapshot.takenAt;
  std::vector<std::string> next;
  if (m_frozen) {
    std::set<std::string> present;
    for (const ProviderSnapshot& p : snapshot.providers) present.insert(p.id);
    for (const std::string& id : m_ids) {
      if (present.erase(id) > 0) next.push_back(id);
    }
    for (const ProviderSnapshot& p : snapshot.providers) {
      if (present.contains(p.id)) next.push_back(p.id);
    }
  } else {
    using Key = std::tuple<int, long>;
    std::vector<std::pair<Key, std::string>> keyed;
    for (std::size_t i = 0; i < m_known.size(); ++i) {
      const ProviderSnapshot& p = snapshot.providers[i];
      const SnapshotHistory::Outcomes outcomes = history.outcomes(p);
      const double failed = outcomes.ended < 5 ? 0
                                               : 100.0 * static_cast<double>(outcomes.failed) /
                                                     static_cast<double>(outcomes.ended);
      keyed.emplace_back(Key(m_known[i].rank, -std::lround(failed / kStep)), p.id);
    }
    std::ranges::stable_sort(keyed, {}, [](const auto& entry) { return entry.first; });
    for (auto& [key, id] : keyed) next.push_back(std::move(id));
  }
  if (next == m_ids) return false;
  m_ids = std::move(next);
  return true;
}

}  // namespace sluice::ui
