// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <vector>

#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"

using namespace sluice::core;

class TestHandOver : public QObject {
  Q_OBJECT
 private slots:
  void smoothOrder() {
    const std::vector<std::uint32_t> weights{5, 1, 1};
    const std::vector<std::uint16_t> expected{0, 0, 1, 0, 2, 0, 0};
    QCOMPARE(expandSmooth(weights), expected);
    QCOMPARE(expandSmooth(std::vector<std::uint32_t>{4, 2}).size(), std::size_t{3});  // by the gcd
    QVERIFY(expandSmooth({}).empty());
    const auto large = expandSmooth(std::vector<std::uint32_t>{1000, 999, 998, 997, 996, 1});
    QVERIFY(large.size() <= kLongestSequence + 6);
    QVERIFY(std::ranges::count(large, 5) >= 1);  // none is scaled away
  }

  /// A5: a retired value dies once nobody holds it.
  void retiredValuesDie() {
    SnapshotCell<int> cell;
    auto first = std::make_shared<const int>(1);
    const std::weak_ptr<const int> watch = first;
    cell.publish(std::move(first));
    SnapshotCell<int>::Reader reader(cell);
    auto pinned = reader.pin();
    cell.publish(std::make_shared<const int>(2));
    QVERIFY(!watch.expired());
    reader.get();
    QVERIFY(!watch.expired());
    QCOMPARE(cell.collect(), std::size_t{0});
    pinned.reset();
    QVERIFY(!watch.expired());  // not where it was let go
    QCOMPARE(cell.collect(), std::size_t{1});
    QVERIFY(watch.expired());
  }

  /// What dies may use the cell: it does so with nothing locked.
  void burialsHoldNoLock() {
    struct Buried;
    using Cell = SnapshotCell<Buried>;
    struct Buried {
      Cell* cell;
      ~Buried() { cell->collect(); }
    };
    Cell cell;
    cell.publish(std::make_shared<const Buried>(&cell));
    cell.publish(nullptr);
    QCOMPARE(cell.collect(), std::size_t{1});
  }
};

QTEST_APPLESS_MAIN(TestHandOver)
#include "test_hand_over.moc"
