// SPDX-License-Identifier: GPL-3.0-or-later
// The words under real threads. Standard C++ only, so that the thread sanitizer sees everything and
// needs no suppression.
#include <array>
#include <atomic>
#include <cstdio>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/keyed_table.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/response_cache.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/token_bucket.h"
#include "gateway/core/triple_buffer.h"

using namespace sluice::core;

namespace {

int failures = 0;

#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) {                                                            \
      ++failures;                                                                  \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
    }                                                                              \
  } while (false)

/// What the program uses, and it counts how often threads met: a stress test in which they never did
/// proved nothing.
std::atomic<std::uint64_t> met = 0;
template <class T>
struct CountedAtomic : std::atomic<T> {
  using std::atomic<T>::atomic;
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure) {
    const T before = expected;
    if (std::atomic<T>::compare_exchange_weak(expected, desired, success, failure)) return true;
    if (expected != before) met.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
};
struct CountedSync {
  template <class T>
  using atomic = CountedAtomic<T>;
  using mutex = Mutex;
};
using Breaker = BasicCircuitBreaker<CountedSync>;
using Bucket = BasicTokenBucket<CountedSync>;
using Limiter = BasicConcurrencyLimiter<CountedSync>;
using Ewma = BasicPeakEwma<CountedSync>;

/// Threads that begin together.
class Together {
 public:
  explicit Together(int count) : m_gate(count) {}
  template <class Body>
  void start(Body body) {
    m_threads.emplace_back([this, body] {
      m_gate.arrive_and_wait();
      body();
    });
  }
  void join() {
    for (auto& thread : m_threads) thread.join();
  }

 private:
  std::latch m_gate;
  std::vector<std::thread> m_threads;
};

std::uint64_t contendedLocks() {
  std::uint64_t sum = 0;
  for (const LockContention& rank : Mutex::contention()) sum += rank.contended;
  return sum;
}

/// Runs it until threads have met in it, and says so if they never do.
void untilTheyMeet(const char* name, void (*stress)()) {
  for (int round = 1; round <= 500; ++round) {
    const std::uint64_t before = met + contendedLocks();
    stress();
    const std::uint64_t times = met + contendedLocks() - before;
    if (times == 0) continue;
    std::printf("%-20s met %llu times in round %d\n", name, static_cast<unsigned long long>(times),
                round);
    return;
  }
  ++failures;
  std::fprintf(stderr, "%s: no two threads ever met\n", name);
}

struct Whole {
  std::array<std::uint64_t, 64> fields{};
  Whole() = default;
  explicit Whole(std::uint64_t value) { fields.fill(value); }
  bool consistent() const {
    for (const auto field : fields) {
      if (field != fields[0]) return false;
    }
    return true;
  }
};

/// B4, B5 with real threads; the sanitizers watch.
void breakerStress() {
  Breaker breaker({5, kMillisecond, kMillisecond, 2, kSecond});
  std::atomic<int> opened = 0, closed = 0, halfOpened = 0;
  std::atomic<Nanos> clock = 0;
  Together threads(4);
  for (unsigned t = 0; t < 4; ++t) {
    threads.start([&, t] {
      std::uint32_t random = t * 7919 + 1;
      for (int i = 0; i < 50'000; ++i) {
        random = random * 1664525 + 1013904223;
        const Nanos now = clock.fetch_add(kMillisecond / 4);
        auto admission = breaker.tryAcquire(now);
        halfOpened += admission.halfOpened;
        if (!admission.permit) continue;
        const auto report = admission.permit->report(
            random >> 30 == 0 ? Outcome::Success : Outcome::Failure, now, 0.5);
        opened += report.opened;
        closed += report.closed;
      }
    });
  }
  threads.join();
  const auto view = breaker.view(clock);
  // Each opening but the last is left by a half-opening; each half-opening ends in one verdict.
  const bool open = view.state == BreakerWord::Open;
  CHECK(opened > 100);
  CHECK(opened.load() - (open ? 1 : 0) == halfOpened.load());
  CHECK(closed <= halfOpened);
  CHECK(view.generation >= static_cast<std::uint32_t>((opened + halfOpened + closed) & 0xFFFFFF));
}

