// SPDX-License-Identifier: GPL-3.0-or-later
// One file is the truth: changes of the engine's config and of its file meet.
#include <unistd.h>
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/config/text_edit.h"
#include "gateway/config_keeper.h"
#include "gateway/engine.h"
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

const QByteArray kText =
    "# mine\nversion: 1\nserver: {listen: '127.0.0.1:0'}\nproviders:\n  - id: a   # the one\n"
    "    dialect: mock\n    limits: {requests_per_minute: 500, queue: 7}   # asked for\n"
    "routes:\n  - model: m\n    targets: [{provider: a, weight: 2}]\n";

QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
void write(const QString& path, const QByteArray& text) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
  file.write(text);
}
QByteArray with(QByteArray text, const char* from, const char* to) {
  return text.replace(from, to);
}

Engine::Change perMinute(std::uint32_t value) {
  return [value](const config::Config& now) {
    config::ReadResult changed{now, {}};
    changed.config->providers[0].limits.requestsPerMinute = value;
    return changed;
  };
}
std::vector<std::string> warningsOf(Engine& engine) {
  std::vector<std::string> all;
  for (const Event& event : engine.takeEvents()) {
    if (event.kind == Event::Kind::Warning) all.push_back(event.text);
  }
  return all;
}
std::uint32_t limitOf(const Engine& engine) {
  return engine.config()->providers[0].limits.requestsPerMinute.value_or(0);
}

}  // namespace

