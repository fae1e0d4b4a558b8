// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// A token bucket in one 64-bit word: the generic cell rate algorithm (ITU-T I.371) kept in whole
/// tokens instead of time, so that the rate can change without touching the balance.
///
/// Thread safety: all operations from any thread, lock-free; reconfigure() callers take turns.
///
/// Word: [epoch:8 | spent:56]. `spent` counts every token ever taken; a clock that only the
/// parameters know counts every token ever issued, I(now) = baseIssued + (now - baseTime) * tokens /
/// period. What is left is min(capacity, I(now) - spent); negative is debt. The epoch picks one of
/// four parameter slots: who computed with parameters that have changed loses its CAS.
///
/// Invariants (tests name them):
///   T1 tokens granted in any [t1, t2] <= capacity + I(t2) - I(t1)
///   T2 `spent` advances by grants - refunds + charges
///   T3 reconfigure() leaves what is available as it is, but for the new capacity; repeated at any
///      pace, it loses no accrued part of a token
///   T4 nothing is granted while less than that is available
///   T5 retryAt is the least time at which the same call would pass if nobody else came
///
/// Memory order: loads acquire, CAS acq_rel; slot fields store release, load acquire, so that a
/// torn read of a slot is always followed by an epoch that differs.
/// Cost: one 128-bit division and one CAS for a grant; a denial writes nothing.
namespace sluice::core {

__extension__ using Wide = unsigned __int128;

/// `tokens` per `period` ns, saving up to `capacity`. tokens 0: nothing is ever issued.
struct BucketParams {
  std::uint64_t tokens = 0;    ///< <= 2^32
  Nanos period = kSecond;      ///< > 0
  std::uint64_t capacity = 0;  ///< <= 2^32
  std::uint64_t baseIssued = 0;
  Nanos baseTime = 0;

  bool sameRate(const BucketParams& other) const {
    return tokens == other.tokens && period == other.period && capacity == other.capacity;
  }
  constexpr Wide product(Nanos now) const {
    return now <= baseTime ? 0 : static_cast<Wide>(now - baseTime) * tokens;
  }
  /// Tokens ever issued.
  constexpr std::uint64_t issued(Nanos now) const {
    return baseIssued +
           static_cast<std::uint64_t>(product(now) / static_cast<std::uint64_t>(period));
  }
  /// The least time at which issued() reaches `count`.
  constexpr Nanos timeOf(std::uint64_t count) const {
    if (count <= baseIssued) return baseTime;
    if (tokens == 0) return kNever;
    const auto needed = static_cast<Wide>(count - baseIssued) * static_cast<std::uint64_t>(period);
    return baseTime + static_cast<Nanos>((needed + tokens - 1) / tokens);
  }
};

template <class Sync>
class BasicTokenBucket {
 public:
  struct Result {
    enum class Kind : std::uint8_t { Granted, Denied, TooLarge } kind;
    Nanos retryAt = 0;  ///< Denied: when it would pass; kNever: not at this rate
    bool granted() const { return kind == Kind::Granted; }
  };
  struct Reservation {
    bool granted = false;
    Nanos wait = 0;  ///< granted: act after this; denied: how long it would have been, or kNever
  };

  /// Charges larger than this are refused by charge().
  static constexpr std::uint64_t kMostCharge = 1ull << 40;

  /// Empty, with no rate, until reconfigure() or fill().
  BasicTokenBucket() {
    for (Slot& slot : m_slots) slot.store({});
    BucketParams first;
    first.baseIssued = kOffset;
    m_slots[0].store(first);
    m_word.store(make(0, kOffset), std::memory_order_release);
  }

