// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace sluice::ui {

/// Values of fixed pieces of time, the newest `capacity` of them: what it takes never grows. A piece
/// nothing was added to is a default T. Times in seconds. Not thread-safe.
template <class T>
class BucketRing {
 public:
  BucketRing(double step, std::size_t capacity) : m_step(step), m_cells(capacity) {}

  double step() const { return m_step; }
  bool empty() const { return m_newest < m_oldest; }
  /// Begin of the oldest piece, and end of the newest; only when not empty.
  double begin() const { return static_cast<double>(m_oldest) * m_step; }
  double end() const { return static_cast<double>(m_newest + 1) * m_step; }

  /// The piece that holds that time. Time does not run back: what is older than the newest piece
  /// counts to it.
  T& at(double time) {
    const auto index = static_cast<std::int64_t>(std::floor(time / m_step));
    const auto size = static_cast<std::int64_t>(m_cells.size());
    if (empty()) {
      m_oldest = m_newest = index;
      cell(index) = T{};
    } else if (index > m_newest) {
      for (std::int64_t i = std::max(m_newest + 1, index - size + 1); i <= index; ++i) {
        cell(i) = T{};
      }
      m_newest = index;
      m_oldest = std::max(m_oldest, index - size + 1);
    }
    return cell(m_newest);
  }

  /// Calls `see(begin of the piece, value)` for those that overlap [from, to], oldest first.
  template <class See>
  void visit(double from, double to, See see) const {
    if (empty()) return;
    const auto first =
        std::max(m_oldest, static_cast<std::int64_t>(std::floor(std::max(from, -1e12) / m_step)));
    const auto last =
        std::min(m_newest, static_cast<std::int64_t>(std::floor(std::min(to, 1e12) / m_step)));
    for (std::int64_t i = first; i <= last; ++i) see(static_cast<double>(i) * m_step, cell(i));
  }
  /// The piece that holds that time; null: there is none.
  const T* find(double time) const {
    const auto index = static_cast<std::int64_t>(std::floor(time / m_step));
    return empty() || index < m_oldest || index > m_newest ? nullptr : &cell(index);
  }

 private:
  T& cell(std::int64_t index) { return m_cells[slot(index)]; }
  const T& cell(std::int64_t index) const { return m_cells[slot(index)]; }
  std::size_t slot(std::int64_t index) const {
    const auto size = static_cast<std::int64_t>(m_cells.size());
    return static_cast<std::size_t>((index % size + size) % size);
  }

  double m_step;
  std::vector<T> m_cells;
  std::int64_t m_oldest = 0;
  std::int64_t m_newest = -1;
};

}  // namespace sluice::ui
