// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever comes to stand by the name of the config's file is read.
#include <unistd.h>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "gateway/config_keeper.h"
#include "gateway/engine.h"
#include "tests/support/config_scene.h"

using namespace sluice;
using namespace sluice::test;

class TestConfigWatch : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;

 private slots:
  void init() { m_file = freshConfig(m_folder); }

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
};

QTEST_GUILESS_MAIN(TestConfigWatch)
#include "test_config_watch.moc"
