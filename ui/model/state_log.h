// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "gateway/event.h"
#include "gateway/metrics/snapshot.h"
#include "ui/style/state_style.h"

namespace sluice::ui {

/// One state of one provider, from a moment until the next one's; the last lasts until now.
struct StateRun {
  double from = 0;  ///< engine time, seconds
  ProviderLook look = ProviderLook::NoData;
  QString cause;  ///< in words; empty: not told
};

/// What a piece of a lane shows: one run, or several that are too short to be told apart.
struct LanePiece {
  double from = 0;
  double to = 0;
  ProviderLook look = ProviderLook::NoData;
  int runs = 1;  ///< more than one: flapping; `look` is the worst of them
};

/// The states of one provider in time. Transitions come as events, in any order; snapshots tell what
/// no event does, and the state at the beginning.
class StateRuns {
 public:
  static constexpr std::size_t kMost = 2000;

  void transition(double at, ProviderLook look, const QString& cause);
  /// `look` at that moment, as a snapshot has it. Says nothing about what came after it.
  void observe(double at, ProviderLook look);

  const std::deque<StateRun>& all() const { return m_runs; }
  /// The run that holds that time; null: before the first. `to`: its end, `now` for the last.
  const StateRun* find(double at, double now, double* to = nullptr) const;
  /// What to draw of [from, to] when nothing may be narrower than `least` seconds: each run has at
  /// least that width, and those that would not have it are merged.
  std::vector<LanePiece> pieces(double from, double to, double now, double least) const;

 private:
  std::deque<StateRun> m_runs;  // by time
};

/// The states of all providers that have been seen.
class StateLog {
 public:
  void add(const Event& event);
  void observe(const EngineSnapshot& snapshot);
  /// Null: never heard of.
  const StateRuns* find(const std::string& provider) const;
  std::uint64_t version() const { return m_version; }

 private:
  struct Entry {
    StateRuns runs;
    bool switchedOff = false;  // by config: its breaker is not what a person would name
  };
  std::map<std::string, Entry> m_entries;
  std::uint64_t m_version = 0;
};

}  // namespace sluice::ui
