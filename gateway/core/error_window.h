// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/time.h"

/// The share of failures among recent calls of one breaker generation, for trip(): counts of a
/// generation that is over never speak against the next.
///
/// Thread safety: one thread each. Each worker counts for itself, the counts are merged, and one
/// thread keeps the window.
///
/// Invariants (tests name them):
///   E1 a count is of one generation; an older one never changes a newer one
///   E2 what is older than the window, by more than the time between two pushes, is not in it
///   E3 a new generation begins with nothing
namespace sluice::core {

/// Verdicts on calls admitted in one generation.
struct GenerationCounts {
  std::uint32_t generation = 0;  ///< 0: none yet; generations of a breaker begin at 1
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;

  void add(std::uint32_t of, Outcome outcome) {
    if (outcome == Outcome::Neutral || isNewer(generation, of)) return;
    if (generation != of) *this = {of, 0, 0};
    ++(outcome == Outcome::Success ? ok : failed);
  }
  void merge(const GenerationCounts& other) {
    if (other.generation == generation) {
      ok += other.ok;
      failed += other.failed;
    } else if (isNewer(other.generation, generation)) {
      *this = other;
    }
  }
  bool operator==(const GenerationCounts&) const = default;

 private:
  /// Generations have 24 bits and come round.
  static constexpr bool isNewer(std::uint32_t a, std::uint32_t b) {
    if (a == 0 || b == 0) return b == 0 && a != 0;
    const std::uint32_t ahead = (a - b) & 0xFFFFFF;
    return ahead != 0 && ahead < 0x800000;
  }
};

class ErrorWindow {
 public:
  /// `counts`: all verdicts of the generation so far. The first push ever is where counting begins.
  void push(const GenerationCounts& counts, Nanos now, Nanos window) {
    if (m_samples.empty()) {
      m_samples.push_back({now, counts});
    } else if (counts.generation != m_samples.back().counts.generation) {
      m_samples.clear();
      m_samples.push_back({now, {counts.generation, 0, 0}});
    }
    m_samples.push_back({now, counts});
    while (m_samples.size() > 2 && m_samples[1].at <= now - window) m_samples.pop_front();
  }

  std::uint32_t generation() const {
    return m_samples.empty() ? 0 : m_samples.back().counts.generation;
  }
  std::uint64_t failures() const {
    return m_samples.empty() ? 0 : m_samples.back().counts.failed - m_samples.front().counts.failed;
  }
  std::uint64_t calls() const {
    return m_samples.empty()
               ? 0
               : failures() + m_samples.back().counts.ok - m_samples.front().counts.ok;
  }
  /// Enough calls, and of these at least that share failed.
  bool exceeds(double share, std::uint64_t minimumCalls) const {
    return calls() >= minimumCalls && failures() > 0 &&
           static_cast<double>(failures()) >= share * static_cast<double>(calls());
  }

 private:
  struct Sample {
    Nanos at;
    GenerationCounts counts;
  };
  std::deque<Sample> m_samples;
};

}  // namespace sluice::core
