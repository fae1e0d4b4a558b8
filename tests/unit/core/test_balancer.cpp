// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <cmath>
#include <random>
#include <vector>

#include "gateway/core/balancer.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/round_robin.h"

using namespace sluice::core;

class TestBalancer : public QObject {
  Q_OBJECT
 private slots:
  /// L1 for any candidates.
  void picksWhatIsUsable() {
    QVERIFY(rc::check("usable and in range", [] {
      std::vector<Candidate> candidates(*rc::gen::inRange<std::size_t>(0, 20));
      std::size_t usable = 0, healthy = 0;
      for (Candidate& c : candidates) {
        c = {static_cast<double>(*rc::gen::inRange(0, 4)), *rc::gen::arbitrary<bool>(),
             *rc::gen::arbitrary<bool>()};
        usable += c.usable;
        healthy += c.usable && c.healthy;
      }
      std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
      const auto pick = pickCheapest(candidates, random);
      RC_ASSERT(pick.has_value() == (usable > 0));
      if (!pick) return;
      RC_ASSERT(*pick < candidates.size() && candidates[*pick].usable);
      const bool panic = static_cast<double>(healthy) < 0.5 * static_cast<double>(usable);
      RC_ASSERT(panic || candidates[*pick].healthy);
      if (!panic && healthy <= kFullScan) {
        for (const Candidate& c : candidates) {
          RC_ASSERT(!c.usable || !c.healthy || candidates[*pick].cost <= c.cost);
        }
      }
    }));
  }

