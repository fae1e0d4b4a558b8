// SPDX-License-Identifier: GPL-3.0-or-later
// One file is the truth: changes of the engine's config and of its file meet.
#include <unistd.h>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <utility>

#include "gateway/engine.h"
#include "tests/support/config_scene.h"
#include "tests/support/engine_scene.h"

using namespace sluice;
using namespace sluice::test;

namespace {

/// What stands behind an alias cannot be changed there alone.
const QByteArray kAliased =
    "version: 1\nserver: {listen: '127.0.0.1:0'}\nproviders:\n"
    "  - {id: a, dialect: mock, limits: &usual {queue: 7}}\n"
    "  - {id: b, dialect: mock, limits: *usual}\n"
    "routes:\n  - model: m\n    targets: [{provider: a, weight: 2}]\n";
const char* const kQueue9 = R"({"providers": {"b": {"limits": {"queue": 9}}}})";

}  // namespace

class TestConfigFile : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;

 private slots:
  void init() { m_file = freshConfig(m_folder); }

  void anEditIsInForceAndInTheFile() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
    QVERIFY(engine.edit(perMinute(600), Author::Window).applied());
    QCOMPARE(limitOf(engine), 600u);
    QCOMPARE(read(m_file), with(kText, "minute: 500", "minute: 600"));
    QVERIFY(QFileInfo(m_file).permissions() & QFile::ReadGroup);
    QVERIFY(!(QFileInfo(m_file).permissions() & QFile::ReadOther));
    QCOMPARE(newestOf(engine), std::string("a.requests_per_minute 500 -> 600"));
    QVERIFY(engine.fileState().saved);
    // Its own writing is no edit of somebody else.
    const auto revision = engine.snapshot().revision;
    const auto kept = engine.revisions().size();
    QTest::qWait(200);
    QCOMPARE(engine.snapshot().revision, revision);
    QCOMPARE(engine.revisions().size(), kept);
  }

  void readingWhatHasNotChangedIsNoRevisionOfTheFile() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    const auto kept = engine.revisions().size();
    engine.takeEvents();
    QVERIFY(engine.reload().applied());
    QCOMPARE(engine.revisions().size(), kept);
    QVERIFY(
        engine.takeEvents().back().text.starts_with("nothing has changed but perhaps the keys"));
    // With an edit that goes on, that stays.
    QVERIFY(engine.editOn(perMinute(501)).applied());
    QVERIFY(engine.reload().applied());
    QCOMPARE(limitOf(engine), 501u);
  }

  void aDragIsWrittenOnce() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    engine.takeEvents();
    for (std::uint32_t value = 501; value < 540; ++value) {
      QVERIFY(engine.editOn(perMinute(value)).applied());
      QCOMPARE(limitOf(engine), value);
      QCOMPARE(read(m_file), kText);
    }
    QVERIFY(!engine.fileState().saved);
    engine.settle();
    QCOMPARE(read(m_file), with(kText, "minute: 500", "minute: 539"));
    QCOMPARE(engine.revisions().size(), std::size_t{2});
    int applied = 0;
    for (const Event& event : engine.takeEvents()) {
      applied += event.kind == Event::Kind::ConfigApplied;
    }
    QCOMPARE(applied, 1);
  }

  void links() {
    const QString real = m_folder.filePath(QStringLiteral("real.yaml"));
    write(real, kText);
    QFile::remove(m_file);
    QVERIFY(QFile::link(real, m_file));
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.edit(perMinute(1), Author::Window).applied());
    QVERIFY(QFileInfo(m_file).isSymLink());
    QVERIFY(read(real).contains("minute: 1,"));
  }

  void adminAndCommandsAreWrittenToo() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    aside([&] {
      engine.patch("{\"providers\": {\"a\": {\"limits\": {\"concurrency\": 3}}}}");
      engine.command("a", ProviderCommand::Drain, Author::Admin);
    });
    QTRY_VERIFY(read(m_file).contains("queue: 7, concurrency: 3}   # asked for"));
    QTRY_VERIFY(read(m_file).contains("state: drain"));
    QCOMPARE(int(engine.revisions().back().author), int(Author::Admin));
  }

  void theCommandLinesAddressIsNotWritten() {
    Engine engine;
    engine.overrideListen("127.0.0.1", 1);
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.edit(perMinute(2), Author::Window).applied());
    QCOMPARE(engine.listenAddress(), (std::pair{std::string("127.0.0.1"), std::uint16_t{1}}));
    QVERIFY(read(m_file).contains("listen: '127.0.0.1:0'"));
  }

  /// What the file says of it is the file's, whatever it says.
  void theFileMaySayTheCommandLinesAddress() {
    Engine engine;
    engine.overrideListen("127.0.0.1", 1);
    QVERIFY(engine.load(m_file).applied());
    write(m_file, with(kText, "127.0.0.1:0", "127.0.0.1:1"));
    QVERIFY(engine.reload().applied());
    QVERIFY(engine.edit(perMinute(2), Author::Admin).applied());
    QCOMPARE(read(m_file),
             with(with(kText, "127.0.0.1:0", "127.0.0.1:1"), "minute: 500", "minute: 2"));
  }

  void whoSendsTheConfigBackDoesNotWriteTheCommandLinesAddress() {
    Engine engine;
    engine.overrideListen("127.0.0.1", 1);
    QVERIFY(engine.load(m_file).applied());
    config::Config whole = *engine.config();
    whole.routes[0].targets[0].weight = 3;
    QVERIFY(engine
                .edit(
                    [&](const config::Config&) {
                      return config::ReadResult{whole, {}};
                    },
                    Author::Window)
                .applied());
    QCOMPARE(read(m_file), with(kText, "weight: 2", "weight: 3"));
  }

  void whatCannotBeWrittenHoldsUpNothingElse() {
    write(m_file, kAliased);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    engine.takeEvents();
    const auto patch = [&](const char* json) { return engine.patch(json).applied(); };
    // Of one change what can be is written.
    QVERIFY(patch(R"({"providers": {"b": {"limits": {"queue": 9}, "state": "drain"}}})"));
    QCOMPARE(engine.config()->providers[1].limits.queue, 9u);
    const QByteArray drained = with(kAliased, "*usual}", "*usual, state: drain}");
    QCOMPARE(read(m_file), drained);
    QVERIFY(!engine.fileState().saved);
    QVERIFY2(engine.fileState().problem.startsWith(
                 QLatin1String("providers[b].limits.queue cannot be changed in the file's text: it "
                               "stands behind an alias")),
             qPrintable(engine.fileState().problem));
    const auto told = warningsOf(engine);
    QCOMPARE(told.size(), std::size_t{1});
    QVERIFY(told[0].starts_with(
        "the change is in force, but not written: providers[b].limits.queue cannot"));
    // Later ones are, and nobody is told the same twice.
    QVERIFY(patch(R"({"routes": {"m": {"targets": [{"provider": "a", "weight": 5}]}}})"));
    QCOMPARE(read(m_file), with(drained, "weight: 2", "weight: 5"));
    QCOMPARE(engine.config()->providers[1].limits.queue, 9u);
    QVERIFY(!engine.fileState().saved);
    QCOMPARE(warningsOf(engine).size(), std::size_t{0});
    QCOMPARE(newestOf(engine), std::string("route m.targets[0].weight 2 -> 5"));
    // Back as the file says it.
    QVERIFY(patch(R"({"providers": {"b": {"limits": {"queue": 7}}}})"));
    QVERIFY(engine.fileState().saved && engine.fileState().problem.isEmpty());
  }

  /// It stays in force over other texts, until one of them speaks of it.
  void whatCannotBeWrittenOutlivesOtherTexts() {
    write(m_file, kAliased);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.patch(kQueue9).applied());
    engine.takeEvents();
    const auto queue = [&] { return engine.config()->providers[1].limits.queue; };
    const QByteArray other = with(kAliased, "weight: 2", "weight: 5");
    write(m_file, other);
    QVERIFY(engine.reload().applied());
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 5u);
    QCOMPARE(queue(), 9u);
    QVERIFY(!engine.fileState().saved && !engine.fileState().problem.isEmpty());
    QVERIFY(engine.replaceText(kAliased.toStdString(), Author::Window, "undo").applied());
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 2u);
    QCOMPARE(queue(), 9u);
    QCOMPARE(read(m_file), kAliased);
    QCOMPARE(warningsOf(engine).size(), std::size_t{0});
    // One that can say it does.
    const QByteArray plain = with(kAliased, "*usual", "{queue: 7}");
    write(m_file, plain);
    QVERIFY(engine.reload().applied());
    QCOMPARE(read(m_file), with(kAliased, "*usual", "{queue: 9}"));
    QVERIFY(engine.fileState().saved);
  }

  void whatCannotBeWrittenYieldsToWhoSpeaksOfIt() {
    write(m_file, kAliased);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.patch(kQueue9).applied());
    engine.takeEvents();
    write(m_file, with(kAliased, "*usual", "{queue: 8}"));
    QVERIFY(engine.reload().applied());
    QCOMPARE(engine.config()->providers[1].limits.queue, 8u);
    QVERIFY(engine.fileState().saved);
    QCOMPARE(
        warningsOf(engine),
        std::vector<std::string>{
            "a change that could not be written has given way to a later one: b.queue 7 -> 9"});
  }

  void whatCannotBeWrittenOutlivesAMerge_data() {
    QTest::addColumn<int>("resolution");
    QTest::newRow("reload") << int(Resolution::Reload);
    QTest::newRow("keep mine") << int(Resolution::KeepMine);
    QTest::newRow("merge") << int(Resolution::Merge);
  }
  void whatCannotBeWrittenOutlivesAMerge() {
    QFETCH(int, resolution);
    write(m_file, kAliased);
    Engine engine;
    engine.askAboutConflicts(true);
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.patch(kQueue9).applied());
    write(m_file, with(kAliased, "weight: 2", "weight: 5"));
    QVERIFY(engine.patch(R"({"providers": {"a": {"state": "drain"}}})").applied());
    QVERIFY(engine.conflict());
    QVERIFY(engine.resolve(static_cast<Resolution>(resolution)).applied());
    QVERIFY(!engine.conflict());
    QCOMPARE(engine.config()->providers[1].limits.queue, 9u);
  }

  void aBrokenFileIsNotOverwritten() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    const QByteArray broken = with(kText, "weight: 2", "weight: ");
    write(m_file, broken);
    QTRY_COMPARE(engine.snapshot().configRejected, std::uint64_t{1});
    QVERIFY(engine.edit(perMinute(600), Author::Window).applied());
    QCOMPARE(read(m_file), broken);
    QCOMPARE(limitOf(engine), 600u);
    QVERIFY(!engine.fileState().saved);
    QVERIFY(!engine.reload().applied());
  }

  void aRefusedFileIsKnownUntilItIsMended() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.fileState().refused.isEmpty());
    const QByteArray broken = with(kText, "weight: 2", "weight: ");
    write(m_file, broken);
    QTRY_VERIFY(!engine.fileState().refused.isEmpty());
    QVERIFY(engine.fileState().refused.startsWith(m_file + QLatin1Char(':')));
    write(m_file, kText);  // as what is in force
    QTRY_VERIFY(engine.fileState().refused.isEmpty());
    write(m_file, broken);  // the same fault again
    QTRY_VERIFY(!engine.fileState().refused.isEmpty());
    write(m_file, with(kText, "weight: 2", "weight: 5"));
    QTRY_VERIFY(engine.fileState().refused.isEmpty());
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 5u);
  }

  /// What was changed here while the file was unsound is written when it is as it was.
  void aChangeWaitsUntilTheFileIsMended() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    write(m_file, "version: [1\n");
    QTRY_VERIFY(!engine.fileState().refused.isEmpty());
    QVERIFY(engine.edit(perMinute(600), Author::Window).applied());
    QCOMPARE(read(m_file), QByteArray("version: [1\n"));
    write(m_file, kText);
    QTRY_COMPARE(read(m_file), with(kText, "minute: 500", "minute: 600"));
    QTRY_VERIFY(engine.fileState().saved);
    QCOMPARE(limitOf(engine), 600u);
  }

  void aFileThatCannotBeReadToItsEndSaysSo() {
    Engine engine;
    const ApplyResult result =
        engine.load(QStringLiteral("/proc/self/mem"));  // opens, and is not read
    QVERIFY(!result.applied());
    QVERIFY2(result.faults[0].message.starts_with("cannot read the file: "),
             result.faults[0].message.c_str());
  }

  void aReadOnlyFileSaysSo() {
    QFile::setPermissions(m_file, QFile::ReadOwner);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.fileState().readOnly.contains(QLatin1String("read-only")));
    QVERIFY(engine.edit(perMinute(600), Author::Admin).applied());
    QCOMPARE(read(m_file), kText);
    QVERIFY(!engine.fileState().saved && !engine.fileState().problem.isEmpty());
  }

  void whatCouldNotBeWrittenIsWrittenOnReload() {
    QFile::setPermissions(m_file, QFile::ReadOwner);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QVERIFY(engine.edit(perMinute(600), Author::Window).applied());
    QVERIFY(!engine.fileState().saved);
    QVERIFY(engine.reload().applied());  // still not, and in force all the same
    QCOMPARE(limitOf(engine), 600u);
    QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner);
    QVERIFY(engine.reload().applied());
    QCOMPARE(limitOf(engine), 600u);
    QCOMPARE(read(m_file), with(kText, "minute: 500", "minute: 600"));
    QVERIFY(engine.fileState().saved);
  }

  void aConfigWithoutAFileGetsOne() {
    Engine engine;
    QVERIFY(engine.applyText(kText.toStdString()).applied());
    engine.edit(perMinute(8), Author::Window);
    QVERIFY(!engine.saveAs(m_file).isEmpty());  // there is one already
    const QString fresh = m_folder.filePath(QStringLiteral("sub/new.yaml"));
    QCOMPARE(engine.saveAs(fresh), QString());
    QCOMPARE(read(fresh), with(kText, "minute: 500", "minute: 8"));
    QCOMPARE(QFileInfo(fresh).permissions() & (QFile::ReadGroup | QFile::ReadOther),
             QFile::Permissions());
    engine.edit(perMinute(9), Author::Window);
    QVERIFY(read(fresh).contains("minute: 9,"));
  }

  void killedAtAnyMomentTheFileIsWhole() {
    const QByteArray other = with(kText, "minute: 500", "minute: 64");
    for (int round = 0; round < 12; ++round) {
      write(m_file, kText);
      QProcess child;
      child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write"), m_file});
      QVERIFY(child.waitForReadyRead());
      // The moment is any: not waited for, only reached.
      QTest::qWait(static_cast<int>(QRandomGenerator::global()->bounded(40)));
      child.kill();
      child.waitForFinished();
      const QByteArray left = read(m_file);
      QVERIFY2(left == kText || left == other, left.constData());
    }
  }
};

/// Drags and lets go for ever, until it is killed.
static int writeForEver(const QString& file) {
  Engine engine;
  if (!engine.load(file).applied()) return 1;
  for (bool up = false;; up = !up) {
    engine.editOn(perMinute(77));
    engine.editOn(perMinute(up ? 500 : 64));
    engine.settle();
    if (!up && ::write(1, "x", 1) != 1) return 1;
  }
}

int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  if (argc == 3) return writeForEver(QString::fromLocal8Bit(argv[2]));
  TestConfigFile test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_config_file.moc"
