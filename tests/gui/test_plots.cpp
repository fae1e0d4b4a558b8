// SPDX-License-Identifier: GPL-3.0-or-later
// Plots over made-up recordings: their axes, legends and gestures, without an engine.
#include "ui/plot/qcp.h"

#include <QApplication>
#include <QLabel>
#include <QRegularExpression>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "tests/gui/recording.h"
#include "tests/gui/shots.h"
#include "ui/plot/lane_plot.h"
#include "ui/plot/provider_plots.h"
#include "ui/plot/series_plots.h"
#include "ui/plot/span_text.h"
#include "ui/plot/time_bar.h"
#include "ui/style/state_style.h"

using namespace sluice;
using namespace sluice::ui;
using sluice::test::find;
using sluice::test::Recording;

class TestPlots : public QObject {
  Q_OBJECT

  /// A minute of traffic, some of it failing, some refused.
  struct Minute {
    explicit Minute(std::vector<std::string> ids = {"alpha", "beta"}) : recording(std::move(ids)) {
      history.add(recording.now());
      for (int i = 0; i < 60; ++i) {
        recording.pass(core::kSecond, 10, 1);
        recording.now().requests.rejected += 3;
        recording.now().refusals.limit += 3;
        history.add(recording.now());
      }
      axis.setSpan(60);
      axis.advance(history.traffic().first(), recording.seconds());
    }
    /// Shows a plot as wide and as high as a page does.
    void place(LivePlot& plot, const QSize& size) {
      plot.resize(size);
      plot.show();
      plot.layout()->activate();
      plot.refresh(history.traffic().version() + 1);
      plot.canvas().replot();
    }
    Recording recording;
    SnapshotHistory history;
    TimeAxis axis;
  };

  static void wheel(QWidget& on, Qt::KeyboardModifiers modifiers) {
    const QPointF at(on.width() * 0.7, on.height() / 2.0);
    QWheelEvent event(at, on.mapToGlobal(at), {}, QPoint(0, 240), Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&on, &event);
  }

  static QString legendOf(LivePlot& plot) {
    return find<QLabel>(plot, "plotLegend")
        ->text()
        .remove(QRegularExpression(QStringLiteral("<[^>]*>")));
  }

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void refusalsAreNotLessThanNothing() {
    Minute minute;
    FailurePlot plot(QStringLiteral("failurePlot"), minute.axis, minute.history);
    minute.place(plot, {700, 300});
    const QCPAxis& values = *plot.canvas().yAxis;
    QVERIFY(values.range().lower < 0 && values.range().upper > 0);
    for (const QString& label : values.tickVectorLabels()) {
      QVERIFY2(!label.contains(QLatin1Char('-')) && !label.contains(QChar(0x2212)),
               qPrintable(label));
    }
    // Each half says what it is, and the legend which classes are whose.
    QStringList words;
    for (int i = 0; i < plot.canvas().itemCount(); ++i) {
      auto* item = qobject_cast<QCPItemText*>(plot.canvas().item(i));
      if (item && item->visible()) words << item->text();
    }
    QCOMPARE(words,
             QStringList({QStringLiteral("\u2191 failed"), QStringLiteral("\u2193 refused")}));
    const QString legend = legendOf(plot);
    QVERIFY2(legend.indexOf(QLatin1String("failed")) < legend.indexOf(QLatin1String("5xx")) &&
                 legend.indexOf(QLatin1String("5xx")) < legend.indexOf(QLatin1String("refused")) &&
                 legend.indexOf(QLatin1String("refused")) < legend.indexOf(QLatin1String("limit")),
             qPrintable(legend));
  }

