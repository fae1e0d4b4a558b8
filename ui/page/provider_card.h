// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <cstddef>
#include <map>

#include "gateway/command.h"
#include "ui/model/snapshot_history.h"

class QAction;
class QLabel;
class QToolButton;

namespace sluice::ui {

class LevelBar;
class StateChip;

/// One provider at a glance: state, rate, error share, latency, bucket.
class ProviderCard final : public QFrame {
  Q_OBJECT
 public:
  /// `color`: the index of its colour in plots.
  ProviderCard(const QString& id, std::size_t color, QWidget* parent = nullptr);
  void show(const ProviderSnapshot& provider, const SnapshotHistory::Stats& stats);

 signals:
  /// A person wants this done to the provider.
  void commanded(ProviderCommand command);

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void applyPalette();
  QToolButton* makeActions(const QString& id);
  void showActions(const ProviderSnapshot& provider);

  std::size_t m_color;
  QLabel* m_name;
  QLabel* m_demo;
  StateChip* m_chip;
  QLabel* m_detail;
  QLabel* m_rate;
  QLabel* m_errors;
  QLabel* m_latency;
  QLabel* m_inflight;
  QLabel* m_health;
  std::map<ProviderCommand, QAction*> m_actions;
  LevelBar* m_level;
  LevelBar* m_tokens;  // only where tokens are limited
};

}  // namespace sluice::ui
