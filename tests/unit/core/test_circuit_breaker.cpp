// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <vector>

#include "gateway/core/circuit_breaker.h"

using namespace sluice::core;

namespace {

constexpr BreakerParams kParams{3, kSecond, 8 * kSecond, 2, 10 * kSecond};

void fail(CircuitBreaker& breaker, int times, Nanos now) {
  for (int i = 0; i < times; ++i) {
    auto admission = breaker.tryAcquire(now);
    if (admission.permit) admission.permit->report(Outcome::Failure, now, 0.5);
  }
}

}  // namespace

class TestCircuitBreaker : public QObject {
  Q_OBJECT
 private slots:
  void opensAfterConsecutiveFailures() {
    CircuitBreaker breaker(kParams);
    fail(breaker, 2, 0);
    QCOMPARE(breaker.view(0).failures, 2u);
    breaker.tryAcquire(0).permit->report(Outcome::Success, 0, 0.5);
    QCOMPARE(breaker.view(0).failures, 0u);
    fail(breaker, 3, 0);
    const auto view = breaker.view(0);
    QCOMPARE(int(view.state), int(BreakerWord::Open));
    QVERIFY(view.retryIn >= kSecond && view.retryIn <= kSecond + 16 * kMillisecond);
    const auto refused = breaker.tryAcquire(kSecond / 2);
    QVERIFY(!refused.permit);
    QVERIFY(refused.retryAfter > 0 && refused.retryAfter <= kSecond);
  }

  void backsOffAndRecovers() {
    CircuitBreaker breaker(kParams);
    fail(breaker, 3, 0);
    Nanos now = 0;
    for (const Nanos expected : {2 * kSecond, 4 * kSecond, 8 * kSecond, 8 * kSecond}) {
      now += breaker.view(now).retryIn;
      auto probe = breaker.tryAcquire(now);
      QVERIFY(probe.permit && probe.halfOpened);
      QVERIFY(probe.permit->report(Outcome::Failure, now, 0.5).opened);
      const Nanos wait = breaker.view(now).retryIn;
      QVERIFY2(wait >= expected && wait <= expected + 32 * kMillisecond,
               qPrintable(QString::number(wait)));
    }
    now += breaker.view(now).retryIn;
    auto first = breaker.tryAcquire(now);
    auto second = breaker.tryAcquire(now);
    QVERIFY(first.permit && second.permit && !breaker.tryAcquire(now).permit);  // B2
    QVERIFY(!first.permit->report(Outcome::Success, now, 0.5).closed);
    const auto generation = breaker.generation();
    QVERIFY(second.permit->report(Outcome::Success, now, 0.5).closed);
    QCOMPARE(breaker.generation(), generation + 1);  // B1
    QCOMPARE(int(breaker.view(now).state), int(BreakerWord::Closed));
    fail(breaker, 3, now);  // B7: the back-off starts anew
    QVERIFY(breaker.view(now).retryIn <= kSecond + 16 * kMillisecond);
  }

  void jitterIsWithinAFifth() {
    QVERIFY(rc::check("open period", [] {
      const auto attempts = *rc::gen::inRange(0, 64);
      const double unit = *rc::gen::inRange(0, 1000) / 1000.0;
      const double full = std::min(std::ldexp(1.0, attempts) * kSecond, 8.0 * kSecond);
      const auto got = static_cast<double>(
          breaker::openPeriod(kParams, static_cast<std::uint64_t>(attempts), unit));
      RC_ASSERT(got >= full * 0.8 - 1 && got <= full * 1.2 + 1);
    }));
  }

  void permitsReportThemselves() {
    CircuitBreaker breaker(kParams);
    fail(breaker, 3, 0);
    const Nanos now = breaker.view(0).retryIn;
    {
      const auto probe = breaker.tryAcquire(now);
      QCOMPARE(breaker.view(now).probesInFlight, 1u);
    }
    QCOMPARE(breaker.view(now).probesInFlight, 0u);  // neutral: given back, still half-open
    QCOMPARE(int(breaker.view(now).state), int(BreakerWord::HalfOpen));
  }

