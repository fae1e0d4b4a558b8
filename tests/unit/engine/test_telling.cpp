// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine tells of itself: why attempts failed, why requests were refused, what its breakers
// and its workers do.
#include <QTcpServer>
#include <QTest>
#include <algorithm>

#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;

namespace {

config::Mock failing(int status) {
  config::Mock mock = quick();
  mock.errorRate = 1;
  mock.status = status;
  return mock;
}

std::vector<std::string> textsOf(Engine& engine, Event::Kind kind) {
  std::vector<std::string> texts;
  for (const Event& event : engine.takeEvents()) {
    if (event.kind == kind) texts.push_back(event.text);
  }
  return texts;
}

}  // namespace

class TestTelling : public QObject {
  Q_OBJECT

  /// Asks once, and waits until that is counted.
  void ask(Engine& engine, int expected, const char* model = "m") {
    const auto ended = [&] {
      const RequestTotals r = engine.snapshot().requests;
      return r.started - r.inflight;
    };
    const auto before = ended();
    aside([&] {
      HttpClient client(portOf(engine));
      const auto answer = client.chat(model);
      QVERIFY(answer);
      QCOMPARE(answer->status, expected);
    });
    QTRY_COMPARE(ended(), before + 1);
    QVERIFY(balanced(engine.snapshot()));
  }

 private slots:
  void failuresAreToldApart() {
    QTcpServer silent, closed;
    QVERIFY(silent.listen(QHostAddress::LocalHost) && closed.listen(QHostAddress::LocalHost));
    const auto real = [](const char* id, const QTcpServer& server) {
      config::Provider provider;
      provider.id = id;
      provider.baseUrl = "http://127.0.0.1:" + std::to_string(server.serverPort());
      provider.timeouts.headers = config::Duration(50);
      return provider;
    };
    config::Config config = configOf(
        {mockProvider("broken", failing(503)), mockProvider("strict", failing(429)),
         mockProvider("stranger", failing(401)), real("silent", silent), real("closed", closed)});
    closed.close();
    config.routes.clear();
    for (const config::Provider& provider : config.providers) {
      config::Route route;
      route.model = provider.id;
      route.retry.attempts = 1;
      route.targets = {{provider.id, "", 1}};
      config.routes.push_back(route);
    }
    Engine engine;
    QVERIFY(engine.apply(config).applied());
    QVERIFY(!engine.start());
    ask(engine, 503, "broken");
    ask(engine, 429, "strict");
    ask(engine, 502, "stranger");
    ask(engine, 504, "silent");
    ask(engine, 502, "closed");
    const EngineSnapshot snapshot = engine.snapshot();
    QCOMPARE(snapshot.providers[0].serverErrors, 1u);
    QCOMPARE(snapshot.providers[1].rateLimited, 1u);
    QCOMPARE(snapshot.providers[2].keyRefused, 1u);
    QCOMPARE(snapshot.providers[3].timedOut, 1u);
    QCOMPARE(snapshot.providers[4].unreachable, 1u);
    for (const ProviderSnapshot& p : snapshot.providers) QCOMPARE(p.failed, 1u);
  }

  void refusalsAreToldApart() {
    config::Provider limited = mockProvider("a", quick());
    limited.limits.requestsPerMinute = 0;
    Engine engine;
    QVERIFY(engine.apply(configOf({limited})).applied());
    QVERIFY(!engine.start());
    ask(engine, 404, "unheard-of");
    config::Config next = *engine.config();
    next.providers[0].limits.requestsPerMinute.reset();
    engine.apply(next);
    engine.command("a", ProviderCommand::Trip);
    ask(engine, 503);
    engine.command("a", ProviderCommand::Reset);
    engine.command("a", ProviderCommand::Disable);
    ask(engine, 503);
    const RefusalTotals why = engine.snapshot().refusals;
    QCOMPARE(why.unknownModel, 1u);
    QCOMPARE(why.breaker, 1u);
    QCOMPARE(why.noTarget, 1u);
    QCOMPARE(why.limit + why.busy + why.invalid, 0u);
  }

  void openingsNameTheirCause() {
    config::Provider provider = mockProvider("a", failing(503));
    provider.breaker.consecutiveFailures = 2;
    provider.breaker.openFor = provider.breaker.maxOpenFor = config::Duration(100);
    Engine engine;
    QVERIFY(engine.apply(configOf({provider})).applied());
    QVERIFY(!engine.start());
    ask(engine, 503);
    ask(engine, 503);
    const auto opened = textsOf(engine, Event::Kind::BreakerOpened);
    QCOMPARE(opened.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(opened[0]),
             QStringLiteral("the breaker opened: 2 failures in a row, the last: status 503"));
    QTRY_COMPARE(engine.snapshot().providers[0].breaker.retryIn, core::Nanos{0});
    ask(engine, 503);
    const auto again = textsOf(engine, Event::Kind::BreakerOpened);
    QCOMPARE(again.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(again[0]),
             QStringLiteral("the breaker opened: a probe failed (status 503)"));
  }

  void aForcedBreakerStaysUntilItIsReset() {
    Engine engine;
    QVERIFY(engine.apply(configOf({mockProvider("a", quick())})).applied());
    QVERIFY(!engine.start());
    const auto state = [&] { return engine.snapshot().providers[0].breaker.state; };
    QVERIFY(engine.command("a", ProviderCommand::ForceOpen));
    QCOMPARE(int(state()), int(BreakerState::ForcedOpen));
    ask(engine, 503);
    QCOMPARE(textsOf(engine, Event::Kind::BreakerForcedOpen).size(), std::size_t{1});
    QVERIFY(engine.command("a", ProviderCommand::ForceClosed));
    QCOMPARE(int(state()), int(BreakerState::ForcedClosed));
    ask(engine, 200);
    QVERIFY(engine.command("a", ProviderCommand::Reset));
    QCOMPARE(int(state()), int(BreakerState::Closed));
    QVERIFY(!engine.command("nobody", ProviderCommand::ForceOpen));
  }

  void theWindowOfABreakerIsShown() {
    config::Provider provider = mockProvider("a", failing(503));
    provider.breaker.consecutiveFailures = 100;
    provider.breaker.minimumCalls = 50;
    Engine engine;
    QVERIFY(engine.apply(configOf({provider})).applied());
    QVERIFY(!engine.start());
    const auto breaker = [&] { return engine.snapshot().providers[0].breaker; };
    // The window begins with the first look, once a second.
    int asked = 0;
    while (breaker().windowCalls < 3 && asked < 20'000) {
      ask(engine, 503);
      ++asked;
    }
    const BreakerSnapshot seen = breaker();
    QVERIFY(seen.windowCalls >= 3);
    QCOMPARE(seen.windowFailures, seen.windowCalls);
    QCOMPARE(seen.minimumCalls, 50u);
    QCOMPARE(seen.window, 30 * core::kSecond);
    QCOMPARE(seen.errorRate, 0.5);
  }

  void workersTellOfTheirLoops() {
    Engine engine;
    QVERIFY(engine.apply(configOf({mockProvider("a", quick())})).applied());
    QVERIFY(!engine.start());
    ask(engine, 200);
    QTRY_VERIFY([&] {
      const auto loops = engine.snapshot().workerLoops;
      return loops.size() == 2 && std::ranges::any_of(loops, [&](const WorkerSnapshot& loop) {
               return loop.revision == engine.snapshot().revision && loop.idleUpstream == 1;
             });
    }());
  }
};

QTEST_GUILESS_MAIN(TestTelling)
#include "test_telling.moc"
