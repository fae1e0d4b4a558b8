// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDBusConnection>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>
#include <algorithm>

#include "gateway/config/yaml.h"
#include "ui/desktop/notify.h"
#include "ui/dock/events_dock.h"
#include "ui/dock/limits_dock.h"
#include "ui/edit/config_edits.h"
#include "ui/edit/conflict_dialog.h"
#include "ui/model/file_words.h"
#include "ui/model/refusal_words.h"
#include "ui/model/snippets.h"
#include "ui/page/pages.h"
#include "ui/port_dialog.h"
#include "ui/shortcuts_dialog.h"
#include "ui/status_strip.h"
#include "ui/style/theme.h"
#include "ui/tour_bar.h"

namespace sluice::ui {

namespace {
constexpr int kVisibleMs = 100;
constexpr int kUnseenMs = 1000;
constexpr std::chrono::seconds kDrain{3};

bool askAboutStopping(QWidget* parent, std::uint64_t inflight) {
  QMessageBox box(
      QMessageBox::Question, MainWindow::tr("Stop the gateway"),
      MainWindow::tr("%n request(s) under way. They have %1 s to end; what has not ended "
                     "by then is cut off, and its client told.",
                     nullptr, static_cast<int>(inflight))
          .arg(kDrain.count()),
      QMessageBox::Cancel, parent);
  box.setObjectName(QStringLiteral("stopQuestion"));
  const auto* stop = box.addButton(MainWindow::tr("Stop"), QMessageBox::AcceptRole);
  box.exec();
  return box.clickedButton() == stop;
}
}  // namespace

MainWindow::MainWindow(Engine& engine, QWidget* parent)
    : QMainWindow(parent),
      m_engine(engine),
      m_edits(new ConfigEdits(engine, this)),
      m_askPort(offerNextPort),
      m_askClose(askAboutClosing),
      m_askConflict(askAboutConflict),
      m_askStop(askAboutStopping),
      m_strip(new StatusStrip),
      m_banner(new QFrame),
      m_bannerText(new QLabel),
      m_tour(new TourBar(engine, [this](const QString& name) { showPage(name); })),
      m_rail(new QListWidget),
      m_pages(new QStackedWidget),
      m_limits(new LimitsDock(*m_edits)),
      m_events(new EventsDock(*m_edits)),
      m_configLabel(new QLabel) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(QStringLiteral("Sluice"));
  setMinimumSize(1100, 680);
  resize(1440, 900);

  buildPages();

  m_banner->setObjectName(QStringLiteral("faultBanner"));
  m_banner->setAutoFillBackground(true);
  m_bannerText->setObjectName(QStringLiteral("faultText"));
  m_bannerText->setWordWrap(true);
  m_bannerText->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* dismiss = new QPushButton(tr("Dismiss"));
  dismiss->setObjectName(QStringLiteral("faultDismiss"));
  connect(dismiss, &QPushButton::clicked, m_banner, &QWidget::hide);
  auto* bannerLayout = new QHBoxLayout(m_banner);
  bannerLayout->setContentsMargins(14, 6, 14, 6);
  bannerLayout->addWidget(m_bannerText, 1);
  bannerLayout->addWidget(dismiss);
  m_banner->hide();

  auto* central = new QWidget;
  auto* body = new QHBoxLayout;
  body->setSpacing(0);
  body->addWidget(m_rail);
  body->addWidget(m_pages, 1);
  auto* layout = new QVBoxLayout(central);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(body, 1);
  setCentralWidget(central);
  // Above the docks too: the strip belongs to the whole window.
  auto* top = new QWidget;
  auto* topLayout = new QVBoxLayout(top);
  topLayout->setContentsMargins(0, 0, 0, 0);
  topLayout->setSpacing(0);
  buildMenus();
  topLayout->addWidget(menuBar());
  topLayout->addWidget(m_strip);
  topLayout->addWidget(m_banner);
  topLayout->addWidget(m_tour);
  setMenuWidget(top);
  addDockWidget(Qt::RightDockWidgetArea, m_limits);
  addDockWidget(Qt::BottomDockWidgetArea, m_events);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  resizeDocks({m_events}, {130}, Qt::Vertical);
  resizeDocks({m_limits}, {300}, Qt::Horizontal);
  m_configLabel->setObjectName(QStringLiteral("configLabel"));
  m_configLabel->setContentsMargins(10, 2, 10, 4);
  statusBar()->addWidget(m_configLabel, 1);
  statusBar()->setSizeGripEnabled(false);
  m_firstLayout = saveState();

