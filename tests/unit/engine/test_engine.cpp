// SPDX-License-Identifier: GPL-3.0-or-later
// The engine as its users see it: real sockets, the built-in mock providers behind.
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;
using std::chrono::milliseconds;

class TestEngine : public QObject {
  Q_OBJECT
 private slots:
  void startsStopsAndKeepsItsCounts() {
    Engine engine;
    QVERIFY(engine.start());  // no config yet: an error
    QVERIFY(engine.apply(configOf({mockProvider("a", quick())})).applied());
    for (std::uint64_t round = 1; round <= 3; ++round) {
      const auto error = engine.start();
      QVERIFY2(!error, error ? qPrintable(error->message) : "");
      QVERIFY(engine.running());
      aside([&] {
        HttpClient client(portOf(engine));
        const auto answer = client.chat("m");
        QVERIFY(answer && answer->status == 200);
        QCOMPARE(answer->fields.at("x-sluice-provider"), std::string("a"));
      });
      QTRY_COMPARE(engine.snapshot().requests.ok, round);
      QSignalSpy stopped(&engine, &Engine::stopped);
      engine.stop(milliseconds(5'000));
      QVERIFY(stopped.wait());
      QVERIFY(!engine.running());
      QCOMPARE(engine.snapshot().requests.ok, round);
      QVERIFY(balanced(engine.snapshot()));
    }
  }

  void aTakenPortIsTold() {
    Engine first, second;
    auto config = configOf({mockProvider("a", quick())});
    first.apply(config);
    QVERIFY(!first.start());
    config.server.port = portOf(first);
    second.apply(config);
    const auto error = second.start();
    QVERIFY(error);
    QCOMPARE(int(error->kind), int(StartError::Kind::PortTaken));
    QVERIFY(error->nextFreePort > config.server.port);
    QVERIFY(error->message.contains(QString::number(config.server.port)));
    second.overrideListen("127.0.0.1", error->nextFreePort);
    QVERIFY(!second.start());
    QCOMPARE(portOf(second), error->nextFreePort);
  }

  void drainsWhatIsUnderWay() {
    Engine engine;
    auto mock = quick();
    mock.latency = config::Duration(300);
    engine.apply(configOf({mockProvider("a", mock)}));
    QVERIFY(!engine.start());
    // On one worker a connection with nothing to do; its end must not stand for the other worker's.
    HttpClient idle(portOf(engine));
    aside([&] { QCOMPARE(idle.chat("unknown")->status, 404); });
    HttpClient client(portOf(engine));
    QVERIFY(client.send(chatRequest("m", true)));
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{1});
    QSignalSpy stopped(&engine, &Engine::stopped);
    engine.stop(milliseconds(10'000));
    std::string all;
    aside([&] { all = client.readAll(); });
    QVERIFY(all.find("data: [DONE]\n\n") != std::string::npos);
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(engine.snapshot().requests.ok, std::uint64_t{1});
  }

  /// With requests in every phase: cut at once, each counted once, nothing touched afterwards.
  void cutsWhatDoesNotEnd() {
    auto slow = quick();
    slow.latency = config::Duration(60'000);
    auto trickle = quick();
    trickle.tokensPerSecond = 10;
    trickle.replyTokens = 10'000;
    auto engine = std::make_unique<Engine>();
    engine->apply(configOf({mockProvider("a", slow), mockProvider("b", trickle)}));
    QVERIFY(!engine->start());
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 8; ++i) {
      clients.push_back(std::make_unique<HttpClient>(portOf(*engine)));
      QVERIFY(clients.back()->send(chatRequest("m", true)));
    }
    clients.push_back(std::make_unique<HttpClient>(portOf(*engine)));
    QVERIFY(clients.back()->send("POST /v1/chat/comp"));  // in the middle of a head
    QTRY_COMPARE(engine->snapshot().requests.inflight, std::uint64_t{8});
    QSignalSpy stopped(engine.get(), &Engine::stopped);
    engine->stop(milliseconds(50));
    QVERIFY(stopped.wait());
    QCOMPARE(engine->snapshot().requests.cancelled, std::uint64_t{8});
    QVERIFY(balanced(engine->snapshot()));
    // Those who ask are told why, in the stream or instead of it.
    int told = 0;
    aside([&] {
      for (std::size_t i = 0; i < 8; ++i) {
        const std::string all = clients[i]->readAll();
        told += all.find("the gateway is stopping") != std::string::npos ? 1 : 0;
        QVERIFY(all.find("[DONE]") == std::string::npos);
      }
    });
    QCOMPARE(told, 8);
    QVERIFY(!engine->start());
    clients[0] = std::make_unique<HttpClient>(portOf(*engine));
    QVERIFY(clients[0]->send(chatRequest("m", true)));
    QTRY_COMPARE(engine->snapshot().requests.inflight, std::uint64_t{1});
    engine.reset();  // destroyed while serving
  }

  void aClientThatLeavesIsCancelled() {
    Engine engine;
    auto trickle = quick();
    trickle.tokensPerSecond = 20;
    trickle.replyTokens = 10'000;
    engine.apply(configOf({mockProvider("a", trickle)}));
    QVERIFY(!engine.start());
    {
      HttpClient client(portOf(engine));
      QVERIFY(client.send(chatRequest("m", true)));
      aside([&] { QVERIFY(client.readUntil("\n\n")); });
    }
    QTRY_COMPARE(engine.snapshot().requests.cancelled, std::uint64_t{1});
    QCOMPARE(engine.snapshot().providers[0].breaker.failures, 0u);
    QVERIFY(balanced(engine.snapshot()));
  }

  void limitsHoldFromTheNextRequestOn() {
    Engine engine;
    auto config = configOf({mockProvider("a", quick())});
    engine.apply(config);
    QVERIFY(!engine.start());
    aside([&] {
      HttpClient client(portOf(engine));
      for (int i = 0; i < 20; ++i) QCOMPARE(client.chat("m")->status, 200);
      config.providers[0].limits.requestsPerMinute = 1;
      QVERIFY(engine.apply(config).applied());
      QCOMPARE(client.chat("m")->status, 200);  // the one saved up
      const auto refused = client.chat("m");
      QCOMPARE(refused->status, 429);
      QVERIFY(std::stoi(refused->fields.at("retry-after")) > 50);
      QVERIFY(refused->body.find("rate_limit_exceeded") != std::string::npos);
      config.providers[0].limits.requestsPerMinute.reset();
      engine.apply(config);
      for (int i = 0; i < 20; ++i) QCOMPARE(client.chat("m")->status, 200);
    });
  }

  void aFailingProviderIsPassedOver() {
    Engine engine;
    auto failing = quick();
    failing.errorRate = 1;
    failing.status = 500;
    auto a = mockProvider("a", failing);
    a.breaker.consecutiveFailures = 3;
    a.breaker.openFor = config::Duration(60'000);
    auto config = configOf({a, mockProvider("b", quick())});
    engine.apply(config);
    QVERIFY(!engine.start());
    aside([&] {
      HttpClient client(portOf(engine));
      int failed = 0;
      for (int i = 0; i < 20; ++i) failed += client.chat("m")->status == 500;
      QCOMPARE(failed, 3);
      config.providers[1].state = config::ProviderState::Disabled;
      engine.apply(config);
      const auto none = client.chat("m");
      QCOMPARE(none->status, 503);
      QVERIFY(std::stoi(none->fields.at("retry-after")) > 30);
    });
    const auto snapshot = engine.snapshot();
    QCOMPARE(int(snapshot.providers[0].breaker.state), int(BreakerState::Open));
    bool told = false;
    for (const Event& event : engine.takeEvents())
      told = told || event.kind == Event::Kind::BreakerOpened;
    QVERIFY(told);
  }

  /// Most calls fail, but never as many in a row as would open the breaker by themselves.
  void aProviderThatFailsTooOftenIsLeftAlone() {
    Engine engine;
    auto failing = quick();
    failing.errorRate = 0.7;
    auto a = mockProvider("a", failing);
    a.breaker.consecutiveFailures = 1'000'000;
    a.breaker.openFor = config::Duration(60'000);
    engine.apply(configOf({a}));
    QVERIFY(!engine.start());
    std::atomic<bool> done = false;
    std::thread client([&] {
      HttpClient http(portOf(engine));
      while (!done) (void)http.chat("m");
    });
    const bool opened = QTest::qWaitFor(
        [&] { return engine.snapshot().providers[0].breaker.state == BreakerState::Open; }, 20'000);
    done = true;
    client.join();  // before any check can leave
    QVERIFY(opened);
    QCOMPARE(engine.snapshot().providers[0].opened, std::uint64_t{1});
    std::string told;
    for (const Event& event : engine.takeEvents()) {
      if (event.kind == Event::Kind::BreakerOpened) told = event.text;
    }
    QVERIFY2(told.find("calls failed in") != std::string::npos, told.c_str());
  }

  /// Revisions alternate provider and model. Whatever a request was pinned to when it began must be
  /// what its answer says when it ends.
  void tenThousandSwapsUnderLoad() {
    Engine engine;
    const auto configFor = [](std::uint64_t revision) {
      auto config = configOf({mockProvider("odd", quick()), mockProvider("even", quick())});
      const bool odd = revision % 2 == 1;
      config.routes[0].targets = {{odd ? "odd" : "even", odd ? "model-odd" : "model-even", 1}};
      return config;
    };
    QCOMPARE(engine.apply(configFor(1)).revision, std::uint64_t{1});
    QVERIFY(!engine.start());
    constexpr int kClients = 4;
    std::atomic<bool> done = false;
    std::atomic<int> requests = 0, failed = 0, torn = 0, running = 0;
    std::vector<std::thread> clients;
    for (int c = 0; c < kClients; ++c) {
      clients.emplace_back([&, c] {
        HttpClient client(portOf(engine));
        ++running;
        while (!done) {
          const auto answer = client.chat("m", c % 2 == 0);
          ++requests;
          if (!answer || answer->status != 200) {
            ++failed;
            continue;
          }
          const bool odd = std::stoull(answer->fields.at("x-sluice-revision")) % 2 == 1;
          const std::string mine = odd ? "\"model\":\"model-odd\"" : "\"model\":\"model-even\"";
          const std::string other = odd ? "\"model\":\"model-even\"" : "\"model\":\"model-odd\"";
          if (answer->fields.at("x-sluice-provider") != (odd ? "odd" : "even") ||
              answer->body.find(mine) == std::string::npos ||
              answer->body.find(other) != std::string::npos) {
            ++torn;
          }
        }
      });
    }
    QTRY_COMPARE(running.load(), kClients);
    for (std::uint64_t revision = 2; revision <= 10'000; ++revision) {
      QCOMPARE(engine.apply(configFor(revision)).revision, revision);
      if (revision % 100 == 0) QCoreApplication::processEvents();
    }
    done = true;
    for (auto& client : clients) client.join();
    QCOMPARE(failed.load(), 0);
    QCOMPARE(torn.load(), 0);
    QVERIFY2(requests > 100, qPrintable(QString::number(requests)));
    QTRY_COMPARE(engine.snapshot().requests.ok, static_cast<std::uint64_t>(requests.load()));
    QVERIFY(balanced(engine.snapshot()));
  }

  /// An inconsistent snapshot would show here.
  void snapshotsBalanceUnderLoad() {
    Engine engine;
    auto flaky = quick();
    flaky.errorRate = 0.3;
    engine.apply(configOf({mockProvider("a", flaky), mockProvider("b", quick())}));
    QVERIFY(!engine.start());
    std::atomic<bool> done = false;
    std::vector<std::thread> clients;
    for (int c = 0; c < 3; ++c) {
      clients.emplace_back([&] {
        HttpClient client(portOf(engine));
        while (!done) (void)client.chat("m");
      });
    }
    bool good = true;
    for (int i = 0; i < 3'000; ++i) good = balanced(engine.snapshot()) && good;
    QTRY_VERIFY(engine.snapshot().requests.ok > 50);
    done = true;
    for (auto& client : clients) client.join();
    QVERIFY(good);
  }

  void filesAreWatchedAndBadOnesRefused() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("sluice.yaml"));
    const auto write = [&](const QByteArray& text) {
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
      file.write(text);
    };
    const QByteArray good =
        "version: 1\nserver: {listen: '127.0.0.1:0'}\nproviders: [{id: a, dialect: "
        "mock}]\nroutes:\n"
        "  - {model: m, targets: [{provider: a}]}\n";
    Engine engine;
    QVERIFY(!engine.reload().applied());
    QVERIFY(!engine.load(path).applied());  // not there
    write(good);
    QCOMPARE(engine.load(path).revision, std::uint64_t{1});
    QSignalSpy refused(&engine, &Engine::configRefused);
    QSignalSpy changed(&engine, &Engine::configChanged);
    write(good + "colour: red\n");
    QVERIFY(refused.wait());
    const auto faults = refused[0][1].value<std::vector<config::Fault>>();
    QCOMPARE(faults[0].line, 6);
    QCOMPARE(engine.snapshot().revision, std::uint64_t{1});
    QCOMPARE(engine.snapshot().configRejected, std::uint64_t{2});
    write(good + "  - {model: n, targets: [{provider: a}]}\n");
    QVERIFY(changed.wait());
    QCOMPARE(engine.config()->routes.size(), std::size_t{2});
    // As editors save: a new file moved over the old one.
    QFile other(folder.filePath(QStringLiteral("new")));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write(good);
    other.close();
    QVERIFY(QFile::remove(path) && other.rename(path));
    QVERIFY(changed.wait());
    QCOMPARE(engine.config()->routes.size(), std::size_t{1});
  }

  void malformedAndOversized_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("status");
    const QByteArray head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
    QTest::newRow("not http") << QByteArray("hello there\r\n\r\n") << 400;
    QTest::newRow("no host") << QByteArray("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
                             << 400;
    QTest::newRow("foreign host")
        << QByteArray("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        << 403;
    QTest::newRow("large head") << head + "X: " + QByteArray(40'000, 'x') + "\r\n\r\n" << 431;
    QTest::newRow("large body") << head + "Content-Length: 99999999999\r\n\r\n{}" << 413;
    QTest::newRow("smuggling")
        << head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        << 400;
    QTest::newRow("unknown path")
        << QByteArray("GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") << 404;
    QTest::newRow("wrong method")
        << QByteArray(
               "GET /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        << 405;
  }
  void malformedAndOversized() {
    QFETCH(QByteArray, text);
    QFETCH(int, status);
    Engine engine;
    engine.apply(configOf({mockProvider("a", quick())}));
    QVERIFY(!engine.start());
    aside([&] {
      HttpClient client(portOf(engine));
      QVERIFY(client.send(text.toStdString()));
      const std::string all = client.readAll();  // and the connection is closed
      QVERIFY2(all.starts_with("HTTP/1.1 " + std::to_string(status)), all.c_str());
      QVERIFY(all.find("{\"error\":{\"message\":") != std::string::npos);
    });
  }

  void pipelinedRequestsAreAnsweredInOrder() {
    Engine engine;
    engine.apply(configOf({mockProvider("a", quick())}));
    QVERIFY(!engine.start());
    aside([&] {
      HttpClient client(portOf(engine));
      QVERIFY(client.send(chatRequest("m", false) + chatRequest("nope", false) +
                          chatRequest("m", true) +
                          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
      const std::string all = client.readAll();
      const auto first = all.find("\"object\":\"chat.completion\"");
      const auto second = all.find("model_not_found");
      const auto third = all.find("data: [DONE]");
      const auto fourth = all.find("\"status\":\"ok\"");
      QVERIFY2(first < second && second < third && third < fourth && fourth != std::string::npos,
               all.c_str());
    });
  }
};

QTEST_GUILESS_MAIN(TestEngine)
#include "test_engine.moc"
