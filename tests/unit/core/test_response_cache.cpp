// SPDX-License-Identifier: GPL-3.0-or-later
#include <rapidcheck.h>

#include <QTest>
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/core/response_cache.h"

using namespace sluice::core;

namespace {

using Fifo = S3Fifo<int>;
using Cache = BasicResponseCache<int, StdSync, 1>;

/// S3-FIFO as the paper tells it, slow and plain.
struct Oracle {
  struct Entry {
    std::string key;
    int value;
    std::size_t size;
    Nanos expiresAt;
    int hits = 0;
  };
  std::deque<Entry> small, main;  // newest first
  std::deque<std::string> ghost;  // oldest first
  std::size_t capacity;

  static std::size_t sum(const std::deque<Entry>& queue) {
    std::size_t all = 0;
    for (const Entry& e : queue) all += e.size;
    return all;
  }
  std::size_t bytes() const { return sum(small) + sum(main); }
  std::optional<int> find(const std::string& key, Nanos now) {
    for (auto* queue : {&small, &main}) {
      for (auto at = queue->begin(); at != queue->end(); ++at) {
        if (at->key != key) continue;
        if (at->expiresAt <= now) {
          queue->erase(at);
          return std::nullopt;
        }
        at->hits = std::min(at->hits + 1, 3);
        return at->value;
      }
    }
    return std::nullopt;
  }
  void evict() {
    if (main.empty() || sum(small) >= capacity / 10) {
      while (!small.empty()) {
        Entry last = small.back();
        small.pop_back();
        if (last.hits > 1) {
          last.hits = 0;
          main.push_front(last);
          continue;
        }
        std::erase(ghost, last.key);
        ghost.push_back(last.key);
        while (ghost.size() > std::max<std::size_t>(main.size(), 16)) ghost.pop_front();
        return;
      }
    }
    for (;;) {
      Entry last = main.back();
      main.pop_back();
      if (last.hits-- == 0) return;
      main.push_front(last);
    }
  }
  void insert(const std::string& key, int value, std::size_t bytesOf, Nanos expiresAt) {
    for (auto* queue : {&small, &main})
      std::erase_if(*queue, [&](auto& e) { return e.key == key; });
    const std::size_t size = bytesOf + key.size() + Fifo::kOverhead;
    if (size > capacity / 8) return;
    while (bytes() + size > capacity) evict();
    const bool returns = std::erase(ghost, key) > 0;
    (returns ? main : small).push_front({key, value, size, expiresAt});
  }
};

Fifo::Pointer made(int value) {
  return std::make_shared<const int>(value);
}

/// One who asks, and what it was told.
struct Asker {
  std::vector<Cache::Pointer> told;
  std::shared_ptr<Cache::Follower> follower = std::make_shared<Cache::Follower>(
      [this](Cache::Pointer answer) { told.push_back(std::move(answer)); });
};

}  // namespace

class TestResponseCache : public QObject {
  Q_OBJECT
 private slots:
  /// K1, K2, K5: beside the oracle, call by call.
  void asTheOracle() {
    QVERIFY(rc::check("S3-FIFO", [] {
      const std::size_t capacity = 8000;
      Fifo fifo(capacity);
      Oracle oracle{{}, {}, {}, capacity};
      std::vector<Fifo::Pointer> gone;
      Nanos now = 0;
      for (int i = 0; i < 400; ++i) {
        // Few keys asked for often, many seldom.
        const int n = *rc::gen::inRange(0, 3) ? *rc::gen::inRange(0, 8) : *rc::gen::inRange(0, 200);
        const std::string key = "k" + std::to_string(n);
        now += *rc::gen::inRange(0, 3);
        const auto found = fifo.find(key, now, gone);
        const auto expected = oracle.find(key, now);
        RC_ASSERT((found ? std::optional(*found) : std::nullopt) == expected);
        if (!found) {
          const auto bytes = *rc::gen::inRange<std::size_t>(0, 900);
          const Nanos until = now + *rc::gen::inRange(1, 400);
          fifo.insert(key, made(i), bytes, until, gone);
          oracle.insert(key, i, bytes, until);
        }
        RC_ASSERT(fifo.bytes() == oracle.bytes());
        RC_ASSERT(fifo.bytes() <= capacity);
        RC_ASSERT(fifo.size() == oracle.small.size() + oracle.main.size());
      }
    }));
  }

