// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "gateway/config/config.h"
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

/// What one who is limited may still ask for.
struct Buckets {
  core::TokenBucket requests;
  core::TokenBucket tokens;
  bool requestsLimited = false;  ///< the bucket has a rate; the registry's own
  bool tokensLimited = false;
};

/// Times a bucket refused, of those who have no counters of their own.
struct Refused {
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> tokens = 0;

  void count(bool ofTokens) {
    (ofTokens ? tokens : requests).fetch_add(1, std::memory_order_relaxed);
  }
};

/// What the last health probe found.
enum class Probe : std::uint8_t { Unknown, Good, Bad };

struct ProviderRuntime {
  std::string id;
  std::uint32_t slot;  ///< for counters; never reused
  /// In the config in force, which may be newer than the table of a request that has waited; Disabled:
  /// it is in it no more.
  std::atomic<config::ProviderState> state = config::ProviderState::Ready;
  core::CircuitBreaker breaker;
  Buckets buckets;
  core::CoolDown coolDown;  ///< after a 429
  core::ConcurrencyLimiter concurrency{core::ConcurrencyLimiter::kMostInFlight};
  std::atomic<std::uint32_t> throttled = 0;   ///< who wait for its limits; at most limits.queue
  core::PeakEwma latency;                     ///< to the first byte of good answers
  core::HealthCell health;                    ///< by the control thread, once a second
  std::atomic<Probe> probe = Probe::Unknown;  ///< by the control thread
  std::atomic<std::uint64_t> tripped = 0;     ///< openings by error rate, by the control thread
  /// Calls, and below them failures, of the breaker's window: 32 bits each. By the control thread.
  std::atomic<std::uint64_t> window = 0;
  std::string authorization;  ///< the last in force; the registry's own
  /// Which key is in force: raised with each other one, before the breaker is told of it. By
  /// read-modify-write only, whose order is one for all.
  std::atomic<std::uint32_t> keyRevision = 0;

  ProviderRuntime(std::string providerId, std::uint32_t counterSlot,
                  const core::BreakerParams& breakerParams)
      : id(std::move(providerId)), slot(counterSlot), breaker(breakerParams) {}
};

struct ClientRuntime {
  Buckets buckets;
  Refused refused;
};

struct RouteRuntime {
  std::string model;
  std::uint32_t slot;
  core::RoundRobin turns;
  Buckets buckets;
  Refused refused;
  /// Tokens that 95 % of its answers do not exceed; 0: not known yet. By the control thread.
  std::atomic<std::uint32_t> usualOutput = 0;

  RouteRuntime(std::string routeModel, std::uint32_t counterSlot)
      : model(std::move(routeModel)), slot(counterSlot) {}
};

}  // namespace sluice::route
