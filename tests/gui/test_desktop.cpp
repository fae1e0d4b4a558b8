// SPDX-License-Identifier: GPL-3.0-or-later
// Manners: one window, what closing means, a name for everything, all by keyboard.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAction>
#include <QComboBox>
#include <QDBusConnection>
#include <QDockWidget>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QProcess>
#include <QScopeGuard>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QTreeWidget>
#include <thread>

#include "tests/gui/gui_scene.h"
#include "ui/desktop/notify.h"
#include "ui/desktop/single_instance.h"
#include "ui/desktop/tray.h"
#include "ui/main_window.h"
#include "ui/page/pages.h"
#include "ui/page/provider_card.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

namespace {

/// Takes the place of the desktop's service.
class Desktop final : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
 public:
  QStringList shown;
  QList<uint> replaced;

 public slots:
  uint Notify(const QString&, uint replaces, const QString&, const QString& title,
              const QString& words, const QStringList&, const QVariantMap&, int) {
    shown << title + QStringLiteral(": ") + words;
    replaced << replaces;
    return 7;
  }
};

}  // namespace

class TestDesktop : public QObject {
  Q_OBJECT

  static bool acts(const QWidget* widget) {
    return qobject_cast<const QAbstractButton*>(widget) ||
           qobject_cast<const QAbstractSlider*>(widget) ||
           qobject_cast<const QAbstractSpinBox*>(widget) ||
           qobject_cast<const QComboBox*>(widget) || qobject_cast<const QTabBar*>(widget) ||
           qobject_cast<const QAbstractItemView*>(widget) ||
           qobject_cast<const QPlainTextEdit*>(widget);
  }
  static bool ofQt(const QWidget* widget) {
    return widget->objectName().startsWith(QLatin1String("qt_")) ||
           QByteArray(widget->metaObject()->className()) == "QScrollBar" ||
           QByteArray(widget->metaObject()->className()) == "QHeaderView" ||  // its table speaks
           (widget->parentWidget() && qobject_cast<const QComboBox*>(widget->parentWidget())) ||
           QByteArray(widget->metaObject()->className()).startsWith("QComboBoxPrivate") ||
           QByteArray(widget->metaObject()->className()) == "QComboBoxListView" ||
           QByteArray(widget->metaObject()->className()) == "QTableCornerButton";
  }

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void aSecondStartAsksTheFirst() {
    QTemporaryDir folder;
    SingleInstance first(folder.path(), QStringLiteral("a"));
    QVERIFY(first.claim());
    QSignalSpy asked(&first, &SingleInstance::asked);
    // A program of its own: it waits for the answer while this one keeps its loop.
    std::atomic<int> claimed = -1;
    std::thread second([&] {
      SingleInstance other(folder.path(), QStringLiteral("a"));
      claimed = other.claim();
    });
    QTRY_VERIFY(claimed != -1);
    second.join();
    QCOMPARE(claimed.load(), 0);
    QCOMPARE(asked.count(), 1);
    SingleInstance elsewhere(folder.path(), QStringLiteral("b"));
    QVERIFY(elsewhere.claim());
  }

