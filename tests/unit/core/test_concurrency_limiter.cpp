// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <deque>
#include <vector>

#include "gateway/core/concurrency_limiter.h"

using namespace sluice::core;
using Waiter = ConcurrencyLimiter::Waiter;
using Permit = ConcurrencyLimiter::Permit;

class TestConcurrencyLimiter : public QObject {
  Q_OBJECT
 private slots:
  void countsAndGivesBack() {
    ConcurrencyLimiter limiter(2);
    auto a = limiter.tryAcquire();
    auto b = limiter.tryAcquire();
    QVERIFY(a && b && !limiter.tryAcquire());
    Permit moved = std::move(*a);
    a.reset();
    QCOMPARE(limiter.view().inFlight, 2u);
    b.reset();
    QCOMPARE(limiter.view().inFlight, 1u);
    QVERIFY(limiter.tryAcquire());
  }

  void servesInOrder() {
    ConcurrencyLimiter limiter(1);
    auto held = limiter.tryAcquire();
    std::vector<int> order;
    std::vector<std::shared_ptr<Waiter>> waiters;
    for (int i = 0; i < 5; ++i) {
      waiters.push_back(std::make_shared<Waiter>([&order, i] { order.push_back(i); }));
      QVERIFY(limiter.acquire(waiters.back()).queued);
    }
    QVERIFY(!limiter.cancel(*waiters[2]));
    QCOMPARE(limiter.view().waiting, 4u);
    held.reset();
    for (const int i : {0, 1, 3, 4}) {
      QCOMPARE(order.back(), i);
      auto permit = waiters[static_cast<std::size_t>(i)]->take();
      QVERIFY(permit);
      QVERIFY(!waiters[static_cast<std::size_t>(i)]->take());
    }
    QCOMPARE(order, (std::vector<int>{0, 1, 3, 4}));
    QCOMPARE(limiter.view().inFlight, 0u);
  }

  void aGrantNotTakenGoesBack() {
    ConcurrencyLimiter limiter(1);
    auto held = limiter.tryAcquire();
    auto waiter = std::make_shared<Waiter>(nullptr);
    QVERIFY(limiter.acquire(waiter).queued);
    held.reset();
    QCOMPARE(limiter.view().inFlight, 1u);
    waiter.reset();
    QCOMPARE(limiter.view().inFlight, 0u);
  }

  void theQueueIsBounded() {
    ConcurrencyLimiter limiter(0);
    auto first = std::make_shared<Waiter>(nullptr), second = std::make_shared<Waiter>(nullptr);
    QVERIFY(limiter.acquire(first, 1).queued);
    const auto full = limiter.acquire(second, 1);
    QVERIFY(!full.queued && !full.permit);
    QVERIFY(!limiter.cancel(*first));
    QVERIFY(limiter.acquire(second, 1).queued);
    QVERIFY(!limiter.cancel(*second));
  }

  void theLimitMovesLive() {
    ConcurrencyLimiter limiter(1);
    auto held = limiter.tryAcquire();
    int granted = 0;
    std::vector<std::shared_ptr<Waiter>> waiters;
    for (int i = 0; i < 3; ++i) {
      waiters.push_back(std::make_shared<Waiter>([&] { ++granted; }));
      limiter.acquire(waiters.back());
    }
    limiter.setLimit(3);
    QCOMPARE(granted, 2);
    limiter.setLimit(1);  // three are in flight: two must end before the next gets in
    waiters[0].reset();
    waiters[1].reset();
    QCOMPARE(granted, 2);
    held.reset();
    QCOMPARE(granted, 3);
    QCOMPARE(limiter.view().inFlight, 1u);
  }

  /// S1 to S5 against a plain account, over random histories.
  void likeAnAccount() {
    QVERIFY(rc::check("limiter account", [] {
      std::uint32_t limit = *rc::gen::inRange(0u, 4u);
      ConcurrencyLimiter limiter(limit);
      std::vector<Permit> held;
      std::deque<std::shared_ptr<Waiter>> queue;
      int told = 0;
      const auto takeGranted = [&] {
        while (!queue.empty()) {
          auto permit = queue.front()->take();
          if (!permit) break;
          held.push_back(std::move(*permit));
          queue.pop_front();
          --told;
        }
        RC_ASSERT(told == 0);  // nobody was passed over
      };
      for (int i = 0; i < 60; ++i) {
        switch (*rc::gen::inRange(0, 4)) {
          case 0: {
            auto waiter = std::make_shared<Waiter>([&] { ++told; });
            auto admission = limiter.acquire(waiter, 5);
            const bool room = queue.empty() && held.size() < limit;
            RC_ASSERT(admission.permit.has_value() == room);
            RC_ASSERT(admission.queued == (!room && queue.size() < 5));
            if (admission.permit) held.push_back(std::move(*admission.permit));
            if (admission.queued) queue.push_back(std::move(waiter));
            break;
          }
          case 1:
            if (!held.empty()) {
              Permit gone = std::move(held.back());
              held.pop_back();
            }
            break;
          case 2:
            if (!queue.empty()) {
              const auto at = *rc::gen::inRange<std::size_t>(0, queue.size());
              RC_ASSERT(!limiter.cancel(*queue[at]));
              queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
            }
            break;
          default:
            limit = *rc::gen::inRange(0u, 4u);
            limiter.setLimit(limit);
            break;
        }
        takeGranted();
        const auto view = limiter.view();
        RC_ASSERT(view.inFlight == held.size() && view.waiting == queue.size());
        RC_ASSERT(queue.empty() || held.size() >= limit);
      }
      for (auto& waiter : queue) limiter.cancel(*waiter);
    }));
  }
};

QTEST_APPLESS_MAIN(TestConcurrencyLimiter)
#include "test_concurrency_limiter.moc"
