// SPDX-License-Identifier: GPL-3.0-or-later
// The Config page: the text, its faults, its past; forms; and edits that meet.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTreeView>
#include <QUndoStack>

#include "gateway/config/text_edit.h"
#include "tests/gui/gui_scene.h"
#include "ui/edit/config_edits.h"
#include "ui/edit/provider_dialog.h"
#include "ui/edit/route_dialog.h"
#include "ui/main_window.h"
#include "ui/model/line_diff.h"
#include "ui/model/revision_model.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::test;
using namespace sluice::ui;

namespace {

QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Does something with the dialog of that name once it is open.
void whenOpen(QWidget& window, const char* name, const std::function<void(QDialog&)>& act) {
  auto* timer = new QTimer(&window);
  QObject::connect(timer, &QTimer::timeout, &window, [&window, name, act, timer] {
    auto* dialog = window.findChild<QDialog*>(QString::fromLatin1(name));
    if (!dialog || !dialog->isVisible()) return;
    timer->deleteLater();
    timer->stop();
    act(*dialog);
  });
  timer->start(10);
}

}  // namespace

class TestConfigPage : public QObject {
  Q_OBJECT
  QTemporaryDir m_folder;
  QString m_file;
  QByteArray m_text;

 private slots:
  void initTestCase() { applyTheme(*qApp, Theme::Light); }

  void init() {
    m_file = m_folder.filePath(QStringLiteral("sluice.yaml"));
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    m_text =
        "# what I run\nversion: 1\nserver: {listen: '127.0.0.1:0'}\nproviders:\n  - id: alpha   # "
        "mine\n    dialect: mock\n    limits: {requests_per_minute: 600}   # asked for\n    mock: "
        "{latency: 0ms, jitter: 0ms}\nroutes:\n  - model: m\n    targets: [{provider: alpha}]\n";
    file.write(m_text);
  }

  void differences() {
    QVERIFY(lineDiff(QStringLiteral("a\nb"), QStringLiteral("a\nb")).empty());
    const auto kinds = [](const char* a, const char* b, int context = 3) {
      QString out;
      for (const DiffLine& line :
           lineDiff(QString::fromLatin1(a), QString::fromLatin1(b), context)) {
        out += QLatin1Char(" -+."[int(line.kind)]) + line.text + QLatin1Char('|');
      }
      return out;
    };
    QCOMPARE(kinds("a\nb\nc", "a\nx\nc"), QStringLiteral(" a|-b|+x| c|"));
    QCOMPARE(kinds("a", "a\nb"), QStringLiteral(" a|+b|"));
    QCOMPARE(kinds("1\n2\n3\n4\n5", "1\n2\n3\n4\nx", 1), QStringLiteral(".| 4|-5|+x|"));
  }

