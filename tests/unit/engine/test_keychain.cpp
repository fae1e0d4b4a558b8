// SPDX-License-Identifier: GPL-3.0-or-later
// Keys that the desktop keeps: asked for once, waited for, told when there are none.
#include <QTest>
#include <map>

#include "gateway/engine.h"
#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;

namespace {

/// Answers when it is told to.
class FakeKeychain final : public Keychain {
 public:
  void read(const std::string& name, std::function<void(Answer)> done) override {
    ++reads;
    waiting.emplace_back(name, std::move(done));
  }
  void write(const std::string& name, const std::string& secret,
             std::function<void(std::string)> done) override {
    kept[name] = secret;
    done({});
  }
  void answer() {
    for (auto& [name, done] : std::exchange(waiting, {})) {
      const auto at = kept.find(name);
      done(at == kept.end() ? Answer{{}, "nothing under " + name} : Answer{at->second, {}});
    }
  }
  int reads = 0;
  std::map<std::string, std::string> kept;
  std::vector<std::pair<std::string, std::function<void(Answer)>>> waiting;
};

config::Config referring() {
  config::Config config;
  config.server.port = 0;
  config::Provider provider;
  provider.id = "a";
  provider.baseUrl = "http://127.0.0.1:9/v1";
  provider.apiKey = "keychain:one";
  config.providers = {provider};
  return config;
}

std::string unready(const Engine& engine) {
  return engine.snapshot().providers[0].unready;
}

}  // namespace

class TestKeychain : public QObject {
  Q_OBJECT
 private slots:
  void isWaitedForAndAskedOnce() {
    FakeKeychain keychain;
    keychain.kept["one"] = "secret";
    Engine::Options options;
    options.keychain = &keychain;
    Engine engine(options);
    QVERIFY(engine.apply(referring()).applied());
    QVERIFY(unready(engine).find("waits for its key") != std::string::npos);
    QTRY_COMPARE(keychain.waiting.size(), std::size_t{1});
    keychain.answer();
    QTRY_VERIFY(unready(engine).empty());
    for (int i = 0; i < 3; ++i) {
      auto next = referring();
      next.providers[0].limits.queue = static_cast<std::uint32_t>(i);
      QVERIFY(engine.apply(next).applied());
      QVERIFY(unready(engine).empty());
    }
    QCOMPARE(keychain.reads, 1);
    QVERIFY(engine.configText().find("keychain:one") != std::string::npos);
    QVERIFY(engine.configText().find("secret") == std::string::npos);
  }

  void aMissingOneIsToldAndComes() {
    FakeKeychain keychain;
    Engine::Options options;
    options.keychain = &keychain;
    Engine engine(options);
    QVERIFY(engine.apply(referring()).applied());
    QTRY_COMPARE(keychain.waiting.size(), std::size_t{1});
    keychain.answer();
    QTRY_VERIFY(unready(engine).find("nothing under one") != std::string::npos);
    keychain.kept["one"] = "late";
    engine.readKeychain();
    QTRY_COMPARE(keychain.waiting.size(), std::size_t{1});
    keychain.answer();
    QTRY_VERIFY(unready(engine).empty());
  }

  void withoutAKeychainItSaysSo() {
    Engine engine;
    QVERIFY(engine.apply(referring()).applied());
    QTRY_VERIFY(unready(engine).find("no keychain here; use env:NAME") != std::string::npos);
  }

  void anAnswerThatComesTooLateIsHarmless() {
    FakeKeychain keychain;
    {
      Engine::Options options;
      options.keychain = &keychain;
      Engine engine(options);
      QVERIFY(engine.apply(referring()).applied());
      QTRY_COMPARE(keychain.waiting.size(), std::size_t{1});
    }
    keychain.answer();
  }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "test_keychain.moc"
