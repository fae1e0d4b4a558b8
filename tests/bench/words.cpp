// SPDX-License-Identifier: GPL-3.0-or-later
// What each step of a request's decision costs, beside the lock-based design it stands in for, at one
// to sixteen threads. The lock-based ones live here only. Read with core.py.
#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/core/balancer.h"
#include "gateway/core/circuit_breaker.h"
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/health_score.h"
#include "gateway/core/histogram.h"
#include "gateway/core/keyed_table.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/response_cache.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/token_bucket.h"
#include "gateway/dialect/openai.h"

using namespace sluice::core;
using benchmark::DoNotOptimize;
using benchmark::State;

namespace {

// --- the lock-based designs

class LockedBreaker {
 public:
  bool admit(Nanos now) {
    const std::scoped_lock lock(m_mutex);
    return !m_open || now >= m_retryAt;
  }
  void success() {
    const std::scoped_lock lock(m_mutex);
    m_failures = 0;
  }

 private:
  std::mutex m_mutex;
  bool m_open = false;
  int m_failures = 0;
  Nanos m_retryAt = 0;
};

class LockedBucket {
 public:
  LockedBucket(double rate, double capacity)
      : m_rate(rate), m_capacity(capacity), m_tokens(capacity) {}
  bool take(double n, Nanos now) {
    const std::scoped_lock lock(m_mutex);
    m_tokens = std::min(m_capacity, m_tokens + static_cast<double>(now - m_last) * m_rate);
    m_last = now;
    if (m_tokens < n) return false;
    m_tokens -= n;
    return true;
  }

 private:
  std::mutex m_mutex;
  double m_rate, m_capacity, m_tokens;
  Nanos m_last = 0;
};

class LockedLimiter {
 public:
  bool take() {
    const std::scoped_lock lock(m_mutex);
    if (m_inFlight >= m_limit) return false;
    ++m_inFlight;
    return true;
  }
  void give() {
    const std::scoped_lock lock(m_mutex);
    --m_inFlight;
  }

 private:
  std::mutex m_mutex;
  int m_inFlight = 0, m_limit = 1000;
};

class LockedConfig {
 public:
  std::shared_ptr<const int> get(const std::string& key) {
    const std::shared_lock lock(m_mutex);
    return m_map.at(key);
  }

