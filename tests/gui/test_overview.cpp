// SPDX-License-Identifier: GPL-3.0-or-later
// The Overview with a mouse and a keyboard, over a real engine with real traffic.
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include "tests/gui/scene.h"
#include "ui/page/overview_page.h"
#include "ui/page/provider_card.h"
#include "ui/page/stat_tile.h"
#include "ui/plot/lane_plot.h"
#include "ui/style/lane_piece.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

namespace {

void wheel(QWidget* on, int steps, Qt::KeyboardModifiers modifiers = {}) {
  const QPointF at(on->width() * 0.7, on->height() / 2.0);
  QWheelEvent event(at, on->mapToGlobal(at), {}, QPoint(0, steps * 120), Qt::NoButton, modifiers,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(on, &event);
}

}  // namespace

class TestOverview : public QObject {
  Q_OBJECT

  struct Scene {
    explicit Scene(const config::Config& config = quickConfig()) {
      engine.apply(config);
      window = std::make_unique<MainWindow>(engine);
      window->show();
      window->start();
      page = find<OverviewPage>(*window, "overviewPage");
    }
    Engine engine;
    std::unique_ptr<MainWindow> window;
    OverviewPage* page = nullptr;
  };

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void tilesTellWithWhatTheyRestOn() {
    Scene scene;
    auto* errors = find<StatTile>(*scene.window, "tileErrors");
    QCOMPARE(errors->value(), QStringLiteral("\u2013"));  // nothing ended: not 0 %
    const Load load(scene.engine);
    QTRY_VERIFY(errors->detail().contains(QLatin1String(" of ")));
    QCOMPARE(errors->value(), QStringLiteral("0.0 %"));
    QTRY_VERIFY(
        find<StatTile>(*scene.window, "tileLatency")->detail().contains(QLatin1String("TTFT ")));
    QTRY_VERIFY(find<StatTile>(*scene.window, "tileRate")->value() != QLatin1String("0.0 /s"));
  }

  /// The keyboard comes by the cards where and in the order in which they are seen.
  /// Also once some of them, and not all, have changed places.
  void cardsAreReachedInTheirOrder() {
    auto config = quickConfig();
    for (const char* id : {"gamma", "delta", "epsilon"}) {
      config.providers.push_back(config.providers[1]);
      config.providers.back().id = id;
    }
    Scene scene(config);
    QVERIFY(QTest::qWaitForWindowActive(scene.window.get()));
    auto* frozen = find<QCheckBox>(*scene.window, "freezeOrder");
    QTRY_VERIFY(find<ProviderCard>(*scene.window, "card_epsilon")->isVisible());
    const auto reached = [&] {
      frozen->setFocus();
      QStringList names;
      std::vector<QPoint> at;
      for (int i = 0; i < 10; ++i) {
        QTest::keyClick(qApp->focusWidget(), Qt::Key_Tab);
        if (auto* card = qobject_cast<ProviderCard*>(qApp->focusWidget())) {
          names << card->objectName().mid(5);
          at.push_back(card->pos());
        }
      }
      const bool sorted = std::ranges::is_sorted(at, [](const QPoint& a, const QPoint& b) {
        return std::pair(a.y(), a.x()) < std::pair(b.y(), b.x());
      });
      return sorted ? names.join(QLatin1Char(' ')) : QStringLiteral("not as they stand");
    };
    QCOMPARE(reached(), QStringLiteral("alpha beta gamma delta epsilon"));
    QVERIFY(scene.engine.command("delta", ProviderCommand::ForceOpen));
    QTRY_COMPARE(reached(), QStringLiteral("delta alpha beta gamma epsilon"));
    QVERIFY(scene.engine.command("beta", ProviderCommand::ForceOpen));
    QTRY_COMPARE(reached(), QStringLiteral("beta delta alpha gamma epsilon"));
  }

