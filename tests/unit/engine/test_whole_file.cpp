// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <future>
#include <memory>
#include <thread>

#include "gateway/whole_file.h"

using namespace sluice;

namespace {

std::string read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string("(none)");
}
void write(const QString& path, const QByteArray& text) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
  file.write(text);
}
constexpr auto kOwner = QFile::ReadOwner | QFile::WriteOwner;
constexpr auto kUser = QFile::ReadUser | QFile::WriteUser;  // the owner, to who asks

}  // namespace

class TestWholeFile : public QObject {
  Q_OBJECT
  std::unique_ptr<QTemporaryDir> m_folder;
  QString m_file;

  QStringList inFolder() const {
    return QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden | QDir::System);
  }

 private slots:
  void init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath(QStringLiteral("config.yaml"));
  }

  void replacesWhatIsExpected() {
    write(m_file, "old");
    QVERIFY(QFile::setPermissions(m_file, kOwner | QFile::ReadGroup));
    const Replaced replaced = replaceWhole(m_file, "old", "new");
    QCOMPARE(replaced.problem, QString());
    QVERIFY(!replaced.theirs);
    QCOMPARE(read(m_file), std::string("new"));
    QCOMPARE(QFile::permissions(m_file) & ~kUser, kOwner | QFile::ReadGroup);
    QCOMPARE(inFolder(), QStringList(QStringLiteral("config.yaml")));
  }

  /// As far as the system lets us: root writes for others.
  void itsOwnerAndGroupStay() {
    if (::geteuid() != 0) QSKIP("only root can give files away");
    write(m_file, "old");
    const QByteArray name = QFile::encodeName(m_file);
    QCOMPARE(::chown(name.constData(), 12, 34), 0);
    QVERIFY(QFile::setPermissions(m_file, kOwner | QFile::ReadGroup));
    const auto isAsBefore = [&] {
      struct stat now {};
      return ::stat(name.constData(), &now) == 0 && now.st_uid == 12 && now.st_gid == 34 &&
             (now.st_mode & 07777) == 0640;
    };
    QCOMPARE(replaceWhole(m_file, "old", "new").problem, QString());
    QVERIFY(isAsBefore());
    QCOMPARE(writeWhole(m_file, "newer"), QString());
    QVERIFY(isAsBefore());
    QCOMPARE(read(m_file), std::string("newer"));
  }

  void aNewFileIsItsOwnersAlone() {
    QCOMPARE(replaceWhole(m_file, "", "new").problem, QString());
    QCOMPARE(read(m_file), std::string("new"));
    QCOMPARE(QFile::permissions(m_file) & ~kUser, kOwner);
    QFile::remove(m_file);
    QCOMPARE(writeWhole(m_file, "again"), QString());
    QCOMPARE(QFile::permissions(m_file) & ~kUser, kOwner);
  }

  /// At the very last moment, where a look before would be too early.
  void losesNoEdit_data() {
    QTest::addColumn<bool>("inPlace");
    QTest::newRow("written in place") << true;
    QTest::newRow("replaced by another file") << false;
  }
  void losesNoEdit() {
    QFETCH(bool, inPlace);
    write(m_file, "old");
    const Replaced replaced = replaceWhole(m_file, "old", "new", [&] {
      const QString written = inPlace ? m_file : m_folder->filePath(QStringLiteral("of another"));
      write(written, "theirs");
      if (!inPlace) {
        QCOMPARE(
            ::rename(QFile::encodeName(written).constData(), QFile::encodeName(m_file).constData()),
            0);
      }
    });
    QCOMPARE(replaced.problem, QString());
    QVERIFY(replaced.theirs);
    QCOMPARE(*replaced.theirs, std::string("theirs"));
    QCOMPARE(read(m_file), std::string("theirs"));
    QCOMPARE(inFolder(), QStringList(QStringLiteral("config.yaml")));
  }

  /// Two programs at once: one is first, and the other is told.
  void twoWritersDoNotMixUp() {
    write(m_file, "old");
    std::promise<void> secondIsReady, firstIsDone;
    Replaced second;
    std::thread other([&] {
      second = replaceWhole(m_file, "old", "second", [&] {
        secondIsReady.set_value();
        firstIsDone.get_future().wait();
      });
    });
    const Replaced first =
        replaceWhole(m_file, "old", "first", [&] { secondIsReady.get_future().wait(); });
    firstIsDone.set_value();
    other.join();
    QCOMPARE(first.problem, QString());
    QVERIFY(!first.theirs);
    QCOMPARE(read(m_file), std::string("first"));
    QCOMPARE(second.theirs.value_or("(none)"), std::string("first"));
    QCOMPARE(inFolder(), QStringList(QStringLiteral("config.yaml")));
  }

  void aFileThatWentIsWrittenAnew() {
    write(m_file, "old");
    const Replaced replaced = replaceWhole(m_file, "old", "new", [&] { QFile::remove(m_file); });
    QCOMPARE(replaced.problem, QString());
    QVERIFY(!replaced.theirs);
    QCOMPARE(read(m_file), std::string("new"));
  }

  void aLinkStaysOne() {
    const QString link = m_folder->filePath(QStringLiteral("link.yaml"));
    write(m_file, "old");
    QVERIFY(QFile::link(m_file, link));
    QCOMPARE(replaceWhole(link, "old", "new").problem, QString());
    QVERIFY(QFileInfo(link).isSymLink());
    QCOMPARE(read(m_file), std::string("new"));
  }

  void whatCannotBeWrittenIsNamed() {
    const QString file = m_folder->filePath(QStringLiteral("nowhere/config.yaml"));
    const Replaced replaced = replaceWhole(file, "", "new");
    QVERIFY2(replaced.problem.startsWith(QStringLiteral("cannot write ") + file + QLatin1Char(':')),
             qPrintable(replaced.problem));
    QVERIFY(!replaced.theirs);
  }
};

QTEST_GUILESS_MAIN(TestWholeFile)
#include "test_whole_file.moc"
