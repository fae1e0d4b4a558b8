// SPDX-License-Identifier: GPL-3.0-or-later
// The revisions of a config, and who shares them.
#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "gateway/config_keeper.h"
#include "gateway/engine.h"
#include "tests/support/config_scene.h"

using namespace sluice;
using namespace sluice::test;

class TestConfigHistory : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;

 private slots:
  void init() { m_file = freshConfig(m_folder); }

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
    QCOMPARE(newestOf(engine), std::string("back to revision 1: a.requests_per_minute 600 -> 500"));
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
};

QTEST_GUILESS_MAIN(TestConfigHistory)
#include "test_config_history.moc"
