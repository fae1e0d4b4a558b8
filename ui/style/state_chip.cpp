// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/state_chip.h"

#include <QPainter>

#include "ui/style/theme.h"

namespace sluice::ui {

namespace {
constexpr int kSwatch = 16;
constexpr int kPad = 6;
}  // namespace

StateChip::StateChip(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  QFont bold = font();
  bold.setBold(true);
  setFont(bold);
  setAccessibleName(text());
}

QString StateChip::text() const {
  return titleOf(m_look);
}

void StateChip::setLook(ProviderLook look) {
  if (look == m_look) return;
  m_look = look;
  setAccessibleName(text());  // and tells readers of the screen
  updateGeometry();
  update();
}

QSize StateChip::sizeHint() const {
  const QFontMetrics metrics(font());
  return {kSwatch + kPad + metrics.horizontalAdvance(text()) + 2,
          std::max(metrics.height(), kSwatch) + 4};
}

void StateChip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const StateStyle& style = styleOf(m_look);
  const QColor color = style.color(isDark(palette()));
  const QRectF swatch(0.5, (height() - kSwatch) / 2.0 + 0.5, kSwatch - 1, kSwatch - 1);
  const bool bordered = style.outlined || style.pattern != Qt::SolidPattern;
  painter.setPen(bordered ? QPen(color, 1.5) : Qt::NoPen);
  painter.setBrush(patternBrush(color, style.pattern, painter));
  painter.drawRoundedRect(swatch, 3, 3);
  painter.setPen(color);
  painter.drawText(rect().adjusted(kSwatch + kPad, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                   text());
}

}  // namespace sluice::ui