  /// What is asked for again outlives a scan of what is not.
  void survivesAScan() {
    std::vector<Fifo::Pointer> gone;
    Fifo fifo(100 * 1000);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 20; ++i) {
        const std::string key = "hot" + std::to_string(i);
        if (!fifo.find(key, 0, gone)) fifo.insert(key, made(i), 800, kNever, gone);
      }
    }
    for (int i = 0; i < 1000; ++i)
      fifo.insert("scan" + std::to_string(i), made(i), 800, kNever, gone);
    int left = 0;
    for (int i = 0; i < 20; ++i) left += fifo.find("hot" + std::to_string(i), 0, gone) != nullptr;
    QCOMPARE(left, 20);
    QVERIFY(fifo.evictions() > 800);
  }

  void sizesAndSweeps() {
    std::vector<Fifo::Pointer> gone;
    Fifo fifo(8000);
    QVERIFY(!fifo.insert("large", made(1), 1000, kNever, gone));
    QVERIFY(fifo.insert("a", made(1), 100, 10, gone));
    QVERIFY(fifo.insert("a", made(2), 100, 20, gone));  // replaced
    QCOMPARE(*gone.at(0), 1);
    QCOMPARE(fifo.size(), std::size_t{1});
    QVERIFY(fifo.insert("b", made(3), 100, kNever, gone));
    QCOMPARE(fifo.sweep(20, gone), std::size_t{1});
    QVERIFY(!fifo.find("a", 20, gone) && fifo.find("b", 20, gone));
    fifo.setCapacity(0, gone);
    QCOMPARE(fifo.bytes(), std::size_t{0});
    QVERIFY(!fifo.insert("c", made(1), 1, kNever, gone));
  }

  void hitsAndExpiry() {
    Cache cache(100'000);
    Asker one, other;
    auto first = cache.look("k", 0, one.follower, nullptr);
    QVERIFY(!first.hit && first.fetch);
    first.fetch->finish(made(7), 10, 1000, 0, 0.5);
    QCOMPARE(one.told.size(), std::size_t{1});  // who began it is told as well
    QCOMPARE(*one.told[0], 7);
    QCOMPARE(*cache.look("k", 999, other.follower, nullptr).hit, 7);
    QVERIFY(other.told.empty());
    QVERIFY(cache.look("k", 1000, other.follower, nullptr).fetch.has_value());  // K5
    QCOMPARE(cache.stats().hits, std::uint64_t{1});
    QCOMPARE(cache.stats().misses, std::uint64_t{2});
  }

  void timesToLiveAreSpread() {
    for (const auto& [unit, ttl] : {std::pair{0.0, 900}, {0.5, 1000}, {0.999, 1099}}) {
      Cache cache(100'000);
      Asker asker, later;
      cache.look("k", 0, asker.follower, nullptr).fetch->finish(made(1), 10, 1000, 0, unit);
      QVERIFY(cache.look("k", ttl - 1, later.follower, nullptr).hit);
      QVERIFY(!cache.look("k", ttl, later.follower, nullptr).hit);
    }
  }

  /// K3, K4: many ask, one fetches, all are told once.
  void oneFetchForAll() {
    Cache cache(100'000);
    std::vector<Asker> askers(10);
    auto lead = cache.look("k", 0, askers[0].follower, nullptr);
    for (std::size_t i = 1; i < askers.size(); ++i) {
      const auto look = cache.look("k", 0, askers[i].follower, nullptr);
      QVERIFY(!look.hit && !look.fetch);
    }
    QVERIFY(cache.look("other", 0, std::make_shared<Cache::Follower>(nullptr), nullptr).fetch);
    lead.fetch->finish(made(3));
    for (const Asker& asker : askers) {
      QCOMPARE(asker.told.size(), std::size_t{1});
      QCOMPARE(*asker.told[0], 3);
    }
    QCOMPARE(cache.stats().joined, std::uint64_t{9});
    QCOMPARE(cache.stats().entries, std::size_t{0});  // K6: nothing was said of keeping it
    QCOMPARE(cache.stats().flights, std::size_t{0});
  }

  /// The flight outlives who began it; the last to leave ends it.
  void theLeaderMayLeave() {
    Cache cache(100'000);
    Asker leader, follower;
    int abandoned = 0;
    auto lead = cache.look("k", 0, leader.follower, [&] { ++abandoned; });
    cache.look("k", 0, follower.follower, nullptr);
    QVERIFY(cache.leave(*leader.follower));
    QVERIFY(!cache.leave(*leader.follower));
    QVERIFY(!lead.fetch->abandoned());
    lead.fetch->finish(made(5), 1, 100, 0, 0.5);
    QVERIFY(leader.told.empty());
    QCOMPARE(*follower.told.at(0), 5);
    QVERIFY(!cache.leave(*follower.follower));
    QCOMPARE(abandoned, 0);
  }

  /// K8: what nobody waits for is given up, stores nothing and disturbs nobody.
  void abandonedFlights() {
    Cache cache(100'000);
    Asker early, late;
    int abandoned = 0;
    auto first = cache.look("k", 0, early.follower, [&] { ++abandoned; });
    QVERIFY(cache.leave(*early.follower));
    QCOMPARE(abandoned, 1);
    QVERIFY(first.fetch->abandoned());
    auto second = cache.look("k", 0, late.follower, nullptr);
    QVERIFY(second.fetch);
    first.fetch->finish(made(1), 1, 100, 0, 0.5);
    QVERIFY(late.told.empty() && early.told.empty());
    QCOMPARE(cache.stats().flights, std::size_t{1});
    QCOMPARE(cache.stats().entries, std::size_t{0});
    second.fetch->finish(made(2), 1, 100, 0, 0.5);
    QCOMPARE(*late.told.at(0), 2);
    QCOMPARE(*cache.look("k", 0, early.follower, nullptr).hit, 2);
  }

  /// A fetch that ends without a word leaves no slot behind.
  void aLostFetchIsTold() {
    Cache cache(100'000);
    Asker asker;
    { auto lost = cache.look("k", 0, asker.follower, nullptr); }
    QCOMPARE(asker.told.size(), std::size_t{1});
    QVERIFY(!asker.told[0]);
    Asker next;
    QVERIFY(cache.look("k", 0, next.follower, nullptr).fetch);
  }

  /// What was fetched outside any flight replaces what is kept, and ends no flight.
  void storesWithoutAFlight() {
    Cache cache(100'000);
    Asker asker;
    cache.store("k", made(1), 1, 100, 0, 0.5);
    QCOMPARE(*cache.look("k", 50, asker.follower, nullptr).hit, 1);
    cache.store("k", made(2), 1, 100, 50, 0.5);
    QCOMPARE(*cache.look("k", 120, asker.follower, nullptr).hit, 2);
    Asker leader;
    auto flight = cache.look("k", 150, leader.follower, nullptr);
    QVERIFY(flight.fetch);
    cache.store("k", made(3), 1, 100, 150, 0.5);
    QVERIFY(leader.told.empty());
    flight.fetch->finish(made(4), 1, 100, 150, 0.5);
    QCOMPARE(*leader.told.at(0), 4);
  }

  /// K7: keys whose hashes share a shard and more are still told apart.
  void keysAreCompared() {
    Cache cache(1'000'000);
    for (int i = 0; i < 200; ++i) {
      Asker asker;
      const std::string key = "key" + std::to_string(i);
      auto look = cache.look(key, 0, asker.follower, nullptr);
      QVERIFY(look.fetch);
      look.fetch->finish(made(i), 8, kSecond, 0, 0.5);
    }
    for (int i = 0; i < 200; ++i) {
      Asker asker;
      QCOMPARE(*cache.look("key" + std::to_string(i), 0, asker.follower, nullptr).hit, i);
    }
    cache.setCapacity(2000);
    QVERIFY(cache.stats().bytes <= 2000);
    for (int i = 0; i < 3; ++i) cache.sweep(2 * kSecond);
    QCOMPARE(cache.stats().entries, std::size_t{0});
  }
};

QTEST_APPLESS_MAIN(TestResponseCache)
#include "test_response_cache.moc"
