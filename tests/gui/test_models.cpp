// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows, worked out without a window.
#include <QDirIterator>
#include <QRawFont>
#include <QRegularExpression>
#include <QTest>
#include <cmath>
#include <set>

#include "gateway/config/text_edit.h"
#include "ui/model/limit_field.h"
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
      QVERIFY(contrast(controlEdge(themePalette(dark)), themePalette(dark).color(QPalette::Base)) >=
              3);
      QVERIFY(contrast(themePalette(dark).color(QPalette::PlaceholderText),
                       themePalette(dark).color(QPalette::Window)) >= 4.5);
      QCOMPARE(isDark(themePalette(dark)), dark);
    }
  }

  void providersAreToldApartByColourAlone() {
    // As the three kinds of colour blindness see them (Machado et al. 2009), measured in CIE Lab.
    using Matrix = std::array<std::array<double, 3>, 3>;
    static constexpr std::array<std::pair<const char*, Matrix>, 4> kEyes = {{
        {"most", {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}},
        {"deutan",
         {{{0.367322, 0.860646, -0.227968},
           {0.280085, 0.672501, 0.047413},
           {-0.011820, 0.042940, 0.968881}}}},
        {"protan",
         {{{0.152286, 1.052583, -0.204868},
           {0.114503, 0.786281, 0.099216},
           {-0.003882, -0.048116, 1.051998}}}},
        {"tritan",
         {{{1.255528, -0.076749, -0.178779},
           {-0.078411, 0.930809, 0.147602},
           {0.004733, 0.691367, 0.303900}}}},
    }};
    const auto seen = [](const QColor& color, const Matrix& eye) {
      const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
      };
      const std::array<double, 3> rgb = {linear(color.redF()), linear(color.greenF()),
                                         linear(color.blueF())};
      std::array<double, 3> s{};
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) s[i] += eye[i][j] * rgb[j];
        s[i] = std::clamp(s[i], 0.0, 1.0);
      }
      const auto root = [](double t) {
        return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116;
      };
      const double x = root((0.4124 * s[0] + 0.3576 * s[1] + 0.1805 * s[2]) / 0.95047);
      const double y = root(0.2126 * s[0] + 0.7152 * s[1] + 0.0722 * s[2]);
      const double z = root((0.0193 * s[0] + 0.1192 * s[1] + 0.9505 * s[2]) / 1.08883);
      return std::array<double, 3>{116 * y - 16, 500 * (x - y), 200 * (y - z)};
    };
    for (const bool dark : {false, true}) {
      for (const auto& [name, eye] : kEyes) {
        for (std::size_t a = 0; a < 8; ++a) {
          for (std::size_t b = a + 1; b < 8; ++b) {
            const auto one = seen(providerColor(a, dark), eye);
            const auto other = seen(providerColor(b, dark), eye);
            const double apart =
                std::hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
            QVERIFY2(apart >= 10, qPrintable(QStringLiteral("%1 and %2, %3: %4")
                                                 .arg(a)
                                                 .arg(b)
                                                 .arg(QLatin1String(name))
                                                 .arg(apart)));
          }
        }
      }
    }
  }

  void everyGlyphIsInTheFontOfAPlainDesktop() {
    // Where a font lacks a sign there is an empty box, and nothing else tells of it.
    const QRawFont font = QRawFont::fromFont(QFont(QStringLiteral("DejaVu Sans")));
    if (font.familyName() != QLatin1String("DejaVu Sans")) QSKIP("DejaVu Sans is not installed");
    static const QRegularExpression escape(QStringLiteral(R"(\\u([0-9A-Fa-f]{4})|([^\x00-\x7F]))"));
    int seen = 0;
    QDirIterator files(QStringLiteral(SLUICE_SOURCE_DIR "/ui"), {QStringLiteral("*.cpp")},
                       QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
      QFile file(files.next());
      QVERIFY(file.open(QIODevice::ReadOnly));
      const QString text = QString::fromUtf8(file.readAll());
      for (const QRegularExpressionMatch& match : escape.globalMatch(text)) {
        const QChar sign = match.hasCaptured(1) ? QChar(match.captured(1).toUShort(nullptr, 16))
                                                : match.captured(2)[0];
        ++seen;
        QVERIFY2(font.supportsCharacter(sign),
                 qPrintable(QStringLiteral("%1 in %2").arg(match.captured(), file.fileName())));
      }
    }
    QVERIFY(seen > 20);
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
    const SliderScale rates{1, 100'000, 1, true, true};
    QCOMPARE(rates.valueAt(0), 0.0);
    QCOMPARE(rates.valueAt(SliderScale::kEnd), 100'000.0);
    QCOMPARE(rates.positionOf(10'000'000), SliderScale::kEnd);  // beyond: the number tells
    double last = 0;
    for (int position = 1; position <= SliderScale::kEnd; ++position) {
      const double value = rates.valueAt(position);
      QVERIFY(value >= last);
      last = value;
    }
    for (const double value : {1, 10, 60, 600, 12'000}) {
      const double back = rates.valueAt(rates.positionOf(value));
      QVERIFY(back >= value * 0.94 && back <= value * 1.06 + 1);
    }
    const SliderScale share{1, 100, 1, false, false};
    QCOMPARE(share.valueAt(0), 1.0);
    QCOMPARE(share.valueAt(share.positionOf(50)), 50.0);
  }

  void everyLimitCanBeTurnedAndIsRead() {
    config::Config config;
    config.providers.resize(1);
    config.providers[0].id = "p";
    config.providers[0].dialect = config::Dialect::Mock;
    config.routes.resize(1);
    config.routes[0].model = "m";
    config.routes[0].targets = {{"p", "", 1, 0}, {"p", "x", 2, 0}};
    config.server.clientKeys = {{"c", "env:C", {}, {}}};
    int turned = 0;
    for (const LimitScope& scope : limitScopes(config)) {
      for (const LimitField& field : limitFields(config, scope)) {
        config::Config next = config;
        next.providers[0].limits.requestsPerMinute = next.providers[0].limits.tokensPerMinute = 9;
        next.routes[0].limits = next.server.clientKeys[0].limits = next.providers[0].limits;
        const config::Config before = next;
        const double value = field.scale.valueAt(SliderScale::kEnd * 2 / 5);
        field.set(next, value);
        QCOMPARE(field.get(next).value_or(-1), value);
        QVERIFY2(config::check(next).empty(), qPrintable(field.key));
        const auto changes = config::changesBetween(before, next);
        QVERIFY2(changes.size() == 1 && changes[0].path == field.path,
                 (field.path + " / " + config::describe(changes)).c_str());
        ++turned;
      }
    }
    QCOMPARE(turned, 17 + 6 + 4);
    QVERIFY(limitFields(config, {LimitScope::Kind::Provider, "gone"})[0].get(config) ==
            std::nullopt);
  }
};

QTEST_MAIN(TestModels)
#include "test_models.moc"
