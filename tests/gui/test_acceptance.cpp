// SPDX-License-Identifier: GPL-3.0-or-later
// What was agreed on at the beginning, by number. Others of these checks stand beside what they are of:
//   01 test_first_run, 04 test_editing, 07 test_overview, 13 test_config_page;
//   05 (killed during a drag) tests/unit/engine/test_config_file: killedAtAnyMomentTheFileIsWhole;
//   12 (memory) test_series: memoryOfSeriesIsBounded, and ./dev bench ui.
// 03 and 14 are of an inspector and of armed faults, which there are not.
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAccessible>
#include <QFile>
#include <QMessageBox>
#include <QProcess>
#include <QProcessEnvironment>
#include <QPushButton>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTreeView>
#include <QUndoStack>
#include <csignal>

#include "tests/gui/gui_scene.h"
#include "tests/gui/recording.h"
#include "ui/edit/config_edits.h"
#include "ui/main_window.h"
#include "ui/model/snippets.h"
#include "ui/page/pages.h"
#include "ui/page/provider_card.h"
#include "ui/plot/lane_plot.h"
#include "ui/style/state_style.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

namespace {

struct Ran {
  int code = -1;
  QByteArray out;
  QByteArray err;
};

/// Runs a program to its end; the window's loop goes on meanwhile.
Ran run(const QString& program, const QStringList& arguments, const QString& folder = {},
        const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
  QProcess process;
  process.setProcessEnvironment(environment);
  if (!folder.isEmpty()) process.setWorkingDirectory(folder);
  process.start(program, arguments);
  if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000)) {
    process.kill();
    process.waitForFinished();
  }
  return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
          process.readAllStandardOutput(), process.readAllStandardError()};
}

/// With no display and nothing that stands in for one.
QProcessEnvironment withoutDisplay(const QString& home) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
    environment.remove(QString::fromLatin1(name));
  }
  environment.insert(QStringLiteral("HOME"), home);
  environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home + QStringLiteral("/config"));
  environment.insert(QStringLiteral("XDG_STATE_HOME"), home + QStringLiteral("/state"));
  return environment;
}

/// Does something once there is one of these, though whoever opened it waits for its end.
template <class T>
void whenThere(QObject& owner, const std::function<T*()>& look,
               const std::function<void(T*)>& act) {
  auto* timer = new QTimer(&owner);
  QObject::connect(timer, &QTimer::timeout, &owner, [look, act, timer] {
    T* found = look();
    if (!found || !found->isVisible()) return;
    timer->stop();
    timer->deleteLater();
    act(found);
  });
  timer->start(10);
}

}  // namespace

