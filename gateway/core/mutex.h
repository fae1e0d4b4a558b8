// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include "gateway/core/thread_safety.h"
#include "gateway/core/time.h"

/// The one type of lock of the program: named and ranked, checked and counted.
///
/// Ranks are a global order: a thread that holds a lock may only wait for one of a higher rank, so
/// that no circle of waiting can close. Builds with SLUICE_CHECK_LOCKS (debug and sanitizers) assert
/// this at every acquisition and name both places. A try-lock does not wait and may break the order.
/// Nothing is locked while I/O is done or a callback of another room runs.
///
/// Thread safety: as a mutex; not recursive. contention() from any thread.
///
/// Invariants (tests name them):
///   R1 waiting against the order is told before it is done, whether or not it would have hung
///   R2 acquisitions = the number of times it was held; contended = of these, had to wait
///   R3 counts outlive the lock: the sum for a rank never shrinks
///
/// Memory order: that of std::timed_mutex. Counts are relaxed, written by the holder only.
/// Cost: an uncontended pair of lock and unlock as std::mutex, and 2 ns; a clock read only when it
/// must wait.
namespace sluice::core {

/// In the order in which they may be taken.
enum class LockRank : std::uint8_t {
  Config,         ///< engine: one apply() at a time
  Counters,       ///< engine: one reader of the workers' counters at a time
  Address,        ///< engine: where it listens
  MockProviders,  ///< tempers of the built-in providers
  Snapshot,       ///< the pointer in a snapshot cell
  Table,          ///< a shard of a keyed table
  Cache,          ///< a shard of the response cache
  Queue,          ///< the queue of a concurrency limiter
  Events,         ///< engine: events that wait to be shown
  Inbox,          ///< where an inbox is, for those who may outlive it
};
inline constexpr std::size_t kLockRanks = 10;

constexpr const char* nameOf(LockRank rank) {
  constexpr std::array<const char*, kLockRanks> kNames = {
      "config", "counters", "address", "mock providers", "snapshot",
      "table",  "cache",    "queue",   "events",         "inbox"};
  return kNames[static_cast<std::size_t>(rank)];
}

/// Where a lock was taken.
struct LockSite {
  const char* file;
  const char* function;
  unsigned line;
  static constexpr LockSite here(const char* file = __builtin_FILE(),
                                 const char* function = __builtin_FUNCTION(),
                                 unsigned line = __builtin_LINE()) {
    return {file, function, line};
  }
};

/// Of all locks of a rank since the program began.
struct LockContention {
  std::uint64_t acquisitions = 0;
  std::uint64_t contended = 0;  ///< had to wait
  Nanos waited = 0;
};

/// The locks that the calling thread holds, in the order they were taken.
class HeldLocks {
 public:
  struct Held {
    const void* lock;
    LockRank rank;
    LockSite site;
  };

  /// What is wrong with waiting for a lock of `rank` at `site` now; empty: nothing.
  std::string fault(LockRank rank, const LockSite& site) const {
    for (std::size_t i = 0; i < m_count; ++i) {
      if (m_held[i].rank < rank) continue;
      return "lock order: '" + std::string(nameOf(rank)) + "' is asked for " + describe(site) +
             " while '" + nameOf(m_held[i].rank) + "' is held, taken " + describe(m_held[i].site) +
             "; '" + nameOf(rank) + "' must come first, or the other be let go";
    }
    return {};
  }
  void add(const void* lock, LockRank rank, const LockSite& site) {
    if (m_count < m_held.size()) m_held[m_count] = {lock, rank, site};
    ++m_count;
  }
  void remove(const void* lock) {
    for (std::size_t i = m_count; i-- > 0;) {
      if (m_held[i].lock != lock) continue;
      for (std::size_t k = i + 1; k < m_count; ++k) m_held[k - 1] = m_held[k];
      --m_count;
      return;
    }
  }

  static HeldLocks& ofThisThread() {
    thread_local HeldLocks held;
    return held;
  }

