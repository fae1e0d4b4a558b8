// SPDX-License-Identifier: GPL-3.0-or-later
// Histories of the bucket and the limiter, each checked against a specification for one thread.
#include "tests/schedule/linearizable.h"

#include <algorithm>
#include <compare>

#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/token_bucket.h"

using namespace sluice::core;
using namespace sluice::schedule;

namespace {

// --- the bucket

struct BucketCall {
  enum Kind { Take, Refund, Charge, Observe, Resize } kind;
  std::int64_t n;
  std::int64_t second;  // the caller's clock
  bool granted;
};

/// What a bucket is, said in whole tokens.
struct BucketState {
  std::int64_t spent;  // of all that were ever issued; less than issued - capacity: evaporated
  std::int64_t capacity;
  std::int64_t perSecond;
  auto operator<=>(const BucketState&) const = default;

  static bool apply(BucketState& s, const BucketCall& call) {
    const std::int64_t issued = call.second * s.perSecond;
    const std::int64_t spent = std::max(s.spent, issued - s.capacity);
    switch (call.kind) {
      case BucketCall::Take: {
        const bool can = call.n <= s.capacity && spent + call.n <= issued;
        if (can) s.spent = spent + call.n;
        return can == call.granted;
      }
      case BucketCall::Refund:
        s.spent -= call.n;
        return true;
      case BucketCall::Charge:
        s.spent += call.n;
        return true;
      case BucketCall::Observe:
        s.spent = std::max(s.spent, issued - call.n);
        return true;
      case BucketCall::Resize:
        s.spent = spent;
        s.capacity = call.n;
        return true;
    }
    return false;
  }
};

struct BucketScene : Scenario {
  static constexpr std::int64_t kPerSecond = 2;
  BasicTokenBucket<DetSync> bucket;
  History<BucketState, BucketCall> history;
  BucketState first;

  explicit BucketScene(std::int64_t capacity) : first{-capacity, capacity, kPerSecond} {
    bucket.fill(kPerSecond, kSecond, static_cast<std::uint64_t>(capacity), 0);
  }
  void call(BucketCall::Kind kind, std::int64_t n, std::int64_t second = 0) {
    history.record([&] {
      const auto tokens = static_cast<std::uint64_t>(n);
      const Nanos now = second * kSecond;
      bool granted = false;
      if (kind == BucketCall::Take) granted = bucket.tryAcquire(tokens, now).granted();
      if (kind == BucketCall::Refund) bucket.refund(tokens);
      if (kind == BucketCall::Charge) bucket.charge(tokens);
      if (kind == BucketCall::Observe) bucket.observeRemaining(tokens, now);
      if (kind == BucketCall::Resize) bucket.reconfigure(kPerSecond, kSecond, tokens, now);
      return BucketCall{kind, n, second, granted};
    });
  }
  void after() override {
    for (std::int64_t n : {3, 1, 1}) call(BucketCall::Take, n, 1);  // what is left is told as well
    expect(history.linearizable(first, &BucketState::apply), "no order explains what was seen");
  }
};

struct TakeRefundCharge : BucketScene {
  TakeRefundCharge() : BucketScene(3) {}
  std::vector<std::function<void()>> threads() override {
    return {[this] {
              call(BucketCall::Take, 2);
              call(BucketCall::Refund, 1);
            },
            [this] {
              call(BucketCall::Take, 2);
              call(BucketCall::Take, 1, 1);
            },
            [this] {
              call(BucketCall::Charge, 1);
              call(BucketCall::Take, 1);
            }};
  }
};

struct TakeResizeObserve : BucketScene {
  TakeResizeObserve() : BucketScene(3) {}
  std::vector<std::function<void()>> threads() override {
    return {[this] {
              call(BucketCall::Take, 2, 1);
              call(BucketCall::Take, 2);  // a clock that is behind
            },
            [this] {
              call(BucketCall::Resize, 1);
              call(BucketCall::Resize, 5, 1);
            },
            [this] { call(BucketCall::Observe, 1, 1); }};
  }
};

/// To show that the check can fail: a bucket that looks and takes in two steps.
struct TwoSteps : BucketScene {
  TwoSteps() : BucketScene(1) {}
  void takeInTwoSteps() {
    history.record([&] {
      const bool there = bucket.availableApprox(0) >= 1;
      if (there) bucket.charge(1);
      return BucketCall{BucketCall::Take, 1, 0, there};
    });
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { takeInTwoSteps(); }, [this] { takeInTwoSteps(); }};
  }
};

// --- the limiter

struct LimiterCall {
  enum Kind { Try, Acquire, Release, Resize, Cancel } kind;
  int who = 0;
  std::uint32_t limit = 0;
  bool got = false;     // a permit
  bool queued = false;  // Acquire
};

