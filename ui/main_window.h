// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QTimer>
#include <functional>
#include <optional>

#include "gateway/engine.h"
#include "ui/model/snapshot_history.h"

class QFrame;
class QLabel;
class QListWidget;
class QStackedWidget;

namespace sluice::ui {

class ConnectPage;
class EventsDock;
class LimitsDock;
class OverviewPage;
class StatusStrip;

/// The window: strip, page rail, pages, docks. Pulls Engine::snapshot() 10 times a second while it
/// can be seen, once a second while minimised.
class MainWindow final : public QMainWindow {
  Q_OBJECT
 public:
  /// Answers "the port is taken": the port to use instead. A seam for tests.
  using AskPort = std::function<std::optional<quint16>(QWidget*, const StartError&)>;

  explicit MainWindow(Engine& engine, QWidget* parent = nullptr);
  void setAskPort(AskPort ask) { m_askPort = std::move(ask); }

  /// Starts the engine, asking for another port where the first is taken. True: it listens.
  bool start();
  /// "overview" or "connect". False: there is no such page.
  bool showPage(const QString& name);
  const OverviewPage& overview() const { return *m_overview; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void buildMenus();
  void pull();
  void pace();
  void showConfig();
  void showFaults(const QString& file, const std::vector<config::Fault>& faults);

  Engine& m_engine;
  AskPort m_askPort;
  SnapshotHistory m_history;
  QTimer m_timer;
  StatusStrip* m_strip;
  QFrame* m_banner;
  QLabel* m_bannerText;
  QListWidget* m_rail;
  QStackedWidget* m_pages;
  OverviewPage* m_overview;
  ConnectPage* m_connect;
  LimitsDock* m_limits;
  EventsDock* m_events;
  QLabel* m_configLabel;
  QByteArray m_firstLayout;
  bool m_closing = false;
};

}  // namespace sluice::ui
