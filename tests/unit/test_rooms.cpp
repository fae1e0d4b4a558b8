// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of ARCHITECTURE.md, read from the #include lines.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <map>
#include <set>

namespace {

using Rooms = std::set<std::string>;

/// What each room may include of our own, besides itself.
const std::map<std::string, Rooms> kMay = {
    {"core", {}},
    {"config", {}},
    {"dialect", {"core"}},
    {"metrics", {"core", "config"}},
    {"net", {"core", "config"}},
    {"route", {"core", "config", "dialect", "metrics"}},
    {"mock", {"core", "config", "net", "dialect"}},
    {"cache", {"core"}},
    {"health", {"core", "config", "route", "metrics", "cache", "net", "engine"}},
    {"exchange", {"core", "config", "route", "dialect", "metrics", "cache", "net", "engine"}},
};
const std::set<std::string> kNoQt = {"core", "config", "dialect"};
/// All that app/ and ui/ may know of the gateway.
const std::set<QString> kDoor = {
    QStringLiteral("gateway/engine.h"),           QStringLiteral("gateway/event.h"),
    QStringLiteral("gateway/command.h"),          QStringLiteral("gateway/metrics/snapshot.h"),
    QStringLiteral("gateway/config/config.h"),    QStringLiteral("gateway/config/yaml.h"),
    QStringLiteral("gateway/config/text_edit.h"), QStringLiteral("gateway/config_history.h"),
    QStringLiteral("gateway/config_keeper.h"),    QStringLiteral("gateway/keychain.h"),
    QStringLiteral("gateway/config/presets.h"),   QStringLiteral("gateway/config/litellm.h")};

/// The faults of one file, given by its path from the root.
QStringList faultsOf(const QString& path, const QString& text) {
  QStringList faults;
  static const QRegularExpression include(
      QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"),
      QRegularExpression::MultilineOption);
  const QStringList parts = path.split(QLatin1Char('/'));
  const std::string room = parts.size() > 2 ? parts[1].toStdString() : "engine";
  for (auto it = include.globalMatch(text); it.hasNext();) {
    const QString to = it.next().captured(1);
    const QStringList target = to.split(QLatin1Char('/'));
    const auto refuse = [&] { faults << path + QStringLiteral(" may not include ") + to; };
    if (parts[0] == QLatin1String("gateway")) {
      if (target[0] == QLatin1String("ui") || target[0] == QLatin1String("app")) refuse();
      const bool qt = QRegularExpression(QStringLiteral("^Q[A-Z]")).match(to).hasMatch();
      if (kNoQt.contains(room) && qt) refuse();
      if (target[0] != QLatin1String("gateway") || room == "engine") continue;
      // event.h and snapshot.h are value types of the door.
      const std::string other = target.size() > 2 ? target[1].toStdString() : "engine";
      if (to == QLatin1String("gateway/engine.h")) refuse();
      if (other != room && !kMay.at(room).contains(other)) refuse();
    } else if (parts[0] == QLatin1String("ui") || parts[0] == QLatin1String("app")) {
      if (target[0] == QLatin1String("gateway") && !kDoor.contains(to)) refuse();
      if (parts[0] == QLatin1String("ui") && target[0] == QLatin1String("app")) refuse();
      if (parts[0] == QLatin1String("app") && target[0] == QLatin1String("ui") &&
          to != QLatin1String("ui/window.h")) {
        refuse();
      }
    }
  }
  return faults;
}

/// Ways of sharing that others got wrong for years: fences, an atomic shared_ptr (a hidden spin lock
/// that race detectors report), locks that are neither ranked nor counted.
QStringList sharingFaultsOf(const QString& path, const QString& text) {
  if (path == QLatin1String("gateway/core/mutex.h")) return {};
  QStringList faults;
  static const QRegularExpression banned(QStringLiteral(
      "atomic_(thread|signal)_fence|atomic<\\s*std::(shared|weak)_ptr|memory_order_consume|"
      "std::(recursive_|shared_|timed_)?mutex\\b|QMutex|QReadWriteLock|(lock_guard|scoped_lock|"
      "unique_lock)\\b"));
  for (auto it = banned.globalMatch(text); it.hasNext();) {
    faults << path + QStringLiteral(" uses ") + it.next().captured();
  }
  return faults;
}

QString read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

class TestRooms : public QObject {
  Q_OBJECT
  const QDir m_root{QStringLiteral(SLUICE_SOURCE_DIR)};

