// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/model/chance.h"
#include "ui/model/snapshot_history.h"

namespace sluice::ui {

/// One target of a route: how often it was picked of late, and how often it should be.
struct Share {
  std::string provider;
  std::uint32_t weight = 1;
  int priority = 0;
  std::uint64_t picks = 0;
  double actual = 0;             ///< 0..1 of the route's picks
  std::optional<double> target;  ///< 0..1; none: its balancer goes by load, not by weight
  Band chance;                   ///< where `actual` lies by chance in 95 of 100 cases
  /// Enough picks to say, and not to be explained by chance.
  bool off() const;
  std::uint64_t n = 0;  ///< picks of the route
  bool settled = true;  ///< the target was this one for as long as picks were counted
};

struct RouteShares {
  std::string route;
  std::string balance;  ///< "round_robin"
  std::uint64_t n = 0;
  std::vector<Share> shares;
};

/// Of all routes, over SnapshotHistory::kStatsWindow. Targets whose provider is switched off, or of a
/// later priority, have no share to expect while a better one is there. Where a target's state, or the
/// config, was another within that window, what was picked is not held against the target of now.
std::vector<RouteShares> sharesOf(const config::Config& config, const EngineSnapshot& snapshot,
                                  const SnapshotHistory& history);

}  // namespace sluice::ui
