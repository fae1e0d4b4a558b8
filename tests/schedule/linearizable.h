// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "tests/schedule/scheduler.h"

/// Whether what several threads saw could have happened one after the other: a search for an order
/// of the calls that agrees with real time and with a sequential specification (Wing and Gong,
/// "Testing and verifying concurrent objects", 1993; what was searched is remembered after Lowe,
/// 2017).
namespace sluice::schedule {

/// `Call`: an operation with its result. `State`: ordered, copied.
template <class State, class Call>
class History {
 public:
  /// Runs `operation`, which returns what happened as a Call, and notes when.
  template <class Operation>
  auto record(Operation&& operation) {
    const std::uint64_t began = Scheduler::steps();
    Call call = operation();
    m_events.push_back({began, Scheduler::steps(), call});
    return call;
  }

  /// `apply(State&, Call)`: false if the call could not have that result in that state.
  template <class Apply>
  bool linearizable(const State& first, Apply apply) const {
    std::set<std::pair<std::uint64_t, State>> seen;
    return search(0, first, apply, seen);
  }

 private:
  struct Event {
    std::uint64_t began;
    std::uint64_t ended;
    Call call;
  };

  template <class Apply>
  bool search(std::uint64_t done, const State& state, Apply& apply,
              std::set<std::pair<std::uint64_t, State>>& seen) const {
    if (done + 1 == 1ull << m_events.size()) return true;
    if (!seen.emplace(done, state).second) return false;
    // Next can only be one that began before all that are left had ended.
    std::uint64_t firstEnd = UINT64_MAX;
    for (std::size_t i = 0; i < m_events.size(); ++i) {
      if (!(done >> i & 1)) firstEnd = std::min(firstEnd, m_events[i].ended);
    }
    for (std::size_t i = 0; i < m_events.size(); ++i) {
      if (done >> i & 1 || m_events[i].began > firstEnd) continue;
      State next = state;
      if (apply(next, m_events[i].call) && search(done | 1ull << i, next, apply, seen)) return true;
    }
    return false;
  }

  std::vector<Event> m_events;
};

}  // namespace sluice::schedule
