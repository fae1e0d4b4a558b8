// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped breaker, searched over interleavings (see tests/model/relacy_sync.h).
#include "tests/model/relacy_sync.h"

using namespace sluice::core;
using namespace sluice::model;

namespace {

using Breaker = BasicCircuitBreaker<RelacySync>;

BreakerParams limits(std::uint32_t failures, std::uint32_t probes) {
  return {failures, kSecond, kSecond, probes, 10 * kSecond};
}
constexpr Nanos kLater = 10 * kSecond;  // the open period is over

void open(Breaker& breaker) {
  auto admission = breaker.tryAcquire(0);
  for (;;) {
    if (admission.permit->report(Outcome::Failure, 0, 0.5).opened) return;
    admission = breaker.tryAcquire(0);
  }
}

/// B3: a failure admitted while Closed, told while the breaker trips, recovers and probes.
struct LateFailure : rl::test_suite<LateFailure, 2> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> late;
  bool closed = false;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 1));
    closed = false;
    late.emplace(std::move(*breaker->tryAcquire(0).permit));
    open(*breaker);
  }
  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(!late->report(Outcome::Failure, kLater, 0.5).applied);
    } else {
      auto probe = breaker->tryAcquire(kLater);
      RL_ASSERT(probe.permit && probe.halfOpened);
      closed = probe.permit->report(Outcome::Success, kLater, 0.5).closed;
    }
  }
  void after() {
    RL_ASSERT(closed);
    RL_ASSERT(breaker->view(kLater).state == BreakerWord::Closed);
    RL_ASSERT(breaker->view(kLater).failures == 0);  // B7
    late.reset();
    breaker.reset();
  }
};

/// B2: at the end of the open period three race for two probes.
struct Probes : rl::test_suite<Probes, 3> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> got[3];
  int halfOpened = 0;
  rl::atomic<int> opened;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 2));
    open(*breaker);
    opened.store(0, rl::mo_relaxed, $);
  }
  void thread(unsigned index) {
    auto admission = breaker->tryAcquire(kLater);
    if (admission.halfOpened) opened.fetch_add(1, rl::mo_relaxed, $);
    if (admission.permit) got[index].emplace(std::move(*admission.permit));
  }
  void after() {
    int granted = 0;
    for (auto& permit : got) granted += permit.has_value();
    RL_ASSERT(granted == 2);
    RL_ASSERT(opened.load(rl::mo_relaxed, $) == 1);
    RL_ASSERT(breaker->view(kLater).probesInFlight == 2);
    for (auto& permit : got) permit.reset();
    RL_ASSERT(breaker->view(kLater).probesInFlight == 0);
    breaker.reset();
  }
};

/// B5: a probe that succeeds races one that fails: one verdict, told once.
struct Verdict : rl::test_suite<Verdict, 2> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> probe[2];
  Breaker::Report told[2];
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 2));
    open(*breaker);
    for (auto& p : probe) p.emplace(std::move(*breaker->tryAcquire(kLater).permit));
  }
  void thread(unsigned index) {
    told[index] =
        probe[index]->report(index == 0 ? Outcome::Success : Outcome::Failure, kLater, 0.5);
  }
  void after() {
    RL_ASSERT(told[1].opened && told[1].applied);
    RL_ASSERT(!told[0].opened && !told[0].closed);
    RL_ASSERT(breaker->view(kLater).state == BreakerWord::Open);
    for (auto& p : probe) p.reset();
    breaker.reset();
  }
};

/// B4: no failure is lost, and the last one opens exactly once.
template <std::uint32_t Threshold>
struct Lost : rl::test_suite<Lost<Threshold>, 3> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> permit[3];
  bool opened[3];
  void before() {
    breaker = std::make_unique<Breaker>(limits(Threshold, 1));
    for (auto& p : permit) p.emplace(std::move(*breaker->tryAcquire(0).permit));
  }
  void thread(unsigned index) {
    opened[index] = permit[index]->report(Outcome::Failure, 0, 0.5).opened;
  }
  void after() {
    const int events = opened[0] + opened[1] + opened[2];
    const auto view = breaker->view(0);
    if (Threshold > 3) {
      RL_ASSERT(events == 0 && view.state == BreakerWord::Closed && view.failures == 3);
    } else {
      RL_ASSERT(events == 1 && view.state == BreakerWord::Open);
    }
    for (auto& p : permit) p.reset();
    breaker.reset();
  }
};

