// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <vector>

#include "gateway/core/token_bucket.h"

using namespace sluice::core;
using Kind = TokenBucket::Result::Kind;

class TestTokenBucket : public QObject {
  Q_OBJECT
 private slots:
  void startsEmptyAndFills() {
    TokenBucket bucket;
    QCOMPARE(int(bucket.tryAcquire(1, 0).kind), int(Kind::TooLarge));
    bucket.fill(60, 60 * kSecond, 5, 0);
    for (int i = 0; i < 5; ++i) QVERIFY(bucket.tryAcquire(1, 0).granted());
    const auto denied = bucket.tryAcquire(1, 0);
    QCOMPARE(int(denied.kind), int(Kind::Denied));
    QCOMPARE(denied.retryAt, kSecond);  // T5
    QVERIFY(!bucket.tryAcquire(1, kSecond - 1).granted());
    QVERIFY(bucket.tryAcquire(1, kSecond).granted());
    QCOMPARE(bucket.availableApprox(1000 * kSecond), std::int64_t{5});  // the cap
    QCOMPARE(int(bucket.tryAcquire(6, 1000 * kSecond).kind), int(Kind::TooLarge));
  }

  void nothingAtRateZero() {
    TokenBucket bucket;
    bucket.fill(0, 60 * kSecond, 1, 0);
    QVERIFY(bucket.tryAcquire(1, 0).granted());
    QCOMPARE(bucket.tryAcquire(1, 1'000'000 * kSecond).retryAt, kNever);
  }

  /// The machine sleeps: the steady clock stands still, so nothing is given twice; or a clock that
  /// counts sleep jumps, and what was saved up is at most the capacity.
  void suspend() {
    TokenBucket bucket;
    bucket.fill(60, 60 * kSecond, 5, 0);
    for (int i = 0; i < 5; ++i) QVERIFY(bucket.tryAcquire(1, kSecond).granted());
    QVERIFY(!bucket.tryAcquire(1, kSecond).granted());  // woken: no time has passed
    QCOMPARE(bucket.tryAcquire(1, kSecond).retryAt, 2 * kSecond);
    const Nanos week = 7 * 24 * 3600 * kSecond;
    for (int i = 0; i < 5; ++i) QVERIFY(bucket.tryAcquire(1, week).granted());
    QVERIFY(!bucket.tryAcquire(1, week).granted());
  }

  void debtAndRefund() {
    TokenBucket bucket;
    bucket.fill(1, kSecond, 10, 0);
    QVERIFY(bucket.charge(25));
    QCOMPARE(bucket.availableApprox(0), std::int64_t{-15});
    QCOMPARE(bucket.tryAcquire(1, 0).retryAt, 16 * kSecond);
    bucket.refund(20);
    QCOMPARE(bucket.availableApprox(0), std::int64_t{5});
    bucket.refund(20);
    QCOMPARE(bucket.availableApprox(0), std::int64_t{10});
    QVERIFY(!bucket.charge(TokenBucket::kMostCharge + 1));
  }

  void reservesInAdvance() {
    TokenBucket bucket;
    bucket.fill(1, kSecond, 2, 0);
    QVERIFY(bucket.tryAcquire(2, 0).granted());
    const auto first = bucket.reserve(1, 5 * kSecond, 0);
    QVERIFY(first.granted);
    QCOMPARE(first.wait, kSecond);
    QCOMPARE(bucket.reserve(1, 5 * kSecond, 0).wait, 2 * kSecond);
    const auto tooLong = bucket.reserve(1, 2 * kSecond, 0);
    QVERIFY(!tooLong.granted);
    QCOMPARE(tooLong.wait, 3 * kSecond);
    QCOMPARE(bucket.reserve(3, kNever, 0).wait, kNever);
  }

  void providerSaysWhatIsLeft() {
    TokenBucket bucket;
    bucket.fill(1, kSecond, 10, 0);
    bucket.observeRemaining(3, 0);
    QCOMPARE(bucket.availableApprox(0), std::int64_t{3});
    bucket.observeRemaining(8, 0);  // never loosens
    QCOMPARE(bucket.availableApprox(0), std::int64_t{3});
  }

  void reconfigureKeepsTheBalance() {
    TokenBucket bucket;
    bucket.fill(60, 60 * kSecond, 10, 0);
    bucket.tryAcquire(7, 0);
    bucket.reconfigure(6000, 60 * kSecond, 100, 0);
    QCOMPARE(bucket.availableApprox(0), std::int64_t{3});
    QCOMPARE(bucket.availableApprox(kSecond / 2), std::int64_t{53});
    bucket.reconfigure(60, 60 * kSecond, 10, kSecond / 2);
    QCOMPARE(bucket.availableApprox(kSecond / 2), std::int64_t{10});  // clamped to the new capacity
  }

  /// A dragged slider: thirty changes a second at one token a second must not starve the bucket.
  void repeatedReconfigureLosesNothing() {
    TokenBucket bucket;
    bucket.fill(60, 60 * kSecond, 100, 0);
    bucket.tryAcquire(100, 0);
    for (int i = 1; i <= 300; ++i) {
      bucket.reconfigure(60 + i % 2, 60 * kSecond, 100, i * kSecond / 30);
    }
    const auto left = bucket.availableApprox(10 * kSecond);
    QVERIFY2(left >= 9 && left <= 11, qPrintable(QString::number(left)));
  }

  /// And the accrued part of a token is not multiplied by a higher rate.
  void reconfigureIsNoGift() {
    TokenBucket bucket;
    bucket.fill(1, 60 * kSecond, 1000, 0);
    bucket.tryAcquire(1000, 0);
    bucket.reconfigure(6000, 60 * kSecond, 1000, 59 * kSecond);
    QCOMPARE(bucket.availableApprox(59 * kSecond), std::int64_t{0});
    QVERIFY(bucket.availableApprox(60 * kSecond) <= 101);
  }

  /// T1, T4, T5 against a sequential account, for random rates, times and sizes.
  void exact() {
    QVERIFY(rc::check("token account", [] {
      const auto tokens = *rc::gen::inRange<std::uint64_t>(1, 100'000);
      const auto capacity = *rc::gen::inRange<std::uint64_t>(1, 1'000);
      TokenBucket bucket;
      bucket.fill(tokens, 60 * kSecond, capacity, 0);
      std::uint64_t granted = 0;
      Nanos now = 0;
      for (int i = 0; i < 100; ++i) {
        now += *rc::gen::inRange<Nanos>(0, 2 * kSecond);
        const auto n = *rc::gen::inRange<std::uint64_t>(1, 20);
        const auto before = bucket.availableApprox(now);
        const auto result = bucket.tryAcquire(n, now);
        if (n > capacity) {
          RC_ASSERT(result.kind == Kind::TooLarge);
          continue;
        }
        RC_ASSERT(result.granted() == (before >= static_cast<std::int64_t>(n)));
        if (result.granted()) {
          granted += n;
          continue;
        }
        RC_ASSERT(result.retryAt > now);
        RC_ASSERT(bucket.availableApprox(result.retryAt) >= static_cast<std::int64_t>(n));
        RC_ASSERT(bucket.availableApprox(result.retryAt - 1) < static_cast<std::int64_t>(n));
      }
      const auto issued = static_cast<std::uint64_t>(Wide(now) * tokens / (60 * kSecond));
      RC_ASSERT(granted <= capacity + issued);
    }));
  }
};

QTEST_APPLESS_MAIN(TestTokenBucket)
#include "test_token_bucket.moc"