  /// L2, below and above the size of a full scan.
  void equalsShareEqually() {
    std::mt19937_64 random(1);
    for (const std::size_t n : {3u, 8u, 12u}) {
      const std::vector<Candidate> candidates(n);
      std::vector<int> picks(n);
      const int rounds = 20'000 * static_cast<int>(n);
      for (int i = 0; i < rounds; ++i) ++picks[*pickCheapest(candidates, random)];
      for (const int count : picks) QVERIFY(std::abs(count - 20'000) < 1'000);
    }
  }

  /// L3: with two choices the dearest of many is never taken, as it never meets itself.
  void twoChoicesAreTwo() {
    std::mt19937_64 random(2);
    std::vector<Candidate> candidates(20);
    candidates[7].cost = 1;
    for (int i = 0; i < 50'000; ++i) QVERIFY(*pickCheapest(candidates, random) != 7);
  }

  void aSharedFaultIsIgnored() {
    std::mt19937_64 random(3);
    std::vector<Candidate> candidates(4);
    for (std::size_t i = 1; i < 4; ++i) candidates[i].healthy = false;
    std::vector<int> picks(4);
    for (int i = 0; i < 4'000; ++i) ++picks[*pickCheapest(candidates, random)];
    for (const int count : picks) QVERIFY(count > 800);
    candidates[1].healthy = true;  // half are: health counts
    for (int i = 0; i < 1'000; ++i) QVERIFY(*pickCheapest(candidates, random) < 2);
  }

  /// L4; and what cannot be chosen is passed over, forwards, until nothing is left.
  void turnsGoForward() {
    const auto sequence = expandSmooth(std::vector<std::uint32_t>{2, 1, 1});
    std::vector<int> picks(3);
    std::mt19937_64 random(4);
    for (std::uint64_t ticket = 0; ticket < 8; ++ticket) {
      std::vector<Candidate> candidates(3);
      ++picks[*pick(Balance::InTurn, candidates, sequence, ticket, random)];
      std::vector<bool> offered(3);
      for (int i = 0; i < 3; ++i) {
        const auto index = pickInTurn(candidates, sequence, ticket);
        QVERIFY(index && !offered[*index]);
        if (i == 0) QCOMPARE(*index, std::size_t{sequence[ticket % sequence.size()]});
        offered[*index] = true;
        candidates[*index].usable = false;
      }
      QVERIFY(!pickInTurn(candidates, sequence, ticket));
    }
    QCOMPARE(picks, (std::vector<int>{4, 2, 2}));
    std::vector<Candidate> ill(3);
    ill[0].healthy = false;
    for (std::uint64_t ticket = 0; ticket < 8; ++ticket) {
      QVERIFY(*pickInTurn(ill, sequence, ticket) != 0);
    }
  }

  /// The route's choice decides.
  void eachBalancesInItsWay() {
    std::mt19937_64 random(5);
    const std::vector<std::uint16_t> sequence{0, 1};
    // The first is quicker, the second has less to do.
    for (const auto& [by, expected] :
         {std::pair{Balance::Latency, 0u}, {Balance::LeastConnections, 1u}}) {
      std::vector<Candidate> candidates(2);
      candidates[0].cost = costOf(by, 10, 3, 1);
      candidates[1].cost = costOf(by, 100, 1, 1);
      for (int i = 0; i < 10; ++i) {
        QCOMPARE(*pick(by, candidates, sequence, 0, random), std::size_t{expected});
      }
    }
    QCOMPARE(costOf(Balance::InTurn, 10, 3, 1), 0.0);
  }

  void weightsDivide() {
    QCOMPARE(leastConnectionsCost(2, 3), 1.0);
    QCOMPARE(latencyCost(100, 1, 2), 100.0);
    QVERIFY(leastConnectionsCost(0, 1) > 0);  // latency tells even among the idle
  }

  void risesAtOnceAndFallsSlowly() {
    PeakEwma latency(10 * kSecond);
    QVERIFY(!latency.known());
    QCOMPARE(latency.millisApprox(0, 42), 42.0);
    latency.observe(100 * kMillisecond, 0);
    QCOMPARE(latency.millisApprox(0, 0), 100.0);
    latency.observe(300 * kMillisecond, kSecond);
    QCOMPARE(latency.millisApprox(kSecond, 0), 300.0);
    latency.observe(100 * kMillisecond, 11 * kSecond);  // one decay later
    const double expected = 300 * std::exp(-1) + 100 * (1 - std::exp(-1));
    QVERIFY(std::abs(latency.millisApprox(11 * kSecond, 0) - expected) < 0.1);
  }

  /// W3, and the floor.
  void lookingChangesNothing() {
    PeakEwma latency(10 * kSecond);
    latency.observe(300 * kMillisecond, 0);
    const double once = latency.millisApprox(20 * kSecond, 50);
    for (int i = 0; i < 100; ++i) (void)latency.millisApprox(i * kSecond, 50);
    QCOMPARE(latency.millisApprox(20 * kSecond, 50), once);
    QVERIFY(once > 50 && once < 300);
    QVERIFY(latency.millisApprox(1000 * kSecond, 50) >= 50);
    latency.observe(10 * kMillisecond, 2000 * kSecond);
    QVERIFY(latency.millisApprox(2000 * kSecond, 50) < 50);  // it is faster than its peers
  }

  /// W1 over random histories, late samples included.
  void staysWithinItsSamples() {
    QVERIFY(rc::check("between least and largest", [] {
      PeakEwma latency(*rc::gen::inRange<Nanos>(1, 60) * kSecond);
      Nanos now = 0, least = kNever, largest = 0;
      for (int i = 0; i < 50; ++i) {
        now += *rc::gen::inRange<Nanos>(-kSecond, 5 * kSecond);
        now = std::max<Nanos>(now, 0);
        const Nanos sample = *rc::gen::inRange<Nanos>(1, 10'000) * kMillisecond;
        latency.observe(sample, now);
        least = std::min(least, sample);
        largest = std::max(largest, sample);
        const double ms = latency.millisApprox(now, 0.0);
        RC_ASSERT(ms <= static_cast<double>(largest) / kMillisecond * 1.0001);
        RC_ASSERT(latency.millisApprox(now, static_cast<double>(least) / kMillisecond) >=
                  static_cast<double>(least) / kMillisecond * 0.9999);
      }
    }));
  }
};

QTEST_APPLESS_MAIN(TestBalancer)
#include "test_balancer.moc"