 private:
  static std::string describe(const LockSite& site) {
    return "in " + std::string(site.function) + " (" + site.file + ":" + std::to_string(site.line) +
           ")";
  }
  // Ranks rise strictly, so no thread holds more, but for try-locks; those are beyond ours.
  std::array<Held, kLockRanks + 7> m_held{};
  std::size_t m_count = 0;
};

/// What is done about a breach of the order: the program ends, as it may hang at any other time.
/// Tests put their own here before they start threads.
inline void (*onLockFault)(const std::string& fault) = [](const std::string& fault) {
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
};

class SLUICE_CAPABILITY("mutex") Mutex {
 public:
  explicit Mutex(LockRank rank) : m_rank(rank) {
    Registry& registry = Registry::get();
    const std::lock_guard lock(registry.mutex);
    m_next = registry.first;
    if (m_next) m_next->m_previous = this;
    registry.first = this;
  }
  ~Mutex() {
    Registry& registry = Registry::get();
    const std::lock_guard lock(registry.mutex);
    addTo(registry.ended[static_cast<std::size_t>(m_rank)]);
    if (m_previous) m_previous->m_next = m_next;
    if (m_next) m_next->m_previous = m_previous;
    if (registry.first == this) registry.first = m_next;
  }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock(const LockSite& site = LockSite::here()) SLUICE_ACQUIRE() {
    check(site);
    if (!m_mutex.try_lock()) {
      m_waiting.fetch_add(1, std::memory_order_relaxed);
      const auto began = std::chrono::steady_clock::now();
      m_mutex.lock();
      countWait(began);
      m_waiting.fetch_sub(1, std::memory_order_relaxed);
    }
    taken(site);
  }
  bool tryLock(const LockSite& site = LockSite::here()) SLUICE_TRY_ACQUIRE(true) {
    if (!m_mutex.try_lock()) return false;
    taken(site);
    return true;
  }
  /// Waits for at most that long: for diagnostics that must not hang with what they look at.
  bool tryLockFor(Nanos most, const LockSite& site = LockSite::here()) SLUICE_TRY_ACQUIRE(true) {
    check(site);
    if (!m_mutex.try_lock()) {
      const auto began = std::chrono::steady_clock::now();
      if (!m_mutex.try_lock_for(std::chrono::nanoseconds(most))) return false;
      countWait(began);
    }
    taken(site);
    return true;
  }
  void unlock() SLUICE_RELEASE() {
    if constexpr (kChecked) HeldLocks::ofThisThread().remove(this);
    m_mutex.unlock();
  }

  /// How many threads wait in lock() now.
  unsigned waiting() const { return m_waiting.load(std::memory_order_relaxed); }

  /// By rank. Counts of locks in use are read one after the other.
  static std::array<LockContention, kLockRanks> contention() {
    Registry& registry = Registry::get();
    const std::lock_guard lock(registry.mutex);
    auto sums = registry.ended;
    for (const Mutex* mutex = registry.first; mutex; mutex = mutex->m_next) {
      mutex->addTo(sums[static_cast<std::size_t>(mutex->m_rank)]);
    }
    return sums;
  }

 private:
#if defined(SLUICE_CHECK_LOCKS) || !defined(NDEBUG)
  static constexpr bool kChecked = true;
#else
  static constexpr bool kChecked = false;
#endif

  /// All locks there are. Its own lock is the last of all: under it nothing else is taken.
  struct Registry {
    std::mutex mutex;
    Mutex* first = nullptr;
    std::array<LockContention, kLockRanks> ended{};
    /// Never destroyed: locks with static storage may end later.
    static Registry& get() {
      static auto* registry = new Registry;
      return *registry;
    }
  };

  void check(const LockSite& site) const {
    if constexpr (kChecked) {
      const std::string fault = HeldLocks::ofThisThread().fault(m_rank, site);
      if (!fault.empty()) onLockFault(fault);
    }
  }
  void taken(const LockSite& site) {
    if constexpr (kChecked) HeldLocks::ofThisThread().add(this, m_rank, site);
    bump(m_acquisitions, std::uint64_t{1});
  }
  void countWait(std::chrono::steady_clock::time_point began) {
    bump(m_contended, std::uint64_t{1});
    bump(m_waited, std::chrono::nanoseconds(std::chrono::steady_clock::now() - began).count());
  }
  /// By the holder only, so nothing is lost.
  template <class T, class By>
  static void bump(std::atomic<T>& count, By by) {
    count.store(count.load(std::memory_order_relaxed) + static_cast<T>(by),
                std::memory_order_relaxed);
  }
  void addTo(LockContention& sum) const {
    sum.acquisitions += m_acquisitions.load(std::memory_order_relaxed);
    sum.contended += m_contended.load(std::memory_order_relaxed);
    sum.waited += m_waited.load(std::memory_order_relaxed);
  }

  std::timed_mutex m_mutex;
  const LockRank m_rank;
  std::atomic<std::uint64_t> m_acquisitions = 0;
  std::atomic<std::uint64_t> m_contended = 0;
  std::atomic<Nanos> m_waited = 0;
  std::atomic<unsigned> m_waiting = 0;
  Mutex* m_next = nullptr;
  Mutex* m_previous = nullptr;
};

/// Holds a lock for a scope. `M` is Mutex, or that of a test's policy.
template <class M>
class SLUICE_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(M& mutex, const LockSite& site = LockSite::here()) SLUICE_ACQUIRE(mutex)
      : m_mutex(mutex) {
    m_mutex.lock(site);
  }
  ~MutexLock() SLUICE_RELEASE() { m_mutex.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  M& m_mutex;
};

}  // namespace sluice::core
