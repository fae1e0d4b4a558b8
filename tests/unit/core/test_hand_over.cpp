// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <array>
#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "gateway/core/round_robin.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/triple_buffer.h"

using namespace sluice::core;

namespace {
struct Whole {
  std::array<std::uint64_t, 64> fields{};
  Whole() = default;
  explicit Whole(std::uint64_t value) { fields.fill(value); }
  bool consistent() const {
    for (const auto field : fields) {
      if (field != fields[0]) return false;
    }
    return true;
  }
};
}  // namespace

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

  /// R2 with threads: over whole cycles the shares are exact.
  void sharesAreExact() {
    const std::vector<std::uint32_t> weights{3, 2, 2};
    const auto sequence = expandSmooth(weights);
    RoundRobin turns;
    std::array<std::atomic<int>, 3> picks{};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 7'000; ++i) ++picks[sequence[turns.next() % sequence.size()]];
      });
    }
    for (auto& thread : threads) thread.join();
    QCOMPARE(picks[0].load(), 12'000);
    QCOMPARE(picks[1].load(), 8'000);
    QCOMPARE(picks[2].load(), 8'000);
  }

  void walksForwardOnce() {
    const auto sequence = expandSmooth(std::vector<std::uint32_t>{2, 1, 1});
    for (std::uint64_t ticket = 0; ticket < 8; ++ticket) {
      std::vector<std::uint16_t> offered;
      QVERIFY(!forEachFrom(sequence, 3, ticket, [&](std::uint16_t i) {
        offered.push_back(i);
        return false;
      }));
      QCOMPARE(offered.size(), std::size_t{3});
      QCOMPARE(offered[0], sequence[ticket % sequence.size()]);
      std::ranges::sort(offered);
      QCOMPARE(offered, (std::vector<std::uint16_t>{0, 1, 2}));
    }
  }

  /// A1, A2, A3 with threads, and A4: what is pinned stays.
  void readersNeverGoBack() {
    SnapshotCell<Whole> cell;
    cell.publish(std::make_shared<const Whole>(1));
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    std::atomic<int> bad = 0;
    for (int t = 0; t < 3; ++t) {
      readers.emplace_back([&] {
        SnapshotCell<Whole>::Reader reader(cell);
        std::uint64_t last = 0;
        std::shared_ptr<const Whole> pinned = reader.pin();
        const std::uint64_t first = pinned->fields[0];
        while (!done) {
          const Whole& seen = reader.get();
          if (!seen.consistent() || seen.fields[0] < last) ++bad;
          last = seen.fields[0];
          if (pinned->fields[0] != first || !pinned->consistent()) ++bad;
        }
        if (reader.get().fields[0] != 5'000) ++bad;
      });
    }
    for (std::uint64_t i = 2; i <= 5'000; ++i) cell.publish(std::make_shared<const Whole>(i));
    done = true;
    for (auto& reader : readers) reader.join();
    QCOMPARE(bad.load(), 0);
  }

  /// A5: a retired value dies once nobody holds it.
  void retiredValuesDie() {
    SnapshotCell<Whole> cell;
    auto first = std::make_shared<const Whole>(1);
    const std::weak_ptr<const Whole> watch = first;
    cell.publish(std::move(first));
    SnapshotCell<Whole>::Reader reader(cell);
    auto pinned = reader.pin();
    cell.publish(std::make_shared<const Whole>(2));
    QVERIFY(!watch.expired());
    reader.get();
    QVERIFY(!watch.expired());
    pinned.reset();
    QVERIFY(watch.expired());
  }

  void publicationsAreWhole() {
    TripleBuffer<Whole> buffer;
    std::atomic<bool> done = false;
    std::thread writer([&] {
      for (std::uint64_t i = 1; i <= 50'000; ++i) {
        buffer.writer() = Whole(i);
        buffer.publish();
      }
      done = true;
    });
    std::uint64_t last = 0;
    int bad = 0;
    while (!done) {
      const Whole& seen = buffer.fetch();
      if (!seen.consistent() || seen.fields[0] < last) ++bad;
      last = seen.fields[0];
    }
    writer.join();
    QCOMPARE(bad, 0);
    QCOMPARE(buffer.fetch().fields[0], std::uint64_t{50'000});
  }
};

QTEST_APPLESS_MAIN(TestHandOver)
#include "test_hand_over.moc"
