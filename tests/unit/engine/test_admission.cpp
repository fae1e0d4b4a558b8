// SPDX-License-Identifier: GPL-3.0-or-later
// Who is let in, who waits and who is chosen: the engine's words at work together.
#include <QSignalSpy>
#include <QTest>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;

namespace {

config::Mock endless() {
  config::Mock mock = quick();
  mock.tokensPerSecond = 1000;
  mock.replyTokens = 100'000;
  return mock;
}

config::Mock after(int ms) {
  config::Mock mock = quick();
  mock.latency = config::Duration(ms);
  return mock;
}

/// A client that has sent its request and waits.
struct Call {
  HttpClient client;
  explicit Call(const Engine& engine) : client(portOf(engine)) {
    (void)client.send(chatRequest("m", true));
  }
};

}  // namespace

class TestAdmission : public QObject {
  Q_OBJECT

  static ConcurrencySnapshot concurrency(const Engine& engine) {
    return engine.snapshot().providers[0].concurrency;
  }
  /// Starts an engine over one provider that may have one call at once.
  static std::unique_ptr<Engine> oneAtOnce(config::Mock mock, config::Config& config) {
    auto provider = mockProvider("a", mock);
    provider.limits.concurrency = 1;
    provider.limits.queue = 2;
    provider.limits.queueTimeout = config::Duration(60'000);
    config = configOf({provider});
    auto engine = std::make_unique<Engine>();
    engine->apply(config);
    return engine->start() ? nullptr : std::move(engine);
  }

 private slots:
  /// One is served, two wait their turn and are served by whichever worker they are on, a fourth is
  /// refused at once.
  void callsAtOnceWaitTheirTurn() {
    config::Config config;
    const auto engine = oneAtOnce(endless(), config);
    QVERIFY(engine);
    std::vector<std::unique_ptr<Call>> calls;
    calls.push_back(std::make_unique<Call>(*engine));
    QTRY_COMPARE(concurrency(*engine).inFlight, 1u);
    for (std::uint32_t waiting = 1; waiting <= 2; ++waiting) {
      calls.push_back(std::make_unique<Call>(*engine));
      QTRY_COMPARE(concurrency(*engine).waiting, waiting);
    }
    aside([&] {
      HttpClient late(portOf(*engine));
      const auto refused = late.chat("m");
      QCOMPARE(refused->status, 503);
      QVERIFY2(refused->body.find("1 calls under way") != std::string::npos, refused->body.c_str());
      QCOMPARE(refused->fields.at("retry-after"), std::string("1"));
    });
    for (std::size_t served = 1; served <= 2; ++served) {
      calls[served - 1].reset();
      aside([&] { QVERIFY(calls[served]->client.readUntil("\n\n")); });
      QTRY_COMPARE(engine->snapshot().providers[0].queueWait.count(), std::uint64_t{served});
      QCOMPARE(concurrency(*engine).inFlight, 1u);
    }
    QTRY_COMPARE(engine->snapshot().providers[0].busyRefused, std::uint64_t{1});
    calls.clear();
    QTRY_COMPARE(concurrency(*engine).inFlight, 0u);
    QTRY_COMPARE(concurrency(*engine).waiting, 0u);
    QTRY_COMPARE(engine->snapshot().requests.inflight, std::uint64_t{0});
    QVERIFY(balanced(engine->snapshot()));
  }

  void nobodyWaitsForEver() {
    config::Config config;
    const auto engine = oneAtOnce(endless(), config);
    QVERIFY(engine);
    const Call first(*engine);
    QTRY_COMPARE(concurrency(*engine).inFlight, 1u);
    config.providers[0].limits.queueTimeout = config::Duration(30);
    engine->apply(config);
    aside([&] {
      HttpClient late(portOf(*engine));
      const auto refused = late.chat("m");
      QCOMPARE(refused->status, 503);
      QVERIFY2(refused->body.find("none ended in 30 ms") != std::string::npos,
               refused->body.c_str());
    });
    QCOMPARE(concurrency(*engine).waiting, 0u);
    QTRY_COMPARE(engine->snapshot().requests.rejected, std::uint64_t{1});
    QVERIFY(balanced(engine->snapshot()));
  }

  /// Who leaves the queue lets the next one forward, and counts against nobody.
  void whoLeavesMakesRoom() {
    config::Config config;
    const auto engine = oneAtOnce(endless(), config);
    QVERIFY(engine);
    auto first = std::make_unique<Call>(*engine);
    QTRY_COMPARE(concurrency(*engine).inFlight, 1u);
    auto second = std::make_unique<Call>(*engine);
    QTRY_COMPARE(concurrency(*engine).waiting, 1u);
    Call third(*engine);
    QTRY_COMPARE(concurrency(*engine).waiting, 2u);
    second.reset();
    QTRY_COMPARE(concurrency(*engine).waiting, 1u);
    first.reset();
    aside([&] { QVERIFY(third.client.readUntil("\n\n")); });
    QCOMPARE(concurrency(*engine).inFlight, 1u);
    QTRY_COMPARE(engine->snapshot().requests.cancelled, std::uint64_t{2});
    QCOMPARE(engine->snapshot().providers[0].breaker.failures, 0u);
  }

  void raisingTheLimitLetsThemIn() {
    config::Config config;
    const auto engine = oneAtOnce(endless(), config);
    QVERIFY(engine);
    const Call first(*engine);
    QTRY_COMPARE(concurrency(*engine).inFlight, 1u);
    Call second(*engine), third(*engine);
    QTRY_COMPARE(concurrency(*engine).waiting, 2u);
    config.providers[0].limits.concurrency = 2;
    engine->apply(config);
    QTRY_COMPARE(concurrency(*engine).inFlight, 2u);
    config.providers[0].limits.concurrency.reset();
    engine->apply(config);
    aside([&] {
      QVERIFY(second.client.readUntil("\n\n"));
      QVERIFY(third.client.readUntil("\n\n"));
    });
    QCOMPARE(concurrency(*engine).inFlight, 3u);
  }

  /// Stopped with some served and some waiting: each ends once.
  void stopsWithAQueue() {
    config::Config config;
    auto engine = oneAtOnce(endless(), config);
    QVERIFY(engine);
    const Call first(*engine);
    QTRY_COMPARE(concurrency(*engine).inFlight, 1u);
    const Call second(*engine), third(*engine);
    QTRY_COMPARE(concurrency(*engine).waiting, 2u);
    QSignalSpy stopped(engine.get(), &Engine::stopped);
    engine->stop(std::chrono::milliseconds(10));
    QVERIFY(stopped.wait());
    QCOMPARE(engine->snapshot().requests.cancelled, std::uint64_t{3});
    QCOMPARE(concurrency(*engine).inFlight, 0u);
    QCOMPARE(concurrency(*engine).waiting, 0u);
    QVERIFY(balanced(engine->snapshot()));
  }

  /// A busy provider is passed over for one with room.
  void busyIsPassedOver() {
    auto a = mockProvider("a", endless());
    a.limits.concurrency = 1;
    Engine engine;
    engine.apply(configOf({a, mockProvider("b", quick())}));
    QVERIFY(!engine.start());
    std::vector<std::unique_ptr<Call>> calls;
    while (concurrency(engine).inFlight == 0) {
      calls.push_back(std::make_unique<Call>(engine));
      QTRY_COMPARE(engine.snapshot().requests.started, std::uint64_t{calls.size()});
    }
    aside([&] {
      HttpClient client(portOf(engine));
      for (int i = 0; i < 10; ++i) {
        QCOMPARE(client.chat("m")->fields.at("x-sluice-provider"), std::string("b"));
      }
    });
    QCOMPARE(concurrency(engine).waiting, 0u);
  }

  /// Calls under way keep others away.
  void leastConnections() {
    auto config = configOf({mockProvider("a", endless()), mockProvider("b", quick())});
    config.routes[0].balance = config::Balance::LeastConnections;
    Engine engine;
    engine.apply(config);
    QVERIFY(!engine.start());
    std::vector<std::unique_ptr<Call>> calls;
    while (concurrency(engine).inFlight == 0) {
      calls.push_back(std::make_unique<Call>(engine));
      QTRY_COMPARE(engine.snapshot().requests.started, std::uint64_t{calls.size()});
      QTRY_COMPARE(engine.snapshot().providers[1].concurrency.inFlight, 0u);
    }
    aside([&] {
      HttpClient client(portOf(engine));
      for (int i = 0; i < 20; ++i) {
        QCOMPARE(client.chat("m")->fields.at("x-sluice-provider"), std::string("b"));
      }
    });
  }

  /// A breaker that opened is given its probe, however well the others do: that its provider is
  /// unhealthy must not keep it from being found well again.
  void anOpenBreakerIsProbed() {
    auto failing = quick();
    failing.errorRate = 1;
    auto a = mockProvider("a", failing);
    a.breaker.consecutiveFailures = 1;
    a.breaker.openFor = a.breaker.maxOpenFor = config::Duration(100);
    a.breaker.halfOpenProbes = 1;
    auto config = configOf({a, mockProvider("b", quick()), mockProvider("c", quick())});
    Engine engine;
    engine.apply(config);
    QVERIFY(!engine.start());
    std::atomic<bool> done = false;
    std::thread client([&] {
      HttpClient http(portOf(engine));
      while (!done) (void)http.chat("m");
    });
    const bool ill =
        QTest::qWaitFor([&] { return engine.snapshot().providers[0].health.score == 0; }, 20'000);
    config.providers[0].mock = quick();
    engine.apply(config);
    const bool well =
        QTest::qWaitFor([&] { return engine.snapshot().providers[0].closed > 0; }, 20'000);
    done = true;
    client.join();
    QVERIFY(ill && well);
  }

  /// Once both have told how quick they are, the quick one gets what it can take.
  void latency() {
    auto config = configOf({mockProvider("a", after(2000)), mockProvider("b", quick())});
    config.routes[0].balance = config::Balance::Latency;
    Engine engine;
    engine.apply(config);
    QVERIFY(!engine.start());
    int toSlow = 0;
    aside([&] {
      HttpClient client(portOf(engine));
      for (int i = 0; i < 40; ++i) {
        toSlow += client.chat("m")->fields.at("x-sluice-provider") == "a";
      }
    });
    QCOMPARE(toSlow, 1);  // who has never answered is asked once
  }
};

QTEST_GUILESS_MAIN(TestAdmission)
#include "test_admission.moc"
