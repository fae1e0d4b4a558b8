// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/core/time.h"
#include "gateway/exchange/endpoint.h"
#include "gateway/exchange/toll.h"
#include "gateway/exchange/worker.h"
#include "gateway/route/route_table.h"

namespace sluice::exchange {

/// A target that admits this request: its breaker and its limit of calls at once gave a permit each,
/// and what it needs was taken from its buckets, and from those of its route.
struct Choice {
  const route::TargetEntry* target;
  const route::RouteEntry* route;  ///< whose target it is
  std::string_view
      modelToken;  ///< what the model is called there, as JSON; empty: as the client asked
  std::string_view modelName;  ///< the same, bare
  const route::ProviderEntry* provider;
  core::CircuitBreaker::Permit permit;
  core::ConcurrencyLimiter::Permit place;
  Toll toll;       ///< the provider's
  Toll routeToll;  ///< the route's, unless that was paid before
};

/// Why no target does.
struct Refusal {
  /// Whose bucket, or cool-down, will let a request through soonest; null: no provider's was the reason.
  const route::ProviderEntry* limited = nullptr;
  bool limit = false;   ///< a limit was the reason: `limited`'s, or that of a client or of a route
  bool tokens = false;  ///< and it is one of tokens
  bool tooLarge = false;  ///< which can never let it pass
  bool cooling = false;   ///< and it is not our limit, but the provider's own (429)
  /// The first choice of those that would serve if a call under way ended; null: none. And its route.
  const route::TargetEntry* busy = nullptr;
  const route::RouteEntry* busyRoute = nullptr;
  /// Time until trying again can help; kNever: nothing that passes by itself.
  core::Nanos retryIn = core::kNever;
  std::string reason;  ///< one line for a person
};

/// A fallback route whose limits hold no more for a request: however many of its targets are asked, it is
/// one request to it.
struct PaidRoute {
  const route::RouteEntry* route;
  Toll toll;
  std::uint64_t used = 0;  ///< tokens, by attempts at its targets
};

/// What is to be chosen for.
struct Wish {
  const route::RouteTable& table;
  const route::RouteEntry& route;
  core::Nanos now;
  Need need;
  const Endpoint& endpoint;  ///< targets that cannot be asked such a thing are passed over
  /// Requests with the same keep to one target, if the route wants so and it can serve; empty: none.
  std::string_view affinity;
  std::span<const route::TargetEntry* const> tried;  ///< not these again
  std::span<const PaidRoute> paid;                   ///< as `route` is
};

/// Asks the targets of the smallest priority in the order of the route's balancer until one admits;
/// then those of the next; then the fallback routes in the same way, but those that are at a limit of
/// their own. Counts picks and what was passed over.
std::variant<Choice, Refusal> choose(Worker& worker, const Wish& wish);

/// For a request that waited for a place at `target`, of that route, and has it now.
std::variant<Choice, Refusal> chooseQueued(Worker& worker, const Wish& wish,
                                           const route::RouteEntry& route,
                                           const route::TargetEntry& target,
                                           core::ConcurrencyLimiter::Permit place);

/// "the limit of provider 'a' is reached (600 requests per minute); try again in 3 s". `whose` and
/// `limits`: of the one who refused.
std::string describeLimit(const std::string& whose, const config::Limits& limits,
                          const Refusal& refusal, const Need& need);

/// "provider 'a' has 32 calls under way, as many as it may, and ..."
std::string describeBusy(const route::ProviderEntry& provider);

}  // namespace sluice::exchange