  void askedItIsRaised() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.showMinimized();
    raiseWindow(window);
    QVERIFY(window.isVisible() && !window.isMinimized());
  }

  void closingIsAskedOnce() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("window.ini"));
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.rememberIn(file);
    int asked = 0;
    CloseChoice answer = CloseChoice::Stay;
    window.setAskClose([&](QWidget*, bool) {
      ++asked;
      return answer;
    });
    window.show();
    QVERIFY(window.start());
    window.close();
    QCOMPARE(asked, 1);
    QVERIFY(window.isVisible() && engine.running());
    answer = CloseChoice::Keep;
    window.close();
    window.close();
    QCOMPARE(asked, 2);  // it is remembered now
    QVERIFY(engine.running());
    // No tray here: minimised, not lost.
    if (!QSystemTrayIcon::isSystemTrayAvailable()) QVERIFY(window.isMinimized());
    QSignalSpy left(&window, &MainWindow::left);
    window.quit();
    QVERIFY(left.count() == 1 || left.wait());
    QVERIFY(!engine.running());
  }

  void aMessageTellsOfOpenedBreakers() {
    QVERIFY(openedWords({{Event::Kind::Started, 0, "x", "listening"}}).isEmpty());
    std::vector<Event> events(5, {Event::Kind::BreakerOpened, 0, "openai", "5 of 8 failed"});
    const QString words = openedWords(events);
    QCOMPARE(words.count(QLatin1Char('\n')), 3);
    QVERIFY(words.startsWith(QLatin1String("openai: 5 of 8 failed")));
  }

  void everythingHasANameOnEveryPage() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    for (const PageEntry& page : pages()) {
      QVERIFY(window.showPage(QString::fromLatin1(page.name)));
      QTest::qWait(150);
      for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (!acts(widget) || ofQt(widget)) continue;
        const auto* button = qobject_cast<QAbstractButton*>(widget);
        const bool named =
            !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
        QVERIFY2(named, qPrintable(QString::fromLatin1(page.name) + QLatin1Char(' ') +
                                   widget->objectName() + QLatin1Char(' ') +
                                   QString::fromLatin1(widget->metaObject()->className())));
      }
    }
  }

  /// Tab, from control to control, comes by everything that acts on each page.
  void everythingIsReachedByKeyboard() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    int number = 0;
    for (const PageEntry& page : pages()) {
      QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_1 + number++), Qt::ControlModifier);
      QTest::qWait(100);
      QSet<QWidget*> seen;
      find<QWidget>(window, "pageRail")->setFocus();
      for (int steps = 0; steps < 400; ++steps) {
        QWidget* at = QApplication::focusWidget();
        if (!at || seen.contains(at)) break;
        seen.insert(at);
        QTest::keyClick(at, Qt::Key_Tab);
      }
      QWidget* shown = find<QWidget>(window, "pageRail")->parentWidget();
      for (QWidget* widget : shown->findChildren<QWidget*>()) {
        if (!acts(widget) || ofQt(widget) || !widget->isVisible() || !widget->isEnabled()) continue;
        if (widget->focusPolicy() == Qt::NoFocus && qobject_cast<QAbstractButton*>(widget)) {
          continue;  // beside a menu or a tab that has it
        }
        QVERIFY2(
            seen.contains(widget),
            qPrintable(QString::fromLatin1(page.name) + QLatin1Char(' ') + widget->objectName() +
                       QLatin1Char(' ') + QString::fromLatin1(widget->metaObject()->className())));
      }
    }
  }

  void anOpenedBreakerIsToldOutsideOfTheWindow() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    QStringList told;
    window.setNotify([&](const QString& title, const QString& words) {
      told << title + QStringLiteral(": ") + words;
    });
    window.show();
    QVERIFY(window.start());
    QVERIFY(QTest::qWaitForWindowActive(&window));
    engine.command("beta", ProviderCommand::Trip);
    auto* card = find<ProviderCard>(window, "card_beta");
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("OPEN")));
    QVERIFY(told.isEmpty());  // it is seen
    QWidget other;
    other.show();
    other.activateWindow();
    QTRY_VERIFY(!window.isActiveWindow());
    engine.command("alpha", ProviderCommand::Trip);
    QTRY_COMPARE(told.size(), 1);
    QVERIFY2(told[0].contains(QLatin1String("alpha: the breaker was opened by hand")),
             qPrintable(told[0]));
  }

  void theDesktopShowsMessages() {
    if (QStandardPaths::findExecutable(QStringLiteral("dbus-daemon")).isEmpty()) {
      QSKIP("there is no dbus-daemon");
    }
    QProcess daemon;
    daemon.start(QStringLiteral("dbus-daemon"),
                 {QStringLiteral("--session"), QStringLiteral("--nofork"),
                  QStringLiteral("--print-address")});
    QVERIFY(QTest::qWaitFor([&] { return daemon.canReadLine(); }));
    const QString address = QString::fromUtf8(daemon.readLine().trimmed());
    const auto leave = qScopeGuard([&] {
      daemon.kill();
      daemon.waitForFinished();
    });
    auto service = QDBusConnection::connectToBus(address, QStringLiteral("service"));
    auto program = QDBusConnection::connectToBus(address, QStringLiteral("program"));
    Desktop desktop;
    QVERIFY(service.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &desktop,
                                   QDBusConnection::ExportAllSlots));
    QVERIFY(service.registerService(QStringLiteral("org.freedesktop.Notifications")));
    notifyDesktop(program, QStringLiteral("A breaker opened"), QStringLiteral("a: 5 < 8"));
    QTRY_COMPARE(desktop.shown, (QStringList{QStringLiteral("A breaker opened: a: 5 &lt; 8")}));
    // Once its answer has come back, the next takes its place.
    QVERIFY(QTest::qWaitFor([&] {
      notifyDesktop(program, QStringLiteral("A breaker opened"), QStringLiteral("b"));
      return desktop.replaced.contains(7u);
    }));
    QCOMPARE(desktop.replaced.front(), 0u);
  }

  void theTrayTellsItsStateWithoutColour() {
    EngineSnapshot snapshot;
    snapshot.providers.resize(1);
    QCOMPARE(trayStateOf(snapshot), TrayState::Stopped);
    snapshot.running = true;
    QCOMPARE(trayStateOf(snapshot), TrayState::Running);
    snapshot.providers[0].breaker.state = BreakerState::Open;
    QCOMPARE(trayStateOf(snapshot), TrayState::Degraded);
    QPixmap base(22, 22);
    base.fill(Qt::lightGray);
    std::vector<QImage> drawn;
    for (const auto state : {TrayState::Running, TrayState::Degraded, TrayState::Stopped}) {
      drawn.push_back(trayIcon(state, base)
                          .pixmap(22, 22)
                          .toImage()
                          .convertToFormat(QImage::Format_Grayscale8));
    }
    for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}}) {
      int differ = 0;
      for (int y = 0; y < 22; ++y) {
        for (int x = 0; x < 22; ++x) {
          const auto grey = [&](int i) {
            return qGray(drawn[static_cast<std::size_t>(i)].pixel(x, y));
          };
          differ += std::abs(grey(a) - grey(b)) > 40;
        }
      }
      QVERIFY(differ >= 8);
    }
  }

  void shortcutsAreListed() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QStringList listed;
    QTimer look;
    connect(&look, &QTimer::timeout, &window, [&] {
      auto* list = window.findChild<QTreeWidget*>(QStringLiteral("shortcutsList"));
      if (!list || !list->isVisible()) return;
      for (QTreeWidgetItemIterator it(list); *it; ++it) {
        listed << (*it)->text(0) + QLatin1Char(' ') + (*it)->text(1);
      }
      list->window()->close();
    });
    look.start(10);
    QTest::keyClick(&window, Qt::Key_F1);
    QTRY_VERIFY(!listed.isEmpty());
    QVERIFY2(listed.contains(QStringLiteral("Ctrl+1 Overview")), qPrintable(listed.join(u'\n')));
    QVERIFY(listed.contains(QStringLiteral("F5 Reload config")));
    QVERIFY(find<QWidget>(window, "startStop")->isVisible());  // the strip is where it was
  }

  void resetLayoutBringsTheDocksBack() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    auto* limits = find<QDockWidget>(window, "limitsDock");
    for (const PageEntry& page : pages()) {
      window.showPage(QString::fromLatin1(page.name));
      QVERIFY(limits->isVisible());
    }
    window.addDockWidget(Qt::LeftDockWidgetArea, limits);
    QCOMPARE(window.dockWidgetArea(limits), Qt::LeftDockWidgetArea);
    for (QAction* action : window.findChildren<QAction*>()) {
      if (action->text().remove(QLatin1Char('&')) == QLatin1String("Reset layout")) {
        action->trigger();
      }
    }
    QCOMPARE(window.dockWidgetArea(limits), Qt::RightDockWidgetArea);
    QCOMPARE(window.minimumSize(), QSize(1100, 680));
  }
};

QTEST_MAIN(TestDesktop)
#include "test_desktop.moc"