  void revisionsAreAModel() {
    RevisionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::deque<Revision> revisions;
    for (std::uint64_t n = 1; n <= 5; ++n) {
      revisions.push_back({n, 1'000, Author::Window, "w", "t" + std::to_string(n)});
      model.update(revisions);
    }
    QCOMPARE(model.rowCount(), 5);
    QCOMPARE(model.at(0)->number, std::uint64_t{5});
    revisions.pop_front();
    revisions.pop_front();
    revisions.push_back({6, 1'000, Author::File, "w", "t"});
    model.update(revisions);
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.at(3)->number, std::uint64_t{3});
    QCOMPARE(model.data(model.index(0, RevisionModel::Who)).toString(), QStringLiteral("file"));
    model.update({});
    QCOMPARE(model.rowCount(), 0);
  }

  void faultsAreToldAsTheyAreTyped() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.showPage(QStringLiteral("config")));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    auto* fault = find<QLabel>(window, "configFault");
    auto* apply = find<QPushButton>(window, "configApply");
    QCOMPARE(editor->toPlainText().toUtf8(), m_text);
    QVERIFY(!apply->isEnabled());
    editor->setFocus();
    editor->moveCursor(QTextCursor::End);
    QTest::keyClicks(editor, QStringLiteral("colour: red"));
    QTRY_VERIFY(fault->text().contains(QLatin1String("Line 12: colour")));
    QVERIFY(!apply->isEnabled());
    QCOMPARE(editor->extraSelections().size(), 1);
    QCOMPARE(editor->extraSelections().front().cursor.blockNumber(), 11);
    QVERIFY(find<QPlainTextEdit>(window, "configChanges")
                ->toPlainText()
                .contains(QLatin1String("+ colour: red")));
    QTest::mouseClick(find<QPushButton>(window, "configRevert"), Qt::LeftButton);
    QCOMPARE(editor->toPlainText().toUtf8(), m_text);
    QVERIFY(fault->text().contains(QLatin1String("in force")));
  }

  void appliedAndRolledBack() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    window.showPage(QStringLiteral("config"));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    QString text = editor->toPlainText();
    editor->setPlainText(text.replace(QLatin1String("minute: 600"), QLatin1String("minute: 60")));
    auto* apply = find<QPushButton>(window, "configApply");
    QTRY_VERIFY(apply->isEnabled());
    QTest::mouseClick(apply, Qt::LeftButton);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(0), 60u);
    QVERIFY(read(m_file).contains("minute: 60}   # asked for"));
    find<QTabWidget>(window, "configTabs")->setCurrentIndex(1);
    auto* history = find<QTreeView>(window, "configHistory");
    QCOMPARE(history->model()->rowCount(), 2);
    QCOMPARE(history->model()->index(0, RevisionModel::What).data().toString(),
             QStringLiteral("alpha.requests_per_minute 600 -> 60"));
    history->setFocus();
    history->setCurrentIndex(history->model()->index(1, 0));
    QVERIFY(find<QPlainTextEdit>(window, "configRevision")
                ->toPlainText()
                .contains(QLatin1String("+     limits: {requests_per_minute: 600}")));
    QTest::mouseClick(find<QPushButton>(window, "configRestore"), Qt::LeftButton);
    QCOMPARE(read(m_file), m_text);
    QCOMPARE(history->model()->index(0, RevisionModel::Who).data().toString(),
             QStringLiteral("rollback"));
    // A rollback is a change like others.
    window.edits().stack().undo();
    QVERIFY(read(m_file).contains("minute: 60}"));
  }

  void aRevertCanBeTakenBack() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    window.showPage(QStringLiteral("config"));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    editor->setFocus();
    editor->moveCursor(QTextCursor::End);
    QTest::keyClicks(editor, QStringLiteral("# a long thought"));
    QTRY_VERIFY(find<QPushButton>(window, "configRevert")->isEnabled());
    QTest::mouseClick(find<QPushButton>(window, "configRevert"), Qt::LeftButton);
    QCOMPARE(editor->toPlainText().toUtf8(), m_text);
    QTest::keySequence(editor, QKeySequence::Undo);
    QVERIFY(editor->toPlainText().endsWith(QLatin1String("# a long thought")));
    // Nor does a change elsewhere move the cursor of who is only reading.
    QTRY_VERIFY(find<QPushButton>(window, "configRevert")->isEnabled());
    QTest::mouseClick(find<QPushButton>(window, "configRevert"), Qt::LeftButton);
    editor->setTextCursor(QTextCursor(editor->document()->findBlockByNumber(3)));
    window.edits().change([](config::Config& c) { c.providers[0].limits.queue = 3; });
    QVERIFY(editor->toPlainText().contains(QLatin1String("queue: 3")));
    QCOMPARE(editor->textCursor().blockNumber(), 3);
  }

  void lineMerges() {
    const auto merged = [](const char* base, const char* mine, const char* theirs) {
      return mergeLines(QString::fromLatin1(base), QString::fromLatin1(mine),
                        QString::fromLatin1(theirs))
          .value_or(QStringLiteral("(none)"));
    };
    QCOMPARE(merged("a\nb\nc", "x\nb\nc", "a\nb\ny"), QStringLiteral("x\nb\ny"));
    QCOMPARE(merged("a\nb\nc", "a\nb\nc\nd", "z\na\nb\nc"), QStringLiteral("z\na\nb\nc\nd"));
    QCOMPARE(merged("a\nb\nc", "b\nc", "a\nb"), QStringLiteral("b"));
    QCOMPARE(merged("a\nb", "a\nx", "a\nx"), QStringLiteral("a\nx"));
    QCOMPARE(merged("a\nb", "a\nx", "a\ny"), QStringLiteral("(none)"));
    QCOMPARE(merged("a", "a", "b"), QStringLiteral("b"));
  }

  void anOutsideEditWhileTypingIsTold() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    window.showPage(QStringLiteral("config"));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    auto* meanwhile = find<QWidget>(window, "configMeanwhile");
    QVERIFY(!meanwhile->isVisible());
    editor->appendPlainText(QStringLiteral("# typing"));
    QByteArray outside = m_text;
    outside.replace("requests_per_minute: 600", "requests_per_minute: 700");
    {
      QFile file(m_file);
      QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
      file.write(outside);
    }
    QTRY_VERIFY(meanwhile->isVisible());
    auto* changes = find<QPlainTextEdit>(window, "configChanges");
    QTest::mouseClick(find<QPushButton>(window, "configShowMeanwhile"), Qt::LeftButton);
    QVERIFY(
        changes->toPlainText().contains(QLatin1String("+     limits: {requests_per_minute: 700")));
    QVERIFY(!changes->toPlainText().contains(QLatin1String("# typing")));
    QTest::mouseClick(find<QPushButton>(window, "configMerge"), Qt::LeftButton);
    QVERIFY(!meanwhile->isVisible());
    QVERIFY(changes->toPlainText().contains(QLatin1String("+ # typing")));
    QVERIFY(!changes->toPlainText().startsWith(QLatin1String("- ")));
    QVERIFY(!changes->toPlainText().contains(QLatin1String("\n- ")));
    auto* apply = find<QPushButton>(window, "configApply");
    QTRY_VERIFY(apply->isEnabled());
    QTest::mouseClick(apply, Qt::LeftButton);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(0), 700u);
    QVERIFY(read(m_file).contains("# typing"));
  }

  void aRefusedFileIsNotCalledSaved() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    window.showPage(QStringLiteral("config"));
    auto* state = find<QLabel>(window, "configState");
    auto* bar = find<QLabel>(window, "configLabel");
    QVERIFY(state->text().contains(QLatin1String("saved")));
    QVERIFY(bar->text().contains(QLatin1String("saved")));
    const auto put = [&](const QByteArray& text) {
      QFile file(m_file);
      QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
      file.write(text);
    };
    put(m_text + "colour: red\n");
    QTRY_VERIFY(state->text().contains(QLatin1String("refused")));
    QVERIFY(state->text().contains(QLatin1String(":12:")));
    QVERIFY(bar->text().contains(QLatin1String("refused")));
    QTest::mouseClick(find<QPushButton>(window, "faultDismiss"), Qt::LeftButton);
    QVERIFY(bar->text().contains(QLatin1String("refused")));
    put(m_text);  // as it was
    QTRY_VERIFY(state->text().contains(QLatin1String("saved")));
    QVERIFY(bar->text().contains(QLatin1String("saved")));
  }

  void historyAtTheLeastSize() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    engine.patch("{\"providers\": {\"alpha\": {\"limits\": {\"queue\": 9}}}}");
    MainWindow window(engine);
    window.resize(window.minimumSize());
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    window.showPage(QStringLiteral("config"));
    find<QTabWidget>(window, "configTabs")->setCurrentIndex(1);
    auto* history = find<QTreeView>(window, "configHistory");
    QTRY_COMPARE(history->header()->length(), history->viewport()->width());
    const auto width = [&](int column) { return history->columnWidth(column); };
    QVERIFY(width(RevisionModel::What) > width(RevisionModel::Time));
    QVERIFY(width(RevisionModel::What) > width(RevisionModel::Who));
    const QModelIndex newest = history->model()->index(0, RevisionModel::What);
    QCOMPARE(newest.siblingAtColumn(RevisionModel::Time).data().toString().size(), 8);
    for (int column = 0; column < RevisionModel::kColumns; ++column) {
      const QString tip = newest.siblingAtColumn(column).data(Qt::ToolTipRole).toString();
      QVERIFY(tip.contains(newest.data().toString()) && tip.contains(QLatin1String("admin")));
    }
  }

  void whatIsTypedOutlivesAChangeElsewhere() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.showPage(QStringLiteral("config"));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    editor->appendPlainText(QStringLiteral("# typing"));
    window.edits().change([](config::Config& c) { c.providers[0].limits.queue = 3; });
    QVERIFY(editor->toPlainText().contains(QLatin1String("# typing")));
    const QString changes = find<QPlainTextEdit>(window, "configChanges")->toPlainText();
    QVERIFY(changes.contains(QLatin1String("+ # typing")));
    QVERIFY(changes.contains(QLatin1String("queue: 3")));
  }

  void aProviderFromTheFormTakesARequest() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(window.start());
    window.showPage(QStringLiteral("config"));
    whenOpen(window, "providerDialog", [](QDialog& dialog) {
      auto* preset = find<QComboBox>(dialog, "providerPreset");
      preset->setCurrentIndex(preset->count() - 1);  // the mock
      auto* id = find<QLineEdit>(dialog, "providerId");
      id->selectAll();
      QTest::keyClicks(id, QStringLiteral("fresh"));
      auto* save = find<QPushButton>(dialog, "providerSave");
      if (!save->isEnabled()) {
        qWarning() << find<QLabel>(dialog, "providerFault")->text();
        dialog.reject();
      }
      QTest::mouseClick(save, Qt::LeftButton);
    });
    QTest::mouseClick(find<QPushButton>(window, "configAddProvider"), Qt::LeftButton);
    QCOMPARE(engine.config()->providers.size(), std::size_t{2});
    int status = 0;
    QThread* client = QThread::create([&] {
      HttpClient http(portOf(engine));
      if (const auto answer = http.chat("fresh/x")) status = answer->status;
    });
    client->start();
    QTRY_VERIFY(client->isFinished());
    delete client;
    QCOMPARE(status, 200);
    QCOMPARE(engine.snapshot().providers[1].id, std::string("fresh"));
    const QByteArray text = read(m_file);
    QVERIFY2(text.contains("  - id: fresh\n    dialect: mock\n"), text.constData());
    QVERIFY(text.startsWith("# what I run\n") && text.contains("# mine") &&
            text.contains("# asked"));
    QCOMPARE(window.edits().stack().count(), 1);
    window.edits().stack().undo();
    QCOMPARE(read(m_file), m_text);
  }

  /// An empty form is not wrong before anybody has touched it.
  void formsWaitBeforeTheyFindFault() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    ConfigEdits edits(engine);
    for (const bool route : {false, true}) {
      std::unique_ptr<QDialog> dialog;
      if (route) {
        dialog = std::make_unique<RouteDialog>(edits, QString());
      } else {
        dialog = std::make_unique<ProviderDialog>(edits, QString());
      }
      auto* fault = find<QLabel>(*dialog, route ? "routeFault" : "providerFault");
      auto* save = find<QPushButton>(*dialog, route ? "routeSave" : "providerSave");
      dialog->show();
      QVERIFY2(fault->text().isEmpty(), qPrintable(fault->text()));
      QVERIFY(save->isEnabled());
      save->click();
      QVERIFY(!fault->text().isEmpty());
      QVERIFY(!save->isEnabled());
      QVERIFY(dialog->isVisible());
    }
    QCOMPARE(engine.config()->providers.size(), std::size_t{1});
    QCOMPARE(engine.config()->routes.size(), std::size_t{1});
  }

  void aKeyItselfIsRefused() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    window.showPage(QStringLiteral("config"));
    QString fault;
    bool enabled = true;
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QObject::connect(&server, &QTcpServer::newConnection, [&] {
      QTcpSocket* socket = server.nextPendingConnection();
      QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
        socket->readAll();
        socket->write(
            "HTTP/1.1 200 OK\r\nContent-Length: 29\r\nConnection: close\r\n\r\n"
            "{\"data\":[{\"id\":1},{\"id\":2}]}\n");
      });
    });
    QString tested;
    whenOpen(window, "providerDialog", [&](QDialog& dialog) {
      auto* preset = find<QComboBox>(dialog, "providerPreset");
      preset->setCurrentIndex(1);
      auto* key = find<QLineEdit>(dialog, "providerKey");
      key->setText(QStringLiteral("sk-live-123"));
      fault = find<QLabel>(dialog, "providerFault")->text();
      enabled = find<QPushButton>(dialog, "providerSave")->isEnabled();
      // The test of the connection asks for models, which costs nothing.
      find<QComboBox>(dialog, "providerKeyKind")->setCurrentIndex(0);
      find<QLineEdit>(dialog, "providerUrl")
          ->setText(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()));
      QTest::mouseClick(find<QPushButton>(dialog, "providerTest"), Qt::LeftButton);
      auto* result = find<QLabel>(dialog, "providerTestResult");
      QTRY_VERIFY(result->text().contains(QLatin1String("2 model")));
      tested = result->text();
      dialog.reject();
    });
    QTest::mouseClick(find<QPushButton>(window, "configAddProvider"), Qt::LeftButton);
    QVERIFY2(fault.contains(QLatin1String("never written")), qPrintable(fault));
    QVERIFY(!enabled);
    QVERIFY(tested.contains(QStringLiteral("\u2713")));
    QCOMPARE(read(m_file), m_text);
  }

  void check13_anOutsideEditDuringADragIsAskedAbout() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    MainWindow window(engine);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    auto* slider = find<QSlider>(window, "limit_requests_per_minute_slider");
    QByteArray outside = m_text;
    outside.replace("# mine", "# ours").replace("latency: 0ms", "latency: 1ms");
    bool both = false;
    whenOpen(window, "conflictDialog", [&](QDialog& dialog) {
      both = find<QPlainTextEdit>(dialog, "conflictTheirs")
                 ->toPlainText()
                 .contains(QLatin1String("latency: 1ms")) &&
             find<QPlainTextEdit>(dialog, "conflictMine")
                 ->toPlainText()
                 .contains(QLatin1String("requests_per_minute: 0"));
      keepShots(dialog, QStringLiteral("dialog-conflict"));
      QTest::mouseClick(find<QPushButton>(dialog, "conflictMerge"), Qt::LeftButton);
    });
    QTest::mousePress(slider, Qt::LeftButton, {},
                      QPoint(slider->width() / 2, slider->height() / 2));
    slider->setSliderDown(true);
    slider->setSliderPosition(0);
    {
      QFile file(m_file);
      QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
      file.write(outside);
    }
    QTest::qWait(150);  // the watcher has its say: nothing opens under the mouse
    QVERIFY(!window.findChild<QDialog*>(QStringLiteral("conflictDialog")));
    slider->setSliderDown(false);
    QTRY_VERIFY(both);
    outside.replace("requests_per_minute: 600", "requests_per_minute: 0");
    QTRY_COMPARE(read(m_file), outside);
    QCOMPARE(engine.config()->providers[0].limits.requestsPerMinute.value_or(1), 0u);
    QCOMPARE(engine.config()->providers[0].mock.latency, config::Duration(1));
  }

  void pictures() {
    Engine engine;
    QVERIFY(engine.load(m_file).applied());
    engine.patch("{\"providers\": {\"alpha\": {\"limits\": {\"queue\": 9}}}}");
    MainWindow window(engine);
    window.show();
    window.showPage(QStringLiteral("config"));
    auto* editor = find<QPlainTextEdit>(window, "configEditor");
    editor->setPlainText(
        editor->toPlainText().replace(QLatin1String("queue: 9"), QLatin1String("queue: nine")));
    auto* fault = find<QLabel>(window, "configFault");
    QTRY_VERIFY(fault->text().contains(QLatin1String("Line 7")));
    keepShots(window, QStringLiteral("config"));
    QTRY_VERIFY(find<QPushButton>(window, "configRevert")->isEnabled());
    find<QTabWidget>(window, "configTabs")->setCurrentIndex(1);
    find<QPushButton>(window, "configRevert")->click();
    auto* history = find<QTreeView>(window, "configHistory");
    history->setCurrentIndex(history->model()->index(1, 0));
    keepShots(window, QStringLiteral("config-history"));
    whenOpen(window, "providerDialog", [](QDialog& dialog) {
      keepShots(dialog, QStringLiteral("dialog-provider"));
      dialog.reject();
    });
    QTest::mouseClick(find<QPushButton>(window, "configAddProvider"), Qt::LeftButton);
  }
};

QTEST_MAIN(TestConfigPage)
#include "test_config_page.moc"