  void lostProbesAreReplaced() {
    CircuitBreaker breaker(kParams);
    fail(breaker, 3, 0);
    Nanos now = breaker.view(0).retryIn;
    auto one = breaker.tryAcquire(now);
    auto two = breaker.tryAcquire(now);
    QVERIFY(!breaker.tryAcquire(now).permit);
    now += 11 * kSecond;
    auto third = breaker.tryAcquire(now);  // B6
    QVERIFY(third.permit);
    QVERIFY(!one.permit->report(Outcome::Failure, now, 0.5).applied);  // B3
    QCOMPARE(int(breaker.view(now).state), int(BreakerWord::HalfOpen));
    third.permit.reset();
    auto lost = breaker.tryAcquire(now);
    now += 11 * kSecond;
    breaker.touch(now);
    QCOMPARE(breaker.view(now).probesInFlight, 0u);
    QVERIFY(!lost.permit->report(Outcome::Success, now, 0.5).applied);
  }

  void fewerProbesNeededThanAreOk() {
    CircuitBreaker breaker({3, kSecond, kSecond, 5, 10 * kSecond});
    fail(breaker, 3, 0);
    const Nanos now = breaker.view(0).retryIn;
    for (int i = 0; i < 3; ++i) breaker.tryAcquire(now).permit->report(Outcome::Success, now, 0.5);
    breaker.reconfigure({3, kSecond, kSecond, 2, 10 * kSecond});
    auto next = breaker.tryAcquire(now);
    QVERIFY(next.permit);
    QVERIFY(next.permit->report(Outcome::Success, now, 0.5).closed);
  }

  void forcingHoldsUntilReset() {
    CircuitBreaker breaker(kParams);
    auto before = breaker.tryAcquire(0);
    QVERIFY(breaker.force(false));
    QVERIFY(!breaker.force(false));
    QVERIFY(!breaker.tryAcquire(1000 * kSecond).permit);
    QCOMPARE(breaker.tryAcquire(0).retryAfter, kNever);
    QVERIFY(!before.permit->report(Outcome::Failure, 0, 0.5).applied);
    QVERIFY(breaker.force(true));
    for (int i = 0; i < 10; ++i) fail(breaker, 1, 0);
    QVERIFY(breaker.tryAcquire(0).permit.has_value());
    breaker.reset();
    QCOMPARE(int(breaker.view(0).state), int(BreakerWord::Closed));
  }

  /// A fault that does not pass by itself: open at once and for long; one good probe is enough.
  void hardDownOpensForLong() {
    CircuitBreaker breaker(kParams);
    auto one = breaker.tryAcquire(0), other = breaker.tryAcquire(0);
    QVERIFY(one.permit->report(Outcome::HardDown, 0, 0.5).opened);
    QVERIFY(!other.permit->report(Outcome::HardDown, 0, 0.5).opened);  // B5
    QVERIFY(breaker.view(0).hardDown);
    Nanos now = 600 * kSecond - kSecond;
    QVERIFY(!breaker.tryAcquire(now).permit);
    now += kSecond;
    auto probe = breaker.tryAcquire(now);
    QVERIFY(probe.permit && !breaker.tryAcquire(now).permit);  // one, though two are configured
    QVERIFY(probe.permit->report(Outcome::HardDown, now, 0.5).opened);
    QVERIFY(breaker.view(now).retryIn >= 600 * kSecond);
    now += breaker.view(now).retryIn;
    QVERIFY(breaker.tryAcquire(now).permit->report(Outcome::Success, now, 0.5).closed);
    QVERIFY(!breaker.view(now).hardDown);
    fail(breaker, 3, now);  // B7: an ordinary opening again
    QVERIFY(breaker.view(now).retryIn <= kSecond + 16 * kMillisecond);
  }

  void hardDownThenTransientBacksOffAnew() {
    CircuitBreaker breaker(kParams);
    breaker.tryAcquire(0).permit->report(Outcome::HardDown, 0, 0.5);
    Nanos now = breaker.view(0).retryIn;
    breaker.tryAcquire(now).permit->report(Outcome::Failure, now, 0.5);
    QVERIFY(!breaker.view(now).hardDown);
    QVERIFY(breaker.view(now).retryIn <= kSecond + 16 * kMillisecond);
  }