/// With real threads: exactly what there was is handed out, across changes of rate.
void bucketStress() {
  Bucket bucket;
  bucket.fill(1, 1'000'000 * kSecond, 150'000, 0);
  std::atomic<int> granted = 0;
  std::atomic<bool> done = false;
  Together threads(4);
  for (int t = 0; t < 4; ++t) {
    threads.start([&] {
      for (int i = 0; i < 50'000; ++i) granted += bucket.tryAcquire(1, 0).granted();
    });
  }
  std::thread changer([&] {
    for (std::uint64_t i = 0; !done; ++i) {
      bucket.reconfigure(1 + i % 3, 1'000'000 * kSecond, 150'000, 0);
    }
  });
  threads.join();
  done = true;
  changer.join();
  CHECK(granted.load() == 150'000);
}

/// R2 with threads: over whole cycles the shares are exact.
void roundRobinStress() {
  const std::vector<std::uint32_t> weights{3, 2, 2};
  const auto sequence = expandSmooth(weights);
  RoundRobin turns;
  std::array<std::atomic<int>, 3> picks{};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 7'000; ++i) ++picks[sequence[turns.next() % sequence.size()]];
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(picks[0].load() == 12'000);
  CHECK(picks[1].load() == 8'000);
  CHECK(picks[2].load() == 8'000);
}

/// A1, A2, A3 with threads, and A4: what is pinned stays.
void snapshotCellStress() {
  SnapshotCell<Whole> cell;
  cell.publish(std::make_shared<const Whole>(1));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> bad = 0;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      SnapshotCell<Whole>::Reader reader(cell);
      std::uint64_t last = 0;
      std::shared_ptr<const Whole> pinned = reader.pin();
      const std::uint64_t first = pinned->fields[0];
      while (!done) {
        const Whole& seen = reader.get();
        if (!seen.consistent() || seen.fields[0] < last) ++bad;
        last = seen.fields[0];
        if (pinned->fields[0] != first || !pinned->consistent()) ++bad;
      }
      if (reader.get().fields[0] != 5'000) ++bad;
    });
  }
  for (std::uint64_t i = 2; i <= 5'000; ++i) cell.publish(std::make_shared<const Whole>(i));
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(bad.load() == 0);
}

void tripleBufferStress() {
  TripleBuffer<Whole> buffer;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= 50'000; ++i) {
      buffer.writer() = Whole(i);
      buffer.publish();
    }
    done = true;
  });
  std::uint64_t last = 0;
  int bad = 0;
  while (!done) {
    const Whole& seen = buffer.fetch();
    if (!seen.consistent() || seen.fields[0] < last) ++bad;
    last = seen.fields[0];
  }
  writer.join();
  CHECK(bad == 0);
  CHECK(buffer.fetch().fields[0] == std::uint64_t{50'000});
}

/// Many more callers than permits, some leave the queue, the limit moves: S1, S2, and all end.
void limiterStress() {
  constexpr std::uint32_t kMost = 3;
  Limiter limiter(2);
  std::atomic<int> inside = 0, most = 0, served = 0, left = 0, waited = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::uint32_t random = t * 7919 + 1;
      for (int i = 0; i < 5'000; ++i) {
        random = random * 1664525 + 1013904223;
        std::atomic<bool> granted = false;
        auto waiter = std::make_shared<Limiter::Waiter>([&granted] { granted = true; });
        auto admission = limiter.acquire(waiter);
        std::optional<Limiter::Permit> permit = std::move(admission.permit);
        if (admission.queued) {
          ++waited;
          if (random >> 30 == 0) {
            permit = limiter.cancel(*waiter);
          } else {
            while (!granted) std::this_thread::yield();
            permit = waiter->take();
            CHECK(permit.has_value());
          }
        }
        if (!permit) {
          ++left;
          // A grant may still be on its way to us; what it refers to must outlive it.
          while (waiter.use_count() > 1) std::this_thread::yield();
          continue;
        }
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        ++served;
        std::this_thread::yield();
        --inside;
        permit.reset();
        while (waiter.use_count() > 1) std::this_thread::yield();
      }
    });
  }
  std::thread changer([&] {
    for (std::uint32_t i = 0; !done; ++i) {
      limiter.setLimit(1 + i % kMost);
      std::this_thread::yield();
    }
    limiter.setLimit(1);
  });
  for (auto& thread : threads) thread.join();
  done = true;
  changer.join();
  CHECK(served + left == 30'000);
  CHECK(most <= static_cast<int>(kMost));
  CHECK(waited > 100);  // or it proved nothing
  CHECK(limiter.view().inFlight == 0 && limiter.view().waiting == 0);
}

/// W1, W2 with threads.
void ewmaStress() {
  Ewma latency;
  Together threads(4);
  for (int t = 0; t < 4; ++t) {
    threads.start([&, t] {
      for (int i = 0; i < 200'000; ++i) {
        latency.observe((100 + t) * kMillisecond, i / 10 * kMillisecond);
      }
    });
  }
  threads.join();
  const double ms = latency.millisApprox(20 * kSecond, 0);
  CHECK(ms > 99 && ms < 104);
}

/// Y1, Y2: a thousand keys are looked up, made and evicted by all at once; 11 takers of 10 tokens.
void keyedTableStress() {
  KeyedTable<std::atomic<int>> table;
  std::atomic<int> made = 0, evicted = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::uint32_t random = t * 7919 + 1;
      for (int i = 0; i < 25'000; ++i) {
        random = random * 1664525 + 1013904223;
        const auto value = table.findOrMake("key" + std::to_string(random >> 22), [&] {
          ++made;
          return std::make_shared<std::atomic<int>>(0);
        });
        ++*value;
        if (i % 5'000 == 0) {
          evicted += static_cast<int>(table.evict([](const auto& v) { return v % 2 == 0; }));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(made - evicted == static_cast<int>(table.sizeApprox()));
  CHECK(evicted > 0);

  KeyedTable<TokenBucket> buckets;
  std::atomic<int> served = 0;
  threads.clear();
  for (int t = 0; t < 11; ++t) {
    threads.emplace_back([&] {
      const auto bucket = buckets.findOrMake("client", [] {
        auto fresh = std::make_shared<TokenBucket>();
        fresh->fill(1, 3600 * kSecond, 10, 0);
        return fresh;
      });
      served += bucket->tryAcquire(1, 0).granted();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(served == 10);
}

/// A thousand readers look up a hundred times each while a registry is published anew.
void registryStress() {
  using Registry = std::unordered_map<std::string, int>;
  SnapshotCell<Registry> cell;
  cell.publish(std::make_shared<const Registry>(Registry{{"provider-0", 0}}));
  std::atomic<int> reader = 0, found = 0, done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      while (reader++ < 1'000) {
        SnapshotCell<Registry>::Reader view(cell);
        for (int i = 0; i < 100; ++i) {
          const auto pinned = view.pin();
          const int newest = static_cast<int>(pinned->size()) - 1;
          found += pinned->at("provider-" + std::to_string(newest)) == newest;
        }
      }
      ++done;
    });
  }
  Registry registry{{"provider-0", 0}};
  for (int i = 1; done < 8 || i < 100; ++i) {
    if (i < 500) registry["provider-" + std::to_string(i)] = i;
    cell.publish(std::make_shared<const Registry>(registry));
    cell.collect();
  }
  for (auto& thread : threads) thread.join();
  CHECK(found == 100'000);
  cell.collect();
}

/// K3, K4, K6 with threads: few keys, many who ask, some who leave.
void cacheStress() {
  using Cache = ResponseCache<int>;
  Cache cache(1 << 20);
  std::atomic<int> fetching[8] = {}, told = 0, asked = 0, left = 0, bad = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::uint32_t random = t * 7919 + 1;
      for (int i = 0; i < 5'000; ++i) {
        random = random * 1664525 + 1013904223;
        const int key = static_cast<int>(random >> 29);
        const auto follower = std::make_shared<Cache::Follower>([&told, &bad, key](auto answer) {
          ++told;
          if (!answer || *answer != key) ++bad;
        });
        ++asked;
        auto look = cache.look(std::to_string(key), i, follower, nullptr);
        if (look.hit) {
          ++told;
          if (*look.hit != key) ++bad;
        } else if (look.fetch) {
          if (++fetching[key] > 1) ++bad;
          std::this_thread::yield();
          --fetching[key];
          // Short-lived, so that there is always something to fetch.
          look.fetch->finish(std::make_shared<const int>(key), 100, 20, i, 0.5);
        } else if (random % 4 == 0) {
          left += cache.leave(*follower);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(bad == 0);
  CHECK(told + left == asked);
  CHECK(cache.stats().flights == 0);
}

}  // namespace

int main() {
  untilTheyMeet("breaker", breakerStress);
  untilTheyMeet("bucket", bucketStress);
  untilTheyMeet("limiter", limiterStress);
  untilTheyMeet("latency average", ewmaStress);
  untilTheyMeet("snapshot cell", snapshotCellStress);
  untilTheyMeet("registry", registryStress);
  untilTheyMeet("keyed table", keyedTableStress);
  untilTheyMeet("cache", cacheStress);
  roundRobinStress();
  tripleBufferStress();
  return failures == 0 ? 0 : 1;
}
