// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QObject>
#include <QSystemTrayIcon>
#include <functional>
#include <memory>
#include <vector>

#include "gateway/engine.h"

class QAction;
class QMenu;

namespace sluice::ui {

/// What the icon in the tray tells: by colour and by a mark in its corner.
enum class TrayState : std::uint8_t { Running, Degraded, Stopped };
TrayState trayStateOf(const EngineSnapshot& snapshot);
/// `base` with the mark of that state.
QIcon trayIcon(TrayState state, const QIcon& base);

/// The icon in the tray, where there is one: shows the window, copies the address, starts and stops.
/// Never the only way to any of it.
class Tray final : public QObject {
  Q_OBJECT
 public:
  Tray(Engine& engine, QWidget& window, std::function<void()> quit);
  ~Tray() override;

  bool available() const { return m_icon != nullptr; }
  /// With every snapshot.
  void show(const EngineSnapshot& snapshot);
  /// Only where there is an icon.
  void message(const QString& title, const QString& words);

 signals:
  void startWanted();
  void stopWanted();

 private:
  void refresh();

  Engine& m_engine;
  QWidget& m_window;
  std::unique_ptr<QMenu> m_menu;
  QIcon m_base;
  TrayState m_state = TrayState::Stopped;
  QSystemTrayIcon* m_icon = nullptr;
  QAction* m_address = nullptr;
  QAction* m_startStop = nullptr;
};

/// What a message about these events says; empty: none is due.
QString openedWords(const std::vector<Event>& events);

/// Brings a window to where it is seen.
void raiseWindow(QWidget& window);

enum class CloseChoice : std::uint8_t { Keep, Quit, Stay };
/// Asks, once, what closing means: keep the gateway running in the background, or quit.
CloseChoice askAboutClosing(QWidget* parent, bool tray);

}  // namespace sluice::ui
