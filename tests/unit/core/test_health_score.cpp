// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>

#include "gateway/core/health_score.h"

using namespace sluice::core;
using Breaker = HealthJudge::Breaker;

namespace {

/// A provider under steady load, a second at a time.
struct Provider {
  HealthJudge judge;
  HealthJudge::Counts counts;
  Nanos now = kSecond;
  HealthVerdict verdict;

  void run(int seconds, int ok, int failed, std::uint64_t micros,
           Breaker breaker = Breaker::Closed) {
    for (int s = 0; s < seconds; ++s) {
      counts.ok += static_cast<std::uint64_t>(ok);
      counts.failed += static_cast<std::uint64_t>(failed);
      for (int i = 0; i < ok; ++i) counts.firstByte.record(micros);
      now += kSecond;
      verdict = judge.judge(counts, breaker, now);
    }
  }
};

}  // namespace

class TestHealthScore : public QObject {
  Q_OBJECT
 private slots:
  /// Values of the interval as published, e.g. by Newcombe 1998, table I.
  void wilson() {
    QVERIFY(std::abs(health::failedAtLeast(81, 263) - 0.2553) < 0.0001);
    QVERIFY(std::abs(health::failedAtLeast(15, 148) - 0.0624) < 0.0001);
    QVERIFY(std::abs(health::failedAtLeast(0, 20) - 0.0) < 0.0001);
    QVERIFY(std::abs(health::failedAtLeast(1, 29) - 0.0061) < 0.0001);
    QCOMPARE(health::failedAtLeast(0, 0), 0.0);
    QVERIFY(health::failedAtLeast(1, 1) < 0.21);  // one of one is no proof
  }

  void latency() {
    QCOMPARE(health::latencyFactor(1.0), 1.0);
    QCOMPARE(health::latencyFactor(1.5), 1.0);
    QCOMPARE(health::latencyFactor(3.25), 0.5);
    QCOMPARE(health::latencyFactor(5.0), 0.0);
    QCOMPARE(health::latencyFactor(50.0), 0.0);
  }

  /// H1
  void worseIsNeverBetter() {
    QVERIFY(rc::check("H1", [] {
      const auto calls = *rc::gen::inRange<std::uint64_t>(1, 1000);
      const auto failed = *rc::gen::inRange<std::uint64_t>(0, calls);
      const double less = health::failedAtLeast(failed, calls);
      RC_ASSERT(less >= 0 &&
                less <= static_cast<double>(failed) / static_cast<double>(calls) + 1e-9);
      RC_ASSERT(health::failedAtLeast(failed + 1, calls) >= less);
      const double slow = *rc::gen::inRange(0, 1000) / 100.0;
      RC_ASSERT(health::latencyFactor(slow + 0.5) <= health::latencyFactor(slow));
    }));
  }

  void soundAndQuickIsAHundred() {
    Provider p;
    QVERIFY(HealthVerdict{}.healthy() && !HealthVerdict{}.known);
    p.run(5, 10, 0, 200'000);
    QVERIFY(p.verdict.known);
    QCOMPARE(p.verdict.score, 100u);
    QCOMPARE(int(p.verdict.reasons), 0);
    QCOMPARE(p.verdict.slownessPercent, 100u);
  }

  void failuresTell() {
    Provider p;
    p.run(40, 10, 0, 200'000);
    p.run(30, 5, 5, 200'000);
    QVERIFY2(p.verdict.score < 40, qPrintable(QString::number(p.verdict.score)));
    QVERIFY(p.verdict.reasons & kHealthErrors);
    QVERIFY(p.verdict.failedPerMille >= 490 && p.verdict.failedPerMille <= 510);
    p.run(31, 10, 0, 200'000);  // and are forgotten
    QCOMPARE(p.verdict.score, 100u);
  }

  void slownessIsBesideItsOwnBaseline() {
    Provider slow, quick;
    slow.run(60, 10, 0, 4'000'000);
    quick.run(60, 10, 0, 100'000);
    QCOMPARE(slow.verdict.score, 100u);
    QCOMPARE(quick.verdict.score, 100u);
    quick.run(30, 10, 0, 400'000);
    QVERIFY2(quick.verdict.score < 50, qPrintable(QString::number(quick.verdict.score)));
    QVERIFY(quick.verdict.reasons & kHealthSlow);
    QVERIFY(quick.verdict.slownessPercent > 300);
    quick.run(1800, 10, 0, 400'000);  // in the end it is the new normal
    QCOMPARE(quick.verdict.score, 100u);
  }

  void stateCaps() {
    Provider p;
    p.run(10, 10, 0, 1000);
    p.run(1, 10, 0, 1000, Breaker::Open);
    QCOMPARE(p.verdict.score, 0u);
    QVERIFY(p.verdict.reasons & kHealthOpen);
    p.run(1, 10, 0, 1000, Breaker::HalfOpen);
    QCOMPARE(p.verdict.score, 50u);
    p.run(1, 10, 0, 1000);
    QCOMPARE(p.verdict.score, 100u);  // at once
    ++p.counts.rateLimited;
    p.run(1, 10, 0, 1000);
    QCOMPARE(p.verdict.score, 60u);
    QVERIFY(!p.verdict.healthy() && (p.verdict.reasons & kHealthRateLimited));
    p.run(36, 10, 0, 1000);
    QCOMPARE(p.verdict.score, 100u);
  }

  /// H2: small changes are not shown.
  void hysteresis() {
    Provider p;
    p.run(40, 95, 5, 1000);
    const auto shown = p.verdict.score;
    QVERIFY(shown > 85 && shown < 97);
    p.run(40, 97, 3, 1000);
    QCOMPARE(p.verdict.score, shown);
    p.run(40, 96, 4, 1000);
    QCOMPARE(p.verdict.score, shown);
    p.run(31, 70, 30, 1000);
    QVERIFY(p.verdict.score < shown - 20);
  }

  void quietDriftsToUnknown() {
    Provider bad;
    bad.run(10, 0, 50, 1000);
    QVERIFY(bad.verdict.score < 10);
    bad.run(31, 0, 0, 1000);
    QVERIFY(!bad.verdict.known && (bad.verdict.reasons & kHealthQuiet));
    bad.run(75, 0, 0, 1000);
    QCOMPARE(bad.verdict.score, 70u);
    Provider good;
    good.run(10, 10, 0, 1000);
    good.run(70, 0, 0, 1000);
    QCOMPARE(good.verdict.score, 70u);
    QVERIFY(good.verdict.healthy());
  }

  /// H3
  void packs() {
    QVERIFY(rc::check("a verdict survives its word", [] {
      HealthVerdict v;
      v.score = *rc::gen::inRange(0u, 101u);
      v.known = *rc::gen::arbitrary<bool>();
      v.reasons = *rc::gen::arbitrary<std::uint8_t>();
      v.failedPerMille = *rc::gen::inRange(0u, 1001u);
      v.slownessPercent = *rc::gen::inRange(0u, 16384u);
      v.calls = *rc::gen::inRange(0u, 1u << 24);
      RC_ASSERT(HealthVerdict::unpack(v.pack()) == v);
    }));
    HealthVerdict large;
    large.calls = large.slownessPercent = UINT32_MAX;
    QCOMPARE(HealthVerdict::unpack(large.pack()).calls, (1u << 24) - 1);
    HealthCell cell;
    QVERIFY(cell.get() == HealthVerdict{});
  }
};

QTEST_APPLESS_MAIN(TestHealthScore)
#include "test_health_score.moc"
