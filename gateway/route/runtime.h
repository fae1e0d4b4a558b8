// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/cool_down.h"
#include "gateway/core/health_score.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/token_bucket.h"

/// What lives longer than any config: found again by id, shared by all workers, made of words from
/// core. Thread-safe as these are.
namespace sluice::route {

struct ProviderRuntime {
  std::string id;
  std::uint32_t slot;  ///< for counters; never reused
  core::CircuitBreaker breaker;
  core::TokenBucket requests;
  core::CoolDown coolDown;  ///< after a 429
  core::ConcurrencyLimiter concurrency{core::ConcurrencyLimiter::kMostInFlight};
  core::PeakEwma latency;                  ///< to the first byte of good answers
  core::HealthCell health;                 ///< by the control thread, once a second
  std::atomic<std::uint64_t> tripped = 0;  ///< openings by error rate, by the control thread
  bool limited = false;                    ///< the bucket has a rate; the registry's own
  std::string authorization;               ///< the last in force; the registry's own

  ProviderRuntime(std::string providerId, std::uint32_t counterSlot,
                  const core::BreakerParams& breakerParams)
      : id(std::move(providerId)), slot(counterSlot), breaker(breakerParams) {}
};

struct ClientRuntime {
  core::TokenBucket requests;
  bool limited = false;  ///< the bucket has a rate; the registry's own
};

struct RouteRuntime {
  std::string model;
  std::uint32_t slot;
  core::RoundRobin turns;

  RouteRuntime(std::string routeModel, std::uint32_t counterSlot)
      : model(std::move(routeModel)), slot(counterSlot) {}
};

}  // namespace sluice::route
