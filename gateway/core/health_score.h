// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <utility>

#include "gateway/core/histogram.h"
#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// How well a provider does, 0..100, with the reasons: for sorting, for colours, and as a filter for
/// balancers. To exclude a provider for good is the breaker's business.
///
///   score = 100 x (1 - e)^2 x l, capped by state
///   e  lower bound of the share of failures (Wilson, 95 %), so that one of one is no proof
///   l  1 while p99 <= 1.5 x the provider's own baseline, falling to 0 at 5 x
///   caps: 0 while its breaker is open, 50 while half-open, 60 after a recent 429
/// over the last 25..30 s. With fewer than 20 calls nothing is known: the score drifts to 70.
///
/// Thread safety: HealthJudge belongs to one thread, which publishes HealthWords; HealthCell from
/// any thread, lock-free.
///
/// Word: [score:7 | known:1 | reasons:8 | failed, per mille:10 | slowness, percent:14 | calls:24]
///
/// Invariants (tests name them):
///   H1 0 <= score <= 100; more failures or a slower p99 never raise it
///   H2 a change of less than 5 points is not shown, but for caps, which hold at once
///   H3 what is read is one verdict: score and reasons belong together
///
/// Source of the bound: E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", 1927.
namespace sluice::core {

/// Why a score is not 100; a set of bits.
enum HealthReason : std::uint8_t {
  kHealthQuiet = 1,  ///< too few calls to tell
  kHealthErrors = 2,
  kHealthSlow = 4,
  kHealthRateLimited = 8,
  kHealthHalfOpen = 16,
  kHealthOpen = 32,
  kHealthProbe = 64,  ///< its health probe fails
};

struct HealthVerdict {
  static constexpr std::uint32_t kHealthy = 70;

  std::uint32_t score = kHealthy;  ///< 0..100
  bool known = false;              ///< there were calls enough to tell
  std::uint8_t reasons = kHealthQuiet;
  std::uint32_t failedPerMille = 0;   ///< of the calls in the window
  std::uint32_t slownessPercent = 0;  ///< p99 beside its baseline; 100: as ever; 0: unknown
  std::uint32_t calls = 0;            ///< in the window

  bool healthy() const { return score >= kHealthy; }
  bool operator==(const HealthVerdict&) const = default;

  constexpr std::uint64_t pack() const {
    const auto cut = [](std::uint32_t value, unsigned bits) {
      return std::min<std::uint64_t>(value, (1u << bits) - 1);
    };
    return cut(score, 7) << 57 | std::uint64_t{known} << 56 | std::uint64_t{reasons} << 48 |
           cut(failedPerMille, 10) << 38 | cut(slownessPercent, 14) << 24 | cut(calls, 24);
  }
  static constexpr HealthVerdict unpack(std::uint64_t word) {
    const auto part = [word](unsigned shift, unsigned bits) {
      return static_cast<std::uint32_t>(word >> shift & ((1u << bits) - 1));
    };
    return {part(57, 7),  part(56, 1) != 0, static_cast<std::uint8_t>(part(48, 8)),
            part(38, 10), part(24, 14),     part(0, 24)};
  }
};

namespace health {

/// Lower end of the 95 % Wilson interval for `failed` of `calls`; 0 without calls.
inline double failedAtLeast(std::uint64_t failed, std::uint64_t calls) {
  if (calls == 0) return 0;
  constexpr double z = 1.96;
  const auto n = static_cast<double>(calls);
  const double p = static_cast<double>(failed) / n;
  const double centre = p + z * z / (2 * n);
  const double margin = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return std::clamp((centre - margin) / (1 + z * z / n), 0.0, 1.0);
}

/// 1 while `slowness` (p99 / baseline) is at most 1.5, then linearly to 0 at 5.
constexpr double latencyFactor(double slowness) {
  return std::clamp((5.0 - slowness) / (5.0 - 1.5), 0.0, 1.0);
}

}  // namespace health

class HealthJudge {
 public:
  static constexpr std::uint64_t kLeastCalls = 20;
  static constexpr Nanos kWindow = 30 * kSecond;
  static constexpr Nanos kSlot = 5 * kSecond;
  static constexpr Nanos kBaselineMemory = 600 * kSecond;

