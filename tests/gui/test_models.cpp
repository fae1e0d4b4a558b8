// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows, worked out without a window.
#include <QTest>
#include <set>

#include "ui/dock/limits_dock.h"
#include "ui/model/snapshot_history.h"
#include "ui/model/snippets.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::ui;

namespace {

EngineSnapshot at(double seconds, std::uint64_t started, std::uint64_t failed) {
  EngineSnapshot snapshot;
  snapshot.takenAt = static_cast<core::Nanos>(seconds * core::kSecond);
  snapshot.requests.started = started;
  snapshot.requests.failed = failed;
  snapshot.requests.ok = started - failed;
  ProviderSnapshot& p = snapshot.providers.emplace_back();
  p.id = "a";
  p.started = started;
  p.failed = failed;
  p.ok = started - failed;
  for (std::uint64_t i = 0; i < started; ++i) p.firstByte.record(1'000 * (i + 1));
  return snapshot;
}

}  // namespace

class TestModels : public QObject {
  Q_OBJECT
 private slots:
  void statesDifferWithoutColour() {
    std::set<std::string> glyphs, words;
    std::set<std::pair<int, bool>> fills;
    for (std::size_t i = 0; i < kLooks; ++i) {
      const StateStyle& style = stateStyles()[i];
      QCOMPARE(static_cast<std::size_t>(style.look), i);
      QVERIFY2(glyphs.insert(style.glyph).second, style.word);
      QVERIFY2(words.insert(style.word).second, style.word);
      fills.insert({style.pattern, style.outlined});
      for (const bool dark : {false, true}) {
        for (const auto role : {QPalette::Window, QPalette::Base}) {
          const double ratio = contrast(style.color(dark), themePalette(dark).color(role));
          QVERIFY2(ratio >= 3,
                   qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(style.word)).arg(ratio)));
        }
      }
    }
    QCOMPARE(fills.size(), kLooks);
    for (const bool dark : {false, true}) {
      for (std::size_t i = 0; i < 8; ++i) {
        QVERIFY(contrast(providerColor(i, dark), themePalette(dark).color(QPalette::Base)) >= 3);
      }
      QVERIFY(contrast(themePalette(dark).color(QPalette::PlaceholderText),
                       themePalette(dark).color(QPalette::Window)) >= 4.5);
      QCOMPARE(isDark(themePalette(dark)), dark);
    }
  }

  void looksFollowTheProvider() {
    ProviderSnapshot p;
    QCOMPARE(lookOf(p), ProviderLook::Closed);
    p.breaker.state = BreakerState::Open;
    p.breaker.retryIn = 4'200 * core::kMillisecond;
    QCOMPARE(lookOf(p), ProviderLook::Open);
    QCOMPARE(detailOf(p), QStringLiteral("next try in 5 s"));
    p.unready = "has no key";
    QCOMPARE(lookOf(p), ProviderLook::NotReady);
    p.state = config::ProviderState::Disabled;
    QCOMPARE(lookOf(p), ProviderLook::Disabled);
  }

  void ratesAndSharesAreOfTheirWindows() {
    SnapshotHistory history;
    QVERIFY(!history.provider("a").known);
    history.add(at(0, 0, 0));
    QVERIFY(!history.provider("a").known);
    for (int i = 1; i <= 600; ++i) {
      history.add(at(i / 10.0, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i / 10)));
    }
    const auto stats = history.provider("a");
    QVERIFY(stats.known);
    QVERIFY2(qAbs(stats.perSecond - 10) < 0.01, qPrintable(QString::number(stats.perSecond)));
    QVERIFY(stats.ended >= 290 && stats.ended <= 320);
    QVERIFY(stats.failed >= 28 && stats.failed <= 32);
    QVERIFY(qAbs(history.totals().perSecond - 10) < 0.01);
    // Only the last half minute: the first byte times grow, so its median is late.
    QVERIFY(stats.p50 > 400'000 && stats.p50 < 480'000);
    QCOMPARE(history.provider("nobody").known, false);
  }

  void snippetsNameTheAddress() {
    config::Config config;
    config.routes.resize(2);
    config.routes[0].model = "openai/*";
    config.routes[1].model = "gpt";
    QCOMPARE(exampleModel(config), QStringLiteral("gpt"));
    config.routes.pop_back();
    QCOMPARE(exampleModel(config), QStringLiteral("openai/gpt-4o-mini"));
    const auto all = snippets(QStringLiteral("http://127.0.0.1:1234"), QStringLiteral("gpt"));
    QCOMPARE(all.size(), std::size_t{5});
    for (const Snippet& snippet : all) {
      QVERIFY2(snippet.text.contains(QLatin1String("http://127.0.0.1:1234/v1")),
               qPrintable(snippet.name));
    }
  }

  void spans() {
    QCOMPARE(spanText(640), QStringLiteral("640 \u00B5s"));
    QCOMPARE(spanText(4'200), QStringLiteral("4.2 ms"));
    QCOMPARE(spanText(320'400), QStringLiteral("320 ms"));
    QCOMPARE(spanText(1'900'000), QStringLiteral("1.90 s"));
  }

  void sliderPositions() {
    QCOMPARE(LimitsDock::perMinuteAt(0), 0u);
    QCOMPARE(LimitsDock::perMinuteAt(LimitsDock::kSliderEnd), 10'000'000u);
    std::uint32_t last = 0;
    for (int position = 1; position <= LimitsDock::kSliderEnd; ++position) {
      const auto value = LimitsDock::perMinuteAt(position);
      QVERIFY(value >= last);
      last = value;
    }
    for (const std::uint32_t value : {1u, 10u, 60u, 600u, 12'000u}) {
      const auto back = LimitsDock::perMinuteAt(LimitsDock::positionOf(value));
      QVERIFY(back >= value * 0.94 && back <= value * 1.06 + 1);
    }
  }
};

QTEST_MAIN(TestModels)
#include "test_models.moc"