/// A person forces it open while a failure is told and an evaluator trips it.
struct Force : rl::test_suite<Force, 3> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> permit;
  std::uint32_t generation = 0;
  bool tripped = false;
  Breaker::Report told;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 1));
    permit.emplace(std::move(*breaker->tryAcquire(0).permit));
    generation = breaker->generation();
    tripped = false;
  }
  void thread(unsigned index) {
    if (index == 0) breaker->force(false);
    if (index == 1) told = permit->report(Outcome::Failure, 0, 0.5);
    if (index == 2) tripped = breaker->trip(generation, 0, 0.5);
  }
  void after() {
    RL_ASSERT(breaker->view(0).state == BreakerWord::Forced);
    RL_ASSERT(!(tripped && told.opened));  // B5: one opening of that generation at most
    const std::uint32_t moves = 1u + (tripped || told.opened ? 1 : 0);
    RL_ASSERT(breaker->generation() == generation + moves);  // B1
    permit.reset();
    breaker.reset();
  }
};

/// A person resets it while a probe fails and another comes.
struct Reset : rl::test_suite<Reset, 3> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> probe, late;
  std::uint32_t generation = 0;
  Breaker::Report told;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 2));
    open(*breaker);
    probe.emplace(std::move(*breaker->tryAcquire(kLater).permit));
    generation = breaker->generation();
    late.reset();
  }
  void thread(unsigned index) {
    if (index == 0) breaker->reset();
    if (index == 1) told = probe->report(Outcome::Failure, kLater, 0.5);
    if (index == 2) {
      auto admission = breaker->tryAcquire(kLater);
      if (admission.permit) late.emplace(std::move(*admission.permit));
    }
  }
  void after() {
    // The reset is the last word, or the failure was told of a generation that is over.
    const auto view = breaker->view(kLater);
    RL_ASSERT(view.state == BreakerWord::Closed && view.failures == 0);
    RL_ASSERT(breaker->generation() == generation + (told.opened ? 2u : 1u));
    late.reset();
    RL_ASSERT(breaker->view(kLater).state == BreakerWord::Closed);
    probe.reset();
    breaker.reset();
  }
};

/// B1: the touch of the control thread and a new probe both find the lease over.
struct Lease : rl::test_suite<Lease, 3> {
  static constexpr Nanos kOver = 60 * kSecond;
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> lost, probe[2];
  std::uint32_t generation = 0;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 1));
    open(*breaker);
    lost.emplace(std::move(*breaker->tryAcquire(kLater).permit));
    generation = breaker->generation();
    for (auto& p : probe) p.reset();
  }
  void thread(unsigned index) {
    if (index == 2) {
      breaker->touch(kOver);
      return;
    }
    auto admission = breaker->tryAcquire(kOver);
    if (admission.permit) probe[index].emplace(std::move(*admission.permit));
  }
  void after() {
    RL_ASSERT(probe[0].has_value() + probe[1].has_value() == 1);  // B2
    RL_ASSERT(breaker->generation() == generation + 1);
    RL_ASSERT(!lost->report(Outcome::Failure, kOver, 0.5).applied);  // B3
    RL_ASSERT(breaker->view(kOver).probesInFlight == 1);
    lost.reset();
    for (auto& p : probe) p.reset();
    breaker.reset();
  }
};