  /// All since the engine began.
  struct Counts {
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;       ///< the provider's fault, 429 apart
    std::uint64_t rateLimited = 0;  ///< 429
    Histogram firstByte;
  };
  enum class Breaker : std::uint8_t { Closed, HalfOpen, Open };

  /// To be called about once a second, `now` not before the last call's.
  HealthVerdict judge(const Counts& counts, Breaker breaker, Nanos now) {
    if (m_slots.empty() || now - m_slots.back().first >= kSlot) m_slots.emplace_back(now, counts);
    while (m_slots.size() > 1 && now - m_slots.front().first > kWindow) m_slots.pop_front();
    const Counts& earlier = m_slots.front().second;
    Histogram recent = counts.firstByte;
    recent.subtract(earlier.firstByte);
    const std::uint64_t failed = counts.failed - earlier.failed;
    const std::uint64_t calls = failed + counts.ok - earlier.ok;

    HealthVerdict next;
    next.reasons = 0;
    next.calls = static_cast<std::uint32_t>(std::min<std::uint64_t>(calls, UINT32_MAX));
    if (calls > 0) next.failedPerMille = static_cast<std::uint32_t>(failed * 1000 / calls);
    next.known = calls >= kLeastCalls;
    double raw = static_cast<double>(m_score);
    if (next.known) {
      const double slowness = measureSlowness(recent, now);
      next.slownessPercent = static_cast<std::uint32_t>(std::min(slowness * 100, 16383.0));
      const double sound = 1 - health::failedAtLeast(failed, calls);
      const double quick = health::latencyFactor(slowness);
      raw = 100 * sound * sound * quick;
      if (sound < 0.99) next.reasons |= kHealthErrors;
      if (quick < 1) next.reasons |= kHealthSlow;
    } else {
      next.reasons |= kHealthQuiet;
      constexpr double kRest = HealthVerdict::kHealthy;
      raw += std::clamp(kRest - raw, -1.0, 1.0);
      m_score = static_cast<std::uint32_t>(raw);
    }
    const auto rounded = static_cast<std::uint32_t>(std::lround(raw));
    const std::uint32_t change = rounded > m_score ? rounded - m_score : m_score - rounded;
    if (change >= kHysteresis || rounded == 100 || rounded == 0) m_score = rounded;

    next.score = m_score;
    if (counts.rateLimited != earlier.rateLimited) cap(next, 60, kHealthRateLimited);
    if (breaker == Breaker::HalfOpen) cap(next, 50, kHealthHalfOpen);
    if (breaker == Breaker::Open) cap(next, 0, kHealthOpen);
    return next;
  }

 private:
  static constexpr std::uint32_t kHysteresis = 5;

  static void cap(HealthVerdict& verdict, std::uint32_t most, HealthReason reason) {
    verdict.score = std::min(verdict.score, most);
    verdict.reasons |= reason;
  }

  /// p99 beside the baseline, a slow average of itself; 1 when there is none yet.
  double measureSlowness(const Histogram& recent, Nanos now) {
    if (recent.count() < kLeastCalls) return 1;
    const auto p99 = std::max(1.0, static_cast<double>(recent.percentile(0.99)));
    if (m_baseline == 0) m_baseline = p99;
    const double slowness = p99 / m_baseline;
    const double passed = static_cast<double>(now - m_measuredAt) / kBaselineMemory;
    if (m_measuredAt > 0) m_baseline += (p99 - m_baseline) * (1 - std::exp(-passed));
    m_measuredAt = now;
    return slowness;
  }

  std::deque<std::pair<Nanos, Counts>> m_slots;
  std::uint32_t m_score = HealthVerdict::kHealthy;  // before caps
  double m_baseline = 0;                            // microseconds; 0: none yet
  Nanos m_measuredAt = 0;
};

/// A provider's newest verdict.
template <class Sync>
class BasicHealthCell {
 public:
  BasicHealthCell() { set({}); }
  void set(const HealthVerdict& verdict) {
    m_word.store(verdict.pack(), std::memory_order_release);
  }
  HealthVerdict get() const {
    return HealthVerdict::unpack(m_word.load(std::memory_order_acquire));
  }

 private:
  typename Sync::template atomic<std::uint64_t> m_word;
};

using HealthCell = BasicHealthCell<StdSync>;

}  // namespace sluice::core
