// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace sluice::core {

/// Counts of durations in log-linear buckets: 32 to each power of two, so that any value is known
/// to 1/32 (3.1 %); below 64 exactly. Microseconds from 0 to 2^32 - 1 (71 minutes); what is longer
/// counts as that. A plain value of 7 KiB: copy, merge, subtract. Not thread-safe.
class Histogram {
 public:
  static constexpr std::uint64_t kLargest = 0xFFFFFFFF;

  void record(std::uint64_t micros) {
    const std::uint64_t value = std::min(micros, kLargest);
    ++m_counts[indexOf(value)];
    ++m_count;
    m_sum += value;
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < m_counts.size(); ++i) m_counts[i] += other.m_counts[i];
    m_count += other.m_count;
    m_sum += other.m_sum;
  }
  /// Leaves what was recorded since `earlier`, a copy of this one taken before.
  void subtract(const Histogram& earlier) {
    for (std::size_t i = 0; i < m_counts.size(); ++i) m_counts[i] -= earlier.m_counts[i];
    m_count -= earlier.m_count;
    m_sum -= earlier.m_sum;
  }

  std::uint64_t count() const { return m_count; }
  std::uint64_t sum() const { return m_sum; }

  /// The value that a share q (0..1) of all does not exceed, rounded up to its bucket's end; 0 when
  /// empty.
  std::uint64_t percentile(double q) const {
    if (m_count == 0) return 0;
    const auto rank = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(m_count))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
      seen += m_counts[i];
      if (seen >= rank) return upperBound(i);
    }
    return kLargest;
  }

  /// How many values are at most `micros`, those of its own bucket included.
  std::uint64_t countAtOrBelow(std::uint64_t micros) const {
    std::uint64_t seen = 0;
    const std::size_t last = indexOf(std::min(micros, kLargest));
    for (std::size_t i = 0; i <= last; ++i) seen += m_counts[i];
    return seen;
  }

  /// Calls `see(upper bound of the bucket, count)` for each that is not empty, in order.
  template <class See>
  void visit(See see) const {
    if (m_count == 0) return;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
      if (m_counts[i] > 0) see(upperBound(i), m_counts[i]);
    }
  }

  bool operator==(const Histogram&) const = default;

 private:
  static constexpr std::size_t kBuckets = 896;

  static constexpr std::size_t indexOf(std::uint64_t value) {
    const auto shift = static_cast<unsigned>(std::bit_width(value | 32)) - 6;
    return (std::size_t{shift} << 5) + static_cast<std::size_t>(value >> shift);
  }
  static constexpr std::uint64_t upperBound(std::size_t index) {
    if (index < 64) return index;
    const std::size_t shift = index / 32 - 1;
    return ((std::uint64_t{index} - shift * 32 + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> m_counts{};
  std::uint64_t m_count = 0;
  std::uint64_t m_sum = 0;
};

}  // namespace sluice::core