/// To show that the search can fail: an atomics policy whose CAS is a blind store.
template <class T>
class BlindAtomic : public RelacyAtomic<T> {
 public:
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order) {
    if (this->load(kAcquire) != expected) {
      expected = this->load(kAcquire);
      return false;
    }
    this->store(desired, success == kAcqRel ? kRelease : success);
    return true;
  }
};
struct BlindSync {
  template <class T>
  using atomic = BlindAtomic<T>;
  using mutex = RelacyMutex;
};
struct BlindStore : rl::test_suite<BlindStore, 2> {
  using Blind = BasicCircuitBreaker<BlindSync>;
  std::unique_ptr<Blind> breaker;
  std::optional<Blind::Permit> permit[2];
  void before() {
    breaker = std::make_unique<Blind>(limits(9, 1));
    for (auto& p : permit) p.emplace(std::move(*breaker->tryAcquire(0).permit));
  }
  void thread(unsigned index) { permit[index]->report(Outcome::Failure, 0, 0.5); }
  void after() {
    RL_ASSERT(breaker->view(0).failures == 2);
    for (auto& p : permit) p.reset();
    breaker.reset();
  }
};

/// B5, B8: a refused key, a failure and a longer "not before" come at once. One opens; whatever the
/// order, the breaker stays open at least as long as the provider asked.
struct Floor : rl::test_suite<Floor, 3> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> permit[3];
  bool opened[3];
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 1));
    for (auto& p : permit) p.emplace(std::move(*breaker->tryAcquire(0).permit));
  }
  void thread(unsigned index) {
    const Outcome outcome = index == 0 ? Outcome::HardDown : Outcome::Failure;
    opened[index] = permit[index]->report(outcome, 0, 0.5, index == 2 ? 900 * kSecond : 0).opened;
  }
  void after() {
    RL_ASSERT(opened[0] + opened[1] + opened[2] == 1);
    const auto view = breaker->view(0);
    RL_ASSERT(view.state == BreakerWord::Open && view.hardDown == opened[0]);
    RL_ASSERT(view.retryIn >= 900 * kSecond && view.generation == 2);
    for (auto& p : permit) p.reset();
    breaker.reset();
  }
};

/// Another key is put in while the probe of a hard-down breaker is answered.
struct AnotherKey : rl::test_suite<AnotherKey, 2> {
  std::unique_ptr<Breaker> breaker;
  std::optional<Breaker::Permit> probe;
  static constexpr Nanos kMuchLater = 700 * kSecond;
  void before() {
    breaker = std::make_unique<Breaker>(limits(1, 2));
    breaker->tryAcquire(0).permit->report(Outcome::HardDown, 0, 0.5);
    probe.emplace(std::move(*breaker->tryAcquire(kMuchLater).permit));
  }
  void thread(unsigned index) {
    if (index == 0) {
      probe->report(Outcome::HardDown, kMuchLater, 0.5);
    } else {
      breaker->retryHardDown(kMuchLater);
    }
  }
  void after() {
    // Half-open when it was put in, or open: then it is tried at once.
    RL_ASSERT(breaker->view(kMuchLater).state == BreakerWord::Open);
    breaker->retryHardDown(kMuchLater);
    RL_ASSERT(breaker->tryAcquire(kMuchLater).permit.has_value());
    probe.reset();
    breaker.reset();
  }
};

}  // namespace

int main() {
  Tally tally;
  tally.bounded<LateFailure>("late failure", true, 400'000, 6);
  tally.bounded<Probes>("probes", true, 700'000, 3);
  tally.run<Verdict>("verdict", true, 600'000, true, 0);
  tally.bounded<Lost<5>>("no failure lost", true, 400'000, 3);
  tally.bounded<Lost<3>>("the last failure opens", true, 400'000, 3);
  tally.bounded<Force>("force against report and trip", true, 70'000, 3);
  tally.bounded<Reset>("reset against a verdict", true, 120'000, 3);
  tally.bounded<Lease>("a lease that is over", true, 180'000, 3);
  tally.bounded<Floor>("a floor under the open period", true, 380'000, 3);
  tally.run<AnotherKey>("another key", true, 500, true, 0);
  tally.run<BlindStore>("blind store (must fail)", false, 0, true, 0);
  return tally.finish();
}