  void check07_zoomWhileLiveHoldsAndOneKeyReturns() {
    Scene scene;
    const Load load(scene.engine);
    auto* canvas = find<QWidget>(*scene.window, "requestPlotCanvas");
    auto* pill = find<QPushButton>(*scene.page, "livePill");
    TimeAxis& axis = scene.page->axis();
    QTRY_VERIFY(axis.known() > 2);
    QVERIFY(axis.live());
    QVERIFY(pill->text().contains(QLatin1String("LIVE")));
    wheel(canvas, 3);
    QVERIFY(!axis.live());
    QVERIFY(pill->text().contains(QLatin1String("behind")));
    // No span is in force while a person looks at another.
    auto* span = find<QToolButton>(*scene.page, "span_300");
    QVERIFY(!span->isChecked());
    const double from = axis.from(), to = axis.to(), now = axis.now();
    const auto asked = scene.engine.snapshot().requests.started;
    QTRY_VERIFY(axis.now() > now + 1.2);  // the window goes on pulling, the view holds
    QCOMPARE(axis.from(), from);
    QCOMPARE(axis.to(), to);
    QVERIFY(scene.engine.snapshot().requests.started > asked);
    QTest::keyClick(canvas, Qt::Key_Home);
    QVERIFY(axis.live());
    QVERIFY(span->isChecked());
    span->click();  // the one that holds stays lit
    QVERIFY(span->isChecked());
    QVERIFY(std::abs(axis.to() - axis.now()) < 1e-9);
    QTest::keyClick(canvas, Qt::Key_Space);
    QVERIFY(!axis.live());
    QTest::keyClick(canvas, Qt::Key_Space);
    QVERIFY(axis.live());
    // Dragging pans; a double click returns.
    const QPoint middle(canvas->width() / 2, canvas->height() / 2);
    QTest::mousePress(canvas, Qt::LeftButton, {}, middle);
    for (int step = 1; step <= 4; ++step) {
      QTest::mouseMove(canvas, middle + QPoint(step * 20, 0));
    }
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, middle + QPoint(80, 0));
    QVERIFY(!axis.live());
    QTest::mouseDClick(canvas, Qt::LeftButton, {}, middle);
    QVERIFY(axis.live());
    // A box, drawn with Ctrl, becomes the view.
    const double width = axis.to() - axis.from();
    QTest::mousePress(canvas, Qt::LeftButton, Qt::ControlModifier, middle);
    QTest::mouseMove(canvas, middle + QPoint(60, 40));
    QTest::mouseRelease(canvas, Qt::LeftButton, Qt::ControlModifier, middle + QPoint(60, 40));
    QVERIFY(!axis.live());
    QVERIFY(axis.to() - axis.from() < width / 2);
    pill->click();
    QVERIFY(axis.live());
  }

  void allPlotsPointAtOneMomentAndSayIt() {
    Scene scene;
    const Load load(scene.engine);
    TimeAxis& axis = scene.page->axis();
    QTRY_VERIFY(axis.known() > 3);
    auto* canvas = find<QWidget>(*scene.window, "requestPlotCanvas");
    auto* hint = find<QLabel>(*scene.page, "plotHint");
    QTRY_VERIFY([&] {
      // Moments of the last seconds are at the right.
      QTest::mouseMove(canvas, QPoint(canvas->width() - 22, canvas->height() / 2));
      return axis.hovered() && hint->text().contains(QLatin1String("alpha"));
    }());
    QVERIFY2(hint->text().contains(QLatin1Char(':')), qPrintable(hint->text()));
  }

  void aShortOpenPeriodIsDrawnWithItsCause() {
    Scene scene;
    TimeAxis& axis = scene.page->axis();
    QTRY_VERIFY(axis.known() > 1);
    // Both within one turn of the event loop: no snapshot ever says OPEN.
    const double at = static_cast<double>(scene.engine.now()) / core::kSecond;
    QVERIFY(scene.engine.command("alpha", ProviderCommand::Trip));
    QVERIFY(scene.engine.command("alpha", ProviderCommand::Reset));
    auto* lanes = find<LanePlot>(*scene.window, "lanePlot");
    const auto opened = [&]() -> QString {
      QString text;
      QTextStream out(&text);
      lanes->writeCsv(out);
      return text;
    };
    QTRY_VERIFY(opened().contains(QLatin1String("alpha,OPEN")));
    QVERIFY(opened().contains(QLatin1String("the breaker was opened by hand")));
    // On the screen, too: far shorter than a pixel, and still two of them in its colour.
    auto* canvas = find<QWidget>(*scene.window, "lanePlotCanvas");
    const QColor color = styleOf(ProviderLook::Open).color(false);
    const auto isDrawn = [&] {
      const QImage image = shot(*canvas);
      const double share = (at - axis.from()) / (axis.to() - axis.from());
      const int left = LivePlot::kLeftMargin;
      const int right = image.width() - 10;
      const int x = left + static_cast<int>(share * (right - left));
      for (int dx = -4; dx <= 6; ++dx) {
        for (int y = 0; y < image.height(); ++y) {
          if (image.valid(x + dx, y) && image.pixelColor(x + dx, y) == color) return true;
        }
      }
      return false;
    };
    QTRY_VERIFY(isDrawn());
  }

