// SPDX-License-Identifier: GPL-3.0-or-later
// The Providers page with a mouse and a keyboard, over a real engine with real traffic.
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>
#include <QTreeWidget>

#include "gateway/config/text_edit.h"
#include "tests/gui/scene.h"
#include "ui/model/provider_settings.h"
#include "ui/page/provider_card.h"
#include "ui/page/provider_meters.h"
#include "ui/page/providers_page.h"
#include "ui/plot/live_plot.h"
#include "ui/plot/time_bar.h"
#include "ui/style/state_chip.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

class TestProviders : public QObject {
  Q_OBJECT

  struct Scene {
    explicit Scene(const config::Config& config = quickConfig()) {
      engine.apply(config);
      window = std::make_unique<MainWindow>(engine);
      window->show();
      window->start();
      window->showPage(QStringLiteral("providers"));
      page = find<ProvidersPage>(*window, "providersPage");
      table = find<QTreeView>(*window, "providerTable");
    }
    QString state() const { return find<StateChip>(*window, "providerState")->accessibleName(); }
    Engine engine;
    std::unique_ptr<MainWindow> window;
    ProvidersPage* page = nullptr;
    QTreeView* table = nullptr;
  };

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void aCardLeadsToItsProvider() {
    Scene scene;
    scene.window->showPage(QStringLiteral("overview"));
    auto* card = find<ProviderCard>(*scene.window, "card_beta");
    QTRY_VERIFY(card->isVisible() && !card->errorText().isEmpty());
    QTest::mouseClick(card, Qt::LeftButton, {}, QPoint(40, 60));
    QCOMPARE(&scene.window->page(), scene.page);
    QTRY_COMPARE(find<QLabel>(*scene.window, "providerName")->text(), QStringLiteral("beta"));
  }

