// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped limiter, searched over interleavings (see tests/model/relacy_sync.h).
#include "tests/model/relacy_sync.h"

using namespace sluice::core;
using namespace sluice::model;

namespace {

using Limiter = BasicConcurrencyLimiter<RelacySync>;
using Waiter = Limiter::Waiter;
using Permit = std::optional<Limiter::Permit>;

/// A limiter, and for each thread a waiter and the permit it has come by.
template <class Test, int Threads>
struct Scene : rl::test_suite<Test, Threads> {
  std::unique_ptr<Limiter> limiter;
  std::shared_ptr<Waiter> waiter[Threads];
  Permit permit[Threads];
  rl::atomic<int> told[Threads];

  void prepare(std::uint32_t limit) {
    limiter = std::make_unique<Limiter>(limit);
    for (int i = 0; i < Threads; ++i) {
      told[i].store(0, rl::mo_relaxed, $);
      waiter[i] = std::make_shared<Waiter>([this, i] { told[i].fetch_add(1, rl::mo_relaxed, $); });
    }
  }
  /// What the thread of a waiter that was told does.
  void takeGranted() {
    for (int i = 0; i < Threads; ++i) {
      if (told[i].load(rl::mo_relaxed, $) == 0) continue;
      RL_ASSERT(told[i].load(rl::mo_relaxed, $) == 1);  // S5
      auto taken = waiter[i]->take();
      if (taken) permit[i] = std::move(taken);
    }
  }
  /// S1, S2, S3 once all is quiet; then everything is given back and nothing is left.
  void settle(std::uint32_t held, std::uint32_t waiting) {
    takeGranted();
    std::uint32_t counted = 0;
    for (auto& p : permit) counted += p.has_value();
    const auto view = limiter->view();
    RL_ASSERT(counted == held && view.inFlight == held && view.waiting == waiting);
    RL_ASSERT(waiting == 0 || view.inFlight >= view.limit);
    for (std::uint32_t round = 0; round <= waiting; ++round) {
      for (auto& p : permit) p.reset();
      takeGranted();
    }
    for (auto& p : permit) p.reset();
    RL_ASSERT(limiter->view().inFlight == 0);
    RL_ASSERT(limiter->view().waiting == 0 || limiter->view().limit == 0);
    for (auto& w : waiter) {
      limiter->cancel(*w);
      w.reset();
    }
    limiter.reset();
  }
};

/// One gives back the only permit; one queues and then leaves; one queues and must come by it.
struct HandOver : Scene<HandOver, 3> {
  void before() {
    prepare(1);
    permit[0] = limiter->tryAcquire();
  }
  void thread(unsigned index) {
    if (index == 0) {
      permit[0].reset();
    } else if (index == 1) {
      auto admission = limiter->acquire(waiter[1]);
      if (admission.queued) limiter->cancel(*waiter[1]);  // a permit it yields is dropped
    } else {
      permit[2] = std::move(limiter->acquire(waiter[2]).permit);
    }
  }
  void after() { settle(1, 0); }
};

/// S4: who waited first gets it, however fast somebody else is.
struct NoBarging : Scene<NoBarging, 2> {
  void before() {
    prepare(1);
    permit[0] = limiter->tryAcquire();
    RL_ASSERT(limiter->acquire(waiter[0]).queued);
  }
  void thread(unsigned index) {
    if (index == 0) {
      permit[0].reset();
    } else {
      RL_ASSERT(!limiter->tryAcquire());
    }
  }
  void after() {
    RL_ASSERT(told[0].load(rl::mo_relaxed, $) == 1);
    settle(1, 0);
  }
};

/// The limit is raised from nothing while two come: one gets in, one waits.
struct Raised : Scene<Raised, 3> {
  void before() { prepare(0); }
  void thread(unsigned index) {
    if (index == 0) {
      limiter->setLimit(1);
    } else {
      permit[index] = std::move(limiter->acquire(waiter[index]).permit);
    }
  }
  void after() { settle(1, 1); }
};

/// The limit is lowered while one leaves and one comes: who comes waits for the last.
struct Lowered : Scene<Lowered, 3> {
  Permit other;
  void before() {
    prepare(2);
    permit[0] = limiter->tryAcquire();
    other = limiter->tryAcquire();
  }
  void thread(unsigned index) {
    if (index == 0) limiter->setLimit(1);
    if (index == 1) other.reset();
    if (index == 2) permit[2] = std::move(limiter->acquire(waiter[2]).permit);
  }
  void after() {
    // It got in before the limit was lowered, or it waits.
    takeGranted();
    const bool in = permit[2].has_value();
    settle(in ? 2 : 1, in ? 0 : 1);
  }
};

/// The queue has room for one.
struct Bound : Scene<Bound, 2> {
  bool queued[2];
  void before() { prepare(0); }
  void thread(unsigned index) { queued[index] = limiter->acquire(waiter[index], 1).queued; }
  void after() {
    RL_ASSERT(queued[0] != queued[1]);
    settle(0, 1);
  }
};

/// Two leave the queue at the moment that a permit comes back: neither keeps it.
struct BothLeave : Scene<BothLeave, 3> {
  void before() {
    prepare(1);
    permit[0] = limiter->tryAcquire();
    RL_ASSERT(limiter->acquire(waiter[1]).queued && limiter->acquire(waiter[2]).queued);
  }
  void thread(unsigned index) {
    if (index == 0) permit[0].reset();
    if (index != 0) limiter->cancel(*waiter[index]);
  }
  void after() { settle(0, 0); }
};

/// To show that the search can fail: who leaves too late forgets the permit that is theirs.
struct Forgotten : Scene<Forgotten, 2> {
  Permit kept;
  void before() {
    prepare(1);
    permit[0] = limiter->tryAcquire();
    RL_ASSERT(limiter->acquire(waiter[1]).queued);
  }
  void thread(unsigned index) {
    if (index == 0) {
      permit[0].reset();
    } else {
      kept = limiter->cancel(*waiter[1]);
    }
  }
  void after() {
    const bool leaked = limiter->view().inFlight != 0;
    kept.reset();
    for (auto& w : waiter) w.reset();
    limiter.reset();
    RL_ASSERT(!leaked);
  }
};

}  // namespace

int main() {
  Tally tally;
  tally.bounded<HandOver>("hand-over", true, 7'000'000, 2);
  tally.run<NoBarging>("no barging", true, 18'000, true, 0);
  tally.bounded<Raised>("limit raised", true, 3'300'000, 2);
  tally.bounded<Lowered>("limit lowered", true, 700'000, 2);
  tally.run<Bound>("queue bound", true, 30'000, true, 0);
  tally.bounded<BothLeave>("both leave", true, 3'500'000, 2);
  tally.run<Forgotten>("a grant forgotten (must fail)", false, 0, true, 0);
  return tally.finish();
}