  void theOrderHoldsUnderThePointer() {
    Scene scene(quickConfig({"a", "b", "c"}));
    auto* scroll = find<QScrollArea>(*scene.window, "overviewScroll");
    const auto x = [&](const char* name) {
      auto* card = find<ProviderCard>(*scene.window, name);
      return card->mapTo(scroll, QPoint()).x();
    };
    QTRY_VERIFY(x("card_a") < x("card_c"));
    QEnterEvent enter(QPointF(5, 5), QPointF(5, 5), scroll->mapToGlobal(QPointF(5, 5)));
    QApplication::sendEvent(scroll, &enter);
    QVERIFY(scene.engine.command("c", ProviderCommand::Trip));
    auto* card = find<ProviderCard>(*scene.window, "card_c");
    QTRY_VERIFY(card->stateText().contains(QLatin1String("OPEN")));
    QVERIFY(x("card_a") < x("card_c"));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(scroll, &leave);
    QTRY_VERIFY(x("card_c") < x("card_a"));
    // The box does the same for those who use no mouse.
    auto* box = find<QCheckBox>(*scene.window, "freezeOrder");
    box->click();
    QVERIFY(scene.engine.command("c", ProviderCommand::Reset));
    QTRY_VERIFY(card->stateText().contains(QLatin1String("CLOSED")));
    QVERIFY(x("card_c") < x("card_a"));
    box->click();
    QTRY_VERIFY(x("card_a") < x("card_c"));
  }

  void everyEditLeavesAMarker() {
    Scene scene;
    TimeAxis& axis = scene.page->axis();
    QTRY_VERIFY(axis.known() > 1);
    auto config = *scene.engine.config();
    config.providers[0].limits.requestsPerMinute = 600;
    const double at = static_cast<double>(scene.engine.now()) / core::kSecond;
    QVERIFY(scene.engine.apply(config).applied());
    auto* hint = find<QLabel>(*scene.page, "plotHint");
    auto* canvas = find<QWidget>(*scene.window, "latencyPlotCanvas");
    const auto isTold = [&] {
      const double share = (at - axis.from()) / (axis.to() - axis.from());
      const int left = LivePlot::kLeftMargin;
      const int right = canvas->width() - 10;
      QTest::mouseMove(canvas, QPoint(left + static_cast<int>(share * (right - left)) + 1,
                                      canvas->height() / 2));
      return hint->text().contains(QLatin1String("revision 2"));
    };
    QTRY_VERIFY(isTold());
  }

