// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>

#include "gateway/core/time.h"
#include "gateway/exchange/worker.h"
#include "gateway/route/route_table.h"

namespace sluice::exchange {

/// A target that admits this request: its breaker gave a permit, and a request was taken from its
/// bucket.
struct Choice {
  const route::TargetEntry* target;
  const route::ProviderEntry* provider;
  core::CircuitBreaker::Permit permit;
};

/// Why no target does.
struct Refusal {
  /// Whose bucket, or cool-down, will let a request through soonest; null: limits were not the reason.
  const route::ProviderEntry* limited = nullptr;
  bool cooling = false;  ///< and it is not our limit, but the provider's own (429)
  /// Time until trying again can help; kNever: nothing that passes by itself.
  core::Nanos retryIn = core::kNever;
  std::string reason;  ///< one line for a person
};

/// One turn of the route's balancer; from there forward over the other targets until one admits.
/// Counts picks and what was passed over.
std::variant<Choice, Refusal> choose(Worker& worker, const route::RouteTable& table,
                                     const route::RouteEntry& route, core::Nanos now);

}  // namespace sluice::exchange
