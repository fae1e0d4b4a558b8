// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/stat_tile.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

void paintTrend(QPainter& painter, const QRectF& box, const std::vector<double>& values,
                const QColor& color) {
  double top = 0;
  for (const double value : values) {
    if (value > top) top = value;
  }
  if (values.size() < 2 || top <= 0) return;
  QPainterPath path;
  bool open = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      open = false;
      continue;
    }
    const QPointF at(
        box.left() + box.width() * static_cast<double>(i) / static_cast<double>(values.size() - 1),
        box.bottom() - box.height() * values[i] / top);
    open ? path.lineTo(at) : path.moveTo(at);
    open = true;
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(color, 1));
  painter.drawPath(path);
}

StatTile::StatTile(const QString& name, const QString& title, QWidget* parent)
    : QWidget(parent), m_title(title), m_value(QStringLiteral("\u2013")) {
  setObjectName(name);
  setAccessibleName(title);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StatTile::show(const QString& value, const QString& detail) {
  if (value == m_value && detail == m_detail) return;
  m_value = value;
  m_detail = detail;
  setToolTip(QStringLiteral("%1: %2 %3").arg(m_title, value, detail));
  update();
}

void StatTile::setTrend(std::vector<double> trend) {
  m_trend = std::move(trend);
  update();
}

void StatTile::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colors = palette();
  painter.setPen(colors.color(QPalette::Mid));
  painter.setBrush(colors.color(QPalette::Base));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
  const QRectF inner = QRectF(rect()).adjusted(10, 4, -8, -4);
  const QFont usual = painter.font();
  QFont small = usual;
  small.setPointSizeF(usual.pointSizeF() * 0.88);
  QFont large = usual;
  large.setPointSizeF(usual.pointSizeF() * 1.35);
  large.setBold(true);
  painter.setFont(small);
  painter.setPen(mutedText(colors));
  painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop, m_title);
  const QFontMetricsF smallMetrics(small);
  painter.drawText(inner, Qt::AlignLeft | Qt::AlignBottom,
                   smallMetrics.elidedText(m_detail, Qt::ElideRight, inner.width()));
  painter.setFont(large);
  painter.setPen(colors.color(QPalette::Text));
  const double middle = inner.top() + smallMetrics.height() - 1;
  const QRectF number(inner.left(), middle, inner.width(),
                      inner.bottom() - smallMetrics.height() + 1 - middle);
  // A long number in a narrow tile is smaller, not cut.
  const double wide = QFontMetricsF(large).horizontalAdvance(m_value);
  if (wide > number.width()) {
    large.setPointSizeF(large.pointSizeF() * number.width() / wide);
    painter.setFont(large);
  }
  painter.drawText(number, Qt::AlignLeft | Qt::AlignVCenter, m_value);
  const double used = QFontMetricsF(large).horizontalAdvance(m_value) + 10;
  if (inner.width() - used > 30) {
    paintTrend(painter, QRectF(inner.left() + used, inner.top() + 4, inner.width() - used, 28),
               m_trend, providerColor(0, isDark(colors)));
  }
}

}  // namespace sluice::ui