  void plotsCanBeTakenAway() {
    Scene scene;
    const Load load(scene.engine);
    QTRY_VERIFY(scene.page->axis().known() > 3);
    QTemporaryDir folder;
    for (LivePlot* plot : scene.page->plots()) {
      const QString base = folder.filePath(plot->objectName());
      QVERIFY(plot->savePng(base + QStringLiteral(".png")));
      QVERIFY(!QImage(base + QStringLiteral(".png")).isNull());
      QVERIFY(plot->saveSvg(base + QStringLiteral(".svg")));
      QVERIFY(QSvgRenderer(base + QStringLiteral(".svg")).isValid());
      QVERIFY(plot->savePdf(base + QStringLiteral(".pdf")));
      QFile pdf(base + QStringLiteral(".pdf"));
      QVERIFY(pdf.open(QIODevice::ReadOnly));
      const QByteArray page = pdf.readAll();
      QVERIFY(page.startsWith("%PDF-") && page.trimmed().endsWith("%%EOF"));
      QVERIFY(page.contains("/Count 1\n"));  // the whole of it on one page
      QVERIFY(page.contains("/Font"));       // letters, not a picture of them
      QVERIFY(plot->saveCsv(base + QStringLiteral(".csv")));
      QFile csv(base + QStringLiteral(".csv"));
      QVERIFY(csv.open(QIODevice::ReadOnly));
      const auto lines = csv.readAll().split('\n');
      QVERIFY(lines.first().contains(','));
      const bool quiet = plot->objectName() == QLatin1String("failurePlot");
      QVERIFY2(quiet || lines.size() > 2, qPrintable(plot->objectName()));
    }
    QVERIFY(
        !scene.page->plots()[1]->savePdf(folder.filePath(QStringLiteral("no/such/folder.pdf"))));
    QVERIFY(
        !scene.page->plots()[1]->savePng(folder.filePath(QStringLiteral("no/such/folder.png"))));
    // From the menu of a plot.
    auto* canvas = find<QWidget>(*scene.window, "requestPlotCanvas");
    const QString chosen = folder.filePath(QStringLiteral("chosen.csv"));
    const QString paper = folder.filePath(QStringLiteral("chosen.pdf"));
    LivePlot::setAskFile([&](QWidget*, const QString& suggestion) {
      if (suggestion.endsWith(QLatin1String(".pdf"))) return paper;
      return suggestion.endsWith(QLatin1String(".csv")) ? chosen : QString();
    });
    QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(50, 50),
                            canvas->mapToGlobal(QPoint(50, 50)));
    QApplication::sendEvent(canvas, &event);
    auto* menu = find<QMenu>(*scene.window, "requestPlotMenu");
    for (QAction* action : menu->actions()) {
      if (action->text().contains(QLatin1String("Save values"))) action->trigger();
      if (action->text().contains(QLatin1String("Copy values"))) action->trigger();
      if (action->text().contains(QLatin1String("PDF"))) action->trigger();
    }
    menu->close();
    QVERIFY(QFile::exists(chosen));
    QVERIFY(QFile::exists(paper));
    QVERIFY(QApplication::clipboard()->text().startsWith(QLatin1String("series,")));
  }

  void statesAreToldApartInGrey() {
    // Without their words, and without their colours.
    std::vector<QImage> drawn;
    for (const StateStyle& style : stateStyles()) {
      QImage image(19, 16, QImage::Format_RGB32);
      image.fill(Qt::white);
      QPainter painter(&image);
      painter.setFont(QFont(QStringLiteral("DejaVu Sans"), 7));
      paintLanePiece(painter, QRectF(1, 3, 17, 12), {0, 1, style.look, 1}, false);
      painter.end();
      drawn.push_back(image.convertToFormat(QImage::Format_Grayscale8));
    }
    for (std::size_t a = 0; a < drawn.size(); ++a) {
      for (std::size_t b = a + 1; b < drawn.size(); ++b) {
        int differ = 0;
        for (int y = 0; y < 16; ++y) {
          for (int x = 0; x < 19; ++x) {
            differ += std::abs(qGray(drawn[a].pixel(x, y)) - qGray(drawn[b].pixel(x, y))) > 40;
          }
        }
        QVERIFY2(differ >= 15, qPrintable(QStringLiteral("%1 and %2: %3 pixels")
                                              .arg(QLatin1String(stateStyles()[a].word),
                                                   QLatin1String(stateStyles()[b].word))
                                              .arg(differ)));
      }
    }
  }

  void placesAreRemembered() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("state/window.ini"));
    Engine engine;
    engine.apply(quickConfig());
    {
      MainWindow window(engine);
      window.rememberIn(file);
      window.show();
      window.resize(1210, 777);
      window.showPage(QStringLiteral("diagnostics"));
      QApplication::processEvents();
      for (QAction* action : window.findChildren<QAction*>()) {
        if (action->text() == QLatin1String("Dark")) action->trigger();
      }
      window.close();
    }
    QVERIFY(QFile::exists(file));
    applyTheme(*qApp, Theme::Light);
    MainWindow again(engine);
    again.rememberIn(file);
    QCOMPARE(again.size(), QSize(1210, 777));
    QCOMPARE(again.page().objectName(), QStringLiteral("diagnosticsPage"));
    QCOMPARE(currentTheme(), Theme::Dark);
    applyTheme(*qApp, Theme::Light);
    QString widths = QString::number(again.minimumSizeHint().width());
    for (const QWidget* child : again.findChildren<QWidget*>()) {
      if (child->minimumSizeHint().width() < 500) continue;
      widths +=
          QStringLiteral(", %1 %2").arg(child->objectName()).arg(child->minimumSizeHint().width());
    }
    QVERIFY2(again.minimumSizeHint().width() <= 1100, qPrintable(widths));
    QVERIFY2(again.minimumSizeHint().height() <= 680,
             qPrintable(QString::number(again.minimumSizeHint().height())));
  }

  void pictures() {
    config::Config config = quickConfig({"openai", "anthropic", "mistral", "local"});
    config.providers[0].limits.requestsPerMinute = 60'000;
    config.providers[1].limits.requestsPerMinute = 6'000;
    config.providers[1].limits.tokensPerMinute = 90'000;
    config.providers[2].mock.errorRate = 0.3;
    config.providers[2].mock.status = 503;
    config.providers[2].breaker.openFor = config::Duration(1'000);
    config.providers[3].state = config::ProviderState::Drain;
    Scene scene(config);
    const Load load(scene.engine);
    QTRY_VERIFY_WITH_TIMEOUT(scene.page->axis().known() > 12, 30'000);
    scene.engine.command("anthropic", ProviderCommand::Trip);
    QTRY_VERIFY(find<ProviderCard>(*scene.window, "card_anthropic")
                    ->stateText()
                    .contains(QLatin1String("OPEN")));
    keepShots(*scene.window, QStringLiteral("overview"));
    scene.window->resize(1100, 680);
    QTest::qWait(150);  // a picture of the smallest window, drawn once more
    keepShots(*scene.window, QStringLiteral("overview-small"));
  }
};

QTEST_MAIN(TestOverview)
#include "test_overview.moc"
