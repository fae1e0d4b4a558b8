// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::core {

/// Counts of durations in log-linear buckets: 32 to each power of two, so that any value is known
/// to 1/32 (3.1 %); below 64 exactly. Microseconds from 0 to 2^32 - 1 (71 minutes); what is longer
/// counts as that. A plain value: copy, merge, subtract. Not thread-safe.
///
/// Only the powers of two between the least and the largest value are held, 256 bytes each: with
/// many providers whole sets are copied many times a second, and most are narrow or empty. So
/// record() allocates when a value is the first of its power, at most 28 times.
class Histogram {
 public:
  static constexpr std::uint64_t kLargest = 0xFFFFFFFF;

  void record(std::uint64_t micros) {
    const std::uint64_t value = std::min(micros, kLargest);
    const std::size_t index = indexOf(value);
    if (index - m_begin >= m_counts.size()) hold(index, index + 1);  // below wraps around
    ++m_counts[index - m_begin];
    ++m_count;
    m_sum += value;
  }

  void merge(const Histogram& other) {
    combine(other, [](std::uint64_t& mine, std::uint64_t theirs) { mine += theirs; });
    m_count += other.m_count;
    m_sum += other.m_sum;
  }
  /// Leaves what was recorded since `earlier`, a copy of this one taken before.
  void subtract(const Histogram& earlier) {
    combine(earlier, [](std::uint64_t& mine, std::uint64_t theirs) { mine -= theirs; });
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
      if (seen >= rank) return upperBound(m_begin + i);
    }
    return kLargest;
  }

  /// How many values are at most `micros`, those of its own bucket included.
  std::uint64_t countAtOrBelow(std::uint64_t micros) const {
    std::uint64_t seen = 0;
    const std::size_t end = indexOf(std::min(micros, kLargest)) + 1;
    for (std::size_t i = 0; i < m_counts.size() && m_begin + i < end; ++i) seen += m_counts[i];
    return seen;
  }

  /// Calls `see(upper bound of the bucket, count)` for each that is not empty, in order.
  template <class See>
  void visit(See see) const {
    if (m_count == 0) return;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
      if (m_counts[i] > 0) see(upperBound(m_begin + i), m_counts[i]);
    }
  }

  /// The same counts; not necessarily the same room for them.
  friend bool operator==(const Histogram& a, const Histogram& b) {
    if (a.m_count != b.m_count || a.m_sum != b.m_sum) return false;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (a.at(i) != b.at(i)) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kBuckets = 896;
  static constexpr std::size_t kPerPower = 32;

  static constexpr std::size_t indexOf(std::uint64_t value) {
    const auto shift = static_cast<unsigned>(std::bit_width(value | 32)) - 6;
    return (std::size_t{shift} << 5) + static_cast<std::size_t>(value >> shift);
  }
  static constexpr std::uint64_t upperBound(std::size_t index) {
    if (index < 64) return index;
    const std::size_t shift = index / 32 - 1;
    return ((std::uint64_t{index} - shift * 32 + 1) << shift) - 1;
  }

  std::uint64_t at(std::size_t index) const {
    return index - m_begin < m_counts.size() ? m_counts[index - m_begin] : 0;
  }

  /// Makes room for the buckets [begin, end), which are not empty.
  void hold(std::size_t begin, std::size_t end) {
    begin = begin / kPerPower * kPerPower;
    end = (end + kPerPower - 1) / kPerPower * kPerPower;
    if (m_counts.empty()) m_begin = begin;
    if (begin < m_begin) {
      m_counts.insert(m_counts.begin(), m_begin - begin, 0);
      m_begin = begin;
    }
    if (end > m_begin + m_counts.size()) m_counts.resize(end - m_begin);
  }

  template <class Combine>
  void combine(const Histogram& other, Combine combine) {
    if (other.m_counts.empty()) return;
    hold(other.m_begin, other.m_begin + other.m_counts.size());
    std::uint64_t* const mine = m_counts.data() + (other.m_begin - m_begin);
    for (std::size_t i = 0; i < other.m_counts.size(); ++i) combine(mine[i], other.m_counts[i]);
  }

  std::vector<std::uint64_t> m_counts;  // of the buckets from m_begin on
  std::size_t m_begin = 0;              // a multiple of kPerPower
  std::uint64_t m_count = 0;
  std::uint64_t m_sum = 0;
};

}  // namespace sluice::core