  void legendsShowWhatFits() {
    Minute minute({"swift", "steady", "moody"});
    StackPlot plot(QStringLiteral("requestPlot"), QStringLiteral("Requests /s"),
                   StackPlot::Mode::Absolute, minute.axis, minute.history);
    plot.setProviders({"swift", "steady", "moody"}, {0, 1, 2});
    const auto* label = find<QLabel>(plot, "plotLegend");
    // As narrow as in the smallest window, and just wide enough: all, and no room for a rest.
    for (int width = 210; width < 700; ++width) {
      minute.place(plot, {width, 96});
      const QString legend = legendOf(plot);
      QVERIFY2(legend.contains(QLatin1String("moody")), qPrintable(legend));
      QVERIFY2(!legend.contains(QLatin1Char('+')), qPrintable(legend));
      QVERIFY2(label->sizeHint().width() <= label->width(),
               qPrintable(QStringLiteral("%1 of %2 in %3")
                              .arg(label->sizeHint().width())
                              .arg(label->width())
                              .arg(width)));
    }
    // Fewer than there are: how many are left out.
    plot.setProviders({"swift", "steady", "moody", "another", "one-more"}, {0, 1, 2, 3, 4});
    minute.place(plot, {210, 96});
    QVERIFY2(legendOf(plot).contains(QLatin1Char('+')), qPrintable(legendOf(plot)));
    QVERIFY(label->sizeHint().width() <= label->width());
    // One whose name alone is too long is cut.
    plot.setProviders({std::string(80, 'x')}, {0});
    QVERIFY2(legendOf(plot).contains(QLatin1String("xxx")), qPrintable(legendOf(plot)));
    QVERIFY(label->sizeHint().width() <= label->width());
  }

