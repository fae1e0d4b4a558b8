// SPDX-License-Identifier: GPL-3.0-or-later
// What hands values from thread to thread: snapshot cell, triple buffer, and the balancer's turns.
#include "tests/model/relacy_sync.h"

using namespace sluice::core;
using namespace sluice::model;

namespace {

/// Two fields that must always be seen equal; Relacy finds unsynchronised access to them.
struct Payload {
  rl::var<int> a{0};
  rl::var<int> b{0};
  void set(int value) {
    a($) = value;
    b($) = value;
  }
  int get() const {
    const int first = a($);
    RL_ASSERT(first == static_cast<int>(b($)));
    return first;
  }
};

/// A1, A2: a reader sees whole values and never goes back.
struct Snapshot : rl::test_suite<Snapshot, 2> {
  using Cell = BasicSnapshotCell<Payload, RelacySync>;
  std::unique_ptr<Cell> cell;
  void publish(int value) {
    auto payload = std::make_shared<Payload>();
    payload->set(value);
    cell->publish(std::move(payload));
  }
  void before() {
    cell = std::make_unique<Cell>();
    publish(1);
  }
  void thread(unsigned index) {
    if (index == 0) {
      publish(2);
      publish(3);
      return;
    }
    Cell::Reader reader(*cell);
    int last = 0;
    for (int i = 0; i < 3; ++i) {
      const int seen = reader.pin()->get();
      RL_ASSERT(seen >= last && static_cast<std::uint64_t>(seen) + 1 == reader.version());
      last = seen;
    }
  }
  void after() { cell.reset(); }
};

/// M1, M2: whole publications, never an older one.
template <class Buffer>
struct Triple : rl::test_suite<Triple<Buffer>, 2> {
  std::unique_ptr<Buffer> buffer;
  void before() { buffer = std::make_unique<Buffer>(); }
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 1; i <= 3; ++i) {
        buffer->writer().set(i);
        buffer->publish();
      }
      return;
    }
    int last = 0;
    for (int i = 0; i < 3; ++i) {
      const int seen = buffer->fetch().get();
      RL_ASSERT(seen >= last);
      last = seen;
    }
  }
  void after() {
    RL_ASSERT(buffer->fetch().get() == 3);
    buffer.reset();
  }
};

/// To show that the search can fail: the same with every order relaxed.
template <class T>
class RelaxedAtomic : public RelacyAtomic<T> {
 public:
  T load(std::memory_order) const { return RelacyAtomic<T>::load(kRelaxed); }
  T exchange(T value, std::memory_order) { return RelacyAtomic<T>::exchange(value, kRelaxed); }
};
struct RelaxedSync {
  template <class T>
  using atomic = RelaxedAtomic<T>;
  using mutex = RelacyMutex;
};

/// R2: turns are unique, so shares are exact.
struct Turns : rl::test_suite<Turns, 3> {
  std::unique_ptr<BasicRoundRobin<RelacySync>> turns;
  std::uint64_t got[3];
  void before() { turns = std::make_unique<BasicRoundRobin<RelacySync>>(); }
  void thread(unsigned index) { got[index] = turns->next(); }
  void after() {
    RL_ASSERT(got[0] != got[1] && got[1] != got[2] && got[0] != got[2]);
    RL_ASSERT(got[0] + got[1] + got[2] == 3);
    turns.reset();
  }
};

/// W1, W2: three samples at one instant; the largest stays.
struct Observed : rl::test_suite<Observed, 3> {
  std::unique_ptr<BasicPeakEwma<RelacySync>> ewma;
  void before() { ewma = std::make_unique<BasicPeakEwma<RelacySync>>(); }
  void thread(unsigned index) {
    const int mine = static_cast<int>(index) + 1;
    ewma->observe(mine * kMillisecond, kSecond);
    const double seen = ewma->millisApprox(kSecond, 0);
    RL_ASSERT(seen >= mine && seen <= 3);
  }
  void after() {
    RL_ASSERT(ewma->millisApprox(kSecond, 0) == 3);
    ewma.reset();
  }
};

/// H3: what is read is a verdict that was given.
struct Verdicts : rl::test_suite<Verdicts, 2> {
  std::unique_ptr<BasicHealthCell<RelacySync>> cell;
  static HealthVerdict verdict(std::uint32_t n) {
    return {n, true, static_cast<std::uint8_t>(n), n, n, n};
  }
  void before() {
    cell = std::make_unique<BasicHealthCell<RelacySync>>();
    cell->set(verdict(1));
  }
  void thread(unsigned index) {
    if (index == 0) {
      cell->set(verdict(2));
      cell->set(verdict(3));
      return;
    }
    std::uint32_t last = 0;
    for (int i = 0; i < 3; ++i) {
      const HealthVerdict seen = cell->get();
      RL_ASSERT(seen == verdict(seen.score) && seen.score >= last);
      last = seen.score;
    }
  }
  void after() { cell.reset(); }
};

}  // namespace

int main() {
  Tally tally;
  tally.run<Snapshot>("snapshot cell", true, 1'200'000, true, 0);
  tally.run<Triple<BasicTripleBuffer<Payload, RelacySync>>>("triple buffer", true, 350, true, 0);
  tally.run<Turns>("turns", true, 170, true, 0);
  tally.bounded<Observed>("latency average", true, 100'000, 3);
  tally.run<Verdicts>("health verdicts", true, 200, true, 0);
  tally.run<Triple<BasicTripleBuffer<Payload, RelaxedSync>>>("relaxed triple buffer (must fail)",
                                                             false, 0, true, 0);
  return tally.finish();
}
