// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "gateway/core/time.h"
#include "gateway/exchange/worker.h"
#include "gateway/route/route_table.h"

namespace sluice::exchange {

/// A target that admits this request: its breaker and its limit of calls at once gave a permit each,
/// and a request was taken from its bucket.
struct Choice {
  const route::TargetEntry* target;
  const route::ProviderEntry* provider;
  core::CircuitBreaker::Permit permit;
  core::ConcurrencyLimiter::Permit place;
};

/// Why no target does.
struct Refusal {
  /// Whose bucket, or cool-down, will let a request through soonest; null: limits were not the reason.
  const route::ProviderEntry* limited = nullptr;
  bool cooling = false;  ///< and it is not our limit, but the provider's own (429)
  /// The first choice of those that would serve if a call under way ended; null: none.
  const route::TargetEntry* busy = nullptr;
  /// Time until trying again can help; kNever: nothing that passes by itself.
  core::Nanos retryIn = core::kNever;
  std::string reason;  ///< one line for a person
};

/// Asks the targets in the order of the route's balancer until one admits. Counts picks and what was
/// passed over.
std::variant<Choice, Refusal> choose(Worker& worker, const route::RouteTable& table,
                                     const route::RouteEntry& route, core::Nanos now);

/// For a request that waited for a place at `target` and has it now.
std::variant<Choice, Refusal> chooseQueued(Worker& worker, const route::RouteTable& table,
                                           const route::RouteEntry& route,
                                           const route::TargetEntry& target,
                                           core::ConcurrencyLimiter::Permit place, core::Nanos now);

/// "provider 'a' has 32 calls under way, as many as it may, and ..."
std::string describeBusy(const route::ProviderEntry& provider);

}  // namespace sluice::exchange