class TestAcceptance : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  /// Pasted as they are. Languages that are not here are left out.
  void check02_snippetsRunAsTheyAre() {
    const QString packages = QStringLiteral(SLUICE_SOURCE_DIR "/tests/e2e");
    const bool node = !QStandardPaths::findExecutable(QStringLiteral("node")).isEmpty() &&
                      QFile::exists(packages + QStringLiteral("/node_modules/openai/package.json"));
    int ran = 0;
    std::size_t number = 0;
    for (const auto speaks :
         {config::Speech::OpenAi, config::Speech::Anthropic, config::Speech::Gemini}) {
      auto config = quickConfig();
      config.providers[0].mock.speaks = speaks;
      Engine engine;
      QVERIFY(engine.apply(config).applied());
      QVERIFY(!engine.start());
      const SdkSnippets sdk = sdkSnippets(engine.url(), exampleModel(config))[number++];
      for (const Snippet& snippet : sdk.snippets) {
        Ran result;
        if (snippet.name == QLatin1String("curl")) {
          result = run(QStringLiteral("bash"), {QStringLiteral("-c"), snippet.text});
          QVERIFY2(result.out.contains("\"content\"") && !result.out.contains("\"error\""),
                   result.out.constData());
        } else if (snippet.name == QLatin1String("bash")) {
          // What it sets is what the SDKs read: asked there, the gateway answers.
          const QString variable =
              snippet.text.section(QLatin1Char('='), 0, 0).section(QLatin1Char(' '), 1);
          result =
              run(QStringLiteral("bash"),
                  {QStringLiteral("-c"),
                   snippet.text + QStringLiteral("\ncurl -sS \"$%1%2/models\"")
                                      .arg(variable, speaks == config::Speech::OpenAi ? QString()
                                                     : speaks == config::Speech::Anthropic
                                                         ? QStringLiteral("/v1")
                                                         : QStringLiteral("/v1beta"))});
          QVERIFY2(result.out.contains("m\""), result.out.constData());
        } else if (snippet.name == QLatin1String("TypeScript") && node) {
          result = run(QStringLiteral("node"),
                       {QStringLiteral("--input-type=module"), QStringLiteral("-e"), snippet.text},
                       packages);
          QVERIFY2(!result.out.trimmed().isEmpty(), result.err.constData());
        } else {
          continue;
        }
        QVERIFY2(result.code == 0, qPrintable(sdk.sdk + snippet.name + QLatin1Char('\n') +
                                              QString::fromUtf8(result.err)));
        ++ran;
      }
      QTRY_VERIFY(engine.snapshot().requests.ok > 0);  // as of the last tick
    }
    QCOMPARE(ran, node ? 9 : 6);
  }

  /// Of a dragged slider, as of any change: on each plot of each page.
  void check04_aMarkerOnEveryPlot() {
    auto config = quickConfig();
    config.providers[0].limits.tokensPerMinute = 1'000'000;
    Engine engine;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    window.showPage(QStringLiteral("overview"));
    auto* lanes = find<LivePlot>(window, "lanePlot");
    QTRY_VERIFY(lanes->markersShown() > 0);  // the start
    const std::size_t before = lanes->markersShown();
    // Changes within a moment are one experiment: this one is another.
    QTest::qWait(500);
    dragToEnd(find<QSlider>(window, "limit_requests_per_minute_slider"), false);
    int seen = 0;
    auto* tabs = find<QTabWidget>(window, "providerTabs");
    for (const char* page : {"overview", "providers"}) {
      window.showPage(QString::fromLatin1(page));
      for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        for (LivePlot* plot : window.findChildren<LivePlot*>()) {
          if (!plot->isVisible()) continue;
          ++seen;
          QTRY_VERIFY2(plot->markersShown() > before, qPrintable(plot->objectName()));
        }
        if (QLatin1String(page) == QLatin1String("overview")) break;
      }
    }
    QCOMPARE(seen, 4 + 2 + 2 + 1);  // the Overview; Health, Limits, Balancing
  }

  /// The loop of the window is held for as long as it takes to open and to close again.
  void check06_openBetweenTwoTicksIsStillOnTheTimeline() {
    auto config = quickConfig();
    config.providers[0].mock.errorRate = 1;
    config.providers[0].mock.status = 503;
    config.providers[0].breaker.consecutiveFailures = 3;
    config.providers[0].breaker.openFor = config::Duration(300);
    config.providers[0].breaker.halfOpenProbes = 1;
    Engine engine;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    window.showPage(QStringLiteral("overview"));
    auto* card = find<ProviderCard>(window, "card_alpha");
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("CLOSED")));
    const auto state = [&] { return engine.snapshot().providers[0].breaker.state; };
    HttpClient client(portOf(engine));
    while (state() != BreakerState::Open) client.chat("m");
    config.providers[0].mock.errorRate = 0;
    QVERIFY(engine.apply(config).applied());
    while (state() != BreakerState::Closed) client.chat("m");
    // Only now the window looks again: no snapshot of its own ever said OPEN.
    auto* lanes = find<LanePlot>(window, "lanePlot");
    QString line;
    QTRY_VERIFY([&] {
      QString text;
      QTextStream out(&text);
      lanes->writeCsv(out);
      for (const QString& each : text.split(QLatin1Char('\n'))) {
        if (each.startsWith(QLatin1String("alpha,OPEN"))) line = each;
      }
      return !line.isEmpty();
    }());
    const QStringList fields = line.split(QLatin1Char(','));
    // As long as it was set to be, or a fifth less: openings are spread.
    QVERIFY2(fields[4].toDouble() >= 0.24, qPrintable(line));
    QVERIFY2(line.contains(QLatin1String("3 failures in a row")), qPrintable(line));
    QVERIFY(card->stateText().startsWith(QLatin1String("CLOSED")));
  }

  /// A card in each state, without colour: its mark and word are there to be read, and no two agree.
  void check08_cardsAreToldApartInGrey() {
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
      applyTheme(*qApp, theme);
      std::vector<QImage> drawn;
      std::vector<ProviderLook> looks;
      for (int i = 0; i < 9; ++i) {
        Recording recording({"p"});
        ProviderSnapshot& p = recording.provider(0);
        if (i < 5) p.breaker.state = static_cast<BreakerState>(i);
        if (i == 5) p.coolDownLeft = core::kSecond;
        if (i == 6) p.state = config::ProviderState::Drain;
        if (i == 7) p.state = config::ProviderState::Disabled;
        if (i == 8) p.unready = "has no key";
        SnapshotHistory history;
        history.add(recording.now());
        ProviderCard card(QStringLiteral("p"), 0);
        card.resize(ProviderCard::kWidth, ProviderCard::kHeight);
        card.show(p, history);
        looks.push_back(lookOf(p));
        QVERIFY(card.stateText().startsWith(wordOf(looks.back())));
        // The line of the state: its mark, and the beginning of its word.
        const int line = card.fontMetrics().height() + 1;
        const QImage image = shot(card).convertToFormat(QImage::Format_Grayscale8);
        drawn.push_back(image.copy(10, 6 + line, 150, line + 4));
        int darkest = 255, lightest = 0;
        for (int y = 0; y < drawn.back().height(); ++y) {
          for (int x = 24; x < drawn.back().width(); ++x) {
            const int grey = qGray(drawn.back().pixel(x, y));
            darkest = std::min(darkest, grey);
            lightest = std::max(lightest, grey);
          }
        }
        QVERIFY2(
            contrast(QColor(darkest, darkest, darkest), QColor(lightest, lightest, lightest)) >= 3,
            styleOf(looks.back()).word);
      }
      for (std::size_t a = 0; a < drawn.size(); ++a) {
        for (std::size_t b = a + 1; b < drawn.size(); ++b) {
          int differ = 0;
          for (int y = 0; y < drawn[a].height(); ++y) {
            for (int x = 0; x < drawn[a].width(); ++x) {
              differ += std::abs(qGray(drawn[a].pixel(x, y)) - qGray(drawn[b].pixel(x, y))) > 40;
            }
          }
          QVERIFY2(differ >= 40,
                   qPrintable(wordOf(looks[a]) + QLatin1Char(' ') + wordOf(looks[b])));
        }
      }
    }
    applyTheme(*qApp, Theme::Light);
  }

  /// From the Overview: trip, hear it, reset, change a limit and undo that. No mouse.
  void check09_byKeyboardAloneAndReadAloud() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
    auto* card = find<ProviderCard>(window, "card_alpha");
    const auto tabTo = [&](QWidget* goal) {
      for (int i = 0; i < 200 && QApplication::focusWidget() != goal; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
      }
      return QApplication::focusWidget() == goal;
    };
    QVERIFY(tabTo(card));
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("CLOSED")));
    const auto choose = [&](Qt::Key letter) {
      whenThere<QWidget>(
          window, [] { return QApplication::activePopupWidget(); },
          [letter](QWidget* menu) { QTest::keyClick(menu, letter); });
      QTest::keyClick(card, Qt::Key_Space);
      // The desktop gives the keyboard back to the window; here nobody does.
      window.activateWindow();
      QVERIFY(QTest::qWaitForWindowActive(&window));
    };
    choose(Qt::Key_T);
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("OPEN, next try in ")));
    const QString told = card->accessibleDescription();  // setting it is what tells it
    QVERIFY(told.startsWith(QLatin1String("OPEN, next try in ")));
    QTRY_VERIFY(card->stateText() != told);  // it counts down, and that is not told each second
    QCOMPARE(card->accessibleDescription(), told);
    // Who comes to it hears it as it is.
    QVERIFY(tabTo(find<QWidget>(window, "limitsScope")));
    QVERIFY(tabTo(card));
    QAccessibleInterface* read = QAccessible::queryAccessibleInterface(card);
    QCOMPARE(read->text(QAccessible::Name), QStringLiteral("Provider alpha"));
    QCOMPARE(read->text(QAccessible::Description), card->stateText());
    choose(Qt::Key_R);
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("CLOSED")));
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    QVERIFY(tabTo(slider));
    const auto limit = [&] {
      return engine.config()->providers[0].limits.requestsPerMinute.value_or(0);
    };
    const auto was = limit();
    for (int i = 0; i < 3; ++i) QTest::keyClick(slider, Qt::Key_PageDown);
    QTRY_VERIFY(limit() < was);
    // At once: some of these steps have not been applied yet, and must not be afterwards.
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(limit(), was);
    QCOMPARE(window.edits().stack().count(), 3);
    // And the reset, and the trip.
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("OPEN")));
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(card->stateText().startsWith(QLatin1String("CLOSED")));
  }

  void check10_aBusyPortIsNamedAndTheNextOffered() {
    QTcpServer holder;
    QVERIFY(holder.listen(QHostAddress::LocalHost));
    auto config = quickConfig();
    config.server.port = holder.serverPort();
    Engine engine;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    window.show();
    QString words, offer;
    whenThere<QMessageBox>(
        window, [&] { return window.findChild<QMessageBox*>(QStringLiteral("portDialog")); },
        [&](QMessageBox* box) {
          words = box->text();
          offer = box->informativeText();
          QTest::mouseClick(find<QPushButton>(*box, "portTake"), Qt::LeftButton);
        });
    QVERIFY(window.start());
    QVERIFY2(words.contains(QStringLiteral("pid %1").arg(QCoreApplication::applicationPid())),
             qPrintable(words));
    QVERIFY(offer.contains(QString::number(portOf(engine))));
    QVERIFY(portOf(engine) > config.server.port);
    QTemporaryDir home;
    const Ran headless =
        run(QStringLiteral(SLUICE_PROGRAM),
            {QStringLiteral("--headless"), QStringLiteral("--demo"), QStringLiteral("--listen"),
             QStringLiteral("127.0.0.1:%1").arg(holder.serverPort()), QStringLiteral("--log-level"),
             QStringLiteral("error")},
            {}, withoutDisplay(home.path()));
    QCOMPARE(headless.code, 4);
    QCOMPARE(headless.err.count('\n'), 1);
  }

  void check11_withoutADisplay() {
    QTemporaryDir home;
    const auto environment = withoutDisplay(home.path());
    QCOMPARE(run(QStringLiteral(SLUICE_PROGRAM), {QStringLiteral("--help")}, {}, environment).code,
             0);
    QProcess headless;
    headless.setProcessEnvironment(environment);
    headless.setProcessChannelMode(QProcess::MergedChannels);
    headless.start(QStringLiteral(SLUICE_PROGRAM),
                   {QStringLiteral("--headless"), QStringLiteral("--demo"),
                    QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0")});
    QByteArray said;
    QVERIFY(QTest::qWaitFor(
        [&] {
          said += headless.readAll();
          return said.contains("http://");
        },
        30'000));
    ::kill(static_cast<pid_t>(headless.processId()), SIGTERM);
    QVERIFY(QTest::qWaitFor([&] { return headless.state() == QProcess::NotRunning; }, 30'000));
    QCOMPARE(headless.exitStatus(), QProcess::NormalExit);
    QCOMPARE(headless.exitCode(), 0);
  }

  /// A provider whose address is the gateway's own, with the admin paths behind it.
  void check15_theGatewayIsNoWayToItsOwnAdminPaths() {
    Engine::Options options;
    options.adminToken = "secret";
    Engine engine(options);
    QVERIFY(engine.apply(quickConfig()).applied());
    QVERIFY(!engine.start());
    auto config = quickConfig();
    config::Provider own;
    own.id = "own";
    own.baseUrl = engine.url().toStdString() + "/_sluice";
    config.providers.push_back(own);
    config.routes[0].targets = {{"own", "", 1}};
    config.routes[0].retry.attempts = 1;
    const auto applied = engine.apply(config);
    QVERIFY2(applied.applied(), applied.applied() ? "" : applied.faults[0].message.c_str());
    HttpClient client(portOf(engine));
    for (const char* path : {"/v1/config", "/v1/snapshot", "/v1/../_sluice/config",
                             "/v1/%2e%2e/_sluice/config", "/_sluice/config"}) {
      const auto answer = client.request("GET", path);
      QVERIFY2(answer && answer->status >= 400, path);
      QVERIFY2(answer->body.find("providers") == std::string::npos, answer->body.c_str());
    }
    const std::string absolute =
        "GET " + engine.url().toStdString() +
        "/_sluice/config HTTP/1.1\r\nHost: " + "127.0.0.1:" + std::to_string(portOf(engine)) +
        "\r\n\r\n";
    HttpClient raw(portOf(engine));
    QVERIFY(raw.send(absolute));
    const auto head = raw.readUntil("\r\n");
    QVERIFY(head && head->starts_with("HTTP/1.1 4"));
  }

  /// Every model of the window, Qt's own included, through all that changes them.
  void everyModelKeepsTheRules() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    const Traffic traffic(portOf(engine));
    QSet<QAbstractItemModel*> models;
    const auto take = [&] {
      for (auto* view : window.findChildren<QAbstractItemView*>()) {
        if (view->model()) models.insert(view->model());
      }
      for (auto* model : window.findChildren<QAbstractItemModel*>()) models.insert(model);
    };
    take();
    QVERIFY(models.size() >= 8);
    std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
    for (QAbstractItemModel* model : models) {
      testers.push_back(std::make_unique<QAbstractItemModelTester>(
          model, QAbstractItemModelTester::FailureReportingMode::QtTest));
    }
    for (const PageEntry& page : pages()) {
      window.showPage(QString::fromLatin1(page.name));
      QTest::qWait(150);
      window.edits().change([&](config::Config& c) {
        c.providers.push_back(c.providers[0]);
        c.providers.back().id = std::string("more-") + page.name;
      });
      window.command(QStringLiteral("beta"), ProviderCommand::Trip);
      auto* table = find<QTreeView>(window, "providerTable");
      table->sortByColumn(table->model()->columnCount() / 2, Qt::DescendingOrder);
      QTest::qWait(650);
      window.edits().stack().undo();
      window.edits().stack().undo();
      QTest::qWait(150);
    }
  }

  void theProgramDrawsItsPages() {
    QTemporaryDir folder;
    auto environment = withoutDisplay(folder.path());
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    const QString file = folder.filePath(QStringLiteral("connect.png"));
    const Ran drawn =
        run(QStringLiteral(SLUICE_PROGRAM),
            {QStringLiteral("--demo"), QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0"),
             QStringLiteral("--screenshot"), QStringLiteral("connect=") + file,
             QStringLiteral("--theme"), QStringLiteral("dark")},
            {}, environment);
    QVERIFY2(drawn.code == 0, drawn.err.constData());
    const QImage image(file);
    QVERIFY(image.width() >= 1100 && image.height() >= 680);
    QVERIFY(image.pixelColor(image.width() / 2, 40).lightness() < 128);
    const Ran none = run(QStringLiteral(SLUICE_PROGRAM),
                         {QStringLiteral("--demo"), QStringLiteral("--screenshot"),
                          QStringLiteral("nowhere=") + file},
                         {}, environment);
    QCOMPARE(none.code, 2);
    QVERIFY(none.err.contains("overview, "));
  }
};

QTEST_MAIN(TestAcceptance)
#include "test_acceptance.moc"
