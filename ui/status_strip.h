// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/model/snapshot_history.h"

class QCheckBox;
class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace sluice::ui {

/// The line at the top: is it running, where, and how it goes.
class StatusStrip final : public QWidget {
  Q_OBJECT
 public:
  explicit StatusStrip(QWidget* parent = nullptr);

  enum class State : std::uint8_t { Stopped, Running, Stopping };
  void setState(State state);
  /// The gateway's address and a model for examples: what the Copy menu is made of.
  void setTarget(const QString& url, const QString& model);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history);

 signals:
  void startRequested();
  void stopRequested();
  void demoTrafficToggled(bool on);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void applyPalette();

  QPushButton* m_button;
  QLabel* m_state;
  QLabel* m_url;
  QToolButton* m_copy;
  QMenu* m_menu;
  QLabel* m_totals;
  QLabel* m_demo;
  QCheckBox* m_traffic;
  State m_current = State::Stopped;
};

}  // namespace sluice::ui
