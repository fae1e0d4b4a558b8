// SPDX-License-Identifier: GPL-3.0-or-later
// The real window over the real engine, with real traffic.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTabWidget>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include "gateway/engine.h"
#include "tests/gui/gui_scene.h"
#include "ui/dock/events_dock.h"
#include "ui/edit/config_edits.h"
#include "ui/main_window.h"
#include "ui/model/seconds.h"
#include "ui/page/pages.h"
#include "ui/page/provider_card.h"
#include "ui/page/stat_tile.h"
#include "ui/plot/live_plot.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

/// Counts what a window pulls and what it draws.
class Watch final : public QObject {
 public:
  explicit Watch(const MainWindow& window) : m_window(window) { qApp->installEventFilter(this); }
  int pulls = 0;
  int drawn = 0;
  const QTimer* timer = nullptr;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Timer && watched->objectName() == QLatin1String("pullTimer")) {
      timer = static_cast<QTimer*>(watched);
      ++pulls;
    }
    const auto* widget = qobject_cast<QWidget*>(watched);
    const bool ours = widget && (widget == &m_window || m_window.isAncestorOf(widget));
    drawn += ours && event->type() == QEvent::Paint;
    return false;
  }

 private:
  const MainWindow& m_window;
};

class TestWindow : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  /// Who has requests under way is not cut off by a slip of the hand.
  void stoppingAsksWhileRequestsAreUnderWay() {
    Engine engine;
    auto config = quickConfig();
    config.providers[0].mock.latency = config::Duration(60'000);
    engine.apply(config);
    MainWindow window(engine);
    std::vector<std::uint64_t> asked;
    bool answer = false;
    window.setAskStop([&](QWidget*, std::uint64_t inflight) {
      asked.push_back(inflight);
      return answer;
    });
    window.show();
    QVERIFY(window.start());
    auto* button = find<QPushButton>(window, "startStop");
    HttpClient client(portOf(engine));
    QVERIFY(client.send(chatRequest("m", true)));
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{1});
    button->click();
    QCOMPARE(asked, std::vector<std::uint64_t>{1});
    QVERIFY(engine.running());
    client.close();
    QTRY_COMPARE(engine.snapshot().requests.inflight, std::uint64_t{0});
    button->click();
    QCOMPARE(asked.size(), std::size_t{1});
    QVERIFY(!engine.running());
  }

  void cardsAndStripShowTheTraffic() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.setAskStop([](QWidget*, std::uint64_t) { return true; });
    window.show();
    QVERIFY(window.start());
    auto* state = find<QLabel>(window, "runState");
    QVERIFY(state->text().contains(QLatin1String("RUNNING")));
    QCOMPARE(find<QLabel>(window, "baseUrl")->text(), engine.url() + QStringLiteral("/v1"));
    {
      Traffic traffic(portOf(engine));
      auto* card = find<ProviderCard>(window, "card_alpha");
      QTRY_VERIFY(card->errorText().contains(QLatin1String("errors 0.0 %")));
      QTRY_VERIFY(card->latencyText().contains(QLatin1String("p95")));
      QVERIFY(card->stateText().contains(QLatin1String("CLOSED")));
      QTRY_VERIFY(!find<QLabel>(window, "totals")->text().contains(QLatin1String(" 0.0 req/s")));
    }
    auto* button = find<QPushButton>(window, "startStop");
    button->click();
    QTRY_VERIFY(state->text().contains(QLatin1String("STOPPED")));
    QVERIFY(!engine.running());
    button->click();
    QVERIFY(engine.running());
    QTRY_VERIFY(find<QTreeWidget>(window, "eventsList")->topLevelItemCount() >= 3);
  }

  /// Who sees in the Events what was turned by mistake takes it back there.
  void theLastChangeIsUndoneBesideItsEvent() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(!window.findChild<QToolButton*>(QStringLiteral("eventUndo")));
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    number->setValue(123);
    window.edits().finish();
    QTRY_VERIFY(window.findChild<QToolButton*>(QStringLiteral("eventUndo")));
    auto* list = find<QTreeWidget>(window, "eventsList");
    auto* undo = find<QToolButton>(window, "eventUndo");
    QCOMPARE(list->itemWidget(list->topLevelItem(0), 4), undo);
    QVERIFY(list->topLevelItem(0)->text(3).contains(QLatin1String("123")));
    QVERIFY(undo->toolTip().contains(QLatin1String("123")));
    undo->click();
    QCOMPARE(number->value(), 600'000);
    QTRY_VERIFY(!window.findChild<QToolButton*>(QStringLiteral("eventUndo")));
    // A change from elsewhere is not for this window to undo.
    number->setValue(124);
    window.edits().finish();
    QTRY_VERIFY(window.findChild<QToolButton*>(QStringLiteral("eventUndo")));
    QVERIFY(engine.patch(R"({"providers":{"beta":{"limits":{"concurrency":3}}}})", Author::Admin)
                .applied());
    QTRY_VERIFY(!window.findChild<QToolButton*>(QStringLiteral("eventUndo")));
  }

  /// What does not match is hidden, also what comes later; it is said why nothing is seen.
  void eventsAreFiltered() {
    Engine engine;
    ConfigEdits edits(engine);
    EventsDock dock(edits);
    auto* list = dock.findChild<QTreeWidget*>(QStringLiteral("eventsList"));
    auto* filter = dock.findChild<QLineEdit*>(QStringLiteral("eventsFilter"));
    auto* empty = dock.findChild<QLabel*>(QStringLiteral("eventsEmpty"));
    dock.show();
    QVERIFY(empty->isVisible());
    const auto seen = [list] {
      QStringList names;
      for (int i = 0; i < list->topLevelItemCount(); ++i) {
        if (!list->topLevelItem(i)->isHidden()) names << list->topLevelItem(i)->text(2);
      }
      return names.join(QLatin1Char(' ')).toStdString();
    };
    dock.add({{Event::Kind::BreakerOpened, 0, "alpha", "opened: 5 in a row"},
              {Event::Kind::CoolDown, 0, "beta", "cools down for 20 s"}},
             0);
    QVERIFY(!empty->isVisible());
    QCOMPARE(seen(), std::string("beta alpha"));
    QTest::keyClicks(filter, QStringLiteral("ALPHA row"));
    QCOMPARE(seen(), std::string("alpha"));
    dock.add({{Event::Kind::BreakerHalfOpen, 0, "beta", "is probed"},
              {Event::Kind::BreakerOpened, 0, "alpha", "opened: 6 in a row"}},
             0);
    QCOMPARE(seen(), std::string("alpha alpha"));
    QTest::keyClicks(filter, QStringLiteral(" nowhere"));
    QVERIFY(empty->isVisible());
    QVERIFY(empty->text().contains(QLatin1String("ALPHA row nowhere")));
    QTest::keyClick(filter, Qt::Key_Escape);
    QCOMPARE(seen(), std::string("alpha beta beta alpha"));
    QVERIFY(!empty->isVisible());
  }

  void nothingIsDrawnThatNobodySees_data() {
    QTest::addColumn<bool>("minimised");
    QTest::newRow("hidden") << false;
    QTest::newRow("minimised") << true;
  }
  void nothingIsDrawnThatNobodySees() {
    QFETCH(bool, minimised);
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    const auto* rate = find<StatTile>(window, "tileRate");
    auto* plot = find<LivePlot>(window, "requestPlot");
    Traffic traffic(portOf(engine));
    Watch watch(window);
    QTRY_VERIFY(watch.pulls > 3 && watch.drawn > 0);
    QCOMPARE(watch.timer->interval(), 100);
    const QString seen = rate->detail();
    const double left = toSeconds(engine.now());
    if (minimised) {
      window.showMinimized();
    } else {
      window.hide();
    }
    QCOMPARE(watch.timer->interval(), 1000);
    QCoreApplication::processEvents();  // what was to be drawn already
    QSignalSpy replots(find<QWidget>(*plot, "requestPlotCanvas"), SIGNAL(afterReplot()));
    watch.pulls = watch.drawn = 0;
    const QString then = rate->detail();
    QTRY_VERIFY_WITH_TIMEOUT(watch.pulls >= 4, 20'000);
    QCOMPARE(watch.drawn, 0);
    QCOMPARE(replots.count(), 0);
    QCOMPARE(rate->detail(), then);
    const std::uint64_t asked = traffic.stop();
    QTRY_COMPARE(engine.snapshot().requests.ok, asked);
    // Seen again, all stands as it is, before anything else has come; and nothing is missing.
    window.showNormal();
    QCOMPARE(watch.timer->interval(), 100);
    QVERIFY(rate->detail() != seen);
    QCOMPARE(rate->detail(),
             QStringLiteral("%1 in all").arg(QLocale().toString(qulonglong(asked))));
    for (double at = left; at < toSeconds(engine.now()) - 2; ++at) {
      const QString words = plot->wordsAt(at);
      QVERIFY2(!words.isEmpty() && !words.contains(QLatin1String("alpha 0")), qPrintable(words));
    }
    QTRY_VERIFY(watch.drawn > 0 && replots.count() > 0);
  }

  void eachChangeIsAnEventOfItsOwn() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    QVERIFY(window.edits().change(
        [](config::Config& c) { c.providers[0].limits.requestsPerMinute = 111; }));
    QVERIFY(window.edits().change(
        [](config::Config& c) { c.providers[1].limits.requestsPerMinute = 222; }));
    const auto* list = find<QTreeWidget>(window, "eventsList");
    const auto told = [list](const char* words) {
      return list->findItems(QString::fromLatin1(words), Qt::MatchContains, 3).size();
    };
    QTRY_COMPARE(told("beta.requests_per_minute none -> 222"), 1);
    QCOMPARE(told("alpha.requests_per_minute 600000 -> 111"), 1);
  }

  void providersAreCommandedFromTheirCards() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    auto* card = find<ProviderCard>(window, "card_alpha");
    const auto state = [card] { return card->stateText(); };
    const auto choose = [card](const char* words) {
      const auto actions =
          card->findChild<QToolButton*>(QStringLiteral("cardActions"))->menu()->actions();
      for (QAction* action : actions) {
        QString text = action->text();
        if (text.remove(QLatin1Char('&')) != QLatin1String(words)) continue;
        QVERIFY2(action->isEnabled(), words);
        action->trigger();
        return;
      }
      QFAIL(words);
    };
    QTRY_VERIFY(state().contains(QLatin1String("CLOSED")));
    for (const auto& [words, expected] : {std::pair{"Trip breaker", "OPEN"},
                                          {"Reset breaker", "CLOSED"},
                                          {"Drain", "DRAINING"},
                                          {"Disable", "DISABLED"},
                                          {"Take requests", "CLOSED"}}) {
      choose(words);
      QTRY_VERIFY2(state().contains(QLatin1String(expected)), words);
    }
    QCOMPARE(int(engine.config()->providers[0].state), int(config::ProviderState::Ready));
  }

  void copyPutsALiveSnippetOnTheClipboard() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    QVERIFY(window.start());
    auto* menu = find<QMenu>(window, "copyMenuItems");
    QStringList names;
    for (QAction* action : menu->actions()) {
      names << action->text();
      action->trigger();
      QVERIFY(QApplication::clipboard()->text().contains(engine.url() + QStringLiteral("/v1")));
    }
    const auto* copy = find<QToolButton>(window, "copyMenu");
    QCOMPARE(copy->text(), QStringLiteral("\u2713 Copied  "));  // with room for the arrow
    QCOMPARE(copy->accessibleName(), QStringLiteral("Copied"));
    QCOMPARE(names, (QStringList{QStringLiteral("Base URL"), QStringLiteral("Shell"),
                                 QStringLiteral("Python"), QStringLiteral("TypeScript"),
                                 QStringLiteral("curl")}));
  }

  void aTakenPortIsOfferedAnother() {
    QTcpServer blocker;
    QVERIFY(blocker.listen(QHostAddress::LocalHost));
    Engine engine;
    auto config = quickConfig();
    config.server.port = blocker.serverPort();
    engine.apply(config);
    MainWindow window(engine);
    int asked = 0;
    window.setAskPort([&](QWidget*, const StartError&) -> std::optional<quint16> {
      ++asked;
      return std::nullopt;
    });
    QVERIFY(!window.start());
    QVERIFY(find<QLabel>(window, "faultText")->text().contains(QLatin1String("the port is taken")));
    window.setAskPort([&](QWidget*, const StartError& error) -> std::optional<quint16> {
      ++asked;
      return error.nextFreePort;
    });
    QVERIFY(window.start());
    QCOMPARE(asked, 2);
    QVERIFY(portOf(engine) > config.server.port);
  }

  void refusedFilesAreToldInWords() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("sluice.yaml"));
    const auto write = [&](const char* text) {
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
      file.write(text);
    };
    write("version: 1\nproviders: [{id: a, dialect: mock}]\n");
    Engine engine;
    QVERIFY(engine.load(path).applied());
    MainWindow window(engine);
    window.show();
    auto* banner = find<QWidget>(window, "faultBanner");
    QVERIFY(!banner->isVisible());
    write("version: 1\nproviders: [{id: a, dialect: mock, colour: red}]\n");
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(find<QLabel>(window, "faultText")->text().contains(QLatin1String("sluice.yaml:2:")));
    write("version: 1\nproviders: [{id: b, dialect: mock}]\n");
    QTRY_VERIFY(!banner->isVisible());
    QTRY_VERIFY(window.findChild<QWidget*>(QStringLiteral("card_b")));
  }

  void everythingHasANameAndBothThemesDraw() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    for (QWidget* widget : window.findChildren<QWidget*>()) {
      const bool acts = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QSlider*>(widget) ||
                        qobject_cast<QComboBox*>(widget) || qobject_cast<QSpinBox*>(widget);
      if (!acts || widget->objectName().startsWith(QLatin1String("qt_"))) continue;
      // A table's own; it selects all, as the table itself does by keyboard.
      if (widget->inherits("QTableCornerButton")) continue;
      auto* button = qobject_cast<QAbstractButton*>(widget);
      const bool named =
          !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
      QVERIFY2(named, qPrintable(widget->objectName() + QLatin1Char(' ') +
                                 QString::fromLatin1(widget->metaObject()->className())));
    }
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
      applyTheme(*qApp, theme);
      for (const char* page : {"overview", "connect"}) {
        QVERIFY(window.showPage(QString::fromLatin1(page)));
        QTest::qWait(50);
        const QImage picture = window.grab().toImage();
        const QColor corner = picture.pixelColor(picture.width() - 3, 120);
        QCOMPARE(corner.lightness() < 128, theme == Theme::Dark);
      }
    }
    QVERIFY(!window.showPage(QStringLiteral("nope")));
    applyTheme(*qApp, Theme::Light);
  }

  void closingLetsRequestsEnd() {
    Engine engine;
    engine.apply(quickConfig());
    auto window = std::make_unique<MainWindow>(engine);
    window->show();
    QVERIFY(window->start());
    QSignalSpy stopped(&engine, &Engine::stopped);
    window->close();
    QVERIFY(stopped.count() == 1 || stopped.wait());
    QTRY_VERIFY(!window->isVisible());
  }

  /// Alt and a letter does one thing, whatever page is seen.
  void mnemonicsDoNotClash() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    for (const PageEntry& page : pages()) {
      window.showPage(QString::fromLatin1(page.name));
      auto* tabs = const_cast<Page&>(window.page()).findChild<QTabWidget*>();
      for (int tab = 0; tab < (tabs ? tabs->count() : 1); ++tab) {
        if (tabs) tabs->setCurrentIndex(tab);
        QMap<QString, QString> used;
        QStringList clashes;
        const auto use = [&](const QString& text) {
          const QString keys = QKeySequence::mnemonic(text).toString();
          if (keys.isEmpty()) return;
          if (used.contains(keys))
            clashes << keys + QLatin1Char(' ') + used[keys] + QLatin1Char(' ') + text;
          used[keys] = text;
        };
        for (const QAction* menu : find<QMenuBar>(window, "menus")->actions()) use(menu->text());
        for (const auto* button : window.findChildren<QAbstractButton*>()) {
          if (button->isVisible()) use(button->text());
        }
        for (const auto* label : window.findChildren<QLabel*>()) {
          if (label->isVisible() && label->buddy()) use(label->text());
        }
        QVERIFY2(clashes.isEmpty(), qPrintable(clashes.join(QLatin1Char('\n'))));
      }
    }
  }
};

QTEST_MAIN(TestWindow)
#include "test_window.moc"
