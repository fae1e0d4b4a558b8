// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <deque>

namespace sluice::ui {

/// The last values of one number, from 0 up, with the largest written beside it.
class Sparkline final : public QWidget {
  Q_OBJECT
 public:
  static constexpr std::size_t kMost = 300;

  Sparkline(const QString& title, const QString& unit, QWidget* parent = nullptr);
  void add(double value);
  QSize sizeHint() const override { return {220, 110}; }
  QSize minimumSizeHint() const override { return {140, 84}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString m_title;
  QString m_unit;
  std::deque<double> m_values;
};

}  // namespace sluice::ui
