// SPDX-License-Identifier: GPL-3.0-or-later
// What outlives a config: runtimes carried from table to table, tables that die elsewhere, keyed
// limiters that are evicted; and the latency average, that all workers feed.
#include "gateway/core/keyed_table.h"
#include "gateway/core/peak_ewma.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/core/token_bucket.h"
#include "tests/schedule/scheduler.h"

using namespace sluice::core;
using namespace sluice::schedule;

namespace {

struct Graveyard {
  int died = 0;
  bool collecting = false;
  bool elsewhere = false;
};

struct Table {
  int revision;
  std::shared_ptr<BasicTokenBucket<DetSync>> bucket;  // the runtime
  Graveyard& graveyard;
  ~Table() {
    ++graveyard.died;
    if (!graveyard.collecting) graveyard.elsewhere = true;
  }
};
using Cell = BasicSnapshotCell<Table, DetSync>;

/// Two workers take while a config is changed twice: the tokens there were are given once, whatever
/// table a worker holds; and no worker has to bury a table (A5).
struct Reconfigured : Scenario {
  Graveyard graveyard;
  std::shared_ptr<BasicTokenBucket<DetSync>> bucket = std::make_shared<BasicTokenBucket<DetSync>>();
  Cell cell;
  int granted = 0;
  int last[2] = {0, 0};

  Reconfigured() {
    bucket->fill(0, kSecond, 2, 0);
    publish(1);
  }
  void publish(int revision) {
    cell.publish(std::make_shared<const Table>(revision, bucket, graveyard));
  }
  void work(int worker) {
    Cell::Reader reader(cell);
    for (int i = 0; i < 2; ++i) {
      const auto table = reader.pin();
      expect(table->revision >= last[worker], "went back to an older table");  // A2
      last[worker] = table->revision;
      granted += table->bucket->tryAcquire(1, 0).granted();
    }
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { work(0); }, [this] { work(1); },
            [this] {
              bucket->reconfigure(0, kSecond, 5, 0);
              publish(2);
              graveyard.collecting = true;
              cell.collect();
              graveyard.collecting = false;
            }};
  }
  void after() override {
    expect(granted == 2, "a change of config refilled the bucket, or lost tokens");
    graveyard.collecting = true;
    cell.collect();
    graveyard.collecting = false;
    expect(graveyard.died == 1, "the replaced table did not die");
    expect(!graveyard.elsewhere, "a worker buried a table");
  }
};

/// To show that the search can fail: who builds the new table makes a new bucket.
struct Forgets : Reconfigured {
  std::vector<std::function<void()>> threads() override {
    return {[this] { work(0); }, [this] { work(1); },
            [this] {
              bucket = std::make_shared<BasicTokenBucket<DetSync>>();
              bucket->fill(0, kSecond, 2, 0);
              publish(2);
            }};
  }
};

/// Y1, Y3: a key's one token is given once, though an idle limiter is evicted meanwhile.
struct Evicted : Scenario {
  struct Limiter {
    DetAtomic<int> tokens{1};
    bool take() {
      int seen = tokens.load(std::memory_order_acquire);
      while (seen > 0) {
        if (tokens.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
          return true;
        }
      }
      return false;
    }
  };
  BasicKeyedTable<Limiter, DetSync> table;
  int granted = 0;
  int made = 0;
  void call() {
    const auto limiter = table.findOrMake("key", [this] {
      ++made;
      return std::make_shared<Limiter>();
    });
    Scheduler::point();
    granted += limiter->take();
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { call(); }, [this] { call(); },
            [this] {
              // Under the shard's lock nobody comes by it, so looking needs no turn of others.
              table.evict([](const Limiter& limiter) {
                return limiter.tokens.load(std::memory_order_acquire) == 1;
              });
            }};
  }
  void after() override { expect(granted == 1, "evicting a limiter was a free refill"); }
};

/// W1, W2: of three samples at one instant the largest stays, whoever is last.
struct Observed : Scenario {
  BasicPeakEwma<DetSync> ewma;
  std::vector<std::function<void()>> threads() override {
    std::vector<std::function<void()>> all;
    for (int i = 1; i <= 3; ++i) {
      all.push_back([this, i] {
        ewma.observe(i * kMillisecond, kSecond);
        const double seen = ewma.millisApprox(kSecond, 0);
        expect(seen >= i && seen <= 3, "a sample was lost, or made up");
      });
    }
    return all;
  }
  void after() override { expect(ewma.millisApprox(kSecond, 0) == 3, "the peak was lost"); }
};

}  // namespace

int main(int argc, char** argv) {
  Scheduler scheduler(argc, argv);
  scheduler.explore<Reconfigured>({"reconfigured", 3, 1000});
  scheduler.explore<Forgets>({"new bucket (must fail)", 2, 1, false});
  scheduler.explore<Evicted>({"evicted", 3, 1000});
  scheduler.explore<Observed>({"observed", 4, 15'000});
  return scheduler.finish();
}
