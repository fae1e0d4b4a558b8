// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/shares.h"

#include <algorithm>
#include <limits>

#include "ui/model/seconds.h"

namespace sluice::ui {

namespace {

bool serves(const EngineSnapshot& snapshot, const std::string& id) {
  const auto p = std::ranges::find(snapshot.providers, id, &ProviderSnapshot::id);
  return p != snapshot.providers.end() && p->state == config::ProviderState::Ready &&
         p->unready.empty() && p->breaker.state != BreakerState::Open &&
         p->breaker.state != BreakerState::ForcedOpen;
}

/// Whether nothing that moves the targets of a route happened since.
bool isSettled(const config::Route& route, const SnapshotHistory& history, double since,
               double now) {
  const auto markers = history.markers().between(since, now);
  if (std::ranges::any_of(markers, [](const Marker& m) { return m.kind == Marker::Kind::Config; }))
    return false;
  return std::ranges::none_of(route.targets, [&](const config::Target& target) {
    const StateRuns* runs = history.states().find(target.provider);
    // The first run is the beginning of what is known, and no change.
    return runs && runs->all().size() > 1 && runs->all().back().from > since;
  });
}

std::string wordOf(config::Balance balance) {
  switch (balance) {
    case config::Balance::RoundRobin:
      return "round_robin";
    case config::Balance::LeastConnections:
      return "least_connections";
    case config::Balance::Latency:
      return "latency";
  }
  return {};
}

}  // namespace

bool Share::off() const {
  return settled && target && n >= kLeastForShare && (actual < chance.low || actual > chance.high);
}

std::vector<RouteShares> sharesOf(const config::Config& config, const EngineSnapshot& snapshot,
                                  const SnapshotHistory& history) {
  std::vector<RouteShares> all;
  for (const config::Route& route : config.routes) {
    RouteShares& out = all.emplace_back();
    out.route = route.model;
    out.balance = wordOf(route.balance);
    int best = std::numeric_limits<int>::max();
    for (const config::Target& target : route.targets) {
      if (serves(snapshot, target.provider))
        best = std::min(best, static_cast<int>(target.priority));
    }
    const double since = toSeconds(snapshot.takenAt - SnapshotHistory::kStatsWindow);
    const bool settled = isSettled(route, history, since, toSeconds(snapshot.takenAt));
    std::uint64_t weights = 0;
    for (const config::Target& target : route.targets) {
      Share& share = out.shares.emplace_back();
      share.provider = target.provider;
      share.weight = target.weight;
      share.priority = static_cast<int>(target.priority);
      share.picks = history.picks(route.model, target.provider);
      out.n += share.picks;
      if (share.priority == best && serves(snapshot, target.provider)) weights += target.weight;
    }
    for (Share& share : out.shares) {
      share.n = out.n;
      share.settled = settled;
      share.actual = out.n == 0 ? 0 : static_cast<double>(share.picks) / static_cast<double>(out.n);
      if (route.balance != config::Balance::RoundRobin || weights == 0) continue;
      const bool counts = share.priority == best && serves(snapshot, share.provider);
      share.target =
          counts ? static_cast<double>(share.weight) / static_cast<double>(weights) : 0.0;
      share.chance = chanceBand(*share.target, out.n);
    }
  }
  return all;
}

}  // namespace sluice::ui