class TestConfigFile : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;

  std::string newest(const Engine& engine) { return engine.revisions().back().what; }

 private slots:
  void init() {
    m_file = m_folder.filePath(QStringLiteral("sluice.yaml"));
    QFile::remove(m_file);
    write(m_file, kText);
  }

  void anEditIsInForceAndInTheFile() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
    QVERIFY(engine.edit(perMinute(600), Author::Window).applied());
    QCOMPARE(limitOf(engine), 600u);
    QCOMPARE(read(m_file), with(kText, "minute: 500", "minute: 600"));
    QVERIFY(QFileInfo(m_file).permissions() & QFile::ReadGroup);
    QVERIFY(!(QFileInfo(m_file).permissions() & QFile::ReadOther));
    QCOMPARE(newest(engine), std::string("a.requests_per_minute 500 -> 600"));
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
    QCOMPARE(newest(engine), std::string("route m.targets[0].weight 2 -> 5"));
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

  /// The watcher knows files, and we names: whatever stands there is read.
  void whateverStandsThereIsWatched() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    // Replaced, while the file before lives on by another name.
    const QString before = m_folder.filePath(QStringLiteral("before"));
    QFile::remove(before);
    QCOMPARE(::link(QFile::encodeName(m_file), QFile::encodeName(before)), 0);
    const QString next = m_folder.filePath(QStringLiteral("next"));
    write(next, with(kText, "minute: 500", "minute: 501"));
    QCOMPARE(::rename(QFile::encodeName(next), QFile::encodeName(m_file)), 0);
    QTRY_COMPARE(limitOf(engine), 501u);
    write(m_file, with(kText, "minute: 500", "minute: 502"));
    QTRY_COMPARE(limitOf(engine), 502u);
    // A link to a file in another folder.
    QTemporaryDir elsewhere;
    const QString target = elsewhere.filePath(QStringLiteral("target.yaml"));
    write(target, with(kText, "minute: 500", "minute: 503"));
    const QString link = m_folder.filePath(QStringLiteral("link"));
    QCOMPARE(::symlink(QFile::encodeName(target), QFile::encodeName(link)), 0);
    QCOMPARE(::rename(QFile::encodeName(link), QFile::encodeName(m_file)), 0);
    QTRY_COMPARE(limitOf(engine), 503u);
    write(target, with(kText, "minute: 500", "minute: 504"));
    QTRY_COMPARE(limitOf(engine), 504u);
    const QString another = elsewhere.filePath(QStringLiteral("another.yaml"));
    write(another, with(kText, "minute: 500", "minute: 505"));
    QCOMPARE(::rename(QFile::encodeName(another), QFile::encodeName(target)), 0);
    QTRY_COMPARE(limitOf(engine), 505u);
  }

  /// While the watcher is told anew it sees nothing: what is saved then is read all the same.
  void whatIsSavedWhileOursIsWrittenIsSeen() {
    QFile::setPermissions(m_file, QFile::ReadOwner);
    auto config = std::make_shared<const config::Config>();
    ConfigKeeper::Hooks hooks;
    hooks.apply = [&](const config::Config& next, std::uint64_t) {
      config = std::make_shared<const config::Config>(next);
      return std::optional(std::vector<config::Fault>{});
    };
    hooks.inForce = [&] { return ConfigKeeper::Hooks::InForce{config, 1}; };
    hooks.told = [](Author, const std::string&, std::uint64_t) {};
    hooks.refused = [](const std::vector<config::Fault>&) {};
    bool saved = false;
    hooks.warn = [&](const std::string&) {  // at first that it is read-only
      if (std::exchange(saved, true)) return;
      QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner);
      write(m_file, with(kText, "weight: 2", "weight: 5"));
    };
    ConfigKeeper keeper(hooks, {});
    QVERIFY(keeper.load(m_file).empty());
    config = std::make_shared<const config::Config>(*perMinute(600)(*config).config);
    keeper.settle(Author::Window);
    QVERIFY(saved);
    QTRY_COMPARE(read(m_file),
                 with(with(kText, "weight: 2", "weight: 5"), "minute: 500", "minute: 600"));
  }

  /// One may enter it, and not read it: it is not watched, and nobody is told at each look.
  void foldersThatMayNotBeReadArePassedOver() {
    if (::geteuid() == 0) QSKIP("root may read every folder");
    const QString folder = m_folder.filePath(QStringLiteral("entered"));
    const QString file = folder + QStringLiteral("/sluice.yaml");
    QVERIFY(QDir().mkpath(folder));
    write(file, kText);
    QFile::setPermissions(folder, QFile::ExeOwner | QFile::WriteOwner);
    static std::string said;
    said.clear();
    const auto before =
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString& text) {
          said += text.toStdString();
        });
    Engine engine;
    engine.load(file);
    write(file, with(kText, "minute: 500", "minute: 501"));
    const bool seen = QTest::qWaitFor([&] { return limitOf(engine) == 501u; });
    qInstallMessageHandler(before);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner | QFile::WriteOwner);
    QVERIFY(seen);  // the file itself is watched
    QCOMPARE(said, std::string());
  }

  /// A release is another folder, to which a link then leads.
  void aLinkToAFolderOnTheWayIsWatched() {
    for (const int release : {1, 2}) {
      const QString folder = m_folder.filePath(QStringLiteral("releases/%1/etc").arg(release));
      QVERIFY(QDir().mkpath(folder));
      write(folder + QStringLiteral("/sluice.yaml"),
            with(kText, "minute: 500", release == 1 ? "minute: 601" : "minute: 602"));
    }
    const auto lead = [this](const QByteArray& to) {
      const QByteArray link = QFile::encodeName(m_folder.filePath(QStringLiteral("current")));
      QCOMPARE(::symlink(to.constData(), (link + "_next").constData()), 0);
      QCOMPARE(::rename((link + "_next").constData(), link.constData()), 0);
    };
    lead("releases/1");
    Engine engine;
    QVERIFY(engine.load(m_folder.filePath(QStringLiteral("current/etc/sluice.yaml"))).applied());
    QCOMPARE(limitOf(engine), 601u);
    lead("releases/2");
    QTRY_COMPARE(limitOf(engine), 602u);
    write(m_folder.filePath(QStringLiteral("releases/2/etc/sluice.yaml")),
          with(kText, "minute: 500", "minute: 603"));
    QTRY_COMPARE(limitOf(engine), 603u);
    lead("releases/1");
    QTRY_COMPARE(limitOf(engine), 601u);
  }

  /// As Kubernetes does: the file is a link into a folder to which `..data` leads.
  void aMountedConfigMapIsWatched() {
    const QDir mount(m_folder.filePath(QStringLiteral("mount")));
    for (const char* version : {"..1", "..2"}) {
      QVERIFY(QDir().mkpath(mount.filePath(QLatin1String(version))));
      write(mount.filePath(QLatin1String(version) + QStringLiteral("/sluice.yaml")),
            with(kText, "minute: 500", version[2] == '1' ? "minute: 701" : "minute: 702"));
    }
    const auto link = [&](const char* to, const char* from) {
      return ::symlink(to, QFile::encodeName(mount.filePath(QLatin1String(from))).constData());
    };
    QCOMPARE(link("..1", "..data"), 0);
    QCOMPARE(link("..data/sluice.yaml", "sluice.yaml"), 0);
    Engine engine;
    QVERIFY(engine.load(mount.filePath(QStringLiteral("sluice.yaml"))).applied());
    QCOMPARE(limitOf(engine), 701u);
    QCOMPARE(link("..2", "..data_tmp"), 0);
    QVERIFY(::rename(QFile::encodeName(mount.filePath(QStringLiteral("..data_tmp"))).constData(),
                     QFile::encodeName(mount.filePath(QStringLiteral("..data"))).constData()) == 0);
    QVERIFY(QDir(mount.filePath(QStringLiteral("..1"))).removeRecursively());
    QTRY_COMPARE(limitOf(engine), 702u);
  }

  void aFolderThatIsAnotherIsWatched() {
    const QDir folder(m_folder.filePath(QStringLiteral("whole/etc")));
    const QString file = folder.filePath(QStringLiteral("sluice.yaml"));
    QVERIFY(QDir().mkpath(folder.path()));
    write(file, kText);
    Engine engine;
    QVERIFY(engine.load(file).applied());
    // Gone, and there again.
    QVERIFY(QDir(m_folder.filePath(QStringLiteral("whole"))).removeRecursively());
    QTest::qWait(100);  // noticed or not: either is fine
    QVERIFY(QDir().mkpath(folder.path()));
    write(file, with(kText, "minute: 500", "minute: 801"));
    QTRY_COMPARE(limitOf(engine), 801u);
    // Another in its place.
    const QString next = m_folder.filePath(QStringLiteral("next"));
    QVERIFY(QDir().mkpath(next));
    write(next + QStringLiteral("/sluice.yaml"), with(kText, "minute: 500", "minute: 802"));
    QVERIFY(QDir().rename(folder.path(), folder.path() + QStringLiteral(".old")));
    QVERIFY(QDir().rename(next, folder.path()));
    QTRY_COMPARE(limitOf(engine), 802u);
  }

  /// Others may write beside the file without a pause.
  void aBusyFolderDoesNotKeepFromLooking() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    QTimer busy;
    connect(&busy, &QTimer::timeout, this, [this, there = false]() mutable {
      const QString beside = m_folder.filePath(QStringLiteral("beside"));
      if (there) QFile::remove(beside);
      if (!there) write(beside, "x");
      there = !there;
    });
    busy.start(10);
    write(m_file, with(kText, "minute: 500", "minute: 901"));
    QTRY_COMPARE(limitOf(engine), 901u);
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

  void revisionsOutliveTheProgram() {
    QTemporaryDir state;
    Engine::Options options;
    options.historyFolder = state.filePath(QStringLiteral("history"));
    {
      Engine engine(options);
      QVERIFY(engine.load(m_file).applied());
      engine.edit(perMinute(600), Author::Window);
    }
    Engine engine(options);
    QVERIFY(engine.load(m_file).applied());
    QCOMPARE(engine.revisions().size(), std::size_t{2});
    QCOMPARE(engine.revisions().back().number, std::uint64_t{2});
    const std::string first = engine.revisions().front().text;
    QVERIFY(engine.replaceText(first, Author::Rollback, "back to revision 1").applied());
    QCOMPARE(read(m_file), kText);
    QCOMPARE(newest(engine), std::string("back to revision 1: a.requests_per_minute 600 -> 500"));
    const auto files = QDir(options.historyFolder).entryInfoList(QDir::Files);
    QCOMPARE(files.size(), 3);
    for (const QFileInfo& file : files) {
      QVERIFY(!(file.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    }
  }

  /// Two programs, one state directory: each revision of both is kept, and in turn.
  void twoProgramsShareAHistory() {
    QTemporaryDir state;
    Engine::Options options;
    options.historyFolder = state.filePath(QStringLiteral("history"));
    const QString other = m_folder.filePath(QStringLiteral("other.yaml"));
    write(other, with(kText, "minute: 500", "minute: 1"));
    Engine one(options), two(options);
    QVERIFY(one.load(m_file).applied());
    QVERIFY(two.load(other).applied());
    for (const std::uint32_t value : {10u, 20u, 30u}) {
      QVERIFY(one.edit(perMinute(value), Author::Window).applied());
      QVERIFY(two.edit(perMinute(value + 1), Author::Window).applied());
    }
    const ConfigHistory kept(options.historyFolder);
    std::vector<std::uint64_t> numbers;
    QByteArray limits;
    for (const Revision& revision : kept.revisions()) {
      numbers.push_back(revision.number);
      const std::size_t at = revision.text.find("minute: ") + 8;
      limits += revision.text.substr(at, revision.text.find(',', at) - at) + " ";
    }
    QCOMPARE(limits, QByteArray("500 1 10 11 20 21 30 31 "));
    QCOMPARE(numbers, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
    // Each knows of what the other did before.
    QCOMPARE(two.revisions().size(), std::size_t{8});
  }

  /// The other has kept so many that those after ours are gone: their numbers are not given again.
  void numbersThatTheOtherDroppedAreNotGivenAgain() {
    QTemporaryDir state;
    const auto textOf = [](std::size_t i) { return "text " + std::to_string(i); };
    ConfigHistory one(state.path());
    QCOMPARE(one.add(Author::Window, {}, "mine"), QString());
    ConfigHistory two(state.path());
    const std::size_t many = ConfigHistory::kMost + 5;
    for (std::size_t i = 0; i < many; ++i) two.add(Author::Window, {}, textOf(i));
    QCOMPARE(one.add(Author::Window, {}, textOf(many - 1)), QString());  // the newest is the same
    QCOMPARE(one.add(Author::Window, {}, "mine again"), QString());
    QCOMPARE(one.revisions().back().number, std::uint64_t{many + 2});
    const ConfigHistory kept(state.path());
    QCOMPARE(kept.revisions().size(), ConfigHistory::kMost);
    QCOMPARE(kept.revisions().back().text, std::string("mine again"));
    QCOMPARE(kept.revisions().front().text, textOf(many - ConfigHistory::kMost + 1));
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
