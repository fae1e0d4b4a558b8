// SPDX-License-Identifier: GPL-3.0-or-later
// The Limits dock of the real window: what is turned holds, and what is left is seen.
#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSlider>
#include <QTest>
#include <QTreeView>
#include <QWheelEvent>
#include <chrono>

#include "gateway/engine.h"
#include "tests/gui/gui_scene.h"
#include "ui/dock/limits_dock.h"
#include "ui/edit/config_edits.h"
#include "ui/main_window.h"
#include "ui/page/provider_card.h"
#include "ui/page/provider_meters.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

class TestLimits : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void draggingTheSliderHoldsAtOnce() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    QCOMPARE(number->value(), 600'000);

    Traffic traffic(portOf(engine));
    const auto begin = Clock::now();
    QTRY_VERIFY(traffic.count(200, begin) > 30);
    QCOMPARE(traffic.count(429, begin), 0);

    const auto dragged = Clock::now();
    dragToEnd(slider, false);
    QCOMPARE(slider->value(), 0);
    QCOMPARE(number->value(), 0);
    QTRY_VERIFY(traffic.count(429, dragged) > 10);
    Clock::time_point first = Clock::time_point::max();
    for (const auto& got : traffic.got()) {
      if (got.status == 429) first = std::min(first, got.asked);
    }
    const auto delay =
        std::chrono::duration_cast<std::chrono::milliseconds>(first - dragged).count();
    qInfo("429s began %lld ms after the drag", static_cast<long long>(delay));
    QVERIFY2(delay < 100, qPrintable(QString::number(delay)));
    QCOMPARE(*engine.config()->providers[0].limits.requestsPerMinute, 0u);

    const auto back = Clock::now();
    dragToEnd(slider, true);
    QCOMPARE(slider->value(), slider->maximum());
    QTRY_VERIFY(traffic.count(200, back) > 30);
    QCOMPARE(traffic.count(429, back + std::chrono::milliseconds(100)), 0);
    for (const auto& got : traffic.got())
      QVERIFY2(got.status == 200 || got.status == 429, qPrintable(QString::number(got.status)));
    QTRY_VERIFY(engine.snapshot().providers[0].limited > 0);
  }

  void theNumberAndTheSwitchApplyToo() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    auto* provider = find<QComboBox>(window, "limitsScope");
    number->setValue(123);
    QTRY_COMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(1), 123u);
    QCOMPARE(provider->currentText(), QStringLiteral("alpha"));
    provider->setCurrentIndex(1);
    number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    auto* limited = find<QAbstractButton>(window, "limit_requests_per_minute_on");
    QVERIFY(!limited->isChecked());
    QVERIFY(!number->isEnabled());
    limited->click();
    QTRY_VERIFY(engine.config()->providers[1].limits.requestsPerMinute.has_value());
    QVERIFY(number->isEnabled());
    limited->click();
    QTRY_VERIFY(!engine.config()->providers[1].limits.requestsPerMinute.has_value());
    // A change from elsewhere shows here.
    auto config = *engine.config();
    config.providers[1].limits.requestsPerMinute = 77;
    engine.apply(config);
    QTRY_COMPARE(number->value(), 77);
  }

  /// The dock is scrolled all the time: what the wheel passes is not turned.
  void theWheelTurnsOnlyWhatHasTheFocus() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    const double before = number->value();
    const auto wheel = [](QWidget* on) {
      const QPointF at(on->width() / 2.0, on->height() / 2.0);
      QWheelEvent event(at, on->mapToGlobal(at), {}, QPoint(0, -240), Qt::NoButton, {},
                        Qt::NoScrollPhase, false);
      QApplication::sendEvent(on, &event);
    };
    window.setFocus();
    wheel(number);
    wheel(slider);
    QCOMPARE(number->value(), before);
    QCOMPARE(*engine.config()->providers[0].limits.requestsPerMinute, 600'000u);
    QVERIFY(!number->hasFocus() && !slider->hasFocus());
    slider->setFocus();
    wheel(slider);
    QVERIFY(number->value() < before);
  }

  /// Not the bare position, which means nothing; with its unit.
  void aSliderTellsItsValueInWords() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    auto* told = QAccessible::queryAccessibleInterface(slider);
    QVERIFY(told && told->valueInterface());
    QCOMPARE(int(told->role()), int(QAccessible::Slider));
    number->setValue(61.0);
    QCOMPARE(told->text(QAccessible::Value), QStringLiteral("61 requests per minute"));
    QCOMPARE(told->text(QAccessible::Description), told->text(QAccessible::Value));
    QCOMPARE(told->text(QAccessible::Name), QStringLiteral("Requests/min, slider"));
    QCOMPARE(told->valueInterface()->currentValue().toDouble(), 61.0);
    {
      // Qt tells assistive tools of a change before anybody else has heard of it.
      const QSignalBlocker quiet(slider);
      slider->setValue(0);
      QCOMPARE(told->text(QAccessible::Value), QStringLiteral("0 requests per minute"));
    }
    told->valueInterface()->setCurrentValue(240);
    QCOMPARE(told->text(QAccessible::Value), QStringLiteral("240 requests per minute"));
    QTRY_COMPARE(*engine.config()->providers[0].limits.requestsPerMinute, 240u);
    // Every one of them has its words; what is off has no limit.
    auto* scope = find<QComboBox>(window, "limitsScope");
    for (int i = 0; i < scope->count(); ++i) {
      scope->setCurrentIndex(i);
      for (QSlider* each : find<QWidget>(window, "limitsScroll")->findChildren<QSlider*>()) {
        const QString words = QAccessible::queryAccessibleInterface(each)->text(QAccessible::Value);
        QVERIFY2(each->isEnabled()
                     ? words.contains(QLatin1Char(' ')) && words != QLatin1String("no limit")
                     : words == QLatin1String("no limit"),
                 qPrintable(each->objectName() + words));
      }
    }
  }

  /// The sliders beside a page are of the provider that it shows.
  void theLimitsAreOfTheProviderThatIsShown() {
    Engine engine;
    engine.apply(quickConfig());
    MainWindow window(engine);
    window.show();
    auto* scope = find<QComboBox>(window, "limitsScope");
    QCOMPARE(scope->currentText(), QStringLiteral("alpha"));
    auto* card = find<ProviderCard>(window, "card_beta");
    QTRY_VERIFY(card->isVisible());
    QTest::mouseClick(card, Qt::LeftButton, {}, QPoint(40, 60));
    QTRY_COMPARE(scope->currentText(), QStringLiteral("beta"));
    auto* table = find<QTreeView>(window, "providerTable");
    table->setCurrentIndex(table->model()->index(0, 0));
    QCOMPARE(scope->currentText(), QStringLiteral("alpha"));
  }

  /// What is left of a client key, and of its provider nothing: that has a page.
  void aClientsTanksStandInTheDock() {
    Engine engine;
    config::Config config = quickConfig();
    config.server.clientKeys.push_back({"ci", "env:PATH", {}, {}});
    config.server.clientKeys[0].limits.tokensPerMinute = 6000;
    QVERIFY(engine.apply(config).applied());
    ConfigEdits edits(engine);
    LimitsDock dock(edits);
    dock.show();
    auto* scope = find<QComboBox>(dock, "limitsScope");
    auto* requests = find<Tank>(dock, "limitsTankRequests");
    auto* tokens = find<Tank>(dock, "limitsTankTokens");
    EngineSnapshot snapshot = engine.snapshot();
    ClientSnapshot& ci = snapshot.clients.at(0);
    ci.limits.requests = {true, -1, 10, 60};
    ci.limits.tokens = {true, 3000, 6000, 6000};
    dock.show(snapshot);
    QVERIFY(!requests->isVisible() && !tokens->isVisible());
    scope->setCurrentIndex(scope->findText(QStringLiteral("client ci")));
    dock.show(snapshot);
    QVERIFY(requests->isVisible() && requests->binding());
    QCOMPARE(requests->level(), QStringLiteral("-1 of 10"));
    QCOMPARE(requests->detail(), QStringLiteral("+60 / min\nnext in 2 s"));
    QVERIFY(tokens->isVisible() && !tokens->binding());
    QCOMPARE(tokens->level(), QStringLiteral("3,000 of 6,000"));
    QCOMPARE(tokens->detail(), QStringLiteral("+6,000 / min\nfull in 30 s"));
    ci.limits.requests = {};
    dock.show(snapshot);
    QVERIFY(!requests->isVisible() && tokens->binding());
    // Those of another scope never stand under its name.
    scope->setCurrentIndex(scope->findText(QStringLiteral("route m")));
    QVERIFY(!tokens->isVisible());
  }

  void aRoutesTanksFollowTheTraffic() {
    Engine engine;
    config::Config config = quickConfig();
    config.providers[0].limits.requestsPerMinute.reset();
    config.routes[0].limits.requestsPerMinute = 60;
    config.routes[0].limits.burstRequests = 50;
    config.routes[0].limits.tokensPerMinute = 1'000'000;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    auto* scope = find<QComboBox>(window, "limitsScope");
    scope->setCurrentIndex(scope->findText(QStringLiteral("route m")));
    auto* requests = find<Tank>(window, "limitsTankRequests");
    auto* tokens = find<Tank>(window, "limitsTankTokens");
    QTRY_COMPARE(requests->level(), QStringLiteral("50 of 50"));
    QVERIFY(requests->isVisible() && tokens->isVisible());
    {
      Traffic traffic(portOf(engine));
      QTRY_VERIFY(traffic.count(429, {}) > 0);
      QTRY_COMPARE(requests->level(), QStringLiteral("0 of 50"));
    }
    QTRY_VERIFY(requests->binding() && !tokens->binding());
    QVERIFY(requests->detail().contains(QLatin1String("+60 / min")));
    keepShots(window, QStringLiteral("route-tanks"));
  }
};

QTEST_MAIN(TestLimits)
#include "test_limits.moc"
