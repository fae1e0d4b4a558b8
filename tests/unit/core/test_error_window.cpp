// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "gateway/core/error_window.h"

using namespace sluice::core;

class TestErrorWindow : public QObject {
  Q_OBJECT
 private slots:
  /// E1, E3.
  void countsBelongToOneGeneration() {
    GenerationCounts counts;
    counts.add(1, Outcome::Failure);
    counts.add(1, Outcome::Success);
    counts.add(1, Outcome::Neutral);
    QCOMPARE(counts, (GenerationCounts{1, 1, 1}));
    counts.add(2, Outcome::Failure);
    counts.add(1, Outcome::Failure);  // late
    QCOMPARE(counts, (GenerationCounts{2, 0, 1}));
    counts.merge({1, 50, 50});
    QCOMPARE(counts, (GenerationCounts{2, 0, 1}));
    counts.merge({2, 3, 4});
    QCOMPARE(counts, (GenerationCounts{2, 3, 5}));
    counts.merge({3, 1, 0});
    QCOMPARE(counts, (GenerationCounts{3, 1, 0}));
    counts.merge({});
    QCOMPARE(counts, (GenerationCounts{3, 1, 0}));
  }

  void generationsComeRound() {
    GenerationCounts counts{0xFFFFFF, 1, 1};
    counts.add(1, Outcome::Failure);
    QCOMPARE(counts.generation, 1u);
    counts.add(0xFFFFFF, Outcome::Failure);
    QCOMPARE(counts, (GenerationCounts{1, 0, 1}));
  }

  /// E2.
  void slides() {
    ErrorWindow window;
    window.push({1, 100, 100}, 0, 30 * kSecond);  // what was before is not known to be recent
    QCOMPARE(window.calls(), std::uint64_t{0});
    for (int second = 1; second <= 10; ++second) {
      window.push({1, 100, 100u + static_cast<unsigned>(second)}, second * kSecond, 30 * kSecond);
    }
    QCOMPARE(window.calls(), std::uint64_t{10});
    QVERIFY(window.exceeds(1.0, 10) && !window.exceeds(0.5, 11));
    window.push({1, 110, 110}, 20 * kSecond, 30 * kSecond);
    QCOMPARE(window.calls(), std::uint64_t{20});
    QVERIFY(window.exceeds(0.5, 10) && !window.exceeds(0.51, 10));
    for (int second = 21; second <= 45; ++second) {
      window.push({1, 110, 110}, second * kSecond, 30 * kSecond);
    }
    QCOMPARE(window.failures(), std::uint64_t{0});
    QCOMPARE(window.calls(), std::uint64_t{10});
    QVERIFY(!window.exceeds(0.01, 1));
  }

  /// E3.
  void aNewGenerationBeginsWithNothing() {
    ErrorWindow window;
    window.push({1, 0, 0}, 0, 30 * kSecond);
    window.push({1, 0, 50}, kSecond, 30 * kSecond);
    QVERIFY(window.exceeds(0.5, 10));
    window.push({3, 2, 1}, 2 * kSecond, 30 * kSecond);
    QCOMPARE(window.generation(), 3u);
    QCOMPARE(window.calls(), std::uint64_t{3});
    QCOMPARE(window.failures(), std::uint64_t{1});
  }
};

QTEST_APPLESS_MAIN(TestErrorWindow)
#include "test_error_window.moc"
