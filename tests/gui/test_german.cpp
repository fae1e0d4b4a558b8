// SPDX-License-Identifier: GPL-3.0-or-later
// What a person reads who does not read English.
#include <QAbstractButton>
#include <QCoreApplication>
#include <QDir>
#include <QDockWidget>
#include <QMenuBar>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <QTreeWidget>

#include "gateway/config/yaml.h"
#include "tests/gui/gui_scene.h"
#include "tests/support/bad_configs.h"
#include "ui/desktop/tray.h"
#include "ui/edit/config_edits.h"
#include "ui/main_window.h"
#include "ui/model/event_words.h"
#include "ui/model/refusal_words.h"
#include "ui/page/pages.h"
#include "ui/page/provider_card.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

class TestGerman : public QObject {
  Q_OBJECT

  QTranslator m_german;

  static QString words(Event::Kind kind, const char* text) {
    return eventWords({kind, 0, "alpha", text});
  }

 private slots:
  void initTestCase() {
    QTemporaryDir folder;
    const QString made = folder.filePath(QStringLiteral("sluice_de.qm"));
    QCOMPARE(QProcess::execute(QStringLiteral(SLUICE_LRELEASE),
                               {QStringLiteral("-silent"),
                                QStringLiteral(SLUICE_SOURCE_DIR "/resources/i18n/sluice_de.ts"),
                                QStringLiteral("-qm"), made}),
             0);
    QVERIFY(m_german.load(made));
    QCoreApplication::installTranslator(&m_german);
    applyTheme(*qApp, Theme::Light);
  }

