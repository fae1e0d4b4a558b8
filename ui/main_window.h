// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QTimer>
#include <functional>
#include <optional>
#include <vector>

#include "gateway/engine.h"
#include "ui/desktop/tray.h"
#include "ui/model/snapshot_history.h"

class QActionGroup;
class QFrame;
class QLabel;
class QListWidget;
class QStackedWidget;

namespace sluice::ui {

class ConfigEdits;
class EventsDock;
class LimitsDock;
class Page;
class StatusStrip;
class TourBar;
class Tray;

/// The window: strip, page rail, pages, docks. Pulls Engine::snapshot() 10 times a second while it can
/// be seen. Hidden or minimised it does so once a second and draws nothing; what plots draw is kept all
/// the same, and all is as it stands once it is seen again. Takes the engine's events for all of it.
class MainWindow final : public QMainWindow {
  Q_OBJECT
 public:
  /// Answers "the port is taken": the port to use instead. A seam for tests.
  using AskPort = std::function<std::optional<quint16>(QWidget*, const StartError&)>;

  explicit MainWindow(Engine& engine, QWidget* parent = nullptr);
  ~MainWindow() override;
  void setAskPort(AskPort ask) { m_askPort = std::move(ask); }
  /// Answers "the file was changed elsewhere": what holds. A seam for tests.
  using AskConflict = std::function<std::optional<Resolution>(QWidget*, const FileConflict&)>;
  void setAskConflict(AskConflict ask) { m_askConflict = std::move(ask); }

  /// Answers "keep the gateway running?", once. A seam for tests.
  using AskClose = std::function<CloseChoice(QWidget*, bool tray)>;
  void setAskClose(AskClose ask) { m_askClose = std::move(ask); }

  /// Answers "stop, though so many requests are under way?". A seam for tests.
  using AskStop = std::function<bool(QWidget*, std::uint64_t inflight)>;
  void setAskStop(AskStop ask) { m_askStop = std::move(ask); }

  /// Shows a message outside of the window: where there is a tray by its icon, else by the desktop. A
  /// seam for tests.
  using Notify = std::function<void(const QString& title, const QString& words)>;
  void setNotify(Notify notify) { m_notify = std::move(notify); }

  /// Starts the engine, asking for another port where the first is taken. True: it listens.
  bool start();
  /// Stops the gateway, letting requests end, and leaves, whatever closing means.
  void quit();
  /// By the name of its PageEntry. False: there is no such page.
  bool showPage(const QString& name);
  /// All changes of the config that are made in this window.
  ConfigEdits& edits() { return *m_edits; }
  /// The page that is seen.
  const Page& page() const;
  /// Reads size, place and docks from this file now, and writes them there when the window closes.
  void rememberIn(const QString& file);

 public slots:
  /// The one place from where providers are commanded.
  void command(const QString& provider, sluice::ProviderCommand command);

 signals:
  /// A command was carried out.
  void commanded(const QString& provider, sluice::ProviderCommand command);
  /// The window was closed and the gateway has stopped.
  void left();
  /// Engine events, in the order in which they were taken.
  void eventsTaken(const std::vector<sluice::Event>& events);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void buildMenus();
  void buildPages();
  void takeEvents();
  void showProvider(const QString& provider);
  void remember(const QString& key, const QVariant& value);
  void pull();
  void showNewest();
  /// As often as it is worth, now that it can be seen, or no longer can.
  void pace();
  void showConfig();
  void settleConflict();
  bool staysInBackground();
  /// Because somebody wants it, and whoever has requests under way can be spared.
  void stopByHand();
  void showFaults(const QString& file, const std::vector<config::Fault>& faults);

  Engine& m_engine;
  ConfigEdits* m_edits;
  AskPort m_askPort;
  AskClose m_askClose;
  AskConflict m_askConflict;
  AskStop m_askStop;
  Notify m_notify;
  SnapshotHistory m_history;
  QTimer m_timer;
  StatusStrip* m_strip;
  QFrame* m_banner;
  QLabel* m_bannerText;
  TourBar* m_tour;
  QListWidget* m_rail;
  QStackedWidget* m_pages;
  QActionGroup* m_themes = nullptr;
  std::vector<Page*> m_made;  // in the order of pages()
  LimitsDock* m_limits;
  EventsDock* m_events;
  QLabel* m_configLabel;
  QByteArray m_firstLayout;
  QString m_stateFile;  // empty: nothing is remembered
  Tray* m_tray = nullptr;
  bool m_seen = false;
  bool m_closing = false;
  bool m_quitting = false;
};

}  // namespace sluice::ui