  void twoTimesMakeAScale() {
    // As narrow as in the smallest window; each span that can be chosen, wherever it begins.
    Minute minute;
    FailurePlot plot(QStringLiteral("failurePlot"), minute.axis, minute.history);
    for (const double span : {30.0, 60.0, 300.0, 900.0, 3'600.0}) {
      for (int width = 208; width < 900; width += 31) {
        const double now = minute.recording.seconds() + width * span / 1000;
        minute.axis.advance(now - span, now);
        minute.axis.look(now - span, now);
        minute.place(plot, {width, 96});
        const QCPAxis& time = *plot.canvas().xAxis;
        const QFontMetrics metrics(time.tickLabelFont());
        const auto ticks = time.tickVector();
        const auto labels = time.tickVectorLabels();
        int seen = 0;
        double last = -1e9;
        for (int i = 0; i < ticks.size(); ++i) {
          const double half = metrics.horizontalAdvance(labels[i]) / 2.0;
          const double at = time.coordToPixel(ticks[i]);
          // What would be cut at an edge is not drawn.
          if (!time.range().contains(ticks[i]) || at + half > plot.canvas().width()) continue;
          ++seen;
          QVERIFY2(at - half > last + 3, qPrintable(labels.join(QLatin1Char(' '))));
          last = at + half;
        }
        QVERIFY2(seen >= 2, qPrintable(QStringLiteral("%1 s in %2 pixels: %3")
                                           .arg(span)
                                           .arg(width)
                                           .arg(labels.join(QLatin1Char(' ')))));
      }
    }
  }

  void theHeatMapCanBeRead() {
    Minute minute;
    HeatPlot plot(QStringLiteral("heatPlot"), minute.axis, minute.history);
    plot.setProvider("alpha");
    for (const int height : {140, 400}) {
      minute.place(plot, {560, height});
      const QCPAxis& values = *plot.canvas().yAxis;
      int seen = 0;
      double last = 1e9;
      const auto ticks = values.tickVector();
      for (const double tick : ticks) {
        if (!values.range().contains(tick)) continue;
        ++seen;
        const double at = values.coordToPixel(tick);
        QVERIFY(last - at >= QFontMetrics(values.tickLabelFont()).ascent());
        last = at;
      }
      QVERIFY2(seen >= 2, qPrintable(values.tickVectorLabels().join(QLatin1Char(' '))));
    }
    QVERIFY(plot.canvas().yAxis->tickVectorLabels().contains(QStringLiteral("20 ms")));
    QCOMPARE(tickSpan(999'999.9999), QStringLiteral("1 s"));
    // What its colours mean.
    const QString key = legendOf(plot);
    QVERIFY2(key.indexOf(QLatin1String("few")) < key.indexOf(QLatin1String("many")),
             qPrintable(key));
    QVERIFY(key.contains(QLatin1String("few")));
  }

  void theKeyboardReadsToo() {
    Minute minute;
    QWidget page;
    auto* layout = new QVBoxLayout(&page);
    auto* bar = new TimeBar(minute.axis, minute.history.markers());
    auto* failures = new FailurePlot(QStringLiteral("failurePlot"), minute.axis, minute.history);
    auto* latencies = new LatencyPlot(QStringLiteral("latencyPlot"), minute.axis, minute.history);
    bar->watch({failures, latencies});
    for (QWidget* part : std::initializer_list<QWidget*>{bar, failures, latencies, bar->hint()}) {
      layout->addWidget(part);
    }
    page.resize(500, 500);
    page.show();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    failures->refresh(1);
    latencies->refresh(1);
    QCustomPlot& canvas = latencies->canvas();
    canvas.setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(canvas.accessibleDescription().contains(QLatin1String("Ctrl+Left")));
    for (int i = 0; i < 10; ++i) QTest::keyClick(&canvas, Qt::Key_Left, Qt::ControlModifier);
    QVERIFY(minute.axis.live());  // reading is no panning
    QVERIFY(minute.axis.hovered() &&
            std::abs(*minute.axis.hovered() - (minute.axis.to() - 6)) < 0.1);
    // The one with the keyboard speaks first, below the plots and to who hears them.
    const QString hint = bar->hint()->text();
    QVERIFY2(hint.contains(QLatin1String("p50")), qPrintable(hint));
    QVERIFY2(hint.indexOf(QLatin1String("p50")) < hint.indexOf(QLatin1String("5xx")),
             qPrintable(hint));
    QCOMPARE(canvas.accessibleDescription(), hint);
    for (int i = 0; i < 5; ++i) QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier);
    QVERIFY(canvas.accessibleDescription() != hint);
    failures->canvas().setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(bar->hint()->text().indexOf(QLatin1String("5xx")) <
                bar->hint()->text().indexOf(QLatin1String("p50")));
    QCOMPARE(failures->canvas().accessibleDescription(), bar->hint()->text());
    QTest::keyClick(&failures->canvas(), Qt::Key_Escape);
    QVERIFY(!minute.axis.hovered());
  }

  void choosingValuesLeavesLive() {
    Minute minute;
    LatencyPlot plot(QStringLiteral("latencyPlot"), minute.axis, minute.history);
    minute.place(plot, {400, 200});
    const QCPRange fitting = plot.canvas().yAxis->range();
    for (const Qt::Key back : {Qt::Key_Home, Qt::Key_R}) {
      wheel(plot.canvas(), Qt::ShiftModifier);
      QVERIFY(plot.canvas().yAxis->range() != fitting);
      QVERIFY(!minute.axis.live());
      QTest::keyClick(&plot.canvas(), back);
      QVERIFY(minute.axis.live());
      QCOMPARE(plot.canvas().yAxis->range(), fitting);
    }
    // Lanes are as high as their names: nothing to choose.
    LanePlot lanes(QStringLiteral("lanePlot"), minute.axis, minute.history);
    lanes.setProviders({"alpha", "beta"}, 2);
    minute.place(lanes, {400, 90});
    const QCPRange all = lanes.canvas().yAxis->range();
    wheel(lanes.canvas(), Qt::ShiftModifier);
    QCOMPARE(lanes.canvas().yAxis->range(), all);
    QVERIFY(minute.axis.live());
    const QPoint from(100, 12), to(200, 50);
    QTest::mousePress(&lanes.canvas(), Qt::LeftButton, Qt::ControlModifier, from);
    QTest::mouseMove(&lanes.canvas(), to);
    QTest::mouseRelease(&lanes.canvas(), Qt::LeftButton, Qt::ControlModifier, to);
    QCOMPARE(lanes.canvas().yAxis->range(), all);
    QVERIFY(!minute.axis.live());  // a box is of time, too
  }

  void patternsAreAsLargeOnEveryScreen() {
    const auto drawn = [](Qt::BrushStyle pattern, int scale) {
      QImage image(QSize(32, 16) * scale, QImage::Format_RGB32);
      image.setDevicePixelRatio(scale);
      image.fill(Qt::white);
      QPainter painter(&image);
      painter.fillRect(QRectF(0, 0, 32, 16), patternBrush(Qt::black, pattern, painter));
      return image;
    };
    for (const StateStyle& style : stateStyles()) {
      const QImage coarse = drawn(style.pattern, 1);
      const QImage fine = drawn(style.pattern, 2);
      int differ = 0;
      for (int y = 0; y < coarse.height(); ++y) {
        for (int x = 0; x < coarse.width(); ++x) {
          differ += coarse.pixel(x, y) != fine.pixel(2 * x, 2 * y);
          differ += coarse.pixel(x, y) != fine.pixel(2 * x + 1, 2 * y + 1);
        }
      }
      QVERIFY2(
          differ == 0,
          qPrintable(QStringLiteral("%1: %2 pixels").arg(QLatin1String(style.word)).arg(differ)));
    }
  }
};

QTEST_MAIN(TestPlots)
#include "test_plots.moc"
