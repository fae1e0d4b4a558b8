// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>
#include <QObject>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace sluice::net {

/// The timers of one event loop, in a binary heap by deadline. Time is an argument (nanoseconds of
/// a steady clock). Confined to one thread.
///
/// A timer never fires early. Precise ones are due to the millisecond; coarse ones up to 5 % later,
/// very coarse ones up to a second later, so that neighbours share a wake-up.
///
/// A cancelled timer's heap entry stays until it comes up or half of the heap is such; a timer whose
/// receiver is being called is not in the heap, so that a nested loop does not call it again.
class TimerHeap {
 public:
  void add(int id, std::int64_t intervalMs, Qt::TimerType type, QObject* object, std::int64_t now);
  bool remove(int id);
  bool removeAll(QObject* object);
  QList<QAbstractEventDispatcher::TimerInfo> of(QObject* object) const;
  /// Milliseconds, rounded up, at least 0; -1 for an unknown timer.
  int remaining(int id, std::int64_t now) const;

  /// The earliest deadline.
  std::optional<std::int64_t> next();
  /// Fires what is due at `now`, each timer at most once. Returns how many fired.
  int fire(std::int64_t now);

 private:
  struct Timer {
    std::int64_t interval;  // ns
    std::int64_t due;       // ns
    Qt::TimerType type;
    QObject* object;
    std::uint64_t stamp;  // tells a timer from an earlier one with its id
  };
  struct Entry {
    std::int64_t due;
    std::uint64_t order;  // of entry: timers due at once fire in the order they were set
    std::uint64_t stamp;
    int id;
  };

  static bool later(const Entry& a, const Entry& b) {
    return a.due != b.due ? a.due > b.due : a.order > b.order;
  }
  static std::int64_t dueAfter(std::int64_t from, std::int64_t interval, Qt::TimerType type);
  void push(int id, const Timer& timer);
  void pop();
  bool live(const Entry& entry) const;

  std::unordered_map<int, Timer> m_timers;
  std::vector<Entry> m_heap;
  std::uint64_t m_stamp = 0;
};

}  // namespace sluice::net