  m_tray = new Tray(m_engine, *this, [this] { quit(); });
  m_tray->setParent(this);
  m_notify = [this](const QString& title, const QString& words) {
    if (m_tray->available()) {
      m_tray->message(title, words);
    } else {
      notifyDesktop(QDBusConnection::sessionBus(), title, words);
    }
  };
  connect(m_tray, &Tray::startWanted, this, &MainWindow::start);
  connect(m_tray, &Tray::stopWanted, this, &MainWindow::stopByHand);
  connect(m_strip, &StatusStrip::startRequested, this, &MainWindow::start);
  connect(m_strip, &StatusStrip::stopRequested, this, &MainWindow::stopByHand);
  connect(m_strip, &StatusStrip::demoTrafficToggled, this,
          [this](bool on) { m_engine.setDemoTraffic(on); });
  connect(&m_engine, &Engine::started, this, [this] {
    m_strip->setState(StatusStrip::State::Running);
    showConfig();
  });
  connect(&m_engine, &Engine::stopped, this, [this] {
    m_strip->setState(StatusStrip::State::Stopped);
    if (m_closing) close();
  });
  connect(&m_engine, &Engine::configChanged, this, [this] {
    m_banner->hide();
    m_limits->refresh();
    showConfig();
  });
  connect(&m_engine, &Engine::fileChanged, this, &MainWindow::showConfig);
  m_engine.askAboutConflicts(true);
  // Not in the middle of what the engine is doing.
  connect(&m_engine, &Engine::conflicted, this, &MainWindow::settleConflict, Qt::QueuedConnection);
  connect(&m_engine, &Engine::configRefused, this, &MainWindow::showFaults);
  connect(&m_engine, &Engine::eventsPending, this, &MainWindow::takeEvents);
  m_timer.setObjectName(QStringLiteral("pullTimer"));
  connect(&m_timer, &QTimer::timeout, this, &MainWindow::pull);
  takeEvents();
  showConfig();
  pull();
  showNewest();
  m_timer.start(kUnseenMs);
}

MainWindow::~MainWindow() {
  m_edits->finish();  // a change that is not settled yet is told to all that is still here
}

void MainWindow::buildPages() {
  m_rail->setObjectName(QStringLiteral("pageRail"));
  m_rail->setAccessibleName(tr("Pages"));
  m_rail->setFrameShape(QFrame::NoFrame);
  m_rail->setFixedWidth(124);
  m_rail->setSpacing(2);
  const PageContext context{m_engine, m_history, *m_edits};
  for (const PageEntry& entry : pages()) {
    const QString title = QCoreApplication::translate("Pages", entry.title);
    auto* item = new QListWidgetItem(
        QStringLiteral(" %1  %2").arg(QString::fromUtf8(entry.glyph), title), m_rail);
    item->setData(Qt::UserRole, title);
    item->setData(Qt::AccessibleTextRole, title);
    item->setSizeHint({110, 36});
    Page* page = entry.make(context);
    connect(page, &Page::commanded, this, &MainWindow::command);
    connect(page, &Page::tourWanted, m_tour, &TourBar::play);
    connect(page, &Page::providerChosen, this, &MainWindow::showProvider);
    // What is turned beside a page is what the page shows.
    connect(page, &Page::providerShown, this,
            [this](const QString& provider) { m_limits->chooseProvider(provider); });
    m_pages->addWidget(page);
    m_made.push_back(page);
  }
  connect(m_rail, &QListWidget::currentRowChanged, this, [this](int row) {
    m_pages->setCurrentIndex(row);
    if (const EngineSnapshot* latest = m_history.latest()) {
      m_made[static_cast<std::size_t>(row)]->show(*latest, m_history);
    }
  });
  m_rail->setCurrentRow(0);
}

void MainWindow::showProvider(const QString& provider) {
  if (!showPage(QStringLiteral("providers"))) return;
  for (Page* page : m_made) page->chooseProvider(provider);
  m_limits->chooseProvider(provider);  // also when it was shown there already
}

void MainWindow::command(const QString& provider, ProviderCommand command) {
  if (m_edits->command(provider, command)) emit commanded(provider, command);
}

