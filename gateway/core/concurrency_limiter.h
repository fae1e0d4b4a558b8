// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/core/sync.h"

/// A bound on calls in flight, with a queue: who finds no room waits in order of arrival, and is
/// handed the permit of a call that ends.
///
/// Thread safety: all operations from any thread. Taking and giving back without a queue is
/// lock-free; queueing, hand-off and cancelling take a short lock under which nothing is called.
///
/// Word: [waiting:16 | limit:24 | in flight:24]
/// Waiter: Waiting -> Granted -> Taken, or Waiting -> Cancelled; one CAS decides.
///
/// Invariants (tests name them):
///   S1 in flight <= limit, but after the limit was lowered
///   S2 no permit is lost or made: those held, and those granted and not yet taken, are in flight
///   S3 when all is quiet and something waits, there is no room
///   S4 among those that wait, first come first served; nobody passes a queue
///   S5 each waiter gets one verdict: granted, or cancelled
///
/// Memory order: loads acquire, CAS acq_rel.
/// Cost: one CAS to take and one to give back while nothing waits.
namespace sluice::core {

template <class Sync>
class BasicConcurrencyLimiter {
 public:
  static constexpr std::uint32_t kMostInFlight = (1u << 24) - 1;
  static constexpr std::uint32_t kMostWaiting = (1u << 16) - 1;

  /// The right to one call; given back when destroyed. Move-only; must not outlive the limiter.
  class Permit {
   public:
    Permit(Permit&& other) noexcept : m_limiter(std::exchange(other.m_limiter, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(m_limiter, other.m_limiter);
      return *this;
    }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
      if (m_limiter) m_limiter->release();
    }

   private:
    friend class BasicConcurrencyLimiter;
    explicit Permit(BasicConcurrencyLimiter* limiter) : m_limiter(limiter) {}
    BasicConcurrencyLimiter* m_limiter;
  };