  /// Takes n tokens. TooLarge: n exceeds the capacity, so it can never pass.
  Result tryAcquire(std::uint64_t n, Nanos now) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BucketParams params = slotOf(word).load();
      const std::uint64_t issued = params.issued(now);
      const std::uint64_t spent = capped(spentOf(word), params, issued);
      if (n > params.capacity || spent + n > issued) {
        // A refusal is not confirmed by a CAS: make sure the slot was not rewritten under us.
        const std::uint64_t again = m_word.load(std::memory_order_acquire);
        if (epochOf(again) != epochOf(word)) {
          word = again;
          continue;
        }
        if (n > params.capacity) return {Result::Kind::TooLarge, kNever};
        return {Result::Kind::Denied, params.timeOf(spent + n)};
      }
      if (cas(word, make(epochOf(word), spent + n))) return {Result::Kind::Granted};
    }
  }

  /// Takes n tokens now or in advance, if the wait for them is at most maxWait.
  Reservation reserve(std::uint64_t n, Nanos maxWait, Nanos now) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BucketParams params = slotOf(word).load();
      const std::uint64_t spent = capped(spentOf(word), params, params.issued(now));
      const Nanos at = params.timeOf(spent + n);
      const Nanos wait = at == kNever ? kNever : std::max<Nanos>(at - now, 0);
      if (n > params.capacity || wait > maxWait) {
        const std::uint64_t again = m_word.load(std::memory_order_acquire);
        if (epochOf(again) == epochOf(word)) return {false, n > params.capacity ? kNever : wait};
        word = again;
        continue;
      }
      if (cas(word, make(epochOf(word), spent + n))) return {true, wait};
    }
  }

  /// Gives back n tokens that were taken. What exceeds the capacity evaporates.
  void refund(std::uint64_t n) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    while (!cas(word, make(epochOf(word), spentOf(word) - n))) {
    }
  }

  /// Takes n tokens that have been used already; may leave a debt. False: n > kMostCharge.
  bool charge(std::uint64_t n) {
    if (n > kMostCharge) return false;
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    while (!cas(word, make(epochOf(word), spentOf(word) + n))) {
    }
    return true;
  }

  /// The provider says that only n are left: tightens to that, never loosens.
  void observeRemaining(std::uint64_t n, Nanos now) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      const std::uint64_t issued = slotOf(word).load().issued(now);
      if (n >= issued || spentOf(word) >= issued - n) return;
      if (cas(word, make(epochOf(word), issued - n))) return;
    }
  }

  /// New rate and capacity from `now` on; the balance stays (T3).
  void reconfigure(std::uint64_t tokens, Nanos period, std::uint64_t capacity, Nanos now) {
    change(tokens, period, capacity, now, false);
  }
  /// The same, and full.
  void fill(std::uint64_t tokens, Nanos period, std::uint64_t capacity, Nanos now) {
    change(tokens, period, capacity, now, true);
  }

  /// What would be granted now; negative: debt. Right for some instant during the call.
  std::int64_t availableApprox(Nanos now) const {
    for (;;) {
      const std::uint64_t word = m_word.load(std::memory_order_acquire);
      const BucketParams params = slotOf(word).load();
      if (epochOf(m_word.load(std::memory_order_acquire)) != epochOf(word)) continue;
      const std::uint64_t issued = params.issued(now);
      return static_cast<std::int64_t>(issued - capped(spentOf(word), params, issued));
    }
  }

 private:
  /// `spent` starts here, so that refunds never borrow from the epoch.
  static constexpr std::uint64_t kOffset = 1ull << 40;
  static constexpr std::uint64_t kSpentMask = (1ull << 56) - 1;

  template <class T>
  using Atomic = typename Sync::template atomic<T>;

  struct Slot {
    Atomic<std::uint64_t> tokens, capacity, baseIssued;
    Atomic<Nanos> period, baseTime;

    void store(const BucketParams& p) {
      constexpr auto release = std::memory_order_release;
      tokens.store(p.tokens, release);
      capacity.store(p.capacity, release);
      baseIssued.store(p.baseIssued, release);
      period.store(p.period, release);
      baseTime.store(p.baseTime, release);
    }
    BucketParams load() const {
      constexpr auto acquire = std::memory_order_acquire;
      return {tokens.load(acquire), period.load(acquire), capacity.load(acquire),
              baseIssued.load(acquire), baseTime.load(acquire)};
    }
  };

  static std::uint64_t make(std::uint64_t epoch, std::uint64_t spent) {
    return (epoch & 255) << 56 | (spent & kSpentMask);
  }
  static std::uint64_t epochOf(std::uint64_t word) { return word >> 56; }
  static std::uint64_t spentOf(std::uint64_t word) { return word & kSpentMask; }
  const Slot& slotOf(std::uint64_t word) const { return m_slots[epochOf(word) & 3]; }

  /// The cap, applied late: what was saved above the capacity counts as spent.
  static std::uint64_t capped(std::uint64_t spent, const BucketParams& params,
                              std::uint64_t issued) {
    return spent + params.capacity < issued ? issued - params.capacity : spent;
  }

  bool cas(std::uint64_t& word, std::uint64_t next) {
    return m_word.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                        std::memory_order_acquire);
  }

  void change(std::uint64_t tokens, Nanos period, std::uint64_t capacity, Nanos now, bool full) {
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BucketParams old = slotOf(word).load();
      BucketParams next{tokens, period, capacity, old.issued(now), std::max(now, old.baseTime)};
      if (!full && next.sameRate(old)) return;
      if (tokens > 0 && old.tokens > 0) {
        // The part of a token that has accrued is carried over: a base so far in the past that the
        // new rate has issued the same part by now, rounded down.
        const auto part =
            static_cast<std::uint64_t>(old.product(now) % static_cast<std::uint64_t>(old.period));
        next.baseTime -= static_cast<Nanos>(
            static_cast<Wide>(part) * static_cast<std::uint64_t>(period) /
            (static_cast<Wide>(static_cast<std::uint64_t>(old.period)) * tokens));
      }
      m_slots[(epochOf(word) + 1) & 3].store(next);
      std::uint64_t spent = capped(spentOf(word), old, next.baseIssued);
      if (full) spent = next.baseIssued - capacity;
      if (cas(word, make(epochOf(word) + 1, spent))) return;
    }
  }

  alignas(64) Atomic<std::uint64_t> m_word;
  alignas(64) Slot m_slots[4];
};

using TokenBucket = BasicTokenBucket<StdSync>;

}  // namespace sluice::core