struct LimiterState {
  std::uint32_t limit;
  std::uint32_t inFlight;
  std::vector<int> queue;
  std::vector<int> granted;  // and not yet taken
  auto operator<=>(const LimiterState&) const = default;

  void grant() {
    while (!queue.empty() && inFlight < limit) {
      ++inFlight;
      granted.push_back(queue.front());
      queue.erase(queue.begin());
    }
  }
  static bool apply(LimiterState& s, const LimiterCall& call) {
    const bool room = s.queue.empty() && s.inFlight < s.limit;
    switch (call.kind) {
      case LimiterCall::Try:
        s.inFlight += room;
        return call.got == room;
      case LimiterCall::Acquire:
        if (room) {
          ++s.inFlight;
        } else {
          s.queue.push_back(call.who);
        }
        return call.got == room && call.queued == !room;
      case LimiterCall::Release:
        --s.inFlight;
        s.grant();
        return true;
      case LimiterCall::Resize:
        s.limit = call.limit;
        s.grant();
        return true;
      case LimiterCall::Cancel: {
        const bool had = std::erase(s.granted, call.who) > 0;
        if (!had && std::erase(s.queue, call.who) == 0) return false;
        return call.got == had;
      }
    }
    return false;
  }
};

struct LimiterScene : Scenario {
  using Limiter = BasicConcurrencyLimiter<DetSync>;
  using Permit = std::optional<Limiter::Permit>;
  Limiter limiter;
  History<LimiterState, LimiterCall> history;
  LimiterState first;
  Permit held;
  std::shared_ptr<Limiter::Waiter> waiters[3];
  Permit permits[3];

  explicit LimiterScene(std::uint32_t limit) : limiter(limit), first{limit, 1, {}, {}} {
    held = limiter.tryAcquire();
    for (auto& waiter : waiters) waiter = std::make_shared<Limiter::Waiter>(nullptr);
  }
  void tryAcquire(int who) {
    history.record([&] {
      permits[who] = limiter.tryAcquire();
      return LimiterCall{LimiterCall::Try, who, 0, permits[who].has_value()};
    });
  }
  /// True: it waits.
  bool acquire(int who) {
    return history
        .record([&] {
          auto admission = limiter.acquire(waiters[who]);
          permits[who] = std::move(admission.permit);
          return LimiterCall{LimiterCall::Acquire, who, 0, permits[who].has_value(),
                             admission.queued};
        })
        .queued;
  }
  void cancel(int who) {
    history.record([&] {
      permits[who] = limiter.cancel(*waiters[who]);
      return LimiterCall{LimiterCall::Cancel, who, 0, permits[who].has_value()};
    });
  }
  void release(Permit& permit) {
    if (!permit) return;
    history.record([&] {
      permit.reset();
      return LimiterCall{LimiterCall::Release};
    });
  }
  void setLimit(std::uint32_t limit) {
    history.record([&] {
      limiter.setLimit(limit);
      return LimiterCall{LimiterCall::Resize, 0, limit};
    });
  }
  void after() override {
    expect(history.linearizable(first, &LimiterState::apply), "no order explains what was seen");
    for (auto& permit : permits) permit.reset();
    held.reset();
  }
};

struct QueueAndTry : LimiterScene {
  QueueAndTry() : LimiterScene(1) {}
  std::vector<std::function<void()>> threads() override {
    return {[this] { release(held); },
            [this] {
              if (acquire(1)) cancel(1);
              release(permits[1]);
            },
            [this] {
              tryAcquire(2);
              release(permits[2]);
              tryAcquire(2);
            }};
  }
};

struct TwoQueueAndResize : LimiterScene {
  TwoQueueAndResize() : LimiterScene(1) {}
  std::vector<std::function<void()>> threads() override {
    return {[this] {
              release(held);
              setLimit(2);
            },
            [this] {
              if (acquire(1)) cancel(1);
            },
            [this] {
              if (acquire(2)) cancel(2);
            }};
  }
};

}  // namespace

int main(int argc, char** argv) {
  Scheduler scheduler(argc, argv);
  scheduler.explore<TakeRefundCharge>({"bucket: take, refund, charge", 3, 1000});
  scheduler.explore<TakeResizeObserve>({"bucket: take, resize, observe", 3, 1000});
  scheduler.explore<TwoSteps>({"bucket in two steps (must fail)", 2, 1, false});
  scheduler.explore<QueueAndTry>({"limiter: queue and try", 3, 14'000});
  scheduler.explore<TwoQueueAndResize>({"limiter: two queue, resize", 3, 70'000});
  return scheduler.finish();
}
