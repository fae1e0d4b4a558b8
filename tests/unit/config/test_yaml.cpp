// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTest>
#include <algorithm>

#include "gateway/config/origin.h"
#include "gateway/config/presets.h"
#include "gateway/config/yaml.h"
#include "tests/support/bad_configs.h"

using namespace sluice::config;

namespace {

std::string resource(const char* name) {
  QFile file(QStringLiteral(SLUICE_SOURCE_DIR "/resources/") + QString::fromLatin1(name));
  return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::string describeAll(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) out += describe(fault, "f") + "\n";
  return out;
}

const std::string kHead = "version: 1\nproviders:\n  - id: a\n    dialect: mock\n";
const std::string kRoute = "routes:\n  - model: m\n    targets: [{provider: a}]\n";

}  // namespace

class TestYaml : public QObject {
  Q_OBJECT
 private slots:
  void readsTheExample() {
    const ReadResult read = readYaml(resource("example.yaml"));
    QVERIFY2(read.config, describeAll(read.faults).c_str());
    const Config& c = *read.config;
    QCOMPARE(c.server.host, std::string("127.0.0.1"));
    QCOMPARE(c.server.port, std::uint16_t{8787});
    QCOMPARE(c.server.maxBody, 32ull << 20);
    QCOMPARE(c.providers.size(), std::size_t{3});
    QCOMPARE(c.providers[0].apiKey, std::string("env:OPENAI_API_KEY"));
    QCOMPARE(*c.providers[0].limits.requestsPerMinute, 600u);
    QCOMPARE(c.providers[0].breaker.maxOpenFor, Duration(120'000));
    QCOMPARE(c.providers[0].timeouts.total, Duration(600'000));
    QVERIFY(!c.providers[1].limits.requestsPerMinute);
    QCOMPARE(c.providers[2].mock.errorRate, 0.1);
    QCOMPARE(c.routes[0].targets[0].weight, 3u);
    QCOMPARE(c.routes[2].model, std::string("*"));
  }

  void readsTheDemo() {
    const ReadResult read = readYaml(resource("demo.yaml"));
    QVERIFY2(read.config, describeAll(read.faults).c_str());
    QCOMPARE(read.config->providers.size(), std::size_t{3});
    for (const Provider& provider : read.config->providers) {
      QCOMPARE(int(provider.dialect), int(Dialect::Mock));
    }
  }

  void whatIsLoopback() {
    for (const char* host : {"127.0.0.1", "127.255.0.9", "::1", "0:0:0:0:0:0:0:1", "::1%lo",
                             "::ffff:127.0.0.1", "::ffff:7f00:1"}) {
      QVERIFY2(isLoopback(host) && isThisMachine(host), host);
    }
    for (const char* host : {"0.0.0.0", "::"}) {
      QVERIFY2(!isLoopback(host) && isThisMachine(host), host);
    }
    for (const char* host :
         {"128.0.0.1", "10.127.0.1", "127.example.org", "::2", "fe80::1%lo", ""}) {
      QVERIFY2(!isLoopback(host) && !isThisMachine(host), host);
    }
    // However it is spelt, it needs no keys of clients.
    QVERIFY(readYaml("server: {listen: '[::ffff:127.0.0.1]:1'}\n" + kHead + kRoute).config);
    QVERIFY(readYaml("server: {listen: '[0:0:0:0:0:0:0:1]:1'}\n" + kHead + kRoute).config);
  }

  /// Aliases of aliases: more in a small text than the memory holds.
  void aSmallTextIsNotMadeLarge() {
    std::string text = kHead + "routes:\n  - &r\n    model: m\n    targets: [&t {provider: a}";
    for (int i = 1; i < 1000; ++i) text += ", *t";
    text += "]\n";
    for (int i = 0; i < 1000; ++i) text += "  - *r\n";
    const ReadResult read = readYaml(text);
    QVERIFY(!read.config);
    const auto isOfAliases = [](const Fault& fault) {
      return fault.message.starts_with("with those that aliases repeat");
    };
    QCOMPARE(std::ranges::count_if(read.faults, isOfAliases), 1);
  }

  /// A fault each, in a time that grows with their number and not with its square.
  void manyFaultsAreTold() {
    std::string text = "version: 1\nproviders:\n  - &a {id: a, dialect: mock}\n";
    for (int i = 0; i < 20'000; ++i) text += "  - *a\n";
    QCOMPARE(readYaml(text + kRoute).faults.size(), std::size_t{20'000});
  }

  void faultsHaveAPlace_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("words");
    for (const auto& bad : sluice::test::badConfigs()) {
      QTest::newRow(bad.name.c_str()) << QByteArray::fromStdString(bad.text) << bad.line
                                      << bad.column << QString::fromStdString(bad.words);
    }
  }
  void faultsHaveAPlace() {
    QFETCH(QByteArray, text);
    QFETCH(int, line);
    QFETCH(int, column);
    QFETCH(QString, words);
    const ReadResult read = readYaml(text.toStdString());
    QVERIFY(!read.config);
    const std::string all = describeAll(read.faults);
    QVERIFY2(!read.faults.empty(), "no fault");
    QVERIFY2(read.faults[0].line == line && read.faults[0].column == column, all.c_str());
    QVERIFY2(read.faults[0].message.find(words.toStdString()) != std::string::npos, all.c_str());
    QVERIFY2(read.faults.size() == 1, all.c_str());
  }

  /// What stands behind the first document would be ignored.
  void oneDocument() {
    const std::string sound = "version: 1\nproviders: []\nroutes: []\n";
    for (const char* behind : {"---\nversion: 1\n", "...\n---\nversion: 1\n", "--- {}\n"}) {
      const ReadResult read = readYaml(sound + behind);
      QVERIFY2(!read.config, behind);
      QVERIFY(read.faults.front().message.find("second document") != std::string::npos);
      QVERIFY(read.faults.front().line >= 4);
    }
    for (const std::string& one :
         {"---\n" + sound, sound + "...\n", "# x\n---\n" + sound + "# y\n"}) {
      QVERIFY2(readYaml(one).config, one.c_str());
    }
  }

  void tellsAllFaultsInOrder() {
    const ReadResult read = readYaml(
        "version: 1\nserver: {workers: 99, colour: red}\nproviders:\n  - {id: a, dialect: mock, "
        "mock: {status: 200}}\n"
        "routes:\n  - {model: m, targets: [{provider: b, weight: 2000}]}\n");
    QCOMPARE(read.faults.size(), std::size_t{5});
    for (std::size_t i = 1; i < read.faults.size(); ++i) {
      QVERIFY(read.faults[i - 1].line <= read.faults[i].line);
    }
  }

  void presetsFillIn() {
    for (const Preset& preset : presets()) {
      std::string text = "version: 1\nproviders:\n  - {preset: " + preset.name + ", id: mine";
      if (preset.provider.baseUrl.empty()) text += ", base_url: 'https://my.example/openai/v1'";
      const ReadResult read = readYaml(text + "}\n");
      QVERIFY2(read.config, describeAll(read.faults).c_str());
      Provider expected = preset.provider;
      expected.id = "mine";
      if (expected.baseUrl.empty()) expected.baseUrl = "https://my.example/openai/v1";
      QVERIFY(read.config->providers[0] == expected);
      QVERIFY2(preset.local == preset.keys.empty(), preset.name.c_str());
      QCOMPARE(preset.local, expected.apiKey.empty());
    }
    // Other keys win, wherever they stand.
    const ReadResult read = readYaml(
        "version: 1\nproviders:\n  - {base_url: 'http://x', id: a, responses: false, preset: "
        "openai, api_key: env:MY}\n");
    QVERIFY(read.config);
    const Provider& provider = read.config->providers[0];
    QCOMPARE(provider.baseUrl, std::string("http://x"));
    QCOMPARE(provider.apiKey, std::string("env:MY"));
    QCOMPARE(int(provider.responses), int(ResponsesApi::No));
    QCOMPARE(provider.health.path, std::string("/models"));
  }

  void keysAreOffered() {
    const auto offers = offersOfKeys([](const char* name) -> const char* {
      const std::string_view variable = name;
      if (variable == "GOOGLE_API_KEY" || variable == "AZURE_OPENAI_API_KEY") return "k";
      return variable == "OPENAI_API_KEY" ? "k" : variable == "XAI_API_KEY" ? "" : nullptr;
    });
    // A variable that is empty is none, and to Azure belongs an address.
    QCOMPARE(offers.size(), std::size_t{2});
    QCOMPARE(offers[0].because, std::string("OPENAI_API_KEY is set"));
    QCOMPARE(offers[1].provider.apiKey, std::string("env:GOOGLE_API_KEY"));
    std::vector<Offer> all = offers;
    all.push_back(offerOf(*findPreset("ollama")));
    for (const Offer& offer : all) {
      const ReadResult read = readYaml("version: 1\nproviders: [" + offer.yaml + "]\n");
      QVERIFY2(read.config, describeAll(read.faults).c_str());
      QVERIFY(read.config->providers[0] == offer.provider);
    }
  }

  void neverRepeatsAKey() {
    const ReadResult read = readYaml(
        "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', api_key: sk-secret-123}\n");
    QCOMPARE(read.faults.size(), std::size_t{1});
    const std::string words = describe(read.faults[0], "f");
    QVERIFY(words.find("env:NAME") != std::string::npos);
    QVERIFY(words.find("secret") == std::string::npos);
  }

  /// Whatever the bytes, it answers: cut at every byte, and with one byte changed at every place.
  void survivesDamage() {
    const std::string text = resource("example.yaml");
    for (std::size_t i = 0; i < text.size(); ++i) {
      (void)readYaml(text.substr(0, i));
      if (i % 7 == 0) {
        std::string damaged = text;
        damaged[i] = "\0{}[]:&*!'\"\xff"[i % 12];
        (void)readYaml(damaged);
      }
    }
    (void)readYaml(std::string(100'000, '['));
    QVERIFY(!readYaml(std::string((1 << 20) + 1, ' ')).config);
  }

  void listenAddresses() {
    QCOMPARE(parseListen("127.0.0.1:80")->second, std::uint16_t{80});
    QCOMPARE(parseListen("[::1]:0")->first, std::string("::1"));
    QCOMPARE(parseListen("localhost:1")->first, std::string("127.0.0.1"));
    for (const char* bad :
         {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a:b"}) {
      QVERIFY2(!parseListen(bad), bad);
    }
  }

  void origins() {
    const auto o = parseOrigin("https://api.example.com/v1/");
    QVERIFY(o);
    QCOMPARE(o->port, std::uint16_t{443});
    QCOMPARE(o->basePath, std::string("/v1"));
    QCOMPARE(o->authority, std::string("api.example.com"));
    const auto v6 = parseOrigin("http://[::1]:8080");
    QCOMPARE(v6->host, std::string("::1"));
    QCOMPARE(v6->authority, std::string("[::1]:8080"));
    for (const char* bad :
         {"", "http://", "ftp://a", "http://a b", "http://u@a", "http://a?x", "http://a#x",
          "http://a:0", "http://a:70000", "http://a:", "http://[::1", "http://a:1x"}) {
      QVERIFY2(!parseOrigin(bad), bad);
    }
  }
};

QTEST_APPLESS_MAIN(TestYaml)
#include "test_yaml.moc"
