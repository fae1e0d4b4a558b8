// SPDX-License-Identifier: GPL-3.0-or-later
// Changing the config with mouse and keyboard: in force, in the file, and back.
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include "gateway/config/text_edit.h"
#include "tests/gui/gui_scene.h"
#include "ui/edit/config_edits.h"
#include "ui/main_window.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

namespace {

QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Counts the texts a file has had.
class Watched {
 public:
  explicit Watched(const QString& path) : m_path(path), m_last(read(path)) {
    QObject::connect(&m_timer, &QTimer::timeout, [this] { look(); });
    m_timer.start(5);
  }
  int changes() {
    look();
    return m_changes;
  }

 private:
  void look() {
    const QByteArray now = read(m_path);
    if (!now.isEmpty() && now != m_last) ++m_changes, m_last = now;
  }
  QString m_path;
  QByteArray m_last;
  QTimer m_timer;
  int m_changes = 0;
};

}  // namespace

class TestEditing : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;
  QByteArray m_text;

  /// What stands behind the alias cannot be changed there alone.
  void writeAliased() {
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(
        "version: 1\nserver: {listen: '127.0.0.1:0'}\nproviders:\n"
        "  - {id: a, dialect: mock, limits: &usual {queue: 7}}\n"
        "  - {id: b, dialect: mock, limits: *usual}\n"
        "routes:\n  - model: m\n    targets: [{provider: a}]\n");
  }

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void init() {
    m_file = m_folder.filePath(QStringLiteral("sluice.yaml"));
    QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner);
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    m_text = "# mine\n" + QByteArray::fromStdString(config::toYaml(quickConfig()));
    file.write(m_text);
  }

  /// It is in force, though the text cannot say it: going back and forth is by value.
  void aChangeThatCannotBeWrittenIsUndoneAndRedone() {
    writeAliased();
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    ConfigEdits edits(engine);
    const auto queue = [&] { return engine.config()->providers[1].limits.queue; };
    QVERIFY(edits.change([](config::Config& next) { next.providers[1].limits.queue = 9; }));
    QCOMPARE(queue(), 9u);
    for (int round = 0; round < 2; ++round) {
      edits.stack().undo();
      QCOMPARE(queue(), 7u);
      edits.stack().redo();
      QCOMPARE(queue(), 9u);
    }
  }

  void undoTakesBackOneChangeAndNoOther() {
    writeAliased();
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    ConfigEdits edits(engine);
    const auto queue = [&] { return engine.config()->providers[1].limits.queue; };
    const auto state = [&] { return engine.config()->providers[1].state; };
    QVERIFY(edits.change([](config::Config& next) { next.providers[1].limits.queue = 9; }));
    QVERIFY(edits.change([](config::Config& next) {  // of which the text says a part
      next.providers[1].limits.queue = 11;
      next.providers[1].state = config::ProviderState::Drain;
    }));
    QVERIFY(edits.change([](config::Config& next) { next.routes[0].targets[0].weight = 5; }));
    edits.stack().undo();
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 1u);
    QCOMPARE(queue(), 11u);
    edits.stack().undo();
    QCOMPARE(queue(), 9u);
    QCOMPARE(state(), config::ProviderState::Ready);
    edits.stack().undo();
    QCOMPARE(queue(), 7u);
    for (int i = 0; i < 3; ++i) edits.stack().redo();
    QCOMPARE(queue(), 11u);
    QCOMPARE(state(), config::ProviderState::Drain);
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 5u);
  }

  void check04_aDragIsOneChangeThatCanBeUndone() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QVERIFY(window.start());
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    Traffic traffic(portOf(engine));
    const auto begin = Clock::now();
    QTRY_VERIFY(traffic.count(200, begin) > 30);
    Watched watched(m_file);
    const auto kept = engine.revisions().size();

    const auto dragged = Clock::now();
    dragToEnd(slider, false);
    QTRY_VERIFY(traffic.count(429, dragged) > 10);
    QCOMPARE(watched.changes(), 1);
    QByteArray expected = m_text;
    expected.replace("requests_per_minute: 600000", "requests_per_minute: 0");
    QCOMPARE(read(m_file), expected);
    QCOMPARE(window.edits().stack().count(), 1);
    QCOMPARE(window.edits().stack().undoText(),
             QStringLiteral("alpha.requests_per_minute 600000 -> 0"));
    QVERIFY(find<QAction>(window, "undoAction")->text().contains(QLatin1String("600000 -> 0")));

    const auto undone = Clock::now();
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(traffic.count(200, undone) > 30);
    QCOMPARE(read(m_file), m_text);
    QCOMPARE(watched.changes(), 2);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(0), 600'000u);
    QCOMPARE(engine.revisions().size(), kept + 2);
    QVERIFY(engine.revisions().back().what.starts_with("undo"));

    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(read(m_file), expected);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(1), 0u);
  }

  void keysAndTypedNumbers() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    auto* number = find<QDoubleSpinBox>(window, "limit_requests_per_minute_number");
    number->setFocus();
    number->selectAll();
    QTest::keyClicks(number, QStringLiteral("2000000"));  // beyond the slider
    QTest::keyClick(number, Qt::Key_Return);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(0), 2'000'000u);
    QVERIFY(read(m_file).contains("requests_per_minute: 2000000"));
    QCOMPARE(window.edits().stack().count(), 1);
    // Though a line edit has the focus, this undoes the change.
    QTest::keyClick(number, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(read(m_file), m_text);
    // Steps that follow each other are one change.
    auto* slider = find<QSlider>(window, "limit_queue_slider");
    slider->setFocus();
    for (int i = 0; i < 5; ++i) QTest::keyClick(slider, Qt::Key_Left);
    QTRY_COMPARE(window.edits().stack().count(), 1);
    QVERIFY(engine.config()->providers[0].limits.queue < 64);
    QTRY_VERIFY(read(m_file) != m_text);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(read(m_file), m_text);
  }

  void originsAndReset() {
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray text =
        "version: 1\nproviders:\n  - id: a\n    dialect: mock\n    limits: {queue: 9} # why\n";
    file.write(text);
    file.close();
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    auto* words = find<QLabel>(window, "limit_queue_words");
    QVERIFY(words->text().contains(QLatin1String("default 64")));
    QVERIFY(words->text().endsWith(QLatin1String("file")));
    QVERIFY(!find<QLabel>(window, "limit_connect_words")->text().contains(QLatin1String("file")));
    QVERIFY(!find<QToolButton>(window, "limit_connect_reset")->isVisible());
    auto* reset = find<QToolButton>(window, "limit_queue_reset");
    QVERIFY(reset->isVisible());
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(engine.config()->providers[0].limits.queue, 64u);
    QVERIFY(read(m_file).contains("limits: {} # why"));
    QTRY_VERIFY(!reset->isVisible());
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(read(m_file), text);
  }

  void commandsAreUndone() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.command(QStringLiteral("beta"), ProviderCommand::Disable);
    QVERIFY(read(m_file).contains("state: disabled"));
    window.edits().stack().undo();
    QCOMPARE(read(m_file), m_text);
    const auto state = [&] { return int(engine.snapshot().providers[1].breaker.state); };
    using enum ProviderCommand;
    // Each from the state before it, and back.
    for (const auto& [command, then] : {std::pair{Trip, BreakerState::Open},
                                        {ForceOpen, BreakerState::ForcedOpen},
                                        {ForceClosed, BreakerState::ForcedClosed},
                                        {Reset, BreakerState::Closed}}) {
      const int before = state();
      window.command(QStringLiteral("beta"), command);
      QCOMPARE(state(), int(then));
      window.edits().stack().undo();
      QCOMPARE(state(), before);
      window.edits().stack().redo();
      QCOMPARE(state(), int(then));
    }
    QCOMPARE(window.edits().stack().count(), 4);
    QCOMPARE(window.edits().stack().text(0), QStringLiteral("trip beta"));
    window.command(QStringLiteral("beta"), Reset);  // it is closed: nothing to bring back
    QCOMPARE(window.edits().stack().count(), 4);
    QCOMPARE(read(m_file), m_text);
    // What is held open lets nothing pass on the way back to it.
    window.command(QStringLiteral("beta"), ForceOpen);
    window.command(QStringLiteral("beta"), ForceClosed);
    (void)engine.takeEvents();
    window.edits().stack().undo();
    QCOMPARE(state(), int(BreakerState::ForcedOpen));
    for (const Event& event : engine.takeEvents()) {
      QVERIFY(event.kind != Event::Kind::BreakerClosed);
    }
  }

  void undoLeavesWhatOthersChanged() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.edits().change([](config::Config& c) { c.providers[0].limits.queue = 1; });
    engine.patch("{\"providers\": {\"beta\": {\"limits\": {\"queue\": 2}}}}");
    window.edits().stack().undo();
    QCOMPARE(engine.config()->providers[0].limits.queue, 64u);
    QCOMPARE(engine.config()->providers[1].limits.queue, 2u);
    QVERIFY(read(m_file).contains("queue: 2"));
  }

  void undoWaitsWhileAMenuIsOpen() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    window.edits().change([](config::Config& c) { c.providers[0].limits.queue = 1; });
    QMenu menu(&window);
    menu.addAction(QStringLiteral("x"));
    menu.popup(QPoint(10, 10));
    QVERIFY(QApplication::activePopupWidget());
    find<QAction>(window, "undoAction")->trigger();
    QCOMPARE(engine.config()->providers[0].limits.queue, 1u);
    menu.close();
    find<QAction>(window, "undoAction")->trigger();
    QCOMPARE(engine.config()->providers[0].limits.queue, 64u);
  }

  void weightsOfARoute() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    auto* scope = find<QComboBox>(window, "limitsScope");
    scope->setCurrentIndex(scope->findText(QStringLiteral("route m")));
    auto* weight = find<QDoubleSpinBox>(window, "limit_weight_0_number");
    weight->setValue(7);
    QCOMPARE(engine.config()->routes[0].targets[0].weight, 7u);
    window.edits().finish();
    QVERIFY(read(m_file).contains("weight: 7"));
  }

  void readOnlyFilesAreShownNotChanged() {
    QFile::setPermissions(m_file, QFile::ReadOwner);
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(!find<QSlider>(window, "limit_requests_per_minute_slider")->isEnabled());
    auto* why = find<QLabel>(window, "limitsReadOnly");
    QVERIFY(why->isVisible() && why->text().contains(QLatin1String("read-only")));
  }

  void theDockFitsItsWidth() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QTest::qWait(50);
    auto* scroll = find<QWidget>(window, "limitsScroll");
    for (QWidget* child : find<QWidget>(window, "limitsDock")->findChildren<QWidget*>()) {
      if (!child->objectName().startsWith(QLatin1String("limit_")) || !child->isVisible()) continue;
      const int right = child->mapTo(scroll, QPoint(child->width(), 0)).x();
      QVERIFY2(right <= scroll->width(), qPrintable(child->objectName()));
    }
  }
};

QTEST_MAIN(TestEditing)
#include "test_editing.moc"