  void breakersAreWorkedFromTheKeyboardAlone() {
    Scene scene;
    QVERIFY(QTest::qWaitForWindowActive(scene.window.get()));
    QSignalSpy commanded(scene.window.get(), &MainWindow::commanded);
    QTest::keyClick(scene.window.get(), Qt::Key_1, Qt::ControlModifier);
    QTest::keyClick(scene.window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(&scene.window->page(), scene.page);
    scene.table->setFocus();
    QTest::keyClick(scene.table, Qt::Key_Down);
    QTRY_COMPARE(find<QLabel>(*scene.window, "providerName")->text(), QStringLiteral("beta"));
    for (const auto& [key, word] : {std::pair{Qt::Key_T, "OPEN"},
                                    {Qt::Key_R, "CLOSED"},
                                    {Qt::Key_O, "FORCED OPEN"},
                                    {Qt::Key_C, "FORCED CLOSED"},
                                    {Qt::Key_R, "CLOSED"},
                                    {Qt::Key_D, "DRAINING"},
                                    {Qt::Key_B, "DISABLED"},
                                    {Qt::Key_Y, "CLOSED"}}) {
      QTest::keyClick(scene.window.get(), key, Qt::AltModifier);
      QTRY_VERIFY2(scene.state().endsWith(QLatin1String(word)), word);
    }
    QCOMPARE(commanded.count(), 8);
    QCOMPARE(commanded.first().first().toString(), QStringLiteral("beta"));
    QCOMPARE(int(scene.engine.snapshot().providers[0].breaker.state), int(BreakerState::Closed));
  }

  void theTableSortsAndKeepsItsChoice() {
    config::Config config = quickConfig({"c", "a", "b"});
    config.routes[0].targets = {{"b", "", 1}};
    Scene scene(config);
    const Load load(scene.engine);
    QTRY_COMPARE(scene.table->model()->rowCount(), 3);
    const auto at = [&](int row) { return scene.table->model()->index(row, 0).data().toString(); };
    QCOMPARE(at(0), QStringLiteral("c"));  // as in the config
    scene.table->sortByColumn(0, Qt::AscendingOrder);
    QCOMPARE(at(0), QStringLiteral("a"));
    const QRect row = scene.table->visualRect(scene.table->model()->index(1, 0));
    QTest::mouseClick(scene.table->viewport(), Qt::LeftButton, {}, row.center());
    QTRY_COMPARE(find<QLabel>(*scene.window, "providerName")->text(), QStringLiteral("b"));
    QTRY_VERIFY(scene.table->model()->index(1, 2).data().toString() != QLatin1String("0.0"));
    scene.table->sortByColumn(2, Qt::DescendingOrder);
    QCOMPARE(scene.table->currentIndex().data().toString(), QStringLiteral("b"));
  }

  void itTellsWhyTheBreakerHasNotTripped() {
    config::Config config = quickConfig({"a"});
    config.providers[0].breaker.minimumCalls = 1'000'000;
    Scene scene(config);
    auto* meter = find<BreakerMeter>(*scene.window, "breakerMeter");
    QTRY_VERIFY(meter->words().contains(QLatin1String("calls needed")));
    scene.engine.command("a", ProviderCommand::Trip);
    QTRY_VERIFY(meter->words().contains(QLatin1String("is a probe")));
    QTRY_VERIFY(find<QLabel>(*scene.window, "providerCause")
                    ->text()
                    .contains(QLatin1String("the breaker was opened by hand")));
  }

  void tanksTellWhatTheyHoldAndWhichBinds() {
    config::Config config = quickConfig({"a"});
    config.providers[0].limits.requestsPerMinute = 600;
    config.providers[0].limits.burstRequests = 60;
    config.providers[0].limits.concurrency = 8;
    Scene scene(config);
    find<QTabWidget>(*scene.window, "providerTabs")->setCurrentIndex(1);
    auto* requests = find<Tank>(*scene.window, "tankRequests");
    auto* tokens = find<Tank>(*scene.window, "tankTokens");
    auto* atOnce = find<Tank>(*scene.window, "tankConcurrency");
    QTRY_COMPARE(requests->level(), QStringLiteral("60 of 60"));
    QCOMPARE(requests->detail(), QStringLiteral("+600 / min\nfull"));
    QCOMPARE(tokens->level(), QStringLiteral("no limit"));
    QVERIFY(atOnce->level().contains(QLatin1String("of 8 free")));
    {
      const Load load(scene.engine);
      QTRY_VERIFY(requests->binding() && !atOnce->binding());
      QTRY_VERIFY(requests->detail().contains(QLatin1String(" in ")));
    }
    auto* plot = find<LivePlot>(*scene.window, "requestLevel");
    QTRY_VERIFY(plot->wordsAt(scene.page->axis().now()).contains(QLatin1String("requests left")));
    QVERIFY(!find<QWidget>(*scene.window, "tokenLevel")->isVisible());
  }

  /// A table that is narrow shows fewer columns, and none in part.
  void theTableShowsTheColumnsThatFit() {
    Scene scene;
    const auto shown = [&] {
      int columns = 0, width = 0;
      for (int i = 0; i < scene.table->header()->count(); ++i) {
        if (scene.table->isColumnHidden(i)) continue;
        ++columns;
        width += scene.table->columnWidth(i);
      }
      return std::pair(columns, width);
    };
    scene.window->resize(1700, 900);
    QTRY_COMPARE(shown().first, scene.table->header()->count());
    scene.window->resize(1100, 680);
    QTRY_VERIFY(shown().first < scene.table->header()->count());
    QVERIFY(shown().first >= 2);
    QVERIFY(shown().second <= scene.table->viewport()->width());
  }

  void sharesAndSettingsAreShown() {
    config::Config config = quickConfig();
    config.routes[0].targets[0].weight = 3;
    Scene scene(config);
    const Load load(scene.engine);
    auto* tabs = find<QTabWidget>(*scene.window, "providerTabs");
    tabs->setCurrentIndex(2);
    auto* bars = find<ShareBars>(*scene.window, "shareBars");
    QTRY_VERIFY(bars->lines().size() == 2 &&
                bars->lines()[0].contains(QLatin1String("75 % (target 75 %), n = ")));
    tabs->setCurrentIndex(3);
    auto* settings = find<QTreeWidget>(*scene.window, "providerSettings");
    const auto value = [&](const char* name) {
      const auto found = settings->findItems(QString::fromLatin1(name), Qt::MatchExactly, 3);
      return found.isEmpty() ? QStringLiteral("(absent)") : found.first()->text(1);
    };
    QCOMPARE(value("open_for"), QStringLiteral("5 s"));
    QCOMPARE(value("requests_per_minute"), QStringLiteral("\u2013"));
    config.providers[0].breaker.openFor = config::Duration(250);
    QVERIFY(scene.engine.apply(config).applied());
    QTRY_COMPARE(value("open_for"), QStringLiteral("250 ms"));
    // Each in words, with where it is from; and there is no plot to have a time bar for.
    for (int row = 0; row < settings->topLevelItemCount(); ++row) {
      const QTreeWidgetItem* item = settings->topLevelItem(row);
      const bool heading = item->text(3).isEmpty();
      QVERIFY2(!item->text(0).contains(QLatin1Char('_')) && heading == item->text(2).isEmpty(),
               qPrintable(item->text(0)));
    }
    QVERIFY(settings->isVisible());
    for (const auto* bar : scene.page->findChildren<TimeBar*>()) QVERIFY(!bar->isVisible());
    QVERIFY(find<QPushButton>(*scene.window, "providerEdit")->isVisible());
    tabs->setCurrentIndex(0);
    for (const auto* bar : scene.page->findChildren<TimeBar*>()) QVERIFY(bar->isVisible());
  }

  void settingsTellWhereTheyAreFrom() {
    config::Provider provider;
    provider.id = "a";
    const auto from = [&](const char* key) {
      const std::set<std::string> told = config::toldPaths(
          "providers:\n  - id: a\n    preset: openai\n    breaker: {open_for: 5s}\n");
      for (const Setting& setting : settingsOf(provider, told)) {
        if (setting.key == QLatin1String(key)) return setting.from;
      }
      return Setting::From::Default;
    };
    QCOMPARE(int(from("breaker.open_for")),
             int(Setting::From::Config));  // though it is the default
    QCOMPARE(int(from("base_url")), int(Setting::From::Preset));
    QCOMPARE(int(from("timeouts.total")), int(Setting::From::Default));
  }

  void pictures() {
    config::Config config = quickConfig({"openai", "anthropic", "mistral"});
    config.providers[0].limits.requestsPerMinute = 1'500;
    config.providers[0].limits.burstRequests = 300;
    config.providers[0].limits.tokensPerMinute = 90'000;
    config.providers[0].limits.concurrency = 8;
    config.providers[0].mock.errorRate = 0.15;
    config.providers[0].breaker.openFor = config::Duration(1'000);
    config.routes[0].targets[0].weight = 2;
    Scene scene(config);
    const Load load(scene.engine);
    QTRY_VERIFY_WITH_TIMEOUT(scene.page->axis().known() > 12, 30'000);
    auto* tabs = find<QTabWidget>(*scene.window, "providerTabs");
    for (const auto& [index, name] : {std::pair{0, "providers"},
                                      {1, "providers-limits"},
                                      {2, "providers-balancing"},
                                      {3, "providers-settings"}}) {
      tabs->setCurrentIndex(index);
      QTest::qWait(250);  // for a picture with its numbers in it
      keepShots(*scene.window, QLatin1String(name));
    }
  }
};

QTEST_MAIN(TestProviders)
#include "test_providers.moc"
