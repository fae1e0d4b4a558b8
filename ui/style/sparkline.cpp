// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/sparkline.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/style/theme.h"

namespace sluice::ui {

Sparkline::Sparkline(const QString& title, const QString& unit, QWidget* parent)
    : QWidget(parent), m_title(title), m_unit(unit) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(title);
}

void Sparkline::add(double value) {
  m_values.push_back(value);
  if (m_values.size() > kMost) m_values.pop_front();
  update();
}

void Sparkline::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const int text = fontMetrics().height();
  const QRectF box(0.5, 2 * text + 3.5, width() - 1, height() - 2 * text - 5);
  painter.setPen(palette().color(QPalette::Text));
  painter.drawText(QRectF(0, 0, width(), text), Qt::AlignLeft,
                   fontMetrics().elidedText(m_title, Qt::ElideRight, width()));
  const double most = m_values.empty() ? 0 : *std::ranges::max_element(m_values);
  const auto number = [this](double value) {
    return QLocale().toString(value, 'f', value < 10 && value != std::floor(value) ? 2 : 0) +
           m_unit;
  };
  if (!m_values.empty()) {
    painter.setPen(mutedText(palette()));
    painter.drawText(QRectF(0, text, width(), text), Qt::AlignLeft,
                     tr("%1, at most %2").arg(number(m_values.back()), number(most)));
  }
  painter.setPen(QPen(palette().color(QPalette::Mid), 1));
  painter.setBrush(palette().color(QPalette::Base));
  painter.drawRect(box);
  if (m_values.size() < 2) return;
  QPolygonF line;
  for (std::size_t i = 0; i < m_values.size(); ++i) {
    const double x = box.right() - static_cast<double>(m_values.size() - 1 - i) * box.width() /
                                       static_cast<double>(kMost - 1);
    const double share = most > 0 ? m_values[i] / most : 0;
    line << QPointF(x, box.bottom() - 1 - share * (box.height() - 4));
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
  painter.drawPolyline(line);
}

}  // namespace sluice::ui
