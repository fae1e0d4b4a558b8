// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/core/health_score.h"
#include "gateway/core/histogram.h"
#include "gateway/core/time.h"

/// What the engine shows of itself: plain values, cumulative since start. Rates are the reader's
/// business: subtract two snapshots.
namespace sluice {

enum class BreakerState : std::uint8_t { Closed, HalfOpen, Open, ForcedOpen, ForcedClosed };

struct BreakerSnapshot {
  BreakerState state = BreakerState::Closed;
  std::uint32_t generation = 0;  ///< grows with every transition
  std::uint32_t failures = 0;    ///< consecutive, while closed
  std::uint32_t failureThreshold = 0;
  std::uint32_t probesOk = 0;  ///< while half-open
  std::uint32_t probesNeeded = 0;
  bool hardDown = false;    ///< it opened for a fault that does not pass by itself: our key
  core::Nanos retryIn = 0;  ///< while open: time to the first probe, >= 0
  /// Calls of its window of time, as of the last second, and what would open it.
  std::uint32_t windowCalls = 0;
  std::uint32_t windowFailures = 0;
  std::uint32_t minimumCalls = 0;
  double errorRate = 0;  ///< 0..1
  core::Nanos window = 0;
};

struct BucketSnapshot {
  bool limited = false;        ///< false: no limit is set, the rest is 0
  std::int64_t available = 0;  ///< requests, or tokens, that would pass now; negative: debt
  std::uint64_t capacity = 0;
  std::uint64_t perMinute = 0;
};

/// Calls at once, read now.
struct ConcurrencySnapshot {
  bool limited = false;  ///< false: no limit is set
  std::uint32_t limit = 0;
  std::uint32_t inFlight = 0;
  std::uint32_t waiting = 0;
  std::uint32_t queue = 0;  ///< as many may wait
};

/// Attempts at one provider. started = ok + failed + cancelled + inflight, exactly.
struct ProviderSnapshot {
  std::string id;
  config::Dialect dialect = config::Dialect::OpenAi;
  config::ProviderState state = config::ProviderState::Ready;
  std::string unready;  ///< why it cannot serve (its key is missing); empty: it can
  BreakerSnapshot breaker;
  BucketSnapshot requests;
  BucketSnapshot tokens;
  ConcurrencySnapshot concurrency;
  core::HealthVerdict health;  ///< as of the last second
  std::uint64_t started = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;     ///< provider's fault
  std::uint64_t cancelled = 0;  ///< the client left
  std::uint64_t inflight = 0;
  std::uint64_t limited = 0;          ///< passed over: its bucket of requests was empty
  std::uint64_t tokensLimited = 0;    ///< passed over: its bucket of tokens held too few
  std::uint64_t tokensIn = 0;         ///< tokens of prompts, as it says
  std::uint64_t tokensOut = 0;        ///< tokens of answers
  std::uint64_t breakerRefused = 0;   ///< passed over: its breaker did not admit
  std::uint64_t coolDownRefused = 0;  ///< passed over: it had asked to be left alone
  std::uint64_t busyRefused = 0;      ///< waited in vain for a call to end, or could not wait
  std::uint64_t rateLimited = 0;      ///< of `failed`: it answered 429
  std::uint64_t serverErrors = 0;     ///< of `failed`: it answered 5xx or 408
  std::uint64_t timedOut = 0;         ///< of `failed`: one of its time limits was over
  std::uint64_t cut = 0;              ///< of `failed`: the answer had begun and was not completed
  std::uint64_t unreachable = 0;      ///< of `failed`: no connection, or it ended before an answer
  std::uint64_t keyRefused = 0;       ///< of `failed`: it refused our own key
  core::Nanos coolDownLeft = 0;       ///< time until it may be asked again; 0: no cool-down
  std::uint64_t opened = 0;           ///< transitions of its breaker
  std::uint64_t halfOpened = 0;
  std::uint64_t closed = 0;
  core::Histogram firstByte;  ///< microseconds to the first byte of the body
  core::Histogram total;      ///< microseconds, whole attempt
  core::Histogram queueWait;  ///< microseconds, of those that had to wait for a call to end
  core::Histogram gap;        ///< microseconds between two pieces of a stream
};

/// What limits a client key or a route, and how often.
struct ScopeSnapshot {
  BucketSnapshot requests;
  BucketSnapshot tokens;
  std::uint64_t requestsRefused = 0;
  std::uint64_t tokensRefused = 0;
};

struct ClientSnapshot {
  std::string id;
  ScopeSnapshot limits;
};

struct RouteSnapshot {
  std::string model;
  ScopeSnapshot limits;
  std::vector<std::string> providers;  ///< target providers, in config order
  std::vector<std::uint64_t> picks;    ///< beside `providers`
};

/// Requests of clients. started = ok + failed + cancelled + rejected + inflight, exactly.
struct RequestTotals {
  std::uint64_t started = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t rejected =
      0;  ///< refused by us: bad request, unknown model, limit, nothing can serve
  std::uint64_t inflight = 0;
};

/// Why requests were refused; the sum is RequestTotals::rejected, as of the same moment.
struct RefusalTotals {
  std::uint64_t limit = 0;         ///< a limit of ours, or a provider's cool-down (429)
  std::uint64_t busy = 0;          ///< as many calls under way as there may be (503)
  std::uint64_t breaker = 0;       ///< open breakers stood in the way (503)
  std::uint64_t noTarget = 0;      ///< no target is ready (503)
  std::uint64_t unknownModel = 0;  ///< 404
  std::uint64_t unknownKey = 0;    ///< none of client_keys (401)
  std::uint64_t invalid = 0;       ///< anything wrong with the request itself
};

/// One worker's loop, as of its last tick (50 ms while it has work).
struct WorkerSnapshot {
  std::uint32_t connections = 0;   ///< of clients, open now
  std::uint32_t underWay = 0;      ///< attempts, and requests that wait
  std::uint32_t waiting = 0;       ///< of these, for a limit to let them through
  std::uint32_t idleUpstream = 0;  ///< connections kept to providers
  core::Nanos lag = 0;             ///< the latest its timer fired within the last second
  std::uint64_t revision = 0;      ///< of the config it last worked with; 0: it had no work yet
};

/// How requests of one route ended at one provider. Kept for routes and providers that are gone
/// from the config too, so that sums never shrink.
struct RequestCount {
  std::string route;     ///< empty: ended before a route was found
  std::string provider;  ///< empty: ended before a provider was chosen
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t rejected = 0;
};

/// All locks of one name, since the program began.
struct LockSnapshot {
  std::string name;
  std::uint64_t acquisitions = 0;
  std::uint64_t contended = 0;  ///< of these, had to wait
  core::Nanos waited = 0;
};

/// Answers kept.
struct CacheSnapshot {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  ///< that were fetched
  std::uint64_t joined = 0;  ///< that waited for an equal one under way
  std::uint64_t evictions = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

/// Why there can be no demo traffic.
enum class DemoBar : std::uint8_t {
  None,    ///< there can
  NoMock,  ///< no route of mock providers alone
  NoKey    ///< who asks needs a client key, and none that may ask there can be read
};

struct EngineSnapshot {
  core::Nanos takenAt = 0;
  std::uint64_t revision = 0;  ///< of the config; 0: none applied yet
  std::uint64_t configRejected = 0;
  bool running = false;  ///< listening
  bool demoTraffic = false;
  DemoBar demoBar = DemoBar::None;
  unsigned workers = 0;
  std::uint64_t connections = 0;  ///< open client connections
  RequestTotals requests;
  RefusalTotals refusals;
  std::vector<WorkerSnapshot> workerLoops;
  core::Histogram overhead;                 ///< microseconds the gateway itself added, per request
  std::vector<ProviderSnapshot> providers;  ///< in config order
  std::vector<RouteSnapshot> routes;        ///< in config order
  std::vector<ClientSnapshot> clients;      ///< in config order
  CacheSnapshot cache;
  std::vector<LockSnapshot> locks;          ///< in the order in which they may be taken
  std::vector<RequestCount> requestCounts;  ///< those that are not all zero; sums are `requests`
};

}  // namespace sluice