 private:
  std::shared_mutex m_mutex;
  std::map<std::string, std::shared_ptr<const int>> m_map{{"a", std::make_shared<const int>(1)}};
};

struct LockedHistogram {
  std::mutex mutex;
  Histogram histogram;
};

// --- one after the other

#define THREADS ->ThreadRange(1, 16)->UseRealTime()

CircuitBreaker breaker;
void breakerOurs(State& state) {
  for (auto _ : state) {
    auto admission = breaker.tryAcquire(1);
    DoNotOptimize(admission.permit->report(Outcome::Success, 1, 0.5));
  }
}
BENCHMARK(breakerOurs)->Name("breaker admit+report/ours") THREADS;
LockedBreaker lockedBreaker;
void breakerLocked(State& state) {
  for (auto _ : state) {
    DoNotOptimize(lockedBreaker.admit(1));
    lockedBreaker.success();
  }
}
BENCHMARK(breakerLocked)->Name("breaker admit+report/locked") THREADS;

TokenBucket bucket;
void bucketOurs(State& state) {
  if (state.thread_index() == 0) bucket.fill(1ull << 32, 1, 1ull << 32, 0);
  for (auto _ : state) DoNotOptimize(bucket.tryAcquire(1, 1));
}
BENCHMARK(bucketOurs)->Name("bucket take/ours") THREADS;
LockedBucket lockedBucket(1e9, 1e18);
void bucketLocked(State& state) {
  for (auto _ : state) DoNotOptimize(lockedBucket.take(1, 1));
}
BENCHMARK(bucketLocked)->Name("bucket take/locked") THREADS;

TokenBucket empty;
void denialOurs(State& state) {
  if (state.thread_index() == 0) empty.fill(0, 1, 1, 0), empty.tryAcquire(1, 0);
  for (auto _ : state) DoNotOptimize(empty.tryAcquire(1, 1));
}
BENCHMARK(denialOurs)->Name("bucket denial/ours") THREADS;
LockedBucket lockedEmpty(0, 0);
void denialLocked(State& state) {
  for (auto _ : state) DoNotOptimize(lockedEmpty.take(1, 1));
}
BENCHMARK(denialLocked)->Name("bucket denial/locked") THREADS;

ConcurrencyLimiter limiter(1000);
void limiterOurs(State& state) {
  for (auto _ : state) DoNotOptimize(limiter.tryAcquire());
}
BENCHMARK(limiterOurs)->Name("limiter take+give/ours") THREADS;
LockedLimiter lockedLimiter;
void limiterLocked(State& state) {
  for (auto _ : state) {
    if (lockedLimiter.take()) lockedLimiter.give();
  }
}
BENCHMARK(limiterLocked)->Name("limiter take+give/locked") THREADS;

SnapshotCell<int> cell;
void configOurs(State& state) {
  if (state.thread_index() == 0) cell.publish(std::make_shared<const int>(1));
  SnapshotCell<int>::Reader reader(cell);
  for (auto _ : state) DoNotOptimize(reader.get());
}
BENCHMARK(configOurs)->Name("config read/ours") THREADS;
void configPin(State& state) {
  if (state.thread_index() == 0) cell.publish(std::make_shared<const int>(1));
  SnapshotCell<int>::Reader reader(cell);
  for (auto _ : state) DoNotOptimize(reader.pin());
}
BENCHMARK(configPin)->Name("config pin/ours") THREADS;
/// What a worker pays for the first look after a config of 200 providers was applied.
void configSwap(State& state) {
  using Config = std::vector<std::string>;
  SnapshotCell<Config> swapped;
  swapped.publish(std::make_shared<const Config>());
  SnapshotCell<Config>::Reader reader(swapped);
  for (auto _ : state) {
    swapped.publish(std::make_shared<const Config>(200, std::string(100, 'x')));
    const auto began = std::chrono::steady_clock::now();
    DoNotOptimize(reader.get());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    state.SetIterationTime(took.count());
    swapped.collect();
  }
}
BENCHMARK(configSwap)->Name("config swap/ours")->UseManualTime();
LockedConfig lockedConfig;
void configLocked(State& state) {
  const std::string key = "a";
  for (auto _ : state) DoNotOptimize(lockedConfig.get(key));
}
BENCHMARK(configLocked)->Name("config read/locked") THREADS;
BENCHMARK(configLocked)->Name("config pin/locked") THREADS;

void metricsOurs(State& state) {
  Histogram histogram;  // each worker has its own
  std::uint64_t micros = 1;
  for (auto _ : state) {
    histogram.record(micros = micros * 5 % 1'000'000 + 1);
    DoNotOptimize(histogram);
  }
}
BENCHMARK(metricsOurs)->Name("metrics record/ours") THREADS;
LockedHistogram lockedHistogram;
void metricsLocked(State& state) {
  std::uint64_t micros = 1;
  for (auto _ : state) {
    const std::scoped_lock lock(lockedHistogram.mutex);
    lockedHistogram.histogram.record(micros = micros * 5 % 1'000'000 + 1);
  }
}
BENCHMARK(metricsLocked)->Name("metrics record/locked") THREADS;

RoundRobin turns;
void turnOurs(State& state) {
  for (auto _ : state) DoNotOptimize(turns.next());
}
BENCHMARK(turnOurs)->Name("round robin turn/ours") THREADS;

void pickFour(State& state) {
  const Candidate candidates[4] = {{3}, {1}, {2}, {1}};
  std::uint64_t random = 1;
  for (auto _ : state) {
    DoNotOptimize(pickCheapest(candidates, [&] { return random += 0x9E3779B97F4A7C15; }));
  }
}
BENCHMARK(pickFour)->Name("pick of four/ours") THREADS;

PeakEwma latency;
void ewmaObserve(State& state) {
  Nanos now = 0;
  for (auto _ : state) latency.observe(kMillisecond, now += kMicrosecond);
}
BENCHMARK(ewmaObserve)->Name("latency observe/ours") THREADS;

/// Pin, pick, breaker, two buckets, limiter, metrics: what stands between a request and its attempt.
TokenBucket requests, tokens;
void admissionOurs(State& state) {
  if (state.thread_index() == 0) {
    cell.publish(std::make_shared<const int>(1));
    requests.fill(1ull << 32, 1, 1ull << 32, 0);
    tokens.fill(1ull << 32, 1, 1ull << 32, 0);
  }
  SnapshotCell<int>::Reader reader(cell);
  Histogram histogram;
  const Candidate candidates[4] = {{3}, {1}, {2}, {1}};
  std::uint64_t random = 1;
  for (auto _ : state) {
    const auto pinned = reader.pin();
    DoNotOptimize(pickCheapest(candidates, [&] { return random += 0x9E3779B97F4A7C15; }));
    auto admission = breaker.tryAcquire(1);
    DoNotOptimize(requests.tryAcquire(1, 1));
    DoNotOptimize(tokens.tryAcquire(100, 1));
    const auto permit = limiter.tryAcquire();
    histogram.record(17);
    DoNotOptimize(histogram);
    DoNotOptimize(admission.permit->report(Outcome::Success, 1, 0.5));
  }
}
BENCHMARK(admissionOurs)->Name("whole admission/ours") THREADS;
LockedBucket lockedRequests(1e9, 1e18), lockedTokens(1e9, 1e18);
void admissionLocked(State& state) {
  const std::string key = "a";
  const Candidate candidates[4] = {{3}, {1}, {2}, {1}};
  std::uint64_t random = 1;
  for (auto _ : state) {
    const auto pinned = lockedConfig.get(key);
    DoNotOptimize(pickCheapest(candidates, [&] { return random += 0x9E3779B97F4A7C15; }));
    DoNotOptimize(lockedBreaker.admit(1));
    DoNotOptimize(lockedRequests.take(1, 1));
    DoNotOptimize(lockedTokens.take(100, 1));
    const bool in = lockedLimiter.take();
    {
      const std::scoped_lock lock(lockedHistogram.mutex);
      lockedHistogram.histogram.record(17);
    }
    lockedBreaker.success();
    if (in) lockedLimiter.give();
  }
}
BENCHMARK(admissionLocked)->Name("whole admission/locked") THREADS;

// --- what is behind locks here too: sharded, beside one lock for all

std::vector<std::string> thousandKeys() {
  std::vector<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back("key-" + std::to_string(i));
  return keys;
}
const std::vector<std::string> keys = thousandKeys();

KeyedTable<int> table;
void tableOurs(State& state) {
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 77;
  for (auto _ : state) {
    DoNotOptimize(
        table.findOrMake(keys[++i % keys.size()], [] { return std::make_shared<int>(); }));
  }
}
BENCHMARK(tableOurs)->Name("keyed table find/ours") THREADS;
std::mutex tableMutex;
std::unordered_map<std::string, std::shared_ptr<int>> lockedTable;
void tableLocked(State& state) {
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 77;
  for (auto _ : state) {
    const std::scoped_lock lock(tableMutex);
    auto& value = lockedTable[keys[++i % keys.size()]];
    if (!value) value = std::make_shared<int>();
    DoNotOptimize(std::shared_ptr<int>(value));
  }
}
BENCHMARK(tableLocked)->Name("keyed table find/locked") THREADS;

template <class Cache>
void cacheHit(State& state, Cache& cache) {
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 77;
  const auto follower = std::make_shared<typename Cache::Follower>(nullptr);
  for (auto _ : state) {
    auto look = cache.look(keys[++i % keys.size()], 0, follower, nullptr);
    if (look.fetch) look.fetch->finish(std::make_shared<const int>(1), 100, kNever / 4, 0, 0.5);
    DoNotOptimize(look.hit);
  }
}
ResponseCache<int> sharded(64 << 20);
BasicResponseCache<int, StdSync, 1> single(64 << 20);
void cacheOurs(State& state) {
  cacheHit(state, sharded);
}
BENCHMARK(cacheOurs)->Name("cache hit/ours") THREADS;
void cacheLocked(State& state) {
  cacheHit(state, single);
}
BENCHMARK(cacheLocked)->Name("cache hit/locked") THREADS;

Mutex ranked{LockRank::Table};
void lockOurs(State& state) {
  for (auto _ : state) const MutexLock lock(ranked);
}
BENCHMARK(lockOurs)->Name("lock and unlock/ours") THREADS;
std::mutex plain;
void lockPlain(State& state) {
  for (auto _ : state) const std::scoped_lock lock(plain);
}
BENCHMARK(lockPlain)->Name("lock and unlock/locked") THREADS;

void readChatRequest(State& state) {
  sluice::dialect::ChatReader reader;
  std::string body =
      R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":")" +
      std::string(static_cast<std::size_t>(state.range(0)), 'x') + "\"}]}";
  for (auto _ : state) DoNotOptimize(reader.read(body));
}
BENCHMARK(readChatRequest)->Name("read chat request, 200 B/ours")->Arg(200)->UseRealTime();
BENCHMARK(readChatRequest)->Name("read chat request, 100 kB/ours")->Arg(100'000)->UseRealTime();

}  // namespace
