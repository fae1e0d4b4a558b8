// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped bucket, searched over interleavings (see tests/model/relacy_sync.h).
#include "tests/model/relacy_sync.h"

using namespace sluice::core;
using namespace sluice::model;

namespace {

using Bucket = BasicTokenBucket<RelacySync>;

/// Three takers, one token.
struct SingleToken : rl::test_suite<SingleToken, 3> {
  std::unique_ptr<Bucket> bucket;
  bool got[3];
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, kSecond, 2, 0);
    bucket->tryAcquire(2, 0);
  }
  void thread(unsigned index) { got[index] = bucket->tryAcquire(1, kSecond).granted(); }
  void after() {
    RL_ASSERT(got[0] + got[1] + got[2] == 1);  // T1
    bucket.reset();
  }
};

/// Takers whose clocks differ: none is given a token that has not been issued by its own clock, and
/// no token is given twice.
struct StaleClock : rl::test_suite<StaleClock, 3> {
  std::unique_ptr<Bucket> bucket;
  bool got[3];
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, kSecond, 2, 0);
    bucket->tryAcquire(2, 0);
  }
  void thread(unsigned index) {
    got[index] = bucket->tryAcquire(1, static_cast<Nanos>(index) * kSecond).granted();
  }
  void after() {
    RL_ASSERT(!got[0]);
    RL_ASSERT(got[2]);
    RL_ASSERT(got[1] + got[2] <= 2);
    bucket.reset();
  }
};

/// T3: two takers against a change of rate by a hundred: never more than the token there was.
struct Reconfigure : rl::test_suite<Reconfigure, 3> {
  std::unique_ptr<Bucket> bucket;
  bool one, two;
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, kSecond, 4, 0);
    bucket->tryAcquire(4, 0);
    one = two = false;
  }
  void thread(unsigned index) {
    if (index == 0) one = bucket->tryAcquire(1, kSecond).granted();
    if (index == 1) bucket->reconfigure(100, kSecond, 4, kSecond);
    if (index == 2) two = bucket->tryAcquire(2, kSecond).granted();
  }
  void after() {
    RL_ASSERT(one && !two);
    RL_ASSERT(bucket->availableApprox(kSecond) == 0);
    bucket.reset();
  }
};

/// T2: a taker who gives back.
struct Refund : rl::test_suite<Refund, 3> {
  std::unique_ptr<Bucket> bucket;
  bool got[3];
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, 1000 * kSecond, 1, 0);
    got[0] = got[1] = got[2] = false;
  }
  void thread(unsigned index) {
    const bool granted = bucket->tryAcquire(1, 0).granted();
    if (index == 0) {
      if (granted) bucket->refund(1);
    } else {
      got[index] = granted;
    }
  }
  void after() {
    RL_ASSERT(got[1] + got[2] + bucket->availableApprox(0) == 1);
    bucket.reset();
  }
};

/// T2, T3: a change of rate against who takes in advance and who gives back.
struct ReserveRefund : rl::test_suite<ReserveRefund, 3> {
  std::unique_ptr<Bucket> bucket;
  bool reserved;
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, kSecond, 4, 0);
    bucket->tryAcquire(4, 0);
  }
  void thread(unsigned index) {
    if (index == 0) reserved = bucket->reserve(2, 10 * kSecond, kSecond).granted;
    if (index == 1) bucket->refund(1);
    if (index == 2) bucket->reconfigure(10, kSecond, 3, kSecond);
  }
  void after() {
    // One had accrued, one came back, two were taken: whatever the order, nothing is left over.
    RL_ASSERT(reserved);
    RL_ASSERT(bucket->availableApprox(kSecond) == 0);
    bucket.reset();
  }
};

/// V1: two reservations of one bucket settle while its rate changes.
struct Settle : rl::test_suite<Settle, 3> {
  std::unique_ptr<Bucket> bucket;
  std::optional<BasicTokenReservation<RelacySync>> held[2];
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, 1000 * kSecond, 10, 0);
    for (auto& reservation : held) {
      bucket->tryAcquire(4, 0);
      reservation.emplace(*bucket, 4);
    }
  }
  void thread(unsigned index) {
    if (index == 2) {
      bucket->reconfigure(7, 1000 * kSecond, 20, 0);
    } else {
      held[index]->setUsed(index == 0 ? 1 : 6);
      held[index].reset();
    }
  }
  void after() {
    RL_ASSERT(bucket->availableApprox(0) == 10 - 1 - 6);
    bucket.reset();
  }
};

/// D1, D2: whoever is first, the later deadline stays.
struct CoolDowns : rl::test_suite<CoolDowns, 3> {
  std::unique_ptr<BasicCoolDown<RelacySync>> coolDown;
  bool began[3];
  void before() { coolDown = std::make_unique<BasicCoolDown<RelacySync>>(); }
  void thread(unsigned index) {
    began[index] = coolDown->extend(static_cast<Nanos>(index + 1) * kSecond, 0);
  }
  void after() {
    RL_ASSERT(coolDown->left(0) == 3 * kSecond);
    RL_ASSERT(began[0] + began[1] + began[2] == 1);
    coolDown.reset();
  }
};

/// A provider says that nothing is left while two take.
struct Observe : rl::test_suite<Observe, 3> {
  std::unique_ptr<Bucket> bucket;
  bool got[3];
  void before() {
    bucket = std::make_unique<Bucket>();
    bucket->fill(1, 1000 * kSecond, 3, 0);
    got[0] = got[1] = got[2] = false;
  }
  void thread(unsigned index) {
    if (index == 0) {
      bucket->observeRemaining(0, 0);
    } else {
      got[index] = bucket->tryAcquire(1, 0).granted();
    }
  }
  void after() {
    RL_ASSERT(bucket->availableApprox(0) == 0);
    RL_ASSERT(got[1] + got[2] <= 2);
    RL_ASSERT(!bucket->tryAcquire(1, 0).granted());
    bucket.reset();
  }
};

/// To show that the search can fail: tokens and time of the last refill in two words.
struct TwoWords : rl::test_suite<TwoWords, 2> {
  rl::atomic<int> tokens, last;
  void before() {
    tokens.store(0, rl::mo_relaxed, $);
    last.store(0, rl::mo_relaxed, $);
  }
  void thread(unsigned index) {
    const int now = 1 + static_cast<int>(index);
    int seen = last.load(rl::mo_seq_cst, $);
    if (now <= seen) return;
    const int room = 1 - tokens.load(rl::mo_seq_cst, $);
    const int add = now - seen < room ? now - seen : room;
    if (last.compare_exchange_strong(seen, now, rl::mo_seq_cst, $)) {
      tokens.fetch_add(add, rl::mo_seq_cst, $);
    }
  }
  void after() { RL_ASSERT(tokens.load(rl::mo_seq_cst, $) <= 1); }
};

}  // namespace

int main() {
  Tally tally;
  tally.bounded<SingleToken>("single token", true, 350'000, 3);
  tally.bounded<StaleClock>("stale clock", true, 380'000, 3);
  tally.bounded<Reconfigure>("reconfigure", true, 850'000, 3);
  tally.bounded<Refund>("refund", true, 480'000, 3);
  tally.bounded<Observe>("observe remaining", true, 400'000, 3);
  tally.bounded<ReserveRefund>("reserve, refund, reconfigure", true, 480'000, 3);
  tally.bounded<Settle>("reservations settle", true, 170'000, 3);
  tally.bounded<CoolDowns>("cool-downs", true, 12'000, 3);
  tally.run<TwoWords>("two words (must fail)", false, 0, true, 0);
  return tally.finish();
}
