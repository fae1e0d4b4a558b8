// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ucontext.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/core/mutex.h"

/// Runs a few threads one at a time and tries all the ways in which they can take turns: each
/// operation on an atomic or a lock of DetSync is a place where another may go on. For pieces that
/// are too large for Relacy, as they use containers; memory is sequentially consistent, so weak orders
/// are Relacy's part.
///
/// The search is depth first over the choices, and bounded in preemptions: switching away from a
/// thread that could go on, and a weak CAS that fails for no reason, cost one each (CHESS: Musuvathi
/// and Qadeer, PLDI 2007). A failure prints its choices; `--replay=NAME:CHOICES` runs just these.
namespace sluice::schedule {

/// What is tried: made anew for each run.
class Scenario {
 public:
  virtual ~Scenario() = default;
  /// One body a thread.
  virtual std::vector<std::function<void()>> threads() = 0;
  /// When all have ended; may check, on no thread of its own.
  virtual void after() {}
};

struct Options {
  const char* name;
  int preemptions = 2;      ///< one more with SLUICE_DEEP set
  std::uint64_t least = 1;  ///< fewer runs than this are a failure of the test
  bool sound = true;        ///< false: a failure must be found
};

class Scheduler {
 public:
  /// Handles --replay.
  Scheduler(int argc, char** argv);

  template <class S>
  void explore(const Options& options) {
    search(options, [] { return std::make_unique<S>(); });
  }
  /// 0: all was as it should be.
  int finish() const;

  // For the code under test, on one of its threads; outside a run they do nothing.

  /// Another thread may go on here.
  static void point();
  /// Goes on when `ready()`; until then others run. All waiting for ever is a failure.
  static void await(std::function<bool()> ready);
  /// One of 0..n-1 is tried after the other, at the cost of a preemption for all but 0.
  static int branch(int n);
  /// Time, in steps, for histories.
  static std::uint64_t steps();
  static void countContention();

  [[noreturn]] static void fail(const std::string& what);

 private:
  struct Thread {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    std::function<void()> body;
    std::function<bool()> ready;  // null: can go on
    bool done = false;
    bool enabled() const { return !done && (!ready || ready()); }
  };
  struct Choice {
    int taken;
    int of;
  };

  void search(const Options& options, const std::function<std::unique_ptr<Scenario>()>& make);
  /// False: it failed.
  bool runOnce(Scenario& scenario);
  bool nextChoices();
  int choose(int n);
  void switchFrom(int from, bool mayStay);
  std::string choicesText() const;
  static void enter(unsigned index);

  std::string m_replayName;
  std::vector<Choice> m_replay;

  std::vector<std::unique_ptr<Thread>> m_threads;
  std::vector<std::unique_ptr<char[]>> m_stacks;  // to be used again
  std::vector<Choice> m_choices;
  std::size_t m_depth = 0;
  ucontext_t m_main{};
  int m_current = -1;
  int m_bound = 0;
  int m_budget = 0;
  std::uint64_t m_contended = 0;
  std::string m_failure;
  int m_passed = 0;
  int m_failed = 0;
};

/// A check that ends the run.
inline void expect(bool holds, const char* what) {
  if (!holds) Scheduler::fail(what);
}

template <class T>
class DetAtomic {
 public:
  DetAtomic() = default;
  explicit DetAtomic(T value) : m_value(value) {}
  T load(std::memory_order) const {
    Scheduler::point();
    return m_value;
  }
  void store(T value, std::memory_order) {
    Scheduler::point();
    m_value = value;
  }
  T exchange(T value, std::memory_order) {
    Scheduler::point();
    return std::exchange(m_value, value);
  }
  T fetch_add(T value, std::memory_order) {
    Scheduler::point();
    return std::exchange(m_value, static_cast<T>(m_value + value));
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order, std::memory_order) {
    Scheduler::point();
    if (m_value != expected) {
      Scheduler::countContention();
      expected = m_value;
      return false;
    }
    if (Scheduler::branch(2) == 1) return false;  // for no reason
    m_value = desired;
    return true;
  }

 private:
  T m_value{};
};

class DetMutex {
 public:
  explicit DetMutex(core::LockRank) {}
  void lock(const core::LockSite& = {}) {
    Scheduler::point();
    if (m_held) {
      Scheduler::countContention();
      Scheduler::await([this] { return !m_held; });
    }
    m_held = true;
  }
  void unlock() {
    m_held = false;
    Scheduler::point();
  }

 private:
  bool m_held = false;
};

struct DetSync {
  template <class T>
  using atomic = DetAtomic<T>;
  using mutex = DetMutex;
};

}  // namespace sluice::schedule
