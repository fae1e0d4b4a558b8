// SPDX-License-Identifier: GPL-3.0-or-later
// The keyed table, and the small pieces about tokens.
#include <rapidcheck.h>

#include <QTest>

#include "gateway/core/cool_down.h"
#include "gateway/core/keyed_table.h"
#include "gateway/core/token_reservation.h"

using namespace sluice::core;

class TestKeyedTable : public QObject {
  Q_OBJECT
 private slots:
  void findsWhatItMade() {
    KeyedTable<int> table;
    QVERIFY(!table.find("a"));
    int made = 0;
    const auto make = [&] { return std::make_shared<int>(++made); };
    QCOMPARE(*table.findOrMake("a", make), 1);
    QCOMPARE(*table.findOrMake("a", make), 1);
    QCOMPARE(*table.findOrMake("b", make), 2);
    QCOMPARE(*table.find("a"), 1);
    QCOMPARE(table.sizeApprox(), std::size_t{2});
    const auto kept = table.find("a");
    QVERIFY(table.remove("a") && !table.remove("a") && !table.find("a"));
    QCOMPARE(*kept, 1);  // Y2
  }

  /// Y3: a limiter goes only when it is full again, and not from under whoever holds it.
  void evictsOnlyWhatIsFull() {
    KeyedTable<TokenBucket> table;
    const auto make = [] {
      auto bucket = std::make_shared<TokenBucket>();
      bucket->fill(60, 60 * kSecond, 10, 0);
      return bucket;
    };
    for (int i = 0; i < 100; ++i) table.findOrMake("key" + std::to_string(i), make);
    for (int i = 0; i < 100; i += 2) table.find("key" + std::to_string(i))->tryAcquire(1, 0);
    const auto held = table.find("key1");
    const auto full = [](Nanos now) {
      return [now](const TokenBucket& b) { return b.availableApprox(now) == 10; };
    };
    QCOMPARE(table.evict(full(0)), std::size_t{49});
    QVERIFY(table.find("key0") && table.find("key1") && !table.find("key3"));
    QCOMPARE(table.evict(full(2 * kSecond)), std::size_t{50});
    std::size_t left = 0;
    table.forEach([&](const std::string& key, TokenBucket&) {
      QCOMPARE(key, std::string("key1"));
      ++left;
    });
    QCOMPARE(left, std::size_t{1});
  }

  /// V1 over random stories.
  void settlesOnce() {
    QVERIFY(rc::check("exactly what was used", [] {
      TokenBucket bucket;
      bucket.fill(0, kSecond, 1'000'000, 0);
      std::int64_t used = 0;
      for (int i = 0; i < 20; ++i) {
        const auto taken = *rc::gen::inRange<std::uint64_t>(0, 1'000);
        RC_ASSERT(bucket.tryAcquire(taken, 0).granted());
        TokenReservation reservation(bucket, taken);
        std::uint64_t said = 0;
        for (int times = *rc::gen::inRange(0, 3); times > 0; --times) {
          said = *rc::gen::inRange<std::uint64_t>(0, 2'000);
          reservation.setUsed(said);
        }
        if (*rc::gen::arbitrary<bool>()) {
          TokenReservation moved(std::move(reservation));
          if (*rc::gen::arbitrary<bool>()) moved.settle();
          TokenReservation other;
          other = std::move(moved);
        }
        used += static_cast<std::int64_t>(said);
      }
      RC_ASSERT(bucket.availableApprox(0) == 1'000'000 - used);
    }));
  }

  /// D1.
  void coolDownsOnlyGrow() {
    CoolDown coolDown;
    QCOMPARE(coolDown.left(5), Nanos{0});
    QVERIFY(coolDown.extend(100, 0));  // D2
    QVERIFY(!coolDown.extend(50, 0));
    QCOMPARE(coolDown.left(40), Nanos{60});
    QCOMPARE(coolDown.left(200), Nanos{0});
    QVERIFY(coolDown.extend(300, 200));
    QVERIFY(!coolDown.extend(400, 250));
    coolDown.clear();
    QCOMPARE(coolDown.left(0), Nanos{0});
  }
};

QTEST_APPLESS_MAIN(TestKeyedTable)
#include "test_keyed_table.moc"
