// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of the config and of its file that meet: both are kept, or people are asked.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

#include "gateway/config_keeper.h"
#include "gateway/engine.h"
#include "tests/support/config_scene.h"

using namespace sluice;
using namespace sluice::test;

class TestConfigConflict : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;

 private slots:
  void init() { m_file = freshConfig(m_folder); }

  /// It was told that it is in force: an edit of the file, which knows nothing of it, does not take it back.
  void anEditOnAnotherThreadMeetsOneOfTheFile() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    write(m_file, with(kText, "weight: 2", "weight: 5"));
    std::thread([&] { engine.patch(R"({"providers": {"a": {"limits": {"queue": 9}}}})"); }).join();
    QVERIFY(engine.reload().applied());
    QCOMPARE(engine.config()->providers[0].limits.queue, 9u);
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 5u);
    QTRY_COMPARE(read(m_file), with(with(kText, "weight: 2", "weight: 5"), "queue: 7", "queue: 9"));
  }

  void anOutsideEditDuringADragIsMerged() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    engine.editOn(perMinute(900));
    write(m_file, with(kText, "weight: 2", "weight: 5"));
    engine.settle();
    QVERIFY(!engine.conflict());
    QCOMPARE(read(m_file),
             with(with(kText, "weight: 2", "weight: 5"), "minute: 500", "minute: 900"));
    QCOMPARE(limitOf(engine), 900u);
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 5u);
  }

  void peopleAreAsked_data() {
    QTest::addColumn<int>("resolution");
    QTest::addColumn<int>("limit");
    QTest::newRow("reload") << int(Resolution::Reload) << 700;
    QTest::newRow("keep mine") << int(Resolution::KeepMine) << 900;
  }
  void peopleAreAsked() {
    QFETCH(int, resolution);
    QFETCH(int, limit);
    Engine engine;
    engine.askAboutConflicts(true);
    QVERIFY(engine.load(m_file).applied());
    QSignalSpy asked(&engine, &Engine::conflicted);
    engine.editOn(perMinute(900));
    write(m_file, with(kText, "minute: 500", "minute: 700"));
    engine.settle();
    QCOMPARE(asked.count(), 1);
    QVERIFY(engine.conflict() && !engine.conflict()->merged);
    QCOMPARE(limitOf(engine), 900u);  // nothing is decided yet
    QVERIFY(read(m_file).contains("minute: 700"));
    QVERIFY(!engine.resolve(Resolution::Merge).applied());
    QVERIFY(engine.resolve(static_cast<Resolution>(resolution)).applied());
    QVERIFY(!engine.conflict());
    QCOMPARE(int(limitOf(engine)), limit);
    QVERIFY(read(m_file).contains("minute: " + QByteArray::number(limit)));
    // Nothing is lost: both are among the revisions.
    for (const char* text : {"minute: 700", "minute: 900"}) {
      bool kept = false;
      for (const Revision& r : engine.revisions()) kept |= r.text.find(text) != std::string::npos;
      QVERIFY2(kept, text);
    }
  }

  /// An edit on another thread that comes while they think meets the file's too.
  void peopleAreAskedAnewWhenMoreIsChanged() {
    Engine engine;
    engine.askAboutConflicts(true);
    QVERIFY(engine.load(m_file).applied());
    QSignalSpy asked(&engine, &Engine::conflicted);
    engine.editOn(perMinute(900));
    write(m_file, with(kText, "weight: 2", "weight: 5"));
    engine.settle();
    QVERIFY(engine.conflict() && engine.conflict()->merged);
    std::thread([&] { engine.patch(R"({"providers": {"a": {"limits": {"queue": 9}}}})"); }).join();
    for (const int times : {2, 2}) {
      QVERIFY(engine.resolve(Resolution::Merge).applied());
      QCOMPARE(asked.count(), times);
    }
    QVERIFY(!engine.conflict());
    const QByteArray both =
        with(with(kText, "weight: 2", "weight: 5"), "minute: 500", "minute: 900");
    QCOMPARE(read(m_file), with(both, "queue: 7", "queue: 9"));
    QCOMPARE(engine.config()->providers[0].limits.queue, 9u);
  }

  /// Together with what the command line says, the file's is refused: it waits, and is not overwritten.
  void whatIsRefusedAfterAMergeIsNotOverwritten_data() {
    QTest::addColumn<bool>("asked");
    QTest::newRow("people are asked") << true;
    QTest::newRow("nobody is") << false;
  }
  void whatIsRefusedAfterAMergeIsNotOverwritten() {
    QFETCH(bool, asked);
    const QByteArray closed =
        with(kText, "127.0.0.1:0'", "127.0.0.1:0', client_keys: [{id: ci, key: env:CI}]");
    write(m_file, closed);
    Engine engine;
    engine.askAboutConflicts(asked);
    engine.overrideListen("0.0.0.0", 0);
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.editOn(perMinute(900)).applied());
    write(m_file, kText);
    engine.settle();
    if (asked) QVERIFY(!engine.resolve(Resolution::Merge).applied());
    QVERIFY(engine.edit(perMinute(901), Author::Window).applied());
    QCOMPARE(read(m_file), kText);
    QVERIFY(engine.conflict());
    QVERIFY(!engine.fileState().refused.isEmpty());
    if (!asked) QVERIFY(!engine.reload().applied());
    for (const std::string& warning : warningsOf(engine)) {
      QVERIFY2(!warning.ends_with("both are in force"), warning.c_str());
    }
    write(m_file, closed);
    QTRY_COMPARE(read(m_file), with(closed, "minute: 500", "minute: 901"));
    QVERIFY(!engine.conflict() && engine.fileState().refused.isEmpty());
  }

  /// Both change it before either has looked.
  void twoProgramsEditOneFile() {
    QTemporaryDir state;
    Engine::Options options;
    options.historyFolder = state.filePath(QStringLiteral("history"));
    Engine one(options), two(options);
    QVERIFY(one.load(m_file).applied());
    QVERIFY(two.load(m_file).applied());
    QCOMPARE(ConfigHistory(options.historyFolder).revisions().size(), std::size_t{1});  // of both
    QVERIFY(one.edit(perMinute(600), Author::Window).applied());
    QVERIFY(two.patch(R"({"providers": {"a": {"limits": {"queue": 9}}}})").applied());
    const QByteArray both = with(with(kText, "minute: 500", "minute: 600"), "queue: 7", "queue: 9");
    QCOMPARE(read(m_file), both);
    QTRY_COMPARE(one.config()->providers[0].limits.queue, 9u);
    QCOMPARE(limitOf(two), 600u);
    QVERIFY(one.fileState().saved && two.fileState().saved);
  }
};

QTEST_GUILESS_MAIN(TestConfigConflict)
#include "test_config_conflict.moc"
