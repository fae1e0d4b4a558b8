// SPDX-License-Identifier: GPL-3.0-or-later
// The first minute: a request in one click, a tour that leaves nothing behind; and the engine's health.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>
#include <QTimer>
#include <QTreeView>

#include "tests/gui/gui_scene.h"
#include "ui/main_window.h"
#include "ui/model/diagnostics_models.h"
#include "ui/model/engine_series.h"
#include "ui/model/snippets.h"
#include "ui/plot/engine_plot.h"
#include "ui/style/theme.h"
#include "ui/tour_bar.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

class TestFirstRun : public QObject {
  Q_OBJECT

  static std::string demo() {
    QFile file(QStringLiteral(SLUICE_SOURCE_DIR "/resources/demo.yaml"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
  }

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void check01_oneClickToTheFirstRequest() {
    QTemporaryDir folder;
    Engine engine;
    engine.overrideListen("127.0.0.1", 0);
    QVERIFY(engine.applyText(demo()).applied());
    MainWindow window(engine);
    window.rememberIn(folder.filePath(QStringLiteral("window.ini")));  // nothing there: never here
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    auto* status = find<QLabel>(window, "connectStatus");
    QVERIFY(status->isVisible());
    QTRY_VERIFY(status->text().contains(QLatin1String("nothing yet")));
    QVERIFY(find<QWidget>(window, "demoBanner")->isVisible());
    QTest::mouseClick(find<QPushButton>(window, "connectSend"), Qt::LeftButton);
    QTRY_VERIFY(status->text().startsWith(QStringLiteral("\u2713")));
    QTRY_VERIFY(
        find<QLabel>(window, "connectAnswer")->text().contains(QLatin1String("answered in")));
    QVERIFY(engine.snapshot().requests.started > 0);
  }

  void whoWasHereIsNotShownAgain() {
    QTemporaryDir folder;
    Engine engine;
    engine.apply(quickConfig());
    const QString file = folder.filePath(QStringLiteral("window.ini"));
    {
      MainWindow window(engine);
      window.rememberIn(file);
      window.showPage(QStringLiteral("overview"));  // the page one leaves from is where one returns
      window.close();
    }
    MainWindow window(engine);
    window.rememberIn(file);
    window.show();
    QVERIFY(!find<QLabel>(window, "connectStatus")->isVisible());
  }

  void snippetsForEverySdk() {
    const QString url = QStringLiteral("http://127.0.0.1:4321");
    const auto all = sdkSnippets(url, QStringLiteral("demo"));
    QCOMPARE(all.size(), std::size_t{3});
    for (const SdkSnippets& sdk : all) {
      QStringList names;
      for (const Snippet& snippet : sdk.snippets) {
        names << snippet.name;
        QVERIFY2(snippet.text.contains(url), qPrintable(sdk.sdk + snippet.name));
      }
      QCOMPARE(names, (QStringList{QStringLiteral("Python"), QStringLiteral("TypeScript"),
                                   QStringLiteral("curl"), QStringLiteral("bash"),
                                   QStringLiteral("fish"), QStringLiteral("PowerShell")}));
    }
    QVERIFY(all[0].snippets[3].text.contains(url + QStringLiteral("/v1")));
    QVERIFY(!all[1].snippets[3].text.contains(QLatin1String("/v1")));
  }

  /// Each text has the key in it that is to be replaced where only known clients are let in.
  void whoNeedsAClientKeyIsTold() {
    for (const SdkSnippets& sdk :
         sdkSnippets(QStringLiteral("http://127.0.0.1:4321"), QStringLiteral("demo"))) {
      for (const Snippet& snippet : sdk.snippets) {
        QVERIFY2(snippet.text.contains(QLatin1String("sluice")), qPrintable(snippet.text));
      }
    }
    qputenv("SLUICE_TEST_CLIENT_KEY", "secret");
    Engine engine;
    auto config = quickConfig();
    engine.apply(config);
    MainWindow window(engine);
    QVERIFY(window.start());
    window.showPage(QStringLiteral("connect"));
    window.show();
    auto* base = find<QLabel>(window, "connectBase");
    QTRY_VERIFY(base->text().contains(QLatin1String("Any API key will do")));
    config.server.clientKeys = {{"ci", "env:SLUICE_TEST_CLIENT_KEY", {}, {}}};
    QVERIFY(engine.apply(config).applied());
    QTRY_VERIFY(base->text().contains(QLatin1String("one of the client keys")));
  }

  void tabsChooseAndCopyCopies() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    QVERIFY(window.start());
    window.showPage(QStringLiteral("connect"));
    window.show();
    find<QTabBar>(window, "connectSdk")->setCurrentIndex(1);
    find<QTabBar>(window, "connectLanguage")->setCurrentIndex(3);
    auto* copy = find<QPushButton>(window, "connectCopy");
    const QString text = copy->text();
    const QString spoken = copy->accessibleName();
    const int width = copy->width();
    // Twice: the second time it is said for as long again, and what it was is not forgotten.
    for (int i = 0; i < 2; ++i) QTest::mouseClick(copy, Qt::LeftButton);
    QCOMPARE(copy->text(), QStringLiteral("\u2713 Copied"));
    QCOMPARE(copy->accessibleName(), QStringLiteral("Copied"));
    QVERIFY(copy->minimumWidth() >= width);
    QCOMPARE(QApplication::clipboard()->text(),
             QStringLiteral("export ANTHROPIC_BASE_URL=\"%1\"\nexport ANTHROPIC_API_KEY=\"sluice\"")
                 .arg(engine.url()));
    QTRY_COMPARE(copy->text(), text);
    QCOMPARE(copy->accessibleName(), spoken);
    QCOMPARE(copy->width(), width);
    QVERIFY(!copy->findChild<QTimer*>());
  }

  void theTourEndsAsItBegan() {
    Engine engine;
    engine.apply(quickConfig());
    const auto revision = engine.snapshot().revision;
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    window.showPage(QStringLiteral("connect"));
    auto* tour = find<TourBar>(window, "tourBar");
    tour->setPace(20);
    QSignalSpy ended(tour, &TourBar::ended);
    QTest::mouseClick(find<QPushButton>(window, "connectTour"), Qt::LeftButton);
    QVERIFY(tour->isVisible());
    QVERIFY(engine.snapshot().demoTraffic);
    QTRY_COMPARE(int(engine.snapshot().providers[0].breaker.state), int(BreakerState::Open));
    QVERIFY(ended.count() == 1 || ended.wait(20'000));
    QVERIFY(!tour->isVisible());
    QVERIFY(!engine.snapshot().demoTraffic);
    QCOMPARE(int(engine.snapshot().providers[0].breaker.state), int(BreakerState::Closed));
    QCOMPARE(engine.snapshot().revision, revision);
  }

  void theTourCanBeSkipped() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    window.showPage(QStringLiteral("connect"));
    auto* tour = find<TourBar>(window, "tourBar");
    tour->setPace(20);
    QTest::mouseClick(find<QPushButton>(window, "connectTour"), Qt::LeftButton);
    QTRY_COMPARE(int(engine.snapshot().providers[0].breaker.state), int(BreakerState::Open));
    QTest::mouseClick(find<QPushButton>(window, "tourSkip"), Qt::LeftButton);
    QVERIFY(!tour->playing());
    QCOMPARE(int(engine.snapshot().providers[0].breaker.state), int(BreakerState::Closed));
    QVERIFY(!engine.snapshot().demoTraffic);
  }

  void diagnosticsAreModels() {
    WorkerModel workers;
    LockModel locks;
    QAbstractItemModelTester a(&workers, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAbstractItemModelTester b(&locks, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const std::size_t count : {1u, 3u, 3u, 0u, 2u}) {
      std::vector<WorkerSnapshot> rows(count);
      for (WorkerSnapshot& row : rows) row.revision = 4;
      workers.update(rows, 4);
      locks.update(std::vector<LockSnapshot>(count, {"config", 200, 1, 5'000}));
      QCOMPARE(workers.rowCount(), static_cast<int>(count));
    }
    const auto text = [&](int column) { return workers.data(workers.index(0, column)).toString(); };
    QCOMPARE(text(WorkerModel::Config), QStringLiteral("4 \u2713"));
    workers.update(std::vector<WorkerSnapshot>(2), 5);
    QCOMPARE(text(WorkerModel::Config), QStringLiteral("no work yet"));
    QCOMPARE(locks.data(locks.index(0, LockModel::Contended)).toString(),
             QStringLiteral("1 (0.50 %)"));
    QVERIFY(residentBytes().value_or(0) > 1'000'000);
  }

  void theEngineIsRememberedByTheSecond() {
    EngineSeries series;
    EngineSnapshot snapshot;
    snapshot.workerLoops.resize(2);
    for (int tenth = 0; tenth < 40; ++tenth) {
      snapshot.takenAt = 100 * core::kSecond + tenth * core::kSecond / 10;
      snapshot.workerLoops[1].lag = tenth == 15 ? 30 * core::kMillisecond : core::kMillisecond;
      series.add(snapshot, 3 * 1048576);
    }
    QCOMPARE(series.first(), 100.0);
    std::vector<float> lags;
    series.of(EngineSeries::kFine).visit(0, 1e9, [&](double, const EnginePiece& piece) {
      QVERIFY(piece.known);
      QCOMPARE(piece.memory, 3.0F);
      lags.push_back(piece.lag);
    });
    QCOMPARE(lags, (std::vector<float>{1, 30, 1, 1}));
    QCOMPARE(series.stepFor(series.first(), 300, 300), EngineSeries::kFine);
    QCOMPARE(series.stepFor(series.first(), 3600, 300), TwoSteps::kCoarse);
  }

  /// What happened while another page was seen is there when one looks.
  void diagnosticsKnowWhatNobodySaw() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    auto* plot = find<EnginePlot>(window, "memoryPlot");
    QVERIFY(!plot->isVisible());
    QTest::qWait(2'300);  // some seconds have to pass
    QVERIFY(window.showPage(QStringLiteral("diagnostics")));
    QString csv;
    QTextStream out(&csv);
    plot->writeCsv(out);
    QVERIFY2(csv.trimmed().count(QLatin1Char('\n')) >= 2, qPrintable(csv));
  }

  void diagnosticsAreWholeAtTheLeastSize() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.resize(window.minimumSize());
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    QVERIFY(window.showPage(QStringLiteral("diagnostics")));
    for (const char* name : {"diagnosticsWorkers", "diagnosticsLocks"}) {
      auto* view = find<QTreeView>(window, name);
      QTRY_VERIFY(view->model()->rowCount() > 0);
      QTRY_COMPARE(view->header()->length(), view->viewport()->width());
      for (int column = 0; column < view->model()->columnCount(); ++column) {
        const QString title = view->model()->headerData(column, Qt::Horizontal).toString();
        QVERIFY2(view->header()->sectionSize(column) >= view->header()->sectionSizeHint(column),
                 qPrintable(title));
        const QModelIndex at = view->model()->index(0, column);
        QVERIFY2(view->columnWidth(column) >=
                     view->fontMetrics().horizontalAdvance(at.data().toString()),
                 qPrintable(title));
        QCOMPARE(at.data(Qt::ToolTipRole).toString(), at.data().toString());
      }
    }
    auto* workers = find<QTreeView>(window, "diagnosticsWorkers");
    QCOMPARE(workers->verticalScrollBar()->maximum(), 0);
  }

  void allTabsAreSeenAtTheLeastSize() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.resize(window.minimumSize());
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    QVERIFY(window.showPage(QStringLiteral("connect")));
    for (const char* name : {"connectSdk", "connectLanguage"}) {
      auto* bar = find<QTabBar>(window, name);
      QTRY_VERIFY(bar->width() > 0 && bar->count() > 0);
      QString sizes = QString::number(bar->width());
      for (int i = 0; i < bar->count(); ++i) {
        // No name is elided, and none lies behind the edge.
        const int needed = bar->fontMetrics().horizontalAdvance(bar->tabText(i));
        sizes += QStringLiteral(" %1 of %2").arg(bar->tabRect(i).width()).arg(needed);
        QVERIFY2(bar->tabRect(i).width() >= needed + 8, qPrintable(sizes));
      }
      QVERIFY(bar->tabRect(bar->count() - 1).right() < bar->width());
    }
    // The text takes what room there is.
    auto* text = find<QPlainTextEdit>(window, "connectSnippet");
    QVERIFY(text->parentWidget()->height() - text->geometry().bottom() < 30);
  }

  /// Our own requests come in the name of a client: of one whom nothing limits.
  void whereKeysAreNeededOurRequestsHaveOne() {
    qputenv("SLUICE_TEST_TEAM_KEY", "team");
    qputenv("SLUICE_TEST_FREE_KEY", "free");
    auto config = quickConfig();
    config.server.clientKeys = {{"team", "env:SLUICE_TEST_TEAM_KEY", {}, {}},
                                {"free", "env:SLUICE_TEST_FREE_KEY", {}, {}}};
    config.server.clientKeys[0].limits.requestsPerMinute = 1;
    Engine engine;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    window.showPage(QStringLiteral("connect"));
    auto* send = find<QPushButton>(window, "connectSend");
    QTRY_VERIFY(send->isEnabled());
    QTest::mouseClick(send, Qt::LeftButton);
    auto* answer = find<QLabel>(window, "connectAnswer");
    QTRY_VERIFY2(answer->text().contains(QLatin1String("answered in")), qPrintable(answer->text()));
    auto* traffic = find<QCheckBox>(window, "demoTraffic");
    QVERIFY(traffic->isEnabled());
    traffic->click();
    QTRY_VERIFY(engine.snapshot().requests.ok > 3);
    const EngineSnapshot snapshot = engine.snapshot();
    QCOMPARE(snapshot.requests.rejected, std::uint64_t{0});
    QCOMPARE(snapshot.clients[0].limits.requestsRefused, std::uint64_t{0});
    // One that may not ask for it is no help.
    config.server.clientKeys[1].models = {"other"};
    config.server.clientKeys[0].key = "env:SLUICE_TEST_NOT_THERE";
    QVERIFY(engine.apply(config).applied());
    QTRY_VERIFY(!send->isEnabled());
    QVERIFY(!find<QPushButton>(window, "connectTour")->isEnabled());
    auto* barred = find<QLabel>(window, "connectBarred");
    QVERIFY(barred->isVisible() && barred->text().contains(QLatin1String("server.client_keys")));
    QVERIFY(traffic->isEnabled());  // to be switched off
    traffic->click();
    QTRY_VERIFY(!traffic->isEnabled());
    QCOMPARE(engine.snapshot().refusals.unknownKey, std::uint64_t{0});
    for (auto* label : window.findChildren<QLabel*>()) {
      QVERIFY(!label->text().contains(QLatin1String("Bearer")));
    }
  }

  void pictures() {
    Engine engine;
    engine.overrideListen("127.0.0.1", 0);
    QVERIFY(engine.applyText(demo()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    engine.setDemoTraffic(true);
    auto* workers = find<QTreeView>(window, "diagnosticsWorkers");
    window.showPage(QStringLiteral("diagnostics"));
    QTRY_VERIFY(workers->model()->rowCount() > 0);
    QTRY_VERIFY(engine.snapshot().requests.ok > 3);
    for (const char* page : {"diagnostics", "connect"}) {
      window.showPage(QString::fromLatin1(page));
      QTest::qWait(1'500);  // something to see
      keepShots(window, QLatin1String(page));
    }
  }
};

QTEST_MAIN(TestFirstRun)
#include "test_first_run.moc"
