// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The words of gateway/core over Relacy's types. Their headers come first: Relacy redefines some
// names of the language.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <streambuf>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/cool_down.h"
#include "gateway/core/health_score.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/token_bucket.h"
#include "gateway/core/token_reservation.h"
#include "gateway/core/triple_buffer.h"

namespace sluice::model {
// Their usual names are macros from here on.
inline constexpr auto kRelaxed = std::memory_order_relaxed;
inline constexpr auto kAcquire = std::memory_order_acquire;
inline constexpr auto kRelease = std::memory_order_release;
inline constexpr auto kAcqRel = std::memory_order_acq_rel;
}  // namespace sluice::model

#include <relacy/relacy.hpp>

namespace sluice::model {

inline rl::memory_order order(std::memory_order o) {
  if (o == kRelaxed) return rl::mo_relaxed;
  if (o == kAcquire) return rl::mo_acquire;
  if (o == kRelease) return rl::mo_release;
  if (o == kAcqRel) return rl::mo_acq_rel;
  return rl::mo_seq_cst;
}

template <class T>
class RelacyAtomic {
 public:
  T load(std::memory_order o) const { return m_value.load(order(o), $); }
  void store(T value, std::memory_order o) { m_value.store(value, order(o), $); }
  T exchange(T value, std::memory_order o) { return m_value.exchange(value, order(o), $); }
  T fetch_add(T value, std::memory_order o) { return m_value.fetch_add(value, order(o), $); }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure) {
    return m_value.compare_exchange_weak(expected, desired, order(success), $, order(failure), $);
  }

 private:
  rl::atomic<T> m_value;
};

class RelacyMutex {
 public:
  explicit RelacyMutex(core::LockRank) {}
  void lock(const core::LockSite& = {}) { m_mutex.lock($); }
  void unlock() { m_mutex.unlock($); }

 private:
  rl::mutex m_mutex;
};

struct RelacySync {
  template <class T>
  using atomic = RelacyAtomic<T>;
  using mutex = RelacyMutex;
};

struct NullBuffer final : std::streambuf {
  int overflow(int c) override { return c; }
};

/// Counts what main() will say at its end.
struct Tally {
  int passed = 0;
  int failed = 0;

  /// Searches Test for a failure; `sound`: there must be none, and at least `least` interleavings
  /// must have been looked at. Otherwise a failure must be found. `exhaustive`: all interleavings;
  /// else `most` random ones.
  template <class Test>
  void run(const char* name, bool sound, unsigned long long least, bool exhaustive,
           unsigned long long most) {
    rl::test_params params;
    params.iteration_count = most;
    params.search_type =
        exhaustive ? rl::fair_full_search_scheduler_type : rl::random_scheduler_type;
    simulate<Test>(name, sound, least, params);
  }

  /// All interleavings of at most `preemptions`, and one more with SLUICE_DEEP set: for what a full
  /// search would not end on.
  template <class Test>
  void bounded(const char* name, bool sound, unsigned long long least, int preemptions) {
    rl::test_params params;
    params.iteration_count = 100'000'000;
    params.search_type = rl::fair_context_bound_scheduler_type;
    params.context_bound = preemptions + (std::getenv("SLUICE_DEEP") ? 1 : 0);
    simulate<Test>(name, sound, least, params);
  }

  template <class Test>
  void simulate(const char* name, bool sound, unsigned long long least, rl::test_params params) {
    // No string stream: what it allocates within a search would be freed outside.
    NullBuffer buffer;
    std::ostream quiet(&buffer);
    params.progress_stream = &quiet;
    if (!sound) params.output_stream = &quiet;
    const bool held = rl::simulate<Test>(params);
    const auto looked = static_cast<unsigned long long>(params.stop_iteration);
    const bool good = sound ? held && looked >= least : !held;
    std::printf("%-4s %-28s %s after %llu interleavings\n", good ? "ok" : "FAIL", name,
                held ? "no failure" : "a failure", looked);
    (good ? passed : failed)++;
  }

  int finish() const {
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
  }
};

}  // namespace sluice::model
