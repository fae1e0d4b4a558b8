// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/snapshot_builder.h"

#include "gateway/core/mutex.h"

namespace sluice {

namespace {

BreakerSnapshot breakerSnapshot(const route::ProviderEntry& entry, core::Nanos at) {
  const core::CircuitBreaker::View view = entry.runtime->breaker.view(at);
  BreakerSnapshot snapshot;
  switch (view.state) {
    case core::BreakerWord::Closed:
      snapshot.state = BreakerState::Closed;
      break;
    case core::BreakerWord::Open:
      snapshot.state = BreakerState::Open;
      break;
    case core::BreakerWord::HalfOpen:
      snapshot.state = BreakerState::HalfOpen;
      break;
    case core::BreakerWord::Forced:
      snapshot.state = view.forcedClosed ? BreakerState::ForcedClosed : BreakerState::ForcedOpen;
      break;
  }
  snapshot.generation = view.generation;
  snapshot.failures = view.failures;
  snapshot.failureThreshold = entry.config.breaker.consecutiveFailures;
  snapshot.probesOk = view.probesOk;
  snapshot.hardDown = view.hardDown;
  snapshot.probesNeeded = view.hardDown ? 1 : entry.config.breaker.halfOpenProbes;
  const std::uint64_t window = entry.runtime->window.load(std::memory_order_relaxed);
  snapshot.windowCalls = static_cast<std::uint32_t>(window >> 32);
  snapshot.windowFailures = static_cast<std::uint32_t>(window);
  snapshot.minimumCalls = entry.config.breaker.minimumCalls;
  snapshot.errorRate = entry.config.breaker.errorRate;
  snapshot.window = core::nanos(entry.config.breaker.window);
  snapshot.retryIn = view.state == core::BreakerWord::Open ? view.retryIn : 0;
  return snapshot;
}

BucketSnapshot bucketSnapshot(const core::TokenBucket& bucket,
                              std::optional<std::uint32_t> perMinute, std::uint32_t burst,
                              core::Nanos at) {
  if (!perMinute) return {};
  return {true, bucket.availableApprox(at), burst, *perMinute};
}
BucketSnapshot requestsOf(const config::Limits& limits, const route::Buckets& buckets,
                          core::Nanos at) {
  return bucketSnapshot(buckets.requests, limits.requestsPerMinute, limits.effectiveBurst(), at);
}
BucketSnapshot tokensOf(const config::Limits& limits, const route::Buckets& buckets,
                        core::Nanos at) {
  return bucketSnapshot(buckets.tokens, limits.tokensPerMinute, limits.effectiveTokenBurst(), at);
}
ScopeSnapshot scopeSnapshot(const config::Limits& limits, const route::Buckets& buckets,
                            const route::Refused& refused, core::Nanos at) {
  return {requestsOf(limits, buckets, at), tokensOf(limits, buckets, at),
          refused.requests.load(std::memory_order_relaxed),
          refused.tokens.load(std::memory_order_relaxed)};
}

}  // namespace

EngineSnapshot buildSnapshot(metrics::Counters all, const route::RouteTable* table,
                             const std::vector<std::string>& providerNames,
                             const std::vector<std::string>& routeNames, core::Nanos at) {
  EngineSnapshot snapshot;
  all.reserve(routeNames.size(), providerNames.size());
  snapshot.takenAt = at;
  snapshot.overhead = all.overhead;
  const auto locks = core::Mutex::contention();
  for (std::size_t i = 0; i < locks.size(); ++i) {
    snapshot.locks.push_back({core::nameOf(static_cast<core::LockRank>(i)), locks[i].acquisitions,
                              locks[i].contended, locks[i].waited});
  }
  const metrics::Refusals& refusals = all.refusals;
  snapshot.refusals = {refusals.limit,    refusals.busy,         refusals.breaker,
                       refusals.noTarget, refusals.unknownModel, refusals.unknownKey,
                       refusals.invalid};
  RequestTotals& totals = snapshot.requests;
  totals.started = all.started;
  for (std::size_t r = 0; r < routeNames.size(); ++r) {
    for (std::size_t p = 0; p < providerNames.size(); ++p) {
      const metrics::Cell& cell = all.cells[r][p];
      if (cell.ok + cell.failed + cell.cancelled + cell.rejected == 0) continue;
      totals.ok += cell.ok;
      totals.failed += cell.failed;
      totals.cancelled += cell.cancelled;
      totals.rejected += cell.rejected;
      snapshot.requestCounts.push_back(
          {routeNames[r], providerNames[p], cell.ok, cell.failed, cell.cancelled, cell.rejected});
    }
  }
  totals.inflight = totals.started - totals.ok - totals.failed - totals.cancelled - totals.rejected;
  if (!table) return snapshot;
  snapshot.revision = table->revision;
  for (const route::ProviderEntry& entry : table->providers) {
    const metrics::ProviderCounters& counts = all.providers[entry.runtime->slot];
    ProviderSnapshot& p = snapshot.providers.emplace_back();
    p.id = entry.config.id;
    p.dialect = entry.config.dialect;
    p.state = entry.config.state;
    p.unready = entry.unready;
    p.breaker = breakerSnapshot(entry, at);
    p.health = entry.runtime->health.get();
    p.requests = requestsOf(entry.config.limits, entry.runtime->buckets, at);
    p.tokens = tokensOf(entry.config.limits, entry.runtime->buckets, at);
    const auto concurrency = entry.runtime->concurrency.view();
    const bool atOnce = entry.config.limits.concurrency.has_value();
    p.concurrency = {atOnce, atOnce ? concurrency.limit : 0, concurrency.inFlight,
                     concurrency.waiting, atOnce ? entry.config.limits.queue : 0};
    p.started = counts.started;
    p.ok = counts.ok;
    p.failed = counts.failed;
    p.cancelled = counts.cancelled;
    p.inflight = counts.started - counts.ok - counts.failed - counts.cancelled;
    p.limited = counts.limited;
    p.tokensLimited = counts.tokensLimited;
    p.tokensIn = counts.tokensIn;
    p.tokensOut = counts.tokensOut;
    p.breakerRefused = counts.breakerRefused;
    p.coolDownRefused = counts.coolDownRefused;
    p.busyRefused = counts.busyRefused;
    p.rateLimited = counts.rateLimited;
    p.serverErrors = counts.serverErrors;
    p.timedOut = counts.timedOut;
    p.cut = counts.cut;
    p.unreachable = counts.unreachable;
    p.keyRefused = counts.keyRefused;
    p.coolDownLeft = entry.runtime->coolDown.left(at);
    p.opened = counts.opened + entry.runtime->tripped.load(std::memory_order_relaxed);
    p.halfOpened = counts.halfOpened;
    p.closed = counts.closed;
    p.firstByte = counts.firstByte;
    p.total = counts.total;
    p.queueWait = counts.queueWait;
    p.gap = counts.gap;
  }
  for (const route::ClientEntry& entry : table->clients) {
    snapshot.clients.push_back(
        {entry.config.id,
         scopeSnapshot(entry.config.limits, entry.runtime->buckets, entry.runtime->refused, at)});
  }
  for (const route::RouteEntry& entry : table->routes) {
    RouteSnapshot& r = snapshot.routes.emplace_back();
    r.model = entry.model;
    r.limits = scopeSnapshot(entry.limits, entry.runtime->buckets, entry.runtime->refused, at);
    for (const route::TargetEntry& target : entry.targets) {
      const route::ProviderEntry& provider = table->providers[target.provider];
      r.providers.push_back(provider.config.id);
      r.picks.push_back(all.cells[entry.runtime->slot][provider.runtime->slot].picks);
    }
  }
  return snapshot;
}

}  // namespace sluice
