// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTest>

#include "gateway/config/json.h"

using namespace sluice::config;

namespace {

Config read(const std::string& text) {
  ReadResult result = readYaml(text);
  if (!result.config) qFatal("%s", describe(result.faults.front(), "test").c_str());
  return *result.config;
}

Config readFile(const char* path) {
  QFile file(QStringLiteral(SLUICE_SOURCE_DIR) + QString::fromLatin1(path));
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", path);
  return read(file.readAll().toStdString());
}

/// One of everything, and nothing as it is by default.
Config everything() {
  return readFile("/tests/unit/config/everything.yaml");
}

}  // namespace

class TestJson : public QObject {
  Q_OBJECT
 private slots:
  void whatIsWrittenIsReadAgain() {
    for (const Config& config :
         {everything(), read("version: 1\n"), readFile("/resources/example.yaml")}) {
      const std::string json = toJson(config);
      const ReadResult again = readYaml(json);
      QVERIFY2(again.config, again.faults.empty() ? "" : again.faults.front().message.c_str());
      QVERIFY2(*again.config == config, json.c_str());
    }
    Config config = everything();
    for (const auto level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
      config.log.level = level;
      QVERIFY(*readYaml(toJson(config)).config == config);
    }
  }

  void aPatchOfNothingChangesNothing() {
    QVERIFY(*applyPatch(everything(), "{}").config == everything());
    QVERIFY(*applyPatch(everything(), "{\"providers\": {\"one\": {}}}").config == everything());
  }

  void patchesByName() {
    const ReadResult patched =
        applyPatch(everything(),
                   "{\"log\": {\"level\": \"info\"},"
                   " \"providers\": {\"one\": {\"limits\": {\"concurrency\": null, \"queue\": 5}},"
                   "                 \"new\": {\"dialect\": \"mock\"}},"
                   " \"routes\": {\"n/*\": null, \"m\": {\"fallback\": []}}}");
    QVERIFY2(patched.config, patched.faults.empty() ? "" : patched.faults.front().message.c_str());
    Config expected = everything();
    expected.log.level = LogLevel::Info;
    expected.providers[0].limits.concurrency.reset();
    expected.providers[0].limits.queue = 5;
    expected.providers.emplace_back();
    expected.providers.back().id = "new";
    expected.providers.back().dialect = Dialect::Mock;
    expected.routes.pop_back();
    expected.routes[0].fallback.clear();
    QVERIFY(*patched.config == expected);
  }

  void patchesThatAreRefused_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const char* patch, const char* words) {
      QTest::newRow(name) << QString::fromLatin1(patch) << QString::fromLatin1(words);
    };
    row("no JSON", "providers:", "not a JSON object");
    row("a list", "[]", "not a JSON object");
    row("unknown key", "{\"colour\": 1}", "unknown key 'colour'");
    row("still referred to", "{\"providers\": {\"two\": null}}", "no provider 'two'");
    row("a new one without its url", "{\"providers\": {\"x\": {}}}", "needs a base_url");
    row("version", "{\"version\": 2}", "version 1");
    row("a literal key", "{\"providers\": {\"one\": {\"api_key\": \"sk-1\"}}}", "");
  }
  void patchesThatAreRefused() {
    QFETCH(QString, patch);
    QFETCH(QString, words);
    const ReadResult refused = applyPatch(everything(), patch.toStdString());
    QVERIFY(!refused.config && !refused.faults.empty());
    const std::string& message = refused.faults.front().message;
    QVERIFY2(message.find(words.toStdString()) != std::string::npos, message.c_str());
    QCOMPARE(refused.faults.front().line, 0);  // of no file
  }
};

QTEST_APPLESS_MAIN(TestJson)
#include "test_json.moc"
