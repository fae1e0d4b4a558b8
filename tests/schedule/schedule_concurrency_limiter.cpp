// SPDX-License-Identifier: GPL-3.0-or-later
// The limiter with what stands around it in the gateway: event loops that are told, and timers.
#include "gateway/core/concurrency_limiter.h"
#include "tests/schedule/scheduler.h"

using namespace sluice::core;
using namespace sluice::schedule;

namespace {

using Limiter = BasicConcurrencyLimiter<DetSync>;
using Permit = std::optional<Limiter::Permit>;

/// A request that waits on its loop for a permit or for its timer, whichever is first.
struct Request {
  int told = 0;
  bool timeUp = false;
  bool timedOut = false;  // its verdict
  bool refused = false;   // the queue was full
  Permit permit;
  std::shared_ptr<Limiter::Waiter> waiter = std::make_shared<Limiter::Waiter>([this] { ++told; });

  void wait(Limiter& limiter) {
    Scheduler::await([this] { return told > 0 || timeUp; });
    if (told > 0) {
      permit = waiter->take();
      expect(permit.has_value(), "told of a permit that is not there");
      return;
    }
    permit = limiter.cancel(*waiter);
    timedOut = !permit;
  }
  void run(Limiter& limiter, std::uint32_t mostWaiting = 8) {
    auto admission = limiter.acquire(waiter, mostWaiting);
    permit = std::move(admission.permit);
    refused = !permit && !admission.queued;
    if (admission.queued) wait(limiter);
  }
  void fire() {
    Scheduler::point();
    timeUp = true;
  }
  bool holds() const { return permit.has_value(); }
  /// S5: granted, timed out or refused, and told accordingly.
  void check() const {
    expect(holds() + timedOut + refused == 1, "not one verdict");
    expect(told <= 1, "told twice");
    expect(!timedOut || told == 0, "told after it had left");
  }
};

struct Scene : Scenario {
  explicit Scene(std::uint32_t limit) : limiter(limit) {}
  Limiter limiter;
  Permit held;

  /// S1, S2, S3; and when all is given back nothing is left.
  void settle(std::initializer_list<Request*> requests) {
    std::uint32_t holding = held.has_value();
    for (Request* request : requests) {
      request->check();
      holding += request->holds();
    }
    expect(limiter.view().inFlight == holding, "permits in flight are not those held");
    expect(limiter.view().waiting == 0, "somebody still waits");
    held.reset();
    for (Request* request : requests) request->permit.reset();
    expect(limiter.view().inFlight == 0, "a permit was lost");
  }
};

/// The permit comes back at the moment that the timer fires.
struct TimerRacesGrant : Scene {
  Request request;
  TimerRacesGrant() : Scene(1) { held = limiter.tryAcquire(); }
  std::vector<std::function<void()>> threads() override {
    return {[this] { held.reset(); }, [this] { request.run(limiter); }, [this] { request.fire(); }};
  }
  void after() override { settle({&request}); }
};

/// Two wait in order; one permit comes back; the first may give up. FIFO (S4), and no permit idles
/// while one waits (S3).
struct FirstGivesUp : Scene {
  Request first, second;
  FirstGivesUp() : Scene(1) {
    held = limiter.tryAcquire();
    (void)limiter.acquire(first.waiter);
    (void)limiter.acquire(second.waiter);
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { held.reset(); },
            [this] {
              first.wait(limiter);
              first.permit.reset();  // done at once: the next gets it
            },
            [this] { second.wait(limiter); }, [this] { first.fire(); }};
  }
  void after() override {
    expect(second.holds() && !second.timedOut, "the second never got what the first gave back");
    first.timedOut = true, first.told = 0;  // whichever it was, it holds nothing now
    settle({&first, &second});
  }
};

/// The limit goes down and up while one leaves and two come.
struct LimitMoves : Scene {
  Request one, other;
  LimitMoves() : Scene(1) { held = limiter.tryAcquire(); }
  std::vector<std::function<void()>> threads() override {
    return {[this] {
              limiter.setLimit(0);
              limiter.setLimit(2);
            },
            [this] { held.reset(); }, [this] { one.run(limiter); }, [this] { other.run(limiter); }};
  }
  void after() override {
    expect(one.holds() && other.holds(), "there was room for both in the end");
    settle({&one, &other});
  }
};

/// A loop ends with a permit in its inbox that nobody takes: it goes back.
struct LoopEnds : Scene {
  Request next;
  std::shared_ptr<Limiter::Waiter> lost = std::make_shared<Limiter::Waiter>(nullptr);
  LoopEnds() : Scene(1) {
    held = limiter.tryAcquire();
    (void)limiter.acquire(lost);
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { held.reset(); },
            [this] {
              // A permit that cancel() yields is dropped at once.
              limiter.cancel(*lost);
              lost.reset();
            },
            [this] { next.run(limiter); }};
  }
  void after() override {
    expect(next.holds(), "the permit of the loop that ended was lost");
    settle({&next});
  }
};

/// A queue for one: of two who come one is refused, unless the permit was back in time.
struct Bounded : Scene {
  Request one, other;
  Bounded() : Scene(1) { held = limiter.tryAcquire(); }
  int refused = 0;
  void call(Request& request) {
    request.run(limiter, 1);
    request.check();
    refused += request.refused;
    request.permit.reset();
    request.refused = true, request.told = 0;
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { held.reset(); }, [this] { call(one); }, [this] { call(other); }};
  }
  void after() override {
    expect(refused <= 1, "both were refused, though one could wait");
    settle({&one, &other});
  }
};

/// A limit that is looked at, then counted against, lets one too many in.
struct CheckedThenCounted : Scene {
  CheckedThenCounted() : Scene(2) {}
  Permit permits[3];
  std::vector<std::function<void()>> threads() override {
    std::vector<std::function<void()>> all;
    for (Permit& permit : permits) {
      all.push_back([this, &permit] { permit = limiter.tryAcquire(); });
    }
    return all;
  }
  void after() override {
    expect(permits[0].has_value() + permits[1].has_value() + permits[2].has_value() == 2,
           "not as many as the limit");
    for (Permit& permit : permits) permit.reset();
    settle({});
  }
};

/// To show that the search can fail: a timer that does not look whether the grant was first.
struct Forgets : TimerRacesGrant {
  std::vector<std::function<void()>> threads() override {
    return {[this] { held.reset(); },
            [this] {
              if (limiter.acquire(request.waiter).queued) {
                Scheduler::await([this] { return request.told > 0 || request.timeUp; });
                request.permit = request.waiter->take();
                if (!request.permit) {
                  (void)limiter.cancel(*request.waiter);
                  request.timedOut = true;
                }
              } else {
                request.timedOut = true;
              }
            },
            [this] { request.fire(); }};
  }
};

}  // namespace

int main(int argc, char** argv) {
  Scheduler scheduler(argc, argv);
  scheduler.explore<TimerRacesGrant>({"timer races grant", 3, 9'000});
  scheduler.explore<FirstGivesUp>({"first gives up", 3, 200'000});
  scheduler.explore<LimitMoves>({"limit moves", 2, 110'000});
  scheduler.explore<LoopEnds>({"loop ends", 3, 40'000});
  scheduler.explore<Bounded>({"bounded", 3, 35'000});
  scheduler.explore<CheckedThenCounted>({"checked, then counted", 8, 500});
  scheduler.explore<Forgets>({"forgets a grant (must fail)", 3, 1, false});
  return scheduler.finish();
}