  /// One place in the queue. For one wait of one call; must not outlive the limiter.
  class Waiter {
   public:
    /// `granted` is called once if the permit is handed over, by whoever gave it back, on that
    /// thread, with nothing locked: it is to tell the waiter's own thread, which then calls take().
    /// May be called while cancel() is under way elsewhere.
    explicit Waiter(std::function<void()> granted) : m_granted(std::move(granted)) {
      m_state.store(kIdle, std::memory_order_relaxed);
    }
    /// A permit that was handed over and never taken goes back.
    ~Waiter() {
      if (m_limiter) (void)take();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    /// The permit, once; nothing while waiting, after cancel(), or the second time.
    std::optional<Permit> take() {
      std::uint32_t expected = kGranted;
      while (!m_state.compare_exchange_weak(expected, kTaken, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
        if (expected != kGranted) return std::nullopt;
      }
      return Permit(m_limiter);
    }

   private:
    friend class BasicConcurrencyLimiter;
    static constexpr std::uint32_t kIdle = 0, kWaiting = 1, kGranted = 2, kTaken = 3,
                                   kCancelled = 4;

    /// From Waiting, once; false: somebody else was first.
    bool become(std::uint32_t state) {
      std::uint32_t expected = kWaiting;
      while (!m_state.compare_exchange_weak(expected, state, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
        if (expected != kWaiting) return false;
      }
      return true;
    }

    typename Sync::template atomic<std::uint32_t> m_state;
    std::function<void()> m_granted;
    BasicConcurrencyLimiter* m_limiter = nullptr;
    // The limiter's, under its lock.
    typename std::list<std::shared_ptr<Waiter>>::iterator m_place;
    bool m_queued = false;
  };

  struct Admission {
    std::optional<Permit> permit;
    bool queued = false;  ///< without a permit: the waiter waits; neither: the queue is full
  };

  /// One consistent word.
  struct View {
    std::uint32_t inFlight = 0;
    std::uint32_t limit = 0;
    std::uint32_t waiting = 0;
  };

  /// `limit` 0..kMostInFlight; larger values are cut.
  explicit BasicConcurrencyLimiter(std::uint32_t limit) {
    m_word.store(make(0, std::min(limit, kMostInFlight), 0), std::memory_order_release);
  }

  /// A permit if there is room and nobody waits (S4).
  std::optional<Permit> tryAcquire() {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    while (waiting(word) == 0 && inFlight(word) < limitOf(word)) {
      if (cas(word, word + 1)) return Permit(this);
    }
    return std::nullopt;
  }

  /// A permit, or a place in the queue unless `mostWaiting` are there already. A waiter is queued
  /// at most once.
  Admission acquire(const std::shared_ptr<Waiter>& waiter,
                    std::uint32_t mostWaiting = kMostWaiting) {
    if (auto permit = tryAcquire()) return {std::move(permit), false};
    waiter->m_limiter = this;
    std::list<std::shared_ptr<Waiter>> place{waiter};  // allocated before anything is counted
    const MutexLock lock(m_mutex);
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      if (waiting(word) == 0 && inFlight(word) < limitOf(word)) {
        if (cas(word, word + 1)) return {Permit(this), false};
      } else if (waiting(word) >= std::min(mostWaiting, kMostWaiting)) {
        return {};
      } else if (cas(word, word + kOneWaiting)) {
        break;
      }
    }
    waiter->m_state.store(Waiter::kWaiting, std::memory_order_release);
    m_queue.splice(m_queue.end(), place);
    waiter->m_place = std::prev(m_queue.end());
    waiter->m_queued = true;
    return {std::nullopt, true};
  }

  /// Ends a wait. Empty: cancelled, there will be no grant. A permit: the grant was first, and it is
  /// the caller's to use or to drop.
  std::optional<Permit> cancel(Waiter& waiter) {
    if (!waiter.become(Waiter::kCancelled)) return waiter.take();
    const MutexLock lock(m_mutex);
    if (waiter.m_queued) {
      waiter.m_queued = false;
      m_queue.erase(waiter.m_place);
      change([](std::uint64_t word) { return word - kOneWaiting; });
    }
    return std::nullopt;
  }

  /// From now on. Raised: those that wait get in at once. Lowered: calls in flight are let end.
  void setLimit(std::uint32_t limit) {
    limit = std::min(limit, kMostInFlight);
    std::list<std::shared_ptr<Waiter>> granted;
    {
      const MutexLock lock(m_mutex);
      change([&](std::uint64_t word) { return make(waiting(word), limit, inFlight(word)); });
      grantWaiting(granted);
    }
    tell(granted);
  }

  View view() const {
    const std::uint64_t word = m_word.load(std::memory_order_acquire);
    return {inFlight(word), limitOf(word), waiting(word)};
  }

 private:
  using Mutex = typename Sync::mutex;
  static constexpr std::uint64_t kOneWaiting = 1ull << 48;
  static constexpr std::uint64_t make(std::uint64_t waiting, std::uint64_t limit,
                                      std::uint64_t inFlight) {
    return waiting << 48 | limit << 24 | inFlight;
  }
  static constexpr std::uint32_t inFlight(std::uint64_t word) {
    return static_cast<std::uint32_t>(word & kMostInFlight);
  }
  static constexpr std::uint32_t limitOf(std::uint64_t word) {
    return static_cast<std::uint32_t>(word >> 24 & kMostInFlight);
  }
  static constexpr std::uint32_t waiting(std::uint64_t word) {
    return static_cast<std::uint32_t>(word >> 48);
  }

  bool cas(std::uint64_t& word, std::uint64_t next) {
    return m_word.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                        std::memory_order_acquire);
  }
  template <class Next>
  void change(Next next) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    while (!cas(word, next(word))) {
    }
  }

  void release() noexcept {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    while (waiting(word) == 0) {
      if (cas(word, word - 1)) return;
    }
    std::list<std::shared_ptr<Waiter>> granted;
    {
      const MutexLock lock(m_mutex);
      // While something waits nobody but us, who hold the lock, can take what is free now.
      change([](std::uint64_t seen) { return seen - 1; });
      grantWaiting(granted);
    }
    tell(granted);
  }

  /// Under the lock. The permit is counted before the waiter is told, or it could give back what
  /// was not yet taken.
  void grantWaiting(std::list<std::shared_ptr<Waiter>>& granted) SLUICE_REQUIRES(m_mutex) {
    while (!m_queue.empty()) {
      std::uint64_t word = m_word.load(std::memory_order_acquire);
      if (inFlight(word) >= limitOf(word)) return;
      if (!cas(word, word - kOneWaiting + 1)) continue;
      Waiter& first = *m_queue.front();
      first.m_queued = false;
      if (first.become(Waiter::kGranted)) {
        granted.splice(granted.end(), m_queue, m_queue.begin());
      } else {
        change([](std::uint64_t seen) { return seen - 1; });
        m_queue.pop_front();
      }
    }
  }

  static void tell(std::list<std::shared_ptr<Waiter>>& granted) {
    for (const auto& waiter : granted) {
      if (waiter->m_granted) waiter->m_granted();
    }
  }

  alignas(64) typename Sync::template atomic<std::uint64_t> m_word;
  alignas(64) Mutex m_mutex{LockRank::Queue};
  std::list<std::shared_ptr<Waiter>> m_queue SLUICE_GUARDED_BY(m_mutex);
};

using ConcurrencyLimiter = BasicConcurrencyLimiter<StdSync>;

}  // namespace sluice::core
