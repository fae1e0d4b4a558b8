// SPDX-License-Identifier: GPL-3.0-or-later
// Equal requests on several workers at once: who asks, who follows, who leaves.
#include <QTest>
#include <atomic>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;

class TestCaching : public QObject {
  Q_OBJECT

  static config::Config keeping(config::Mock mock) {
    config::Config config = configOf({mockProvider("a", mock)});
    config.server.workers = 3;
    config.routes[0].cache.when = config::CacheWhen::Always;
    return config;
  }
  static config::Mock slow() {
    config::Mock mock = quick();
    mock.latency = config::Duration(300);
    return mock;
  }

 private slots:
  void equalRequestsAreAskedOnce() {
    Engine engine;
    engine.apply(keeping(slow()));
    QVERIFY(!engine.start());
    std::atomic<int> same = 0;
    aside([&] {
      std::vector<std::thread> threads;
      for (int i = 0; i < 12; ++i) {
        threads.emplace_back([&] {
          HttpClient client(portOf(engine));
          const auto answer = client.chat("m", true);
          same +=
              answer && answer->status == 200 && answer->body.find("[DONE]") != std::string::npos;
        });
      }
      for (auto& thread : threads) thread.join();
    });
    QCOMPARE(same.load(), 12);
    QTRY_COMPARE(engine.snapshot().requests.ok, std::uint64_t{12});
    QCOMPARE(engine.snapshot().providers[0].started, std::uint64_t{1});
    QVERIFY(balanced(engine.snapshot()));
  }

  /// The leader is cut off with others waiting; the engine stops while a fetch goes on without a
  /// client. Both leave nothing behind (this runs under sanitizers).
  void theLeaderLeaves() {
    Engine engine;
    engine.apply(keeping(slow()));
    QVERIFY(!engine.start());
    auto leader = std::make_unique<HttpClient>(portOf(engine));
    QVERIFY(leader->send(chatRequest("m", true)));
    QTRY_COMPARE(engine.snapshot().providers[0].started, std::uint64_t{1});
    HttpClient other(portOf(engine));
    QVERIFY(other.send(chatRequest("m", true)));
    QTRY_COMPARE(engine.snapshot().cache.joined, std::uint64_t{1});
    leader.reset();
    QTRY_COMPARE(engine.snapshot().requests.cancelled, std::uint64_t{1});
    aside([&] { QVERIFY(other.readUntil("[DONE]")); });
    QTRY_COMPARE(engine.snapshot().requests.ok, std::uint64_t{1});
    QCOMPARE(engine.snapshot().providers[0].started, std::uint64_t{1});

    config::Config endless = keeping(slow());
    endless.routes[0].model = "n";
    endless.providers[0].mock.latency = config::Duration(60'000);
    engine.apply(endless);
    leader = std::make_unique<HttpClient>(portOf(engine));
    QVERIFY(leader->send(chatRequest("n", false)));
    QTRY_COMPARE(engine.snapshot().providers[0].inflight, std::uint64_t{1});
    HttpClient last(portOf(engine));
    QVERIFY(last.send(chatRequest("n", false)));
    QTRY_COMPARE(engine.snapshot().cache.joined, std::uint64_t{2});
    leader.reset();
    QTRY_COMPARE(engine.snapshot().requests.cancelled, std::uint64_t{2});
    engine.stop(std::chrono::milliseconds(0));
    QTRY_VERIFY(!engine.running());
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{0});
    QVERIFY(balanced(engine.snapshot()));
  }

  /// When the engine waits no longer, who waits is told, also who asks no provider itself: who follows
  /// another's request, and who has not said yet what it wants.
  void whoWaitsIsToldOfTheEnd() {
    config::Config endless = keeping(slow());
    endless.providers[0].mock.latency = config::Duration(60'000);
    Engine engine;
    engine.apply(endless);
    QVERIFY(!engine.start());
    HttpClient leader(portOf(engine)), follower(portOf(engine)), uploader(portOf(engine));
    QVERIFY(leader.send(chatRequest("m", false)));
    QTRY_COMPARE(engine.snapshot().providers[0].inflight, std::uint64_t{1});
    QVERIFY(follower.send(chatRequest("m", false)));
    QTRY_COMPARE(engine.snapshot().cache.joined, std::uint64_t{1});
    QVERIFY(
        uploader.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\n"
                      "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"));
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{3});
    engine.stop(std::chrono::milliseconds(0));
    aside([&] {
      for (HttpClient* client : {&leader, &follower, &uploader}) {
        QVERIFY(client->readUntil("gateway_stopping"));
      }
    });
    QTRY_VERIFY(!engine.running());
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{0});
    QCOMPARE(engine.snapshot().requests.cancelled, std::uint64_t{3});
    QVERIFY(balanced(engine.snapshot()));
  }

  /// Many clients that ask for few things and often leave, while the config changes.
  void comingAndGoing() {
    Engine engine;
    config::Mock mock = quick();
    mock.latency = mock.jitter = config::Duration(2);
    mock.errorRate = 0.2;
    config::Config config = keeping(mock);
    config.routes[0].model = "*";
    config.cache.maxSize = 200'000;
    engine.apply(config);
    QVERIFY(!engine.start());
    aside([&] {
      std::vector<std::thread> threads;
      for (unsigned i = 0; i < 6; ++i) {
        threads.emplace_back([&, i] {
          std::mt19937 random(i);
          for (int turn = 0; turn < 150; ++turn) {
            const std::string model = "m" + std::to_string(random() % 40);
            HttpClient client(portOf(engine));
            if (random() % 3 == 0) {
              (void)client.send(chatRequest(model, random() % 2 == 0));
            } else {
              (void)client.chat(model, random() % 2 == 0);
            }
          }
        });
      }
      std::thread changes([&] {
        for (unsigned turn = 0; turn < 40; ++turn) {
          config.cache.maxSize = turn % 2 == 0 ? 50'000 : 200'000;
          config.routes[0].cache.when =
              turn % 5 == 0 ? config::CacheWhen::Never : config::CacheWhen::Always;
          engine.apply(config);
          (void)engine.snapshot();
        }
      });
      for (auto& thread : threads) thread.join();
      changes.join();
    });
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{0});
    QTRY_COMPARE(engine.snapshot().providers[0].inflight, std::uint64_t{0});
    QVERIFY(balanced(engine.snapshot()));
    QVERIFY(engine.snapshot().cache.bytes <= 200'000);
  }
};

QTEST_GUILESS_MAIN(TestCaching)
#include "test_caching.moc"
