// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "gateway/core/sync.h"

/// Smooth weighted round robin (the order nginx made known: {5,1,1} gives a a b a c a a), expanded
/// once into a sequence, so that a turn is one fetch_add.
///
/// Thread safety: expandSmooth() is pure; next() from any thread, wait-free.
///
/// Invariants:
///   R1 an index is always within the sequence it was taken from
///   R2 over k whole cycles each target gets exactly k times its weight, whatever the threads
namespace sluice::core {

/// Longest sequence; larger weights are scaled down, none below 1.
inline constexpr std::size_t kLongestSequence = 4096;

/// Indices of `weights` (each >= 1, fewer than 65 536) in smooth order; length is their sum divided
/// by their greatest common divisor.
inline std::vector<std::uint16_t> expandSmooth(std::span<const std::uint32_t> weights) {
  if (weights.empty()) return {};
  std::uint64_t divisor = 0;
  std::uint64_t sum = 0;
  for (const std::uint32_t weight : weights) {
    divisor = std::gcd(divisor, std::uint64_t{weight});
    sum += weight;
  }
  std::vector<std::int64_t> scaled;
  for (const std::uint32_t weight : weights) {
    const std::uint64_t exact = weight / divisor;
    const std::uint64_t fitted =
        sum / divisor > kLongestSequence ? weight * kLongestSequence / sum : exact;
    scaled.push_back(static_cast<std::int64_t>(std::max<std::uint64_t>(fitted, 1)));
  }
  const std::int64_t total = std::accumulate(scaled.begin(), scaled.end(), std::int64_t{0});
  std::vector<std::int64_t> current(scaled.size(), 0);
  std::vector<std::uint16_t> sequence;
  sequence.reserve(static_cast<std::size_t>(total));
  for (std::int64_t turn = 0; turn < total; ++turn) {
    for (std::size_t i = 0; i < scaled.size(); ++i) current[i] += scaled[i];
    const auto best = std::max_element(current.begin(), current.end());
    *best -= total;
    sequence.push_back(static_cast<std::uint16_t>(best - current.begin()));
  }
  return sequence;
}

/// The counter of turns. Lives with the route's runtime, not with a config.
template <class Sync>
class BasicRoundRobin {
 public:
  BasicRoundRobin() { m_next.store(0, std::memory_order_relaxed); }
  std::uint64_t next() { return m_next.fetch_add(1, std::memory_order_relaxed); }

 private:
  typename Sync::template atomic<std::uint64_t> m_next;
};

using RoundRobin = BasicRoundRobin<StdSync>;

}  // namespace sluice::core