  /// Not the file alone: what people see. Words are looked up by the whole name of their class.
  void theWindowSpeaksGerman() {
    Engine engine;
    QVERIFY(engine.apply(quickConfig()).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    QCOMPARE(find<QMenuBar>(window, "menus")->actions()[0]->text(), QStringLiteral("&Datei"));
    QCOMPARE(find<QDockWidget>(window, "limitsDock")->windowTitle(), QStringLiteral("Grenzen"));
    auto* card = find<ProviderCard>(window, "card_alpha");
    QTRY_COMPARE(card->stateText(), QStringLiteral("GESCHLOSSEN"));
    QDir().mkpath(QStringLiteral(SLUICE_SHOTS));
    for (const PageEntry& page : pages()) {
      window.showPage(QString::fromLatin1(page.name));
      QTest::qWait(150);
      QVERIFY(shot(window).save(
          QStringLiteral(SLUICE_SHOTS "/german-%1.png").arg(QLatin1String(page.name))));
    }
    QString widths = QString::number(window.minimumSizeHint().width());
    for (const QWidget* child : window.findChildren<QWidget*>()) {
      if (child->minimumSizeHint().width() < 240) continue;
      widths +=
          QStringLiteral("\n%1 %2").arg(child->objectName()).arg(child->minimumSizeHint().width());
    }
    QVERIFY2(window.minimumSizeHint().width() <= 1100, qPrintable(widths));
    // No word of English is left on what is pressed.
    for (QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
      for (const char* english : {"Drain", "Trip", "Reset", "Apply and save", "Freeze order"}) {
        QVERIFY2(button->text().remove(QLatin1Char('&')) != QLatin1String(english), english);
      }
    }
  }

  void whatVariesStandsWhereItBelongs() {
    QCOMPARE(words(Event::Kind::BreakerOpened,
                   "the breaker opened: 3 of 12 calls failed in 30 s, the limit is 25 %"),
             QStringLiteral("die Sicherung \u00F6ffnete: 3 von 12 Aufrufen schlugen in 30 s fehl, "
                            "die Grenze ist 25 %"));
    QCOMPARE(words(Event::Kind::BreakerOpened,
                   "the breaker opened: 5 failures in a row, the last: a time-out"),
             QStringLiteral("die Sicherung \u00F6ffnete: 5 Fehler in Folge, der letzte: eine "
                            "Zeit\u00FCberschreitung"));
    QCOMPARE(words(Event::Kind::ConfigApplied,
                   "alpha.requests_per_minute none -> 111, provider b (2); x added and 3 more "
                   "(window); revision 7 is in force"),
             QStringLiteral("alpha.requests_per_minute keine -> 111, Anbieter b (2); x "
                            "hinzugef\u00FCgt und 3 weitere (Fenster); Stand 7 gilt"));
    // A value may look like a place.
    QCOMPARE(words(Event::Kind::Warning, "provider '%2%1' has no key: a%1b"),
             QStringLiteral("Anbieter \u201E%2%1\u201C hat keinen Schl\u00FCssel: a%1b"));
    // What the system says is left as it is.
    QCOMPARE(words(Event::Kind::Warning, "ENOSPC"), QStringLiteral("ENOSPC"));
    QVERIFY(
        openedWords({{Event::Kind::BreakerOpened, 0, "alpha", "the breaker was opened by hand"}})
            .startsWith(QLatin1String("alpha: die Sicherung")));
  }

  /// This fails when the config learns a fault that the window does not know.
  void faultsAreToldInGerman() {
    static const QRegularExpression quoted(QStringLiteral("\u201E[^\u201C]*\u201C"));
    static const QRegularExpression english(
        QStringLiteral("\\b(a|an|the|is|be|has|must|may|needs|only|of|not|no|with|and|or|at|most|"
                       "expected|there)\\b"));
    for (const BadConfig& bad : badConfigs()) {
      const auto faults = config::readYaml(bad.text).faults;
      QVERIFY(!faults.empty());
      if (faults[0].message.starts_with("not valid YAML")) continue;  // the rest is the parser's
      QString words = refusalWords(faults[0].message);
      QVERIFY2(words != QString::fromStdString(faults[0].message), faults[0].message.c_str());
      // Of a sentence that is known in part, the rest would be English.
      const auto left = english.match(words.remove(quoted).remove(QLatin1String(" an ")));
      QVERIFY2(!left.hasMatch(), qPrintable(words));
    }
  }

  void refusalsAreToldInGerman() {
    const auto said = [](const char* text) { return refusalWords(std::string(text)); };
    QCOMPARE(said("the file would not be sound: expected a text, not 'a list'"),
             QStringLiteral(
                 "die Datei w\u00E4re nicht in Ordnung: erwartet wird ein Text, nicht 'a list'"));
    QCOMPARE(
        said("a.b cannot be changed in the file's text: it stands behind an alias; write the value "
             "itself in its place"),
        QStringLiteral("a.b l\u00E4sst sich im Text der Datei nicht \u00E4ndern: es steht hinter "
                       "einem Alias; schreiben Sie dort den Wert selbst hin"));
    QCOMPARE(said("unknown key 'nothing'; did you mean 'a map'?"),
             QStringLiteral(
                 "unbekannter Schl\u00FCssel \u201Enothing\u201C; ist \u201Ea map\u201C gemeint?"));
    QCOMPARE(
        words(Event::Kind::Warning, "the change is in force, but not written: x is read-only"),
        QStringLiteral(
            "die \u00C4nderung gilt, ist aber nicht geschrieben: x ist schreibgesch\u00FCtzt"));
    QCOMPARE(faultLine("/a: b/c.yaml:3:4: routes[0].cache.ttl: must be 1s..720h (and 2 more)",
                       "/a: b/c.yaml"),
             QStringLiteral(
                 "/a: b/c.yaml:3:4: routes[0].cache.ttl: muss 1s..720h sein (und 2 weitere)"));
    QCOMPARE(faultLine("c: the patch is not a JSON object", "c"),
             QStringLiteral("c: die \u00C4nderung ist kein JSON-Objekt"));
    QCOMPARE(eventWords({Event::Kind::ConfigRefused, 0, "c.yaml",
                         "c.yaml:1:1: version: 'version: 1' is missing"}),
             QStringLiteral("c.yaml:1:1: version: \u201Eversion: 1\u201C fehlt"));
    Engine engine;
    const auto none = engine.start();
    QVERIFY(none);
    QVERIFY(refusalWords(none->message) != none->message);
    QVERIFY(engine.apply(quickConfig()).applied());
    QVERIFY(!engine.start());
    const auto twice = engine.start();
    QVERIFY(twice);
    QVERIFY(refusalWords(twice->message) != twice->message);
    config::Config taken = quickConfig();
    taken.server.port = portOf(engine);
    Engine other;
    QVERIFY(other.apply(taken).applied());
    const auto port = other.start();
    QVERIFY(port);
    QVERIFY2(refusalWords(port->message).startsWith(QLatin1String("auf 127.0.0.1:")),
             qPrintable(port->message));
  }

  /// Whatever the engine tells, the Events tell in German: this fails when the engine learns a sentence
  /// that the window does not know.
  void theEngineTellsNothingInEnglish() {
    qunsetenv("SLUICE_TEST_NO_SUCH_KEY");
    config::Config config = quickConfig();
    config.providers[0].limits.requestsPerMinute.reset();
    config.providers[0].mock.errorRate = 1;
    config.providers[0].mock.status = 503;
    config.providers[0].breaker.consecutiveFailures = 2;
    config.providers[0].breaker.openFor = config.providers[0].breaker.maxOpenFor =
        config::Duration(50);
    config::Provider& locked = config.providers.emplace_back(config.providers[1]);
    locked.id = "locked";
    locked.mock = {};
    locked.dialect = config::Dialect::OpenAi;
    locked.baseUrl = "http://127.0.0.1:9/v1";
    locked.apiKey = "env:SLUICE_TEST_NO_SUCH_KEY";
    Engine engine;
    std::vector<Event> all;
    QVERIFY(engine.apply(config).applied());
    MainWindow window(engine);
    connect(&window, &MainWindow::eventsTaken, this, [&all](const std::vector<Event>& events) {
      all.insert(all.end(), events.begin(), events.end());
    });
    const auto told = [&all](Event::Kind kind) {
      return std::ranges::count(all, kind, &Event::kind);
    };
    window.show();
    QVERIFY(window.start());
    HttpClient client(portOf(engine));
    for (int i = 0; i < 2; ++i) QVERIFY(client.chat("m"));
    QTRY_VERIFY(told(Event::Kind::BreakerOpened) > 0);
    QTRY_COMPARE(engine.snapshot().providers[0].breaker.retryIn, core::Nanos{0});
    config.providers[0].mock.errorRate = 0;
    config.server.workers = 1;  // is read at the start only
    QVERIFY(engine.apply(config).applied());
    QTRY_VERIFY(client.chat("m") && told(Event::Kind::BreakerClosed) > 0);
    for (const auto command :
         {ProviderCommand::Trip, ProviderCommand::Reset, ProviderCommand::ForceOpen,
          ProviderCommand::ForceClosed, ProviderCommand::Reset}) {
      QVERIFY(engine.command("alpha", command));
    }
    config.providers[0].mock.errorRate = 1;
    config.providers[0].mock.status = 429;
    QVERIFY(engine.apply(config).applied());
    client.chat("m");
    QTRY_VERIFY(told(Event::Kind::CoolDown) > 0);
    QVERIFY(window.edits().change(
        [](config::Config& c) { c.providers[1].limits.requestsPerMinute = 222; }));
    QTRY_VERIFY(std::ranges::any_of(
        all, [](const Event& e) { return e.text.find("222") != std::string::npos; }));
    engine.stop(std::chrono::milliseconds(0));
    QTRY_VERIFY(told(Event::Kind::Stopped) > 0);
    QVERIFY(told(Event::Kind::Warning) >= 2);  // the key that is missing, and the workers
    for (const Event& event : all) {
      QVERIFY2(eventWords(event) != QString::fromStdString(event.text), event.text.c_str());
    }
    const auto* list = find<QTreeWidget>(window, "eventsList");
    for (const char* english : {"breaker", "is in force", "listening", "failed", "has no key"}) {
      const auto rows = list->findItems(QString::fromLatin1(english), Qt::MatchContains, 3);
      QVERIFY2(rows.isEmpty(), english);
    }
    QVERIFY(!list->findItems(QStringLiteral("Sicherung"), Qt::MatchContains, 3).isEmpty());
    for (int i = 0; i < list->topLevelItemCount(); ++i) {
      QCOMPARE(list->topLevelItem(i)->toolTip(3), list->topLevelItem(i)->text(3));
    }
  }
};

QTEST_MAIN(TestGerman)
#include "test_german.moc"