  void anotherKeyIsTriedAtOnce() {
    CircuitBreaker breaker(kParams);
    breaker.retryHardDown(0);  // closed: nothing
    QCOMPARE(int(breaker.view(0).state), int(BreakerWord::Closed));
    fail(breaker, 3, 0);
    breaker.retryHardDown(0);  // open for another reason: stays
    QVERIFY(!breaker.tryAcquire(0).permit);
    breaker.reset();
    breaker.tryAcquire(0).permit->report(Outcome::HardDown, 0, 0.5);
    QVERIFY(!breaker.tryAcquire(kSecond).permit);
    breaker.retryHardDown(kSecond);
    QVERIFY(breaker.tryAcquire(kSecond).permit.has_value());
  }

  /// B8: Retry-After is a floor, and never shortens what is longer.
  void retryAfterIsAFloor() {
    CircuitBreaker breaker({1, kSecond, 8 * kSecond, 1, 10 * kSecond});
    auto first = breaker.tryAcquire(0), second = breaker.tryAcquire(0),
         third = breaker.tryAcquire(0);
    first.permit->report(Outcome::Failure, 0, 0.5, 20 * kSecond);
    QVERIFY(breaker.view(0).retryIn >= 20 * kSecond);
    second.permit->report(Outcome::Failure, 0, 0.5, 5 * kSecond);
    QVERIFY(breaker.view(0).retryIn >= 20 * kSecond);
    QVERIFY(!third.permit->report(Outcome::Failure, 0, 0.5, 30 * kSecond).applied);
    QVERIFY(breaker.view(0).retryIn >= 30 * kSecond);
    QVERIFY(breaker.view(0).retryIn <= 30 * kSecond + 16 * kMillisecond);
    // A floor below the period changes nothing; and one without an opening opens nothing.
    CircuitBreaker other({1, 4 * kSecond, 8 * kSecond, 1, 10 * kSecond});
    other.tryAcquire(0).permit->report(Outcome::Neutral, 0, 0.5, 20 * kSecond);
    QCOMPARE(int(other.view(0).state), int(BreakerWord::Closed));
    other.tryAcquire(0).permit->report(Outcome::Failure, 0, 0.5, kSecond);
    QVERIFY(other.view(0).retryIn >= 4 * kSecond);
  }

  void tripsOnlyTheGenerationMeant() {
    CircuitBreaker breaker(kParams);
    const auto generation = breaker.generation();
    QVERIFY(breaker.trip(generation, 0, 0.5));
    QVERIFY(!breaker.trip(generation, 0, 0.5));
    QVERIFY(!breaker.trip(breaker.generation(), 0, 0.5));  // not Closed
  }

  void transitionsRaiseTheGenerationByOne() {
    QVERIFY(rc::check("B1 B2 over random histories", [] {
      CircuitBreaker breaker(kParams);
      std::vector<CircuitBreaker::Permit> permits;
      Nanos now = 0;
      for (int i = 0; i < 200; ++i) {
        const auto before = breaker.view(now);
        switch (*rc::gen::inRange(0, 4)) {
          case 0: {
            auto admission = breaker.tryAcquire(now);
            if (admission.permit) permits.push_back(std::move(*admission.permit));
            break;
          }
          case 1:
            if (!permits.empty()) {
              const auto outcome = static_cast<Outcome>(*rc::gen::inRange(0, 4));
              permits.back().report(outcome, now, 0.5);
              permits.pop_back();
            }
            break;
          case 2:
            now += *rc::gen::inRange<Nanos>(0, 4 * kSecond);
            break;
          default:
            breaker.touch(now);
            break;
        }
        const auto after = breaker.view(now);
        RC_ASSERT(after.generation - before.generation <= 1u);
        RC_ASSERT(after.state == before.state || after.generation == before.generation + 1);
        RC_ASSERT(after.probesInFlight + after.probesOk <= 2u + 1u);
      }
    }));
  }
};

QTEST_APPLESS_MAIN(TestCircuitBreaker)
#include "test_circuit_breaker.moc"