void MainWindow::buildMenus() {
  // Asked again once it is a part of what is above the pages, menuBar() would make another.
  QMenuBar* menus = menuBar();
  menus->setObjectName(QStringLiteral("menus"));
  QMenu* file = menus->addMenu(tr("&File"));
  file->addAction(tr("&Reload config"), QKeySequence(Qt::Key_F5), this,
                  [this] {
                    if (!m_engine.configFile().isEmpty()) m_engine.reload();
                  })
      ->setEnabled(!m_engine.configFile().isEmpty());
  file->addSeparator();
  file->addAction(tr("&Quit"), QKeySequence::Quit, this, &MainWindow::quit);

  QMenu* edit = menus->addMenu(tr("&Edit"));
  edit->addAction(m_edits->makeUndoAction(this));
  edit->addAction(m_edits->makeRedoAction(this));

  QMenu* view = menus->addMenu(tr("&View"));
  for (int i = 0; i < m_rail->count(); ++i) {
    view->addAction(m_rail->item(i)->data(Qt::UserRole).toString(),
                    QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + i)), this,
                    [this, i] { m_rail->setCurrentRow(i); });
  }
  view->addSeparator();
  m_themes = new QActionGroup(this);
  for (const auto& [title, theme] : {std::pair{tr("Follow the system"), Theme::System},
                                     {tr("Light"), Theme::Light},
                                     {tr("Dark"), Theme::Dark}}) {
    QAction* action = view->addAction(title, this, [this, theme = theme] {
      applyTheme(*qApp, theme);
      remember(QStringLiteral("window/theme"), static_cast<int>(theme));
    });
    action->setCheckable(true);
    action->setChecked(theme == currentTheme());
    action->setData(static_cast<int>(theme));
    m_themes->addAction(action);
  }
  view->addSeparator();
  view->addAction(tr("Reset &layout"), this, [this] { restoreState(m_firstLayout); });

  QMenu* help = menus->addMenu(tr("&Help"));
  help->addAction(tr("&Keyboard shortcuts"), QKeySequence::HelpContents, this,
                  [this, menus] { showShortcuts(this, *menus); });
  help->addAction(tr("&About Sluice"), this, [this] {
    QMessageBox::about(this, tr("About Sluice"),
                       tr("Sluice %1\nA gateway for LLM traffic on your own machine.\n\n"
                          "Free software under the GNU GPL, version 3 or later.")
                           .arg(QStringLiteral(SLUICE_VERSION)));
  });
}

bool MainWindow::start() {
  auto error = m_engine.start();
  while (error && error->kind == StartError::Kind::PortTaken) {
    const auto port = m_askPort(this, *error);
    if (!port) break;
    m_engine.overrideListen(m_engine.listenAddress().first, *port);
    error = m_engine.start();
  }
  if (!error) return true;
  m_strip->setState(StatusStrip::State::Stopped);
  m_bannerText->setText(refusalWords(error->message));
  m_banner->show();
  return false;
}

bool MainWindow::showPage(const QString& name) {
  const auto all = pages();
  const auto found = std::ranges::find(
      all, name, [](const PageEntry& entry) { return QString::fromLatin1(entry.name); });
  if (found == all.end()) return false;
  m_rail->setCurrentRow(static_cast<int>(found - all.begin()));
  return true;
}

const Page& MainWindow::page() const {
  return *m_made[static_cast<std::size_t>(m_pages->currentIndex())];
}

void MainWindow::rememberIn(const QString& file) {
  m_stateFile = file;
  const QSettings state(file, QSettings::IniFormat);
  // Who has never been here is shown how to begin.
  if (state.allKeys().isEmpty()) showPage(QStringLiteral("connect"));
  restoreGeometry(state.value(QStringLiteral("window/geometry")).toByteArray());
  restoreState(state.value(QStringLiteral("window/layout")).toByteArray());
  const QString page = state.value(QStringLiteral("window/page")).toString();
  if (!page.isEmpty()) showPage(page);
  const QVariant theme = state.value(QStringLiteral("window/theme"));
  for (QAction* action : m_themes->actions()) {
    if (theme.isValid() && action->data() == theme.toInt()) action->trigger();
  }
}

void MainWindow::remember(const QString& key, const QVariant& value) {
  if (m_stateFile.isEmpty()) return;
  QSettings(m_stateFile, QSettings::IniFormat).setValue(key, value);
}

void MainWindow::takeEvents() {
  const std::vector<Event> events = m_engine.takeEvents();
  if (events.empty()) return;
  m_history.add(events);
  m_events->add(events, m_engine.now());
  // Who looks at the window sees it there.
  const QString opened = isActiveWindow() ? QString() : openedWords(events);
  if (!opened.isEmpty()) m_notify(tr("A breaker opened"), opened);
  emit eventsTaken(events);
}

void MainWindow::pull() {
  // First the snapshot: what the events tell of later moments, it does not contradict.
  EngineSnapshot taken = m_engine.snapshot();
  takeEvents();
  m_history.add(std::move(taken));
  const EngineSnapshot& snapshot = *m_history.latest();
  for (Page* page : m_made) page->keep(snapshot);
  m_tray->show(snapshot);
  if (m_seen) showNewest();
}

