// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/desktop/tray.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QWidget>
#include <algorithm>

#include "ui/model/event_words.h"
#include "ui/style/state_style.h"

namespace sluice::ui {

Tray::Tray(Engine& engine, QWidget& window, std::function<void()> quit)
    : m_engine(engine), m_window(window) {
  if (!QSystemTrayIcon::isSystemTrayAvailable()) return;
  m_menu = std::make_unique<QMenu>();
  m_menu->addAction(tr("&Show"), this, [this] { raiseWindow(m_window); });
  m_address = m_menu->addAction({}, this, [this] {
    QApplication::clipboard()->setText(m_engine.url() + QStringLiteral("/v1"));
  });
  m_startStop = m_menu->addAction({}, this, [this] {
    if (m_engine.running()) {
      emit stopWanted();
    } else {
      emit startWanted();
    }
  });
  m_menu->addSeparator();
  m_menu->addAction(tr("&Quit"), this, std::move(quit));
  m_base = QIcon::fromTheme(QStringLiteral("io.github.sluice.Sluice"));
  if (m_base.isNull()) m_base = window.style()->standardIcon(QStyle::SP_DriveNetIcon);
  m_icon = new QSystemTrayIcon(trayIcon(m_state, m_base), this);
  m_icon->setContextMenu(m_menu.get());
  connect(m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason why) {
    if (why == QSystemTrayIcon::Trigger) raiseWindow(m_window);
  });
  connect(m_icon, &QSystemTrayIcon::messageClicked, this, [this] { raiseWindow(m_window); });
  connect(&m_engine, &Engine::started, this, &Tray::refresh);
  connect(&m_engine, &Engine::stopped, this, &Tray::refresh);
  refresh();
  m_icon->show();
}

Tray::~Tray() = default;

void Tray::refresh() {
  const bool running = m_engine.running();
  m_address->setText(running ? tr("\u25CF %1/v1 (copy)").arg(m_engine.url())
                             : tr("\u25A0 stopped"));
  m_address->setEnabled(running);
  m_startStop->setText(running ? tr("S&top") : tr("S&tart"));
}

void Tray::show(const EngineSnapshot& snapshot) {
  const TrayState state = trayStateOf(snapshot);
  if (!m_icon || state == m_state) return;
  m_state = state;
  m_icon->setIcon(trayIcon(state, m_base));
  m_icon->setToolTip(state == TrayState::Stopped   ? tr("Sluice: stopped")
                     : state == TrayState::Running ? tr("Sluice: running")
                                                   : tr("Sluice: running, a breaker is open"));
}

void Tray::message(const QString& title, const QString& words) {
  if (m_icon) m_icon->showMessage(title, words, QSystemTrayIcon::Warning);
}

TrayState trayStateOf(const EngineSnapshot& snapshot) {
  if (!snapshot.running) return TrayState::Stopped;
  const bool open = std::ranges::any_of(snapshot.providers, [](const ProviderSnapshot& p) {
    const ProviderLook look = lookOf(p);
    return look == ProviderLook::Open || look == ProviderLook::ForcedOpen;
  });
  return open ? TrayState::Degraded : TrayState::Running;
}

QIcon trayIcon(TrayState state, const QIcon& base) {
  QIcon icon;
  for (const int size : {16, 22, 32, 64}) {
    QPixmap picture(size, size);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    base.paint(&painter, picture.rect());
    // A disc, a cross in a disc, a square: they differ without colour.
    const QRectF corner(size * 0.45, size * 0.45, size * 0.52, size * 0.52);
    const QColor color = styleOf(state == TrayState::Running    ? ProviderLook::Closed
                                 : state == TrayState::Degraded ? ProviderLook::Open
                                                                : ProviderLook::NoData)
                             .color(false);
    painter.setPen(QPen(Qt::white, size / 16.0));
    painter.setBrush(color);
    if (state == TrayState::Stopped) {
      painter.drawRect(corner);
    } else {
      painter.drawEllipse(corner);
    }
    if (state == TrayState::Degraded) {
      const QRectF cross = corner.marginsRemoved(QMarginsF(1, 1, 1, 1) * (size * 0.15));
      painter.drawLine(cross.topLeft(), cross.bottomRight());
      painter.drawLine(cross.topRight(), cross.bottomLeft());
    }
    painter.end();
    icon.addPixmap(picture);
  }
  return icon;
}

QString openedWords(const std::vector<Event>& events) {
  QStringList lines;
  for (const Event& event : events) {
    if (event.kind != Event::Kind::BreakerOpened) continue;
    lines << QStringLiteral("%1: %2").arg(QString::fromStdString(event.subject), eventWords(event));
  }
  constexpr qsizetype kShown = 3;
  if (lines.size() > kShown) {
    const auto more = static_cast<int>(lines.size() - kShown);
    lines = lines.first(kShown);
    lines << QObject::tr("and %n more", nullptr, more);
  }
  return lines.join(QLatin1Char('\n'));
}

void raiseWindow(QWidget& window) {
  window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
  window.show();
  window.raise();
  window.activateWindow();
}

CloseChoice askAboutClosing(QWidget* parent, bool tray) {
  QMessageBox box(QMessageBox::Question, QObject::tr("Keep the gateway running?"),
                  QObject::tr("Keep the gateway running in the background?"), QMessageBox::Cancel,
                  parent);
  box.setObjectName(QStringLiteral("closeDialog"));
  box.setInformativeText(
      tray ? QObject::tr("The icon in the tray brings the window back. This is asked once; File, "
                         "Quit always quits.")
           : QObject::tr("The window is minimised then, as there is no tray. This is asked once; "
                         "File, Quit always quits."));
  QPushButton* keep = box.addButton(QObject::tr("&Keep running"), QMessageBox::AcceptRole);
  keep->setObjectName(QStringLiteral("closeKeep"));
  QPushButton* quit = box.addButton(QObject::tr("&Quit"), QMessageBox::DestructiveRole);
  quit->setObjectName(QStringLiteral("closeQuit"));
  box.setDefaultButton(keep);
  box.exec();
  if (box.clickedButton() == keep) return CloseChoice::Keep;
  return box.clickedButton() == quit ? CloseChoice::Quit : CloseChoice::Stay;
}

}  // namespace sluice::ui
