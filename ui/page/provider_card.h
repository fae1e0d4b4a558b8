// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <cstddef>
#include <vector>

#include "gateway/command.h"
#include "ui/model/snapshot_history.h"
#include "ui/style/state_style.h"

class QToolButton;

namespace sluice::ui {

class ProviderActions;

/// One provider at a glance: state and why, rate, error share, latency, what is left of its limits.
/// Painted as a whole: fifty of them with labels would cost more than the traffic.
class ProviderCard final : public QFrame {
  Q_OBJECT
 public:
  static constexpr int kWidth = 224;
  static constexpr int kHeight = 110;

  /// `color`: the index of its colour in plots.
  ProviderCard(const QString& id, std::size_t color, QWidget* parent = nullptr);
  void show(const ProviderSnapshot& provider, const SnapshotHistory& history);
  using QWidget::show;

  // What it says, for tests and tool tips.
  QString stateText() const;
  /// What opens its menu.
  QWidget* actionsButton() const;
  const QString& errorText() const { return m_errors; }
  const QString& latencyText() const { return m_latency; }

 signals:
  /// A person wants this done to the provider.
  void commanded(ProviderCommand command);
  /// A person wants to see more of it.
  void chosen();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void paintLevel(QPainter& painter, const QRectF& box, const BucketSnapshot& bucket,
                  const QString& unit) const;

  QString m_id;
  std::size_t m_color;
  ProviderActions* m_actions;
  QToolButton* m_button;
  ProviderLook m_look = ProviderLook::NoData;
  bool m_demo = false;
  QString m_detail;
  QString m_rate;
  QString m_inflight;
  QString m_errors;
  QString m_latency;
  QString m_health;
  BucketSnapshot m_requests;
  BucketSnapshot m_tokens;
  std::vector<double> m_trend;
  core::Nanos m_numbersAt = 0;
};

}  // namespace sluice::ui
