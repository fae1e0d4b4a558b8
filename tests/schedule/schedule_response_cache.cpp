// SPDX-License-Identifier: GPL-3.0-or-later
// The cache's single flight while leaders and followers come and go.
#include "gateway/core/response_cache.h"
#include "tests/schedule/scheduler.h"

using namespace sluice::core;
using namespace sluice::schedule;

namespace {

using Cache = BasicResponseCache<int, DetSync, 1>;

struct Scene : Scenario {
  Cache cache{100'000};
  int fetches = 0;  // under way now
  int mostFetches = 0;
  int fetched = 0;  // ended with an answer
};

/// One who asks; if it leads, a thread of its own would fetch: here the fetch is kept for one.
struct Client {
  int told = 0;
  int answer = 0;  // 0: none
  bool left = false;
  bool abandoned = false;
  std::optional<Cache::Fetch> fetch;
  std::shared_ptr<Cache::Follower> follower =
      std::make_shared<Cache::Follower>([this](Cache::Pointer value) {
        Scheduler::point();
        ++told;
        answer = value ? *value : 0;
      });

  void ask(Scene& scene, Nanos now = 0) {
    auto look = scene.cache.look("k", now, follower, [this] { abandoned = true; });
    if (look.hit) {
      ++told;
      answer = *look.hit;
    }
    if (look.fetch) {
      fetch = std::move(look.fetch);
      scene.mostFetches = std::max(scene.mostFetches, ++scene.fetches);
    }
  }
  void leave(Scene& scene) { left = scene.cache.leave(*follower); }
  void end(Scene& scene, int value) {
    if (!fetch) return;
    --scene.fetches;
    if (!fetch->abandoned()) ++scene.fetched;
    fetch->finish(std::make_shared<const int>(value), 1, kSecond, 0, 0.5);
  }
  /// K4
  void check() const { expect(told + left == 1, "told and left, or neither, or twice"); }
};

/// Three ask for one key at once; who leads fetches.
struct AllAsk : Scene {
  Client clients[3];
  std::vector<std::function<void()>> threads() override {
    std::vector<std::function<void()>> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back([this, i] {
        clients[i].ask(*this);
        clients[i].end(*this, 7);
      });
    }
    return all;
  }
  void after() override {
    for (const Client& client : clients) {
      client.check();
      expect(client.answer == 7, "without the answer");
    }
    expect(mostFetches == 1 && fetched == 1, "fetched more than once");  // K3
    expect(cache.stats().flights == 0, "a flight was left behind");
  }
};

/// The leader leaves while its fetch ends and another comes.
struct LeaderLeaves : Scene {
  Client leader, other;
  LeaderLeaves() { leader.ask(*this); }
  std::vector<std::function<void()>> threads() override {
    return {[this] { leader.leave(*this); }, [this] { leader.end(*this, 5); },
            [this] {
              other.ask(*this);
              other.end(*this, 6);
            }};
  }
  void after() override {
    leader.check();
    other.check();
    expect(other.answer == 5 || other.answer == 6, "the other has no answer");
    // K8: abandoned, told to stop, and nothing of it stored; or not abandoned and stored.
    expect(!leader.abandoned || leader.left, "given up while somebody waits");
    Client later;
    later.ask(*this);
    expect(later.answer == other.answer, "the answer kept is not the answer given");
    expect(cache.stats().flights == 0, "a flight was left behind");
  }
};

/// Leader and follower leave one after the other while the answer comes.
struct AllLeave : Scene {
  Client leader, follower;
  AllLeave() {
    leader.ask(*this);
    follower.ask(*this);
  }
  std::vector<std::function<void()>> threads() override {
    return {[this] { leader.leave(*this); }, [this] { follower.leave(*this); },
            [this] { leader.end(*this, 5); }};
  }
  void after() override {
    leader.check();
    follower.check();
    expect(leader.abandoned == (leader.left && follower.left), "given up, or not, wrongly");
    expect(cache.stats().entries == (leader.abandoned ? 0u : 1u), "stored, or not, wrongly");
    expect(cache.stats().flights == 0, "a flight was left behind");
  }
};

/// A fetch that ends without a word, an abandoned one beside it: nobody waits for ever.
struct LostFetch : Scene {
  Client clients[3];
  std::vector<std::function<void()>> threads() override {
    std::vector<std::function<void()>> all;
    for (Client& client : clients) {
      all.push_back([this, &client] {
        client.ask(*this);
        client.fetch.reset();
      });
    }
    return all;
  }
  void after() override {
    for (const Client& client : clients) {
      client.check();
      expect(client.answer == 0, "an answer from nowhere");
    }
    expect(cache.stats().flights == 0, "a flight was left behind");
  }
};

/// To show that the search can fail: a client that believes it is never told once it has left.
struct Believes : AllLeave {
  void after() override { expect(follower.told == 0, "told after all"); }
};

}  // namespace

int main(int argc, char** argv) {
  Scheduler scheduler(argc, argv);
  scheduler.explore<AllAsk>({"all ask", 4, 20'000});
  scheduler.explore<LeaderLeaves>({"leader leaves", 6, 50'000});
  scheduler.explore<AllLeave>({"all leave", 8, 15'000});
  scheduler.explore<LostFetch>({"lost fetch", 4, 50'000});
  scheduler.explore<Believes>({"believes it left (must fail)", 3, 1, false});
  return scheduler.finish();
}
