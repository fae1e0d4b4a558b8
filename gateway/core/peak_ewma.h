// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// A latency that rises at once and falls slowly: a slower sample replaces the value, a faster one
/// pulls it down with the weight of the time since the last (peak EWMA, known from Finagle). One
/// 64-bit word.
///
/// Thread safety: all operations from any thread, lock-free.
///
/// Word: [stamp:32, ms, wrap-safe | value:32, float milliseconds]; 0: nothing was observed yet
///
/// Invariants (tests name them):
///   W1 the value is between the least and the largest sample, or the floor it is read with
///   W2 no sample is lost: n observers are n writes
///   W3 reading writes nothing: how often one looks does not change what is seen
///
/// Memory order: loads acquire, CAS acq_rel.
/// Cost: one exp() and one CAS a sample; one exp() a read.
namespace sluice::core {

template <class Sync>
class BasicPeakEwma {
 public:
  /// `decay` > 0: after that time without a slower sample 63 % of the distance is forgotten.
  explicit BasicPeakEwma(Nanos decay = 10 * kSecond) : m_decayMs(millis(decay)) {
    m_word.store(0, std::memory_order_release);
  }

  /// A sample, >= 0. Samples of an earlier `now` than the last count as of the same time.
  void observe(Nanos sample, Nanos now) {
    const auto value = static_cast<float>(std::max(millis(sample), 0.001));
    std::uint64_t word = m_word.load(std::memory_order_acquire);
    for (;;) {
      float next = value;
      if (word != 0 && value < valueOf(word)) {
        const double kept = remaining(word, now);
        next = static_cast<float>(valueOf(word) * kept + value * (1 - kept));
      }
      const std::uint32_t stamp = word == 0 ? ticks(now) : laterOf(stampOf(word), ticks(now));
      if (m_word.compare_exchange_weak(word, make(stamp, next), std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
        return;
      }
    }
  }

  /// Milliseconds as of `now`, decayed towards `floor` but not below it: an idle provider does not
  /// look faster than its peers. Nothing observed yet: `floor`.
  double millisApprox(Nanos now, double floor) const {
    const std::uint64_t word = m_word.load(std::memory_order_acquire);
    if (word == 0) return floor;
    const double value = valueOf(word);
    return value <= floor ? value : floor + (value - floor) * remaining(word, now);
  }
  bool known() const { return m_word.load(std::memory_order_acquire) != 0; }

 private:
  static double millis(Nanos span) {
    return static_cast<double>(span) / static_cast<double>(kMillisecond);
  }
  static std::uint32_t ticks(Nanos now) { return static_cast<std::uint32_t>(now / kMillisecond); }
  static std::uint64_t make(std::uint32_t stamp, float value) {
    return std::uint64_t{stamp} << 32 | std::bit_cast<std::uint32_t>(value);
  }
  static std::uint32_t stampOf(std::uint64_t word) {
    return static_cast<std::uint32_t>(word >> 32);
  }
  static float valueOf(std::uint64_t word) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(word));
  }
  static std::uint32_t laterOf(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(b - a) > 0 ? b : a;
  }
  /// The share of the old value that is left at `now`.
  double remaining(std::uint64_t word, Nanos now) const {
    const auto passed = static_cast<std::int32_t>(ticks(now) - stampOf(word));
    return std::exp(-static_cast<double>(std::max(passed, 0)) / m_decayMs);
  }

  const double m_decayMs;
  typename Sync::template atomic<std::uint64_t> m_word;
};

using PeakEwma = BasicPeakEwma<StdSync>;

}  // namespace sluice::core
