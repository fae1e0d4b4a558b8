// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <algorithm>
#include <cmath>
#include <vector>

#include "gateway/core/histogram.h"

using sluice::core::Histogram;

class TestHistogram : public QObject {
  Q_OBJECT
 private slots:
  void emptyIsZero() {
    QCOMPARE(Histogram().percentile(0.5), std::uint64_t{0});
    QCOMPARE(Histogram().count(), std::uint64_t{0});
  }
  void smallValuesAreExact() {
    for (std::uint64_t v = 0; v < 64; ++v) {
      Histogram h;
      h.record(v);
      QCOMPARE(h.percentile(1), v);
    }
  }
  void longValuesAreClamped() {
    Histogram h;
    h.record(UINT64_MAX);
    QCOMPARE(h.percentile(0.5), Histogram::kLargest);
    QCOMPARE(h.sum(), Histogram::kLargest);
  }
  void percentilesAreWithinTheError() {
    QVERIFY(rc::check("3.2 %", [] {
      const auto values = *rc::gen::nonEmpty(
          rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>()));
      Histogram h;
      for (const auto v : values) h.record(v);
      auto sorted = values;
      std::ranges::sort(sorted);
      for (const double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
        const auto rank =
            static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
        const double exact = sorted[std::max<std::size_t>(rank, 1) - 1];
        const auto got = static_cast<double>(h.percentile(q));
        RC_ASSERT(got >= exact && got <= exact * 1.032 + 1);
      }
    }));
  }
  void subtractIsTheInverseOfMerge() {
    QVERIFY(rc::check("merge and subtract",
                      [](const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
                        Histogram first, second, both;
                        for (const auto v : a) first.record(v), both.record(v);
                        for (const auto v : b) second.record(v), both.record(v);
                        Histogram merged = first;
                        merged.merge(second);
                        RC_ASSERT(merged == both);
                        merged.subtract(first);
                        RC_ASSERT(merged == second);
                      }));
  }
  void holdsWhatComesBelowAndAbove() {
    Histogram h;
    for (const std::uint64_t v : {5'000, 5'001, 3, 70, 4'000'000}) h.record(v);
    std::vector<std::uint64_t> seen;
    h.visit(
        [&](std::uint64_t bound, std::uint64_t count) { seen.insert(seen.end(), count, bound); });
    QCOMPARE(seen.size(), std::size_t{5});
    QCOMPARE(seen[0], std::uint64_t{3});
    QVERIFY(seen[1] >= 70 && seen[1] < 72);
    QVERIFY(seen[2] >= 5'000 && seen[2] == seen[3]);
    QVERIFY(seen[4] >= 4'000'000);
    // What another one held, this one holds too, whichever is the wider.
    Histogram narrow;
    narrow.record(70);
    Histogram rest = h;
    rest.subtract(narrow);
    QCOMPARE(rest.count(), std::uint64_t{4});
    narrow.merge(rest);
    QCOMPARE(narrow, h);
    QCOMPARE(narrow.percentile(1), h.percentile(1));
    QCOMPARE(narrow.countAtOrBelow(2), std::uint64_t{0});
  }
  void cumulativeCounts() {
    Histogram h;
    for (const std::uint64_t v : {1, 10, 100, 1'000, 10'000}) h.record(v);
    QCOMPARE(h.countAtOrBelow(0), std::uint64_t{0});
    QCOMPARE(h.countAtOrBelow(10), std::uint64_t{2});
    QCOMPARE(h.countAtOrBelow(5'000), std::uint64_t{4});
    QCOMPARE(h.countAtOrBelow(UINT64_MAX), h.count());
  }
};

QTEST_APPLESS_MAIN(TestHistogram)
#include "test_histogram.moc"
