// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

namespace sluice::ui {

/// One number with its name, what it rests on, and how it went of late. Of a fixed height: a row of
/// them never jumps. What is not known is "–", never 0.
class StatTile final : public QWidget {
  Q_OBJECT
 public:
  StatTile(const QString& name, const QString& title, QWidget* parent = nullptr);
  void show(const QString& value, const QString& detail);
  using QWidget::show;
  /// The last minute, oldest first; NaN: not known. Empty: no line.
  void setTrend(std::vector<double> trend);
  QString value() const { return m_value; }
  QString detail() const { return m_detail; }
  QSize sizeHint() const override { return {150, 58}; }
  QSize minimumSizeHint() const override { return {96, 58}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString m_title;
  QString m_value;
  QString m_detail;
  std::vector<double> m_trend;
};

/// A line through values in a box, from 0 up; gaps where a value is NaN.
void paintTrend(class QPainter& painter, const class QRectF& box, const std::vector<double>& values,
                const class QColor& color);

}  // namespace sluice::ui