  template <class Visit>
  void eachSource(const QStringList& folders, Visit visit) {
    int files = 0;
    for (const QString& folder : folders) {
      QDirIterator it(m_root.filePath(folder), {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                      QDir::Files, QDirIterator::Subdirectories);
      while (it.hasNext()) {
        const QString path = it.next();
        if (path.contains(QLatin1String("node_modules"))) continue;
        visit(m_root.relativeFilePath(path), read(path));
        ++files;
      }
    }
    QVERIFY2(files > 30, "the sources were not found");
  }

 private slots:
  void includesKeepTheRules() {
    QStringList faults;
    eachSource({QStringLiteral("gateway"), QStringLiteral("ui"), QStringLiteral("app")},
               [&](const QString& path, const QString& text) { faults += faultsOf(path, text); });
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
  }

  void theRulesBite_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("include");
    QTest::newRow("core wants Qt") << "gateway/core/x.h"
                                   << "#include <QObject>";
    QTest::newRow("config wants net") << "gateway/config/x.h"
                                      << "#include \"gateway/net/sse.h\"";
    QTest::newRow("net wants exchange") << "gateway/net/x.h"
                                        << "#include \"gateway/exchange/worker.h\"";
    QTest::newRow("ui wants net") << "ui/page/x.cpp"
                                  << "#include \"gateway/net/sse.h\"";
    QTest::newRow("app wants route") << "app/x.cpp"
                                     << "#include \"gateway/route/registry.h\"";
    QTest::newRow("gateway wants ui") << "gateway/engine.cpp"
                                      << "#include \"ui/window.h\"";
    QTest::newRow("exchange wants the engine") << "gateway/exchange/x.h"
                                               << "#include \"gateway/engine.h\"";
  }
  void theRulesBite() {
    QFETCH(QString, path);
    QFETCH(QString, include);
    QCOMPARE(faultsOf(path, include).size(), 1);
  }

  void sharesAsAgreed() {
    QStringList faults;
    eachSource(
        {QStringLiteral("gateway"), QStringLiteral("ui"), QStringLiteral("app")},
        [&](const QString& path, const QString& text) { faults += sharingFaultsOf(path, text); });
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
    for (const char* bad : {"std::atomic_thread_fence(x)", "std::atomic<std::shared_ptr<T>> p;",
                            "std::mutex m;", "const std::scoped_lock lock(m);", "QMutex m;"}) {
      QCOMPARE(sharingFaultsOf(QStringLiteral("gateway/x.h"), QString::fromLatin1(bad)).size(), 1);
    }
  }

  void topLevelIsAsDrawn() {
    const QSet<QString> allowed = {
        QStringLiteral("app"),       QStringLiteral("gateway"), QStringLiteral("ui"),
        QStringLiteral("resources"), QStringLiteral("tests"),   QStringLiteral("packaging"),
        QStringLiteral("build"),     QStringLiteral(".ci"),     QStringLiteral(".git")};
    const auto folders = m_root.entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
    for (const QString& folder : folders) QVERIFY2(allowed.contains(folder), qPrintable(folder));
  }

  void everySourceNamesItsLicence() {
    eachSource(
        {QStringLiteral("gateway"), QStringLiteral("ui"), QStringLiteral("app"),
         QStringLiteral("tests")},
        [](const QString& path, const QString& text) {
          QVERIFY2(text.startsWith(QLatin1String("// SPDX-License-Identifier: GPL-3.0-or-later\n")),
                   qPrintable(path));
        });
  }
};

QTEST_APPLESS_MAIN(TestRooms)
#include "test_rooms.moc"