void MainWindow::showNewest() {
  const EngineSnapshot& snapshot = *m_history.latest();
  m_strip->show(snapshot, m_history);
  m_made[static_cast<std::size_t>(m_pages->currentIndex())]->show(snapshot, m_history);
  m_limits->show(snapshot);
}

void MainWindow::pace() {
  const bool seen = isVisible() && !isMinimized();
  if (seen == m_seen) return;
  m_seen = seen;
  if (m_seen) pull();
  m_timer.start(m_seen ? kVisibleMs : kUnseenMs);
}

void MainWindow::showConfig() {
  const auto config = m_engine.config();
  if (!config) return;
  const QString url = m_engine.url();
  if (!url.isEmpty()) {
    m_strip->setTarget(url, exampleModel(*config));
  }
  for (Page* page : m_made) page->showConfig(*config, url);
  const QString file = m_engine.configFile();
  const QString state = fileWords(m_engine.fileState());
  m_configLabel->setText(tr("%1 \u00B7 revision %2")
                             .arg(file.isEmpty() ? tr("built-in demo config") : file)
                             .arg(m_engine.snapshot().revision) +
                         (state.isEmpty() ? QString() : QStringLiteral(" \u00B7 ") + state));
}

void MainWindow::settleConflict() {
  if (!m_engine.conflict()) return;
  const FileConflict conflict = *m_engine.conflict();
  const auto resolution = m_askConflict(this, conflict);
  if (!resolution) return;
  const ApplyResult result = m_engine.resolve(*resolution);
  if (!result.applied()) showFaults(m_engine.configFile(), result.faults);
}

void MainWindow::showFaults(const QString& file, const std::vector<config::Fault>& faults) {
  constexpr std::size_t kShown = 3;
  const std::string name = file.toStdString();
  QStringList lines{tr("The config file was refused; the last good one serves on.")};
  for (std::size_t i = 0; i < faults.size() && i < kShown; ++i) {
    lines << faultLine(config::describe(faults[i], name), name);
  }
  if (faults.size() > kShown) lines << tr("and %1 more").arg(faults.size() - kShown);
  m_bannerText->setText(lines.join(QLatin1Char('\n')));
  m_banner->show();
}

void MainWindow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::WindowStateChange) pace();
  QMainWindow::changeEvent(event);
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  pace();
}

void MainWindow::hideEvent(QHideEvent* event) {
  QMainWindow::hideEvent(event);
  pace();
}

void MainWindow::quit() {
  m_quitting = true;
  close();
}

void MainWindow::stopByHand() {
  const std::uint64_t inflight = m_engine.snapshot().requests.inflight;
  if (inflight > 0 && !m_askStop(this, inflight)) return;
  m_strip->setState(StatusStrip::State::Stopping);
  m_engine.stop(kDrain);
}

/// What closing the window of a running gateway means is asked once and remembered.
bool MainWindow::staysInBackground() {
  if (m_stateFile.isEmpty()) return false;
  QSettings state(m_stateFile, QSettings::IniFormat);
  const QString key = QStringLiteral("window/close");
  QString choice = state.value(key).toString();
  if (choice.isEmpty()) {
    switch (m_askClose(this, m_tray->available())) {
      case CloseChoice::Stay:
        return true;
      case CloseChoice::Keep:
        choice = QStringLiteral("keep");
        break;
      case CloseChoice::Quit:
        choice = QStringLiteral("quit");
        break;
    }
    state.setValue(key, choice);
  }
  if (choice != QLatin1String("keep")) return false;
  // Without a tray a hidden window would be lost.
  if (m_tray->available()) {
    hide();
  } else {
    showMinimized();
  }
  return true;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!m_stateFile.isEmpty()) {
    QSettings state(m_stateFile, QSettings::IniFormat);
    state.setValue(QStringLiteral("window/geometry"), saveGeometry());
    state.setValue(QStringLiteral("window/layout"), saveState());
    state.setValue(
        QStringLiteral("window/page"),
        QString::fromLatin1(pages()[static_cast<std::size_t>(m_rail->currentRow())].name));
  }
  if (m_engine.running() && !m_closing && !m_quitting && staysInBackground()) {
    event->ignore();
    return;
  }
  if (!m_engine.running()) {
    event->accept();
    emit left();
    return;
  }
  // What is under way may end, briefly; then the window goes.
  m_closing = true;
  m_strip->setState(StatusStrip::State::Stopping);
  m_engine.stop(kDrain);
  event->ignore();
}

}  // namespace sluice::ui
