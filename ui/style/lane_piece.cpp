// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/lane_piece.h"

#include <QPainter>

#include "ui/style/state_style.h"

namespace sluice::ui {

void paintLanePiece(QPainter& painter, const QRectF& box, const LanePiece& piece, bool dark) {
  const StateStyle& style = styleOf(piece.look);
  const QColor color = style.color(dark);
  const bool flapping = piece.runs > 1;
  const Qt::BrushStyle pattern = flapping ? Qt::DiagCrossPattern : style.pattern;
  painter.fillRect(box, patternBrush(color, pattern, painter));
  const bool outlined = style.outlined || pattern != Qt::SolidPattern;
  if (outlined && box.width() > 3) {
    painter.setPen(QPen(color, 0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0, 0, -1, -1));
  }
  // Open is told by a bar along its top as well: it reads in grey, too.
  if (piece.look == ProviderLook::Open || piece.look == ProviderLook::ForcedOpen) {
    painter.fillRect(QRectF(box.left(), box.top() - 2, box.width(), 3), color);
  }
  QString words = flapping ? QStringLiteral("\u00D7%1").arg(piece.runs) : titleOf(piece.look);
  const QFontMetricsF metrics(painter.font());
  if (metrics.horizontalAdvance(words) + 8 > box.width()) words = words.left(1);
  const double width = metrics.horizontalAdvance(words);
  if (width + 6 > box.width()) return;
  // On a pattern words need a ground of their own.
  const bool plain = pattern == Qt::SolidPattern;
  const QRectF place(box.left() + 3, box.top() + 1, width + 4, box.height() - 2);
  const QColor ground = plain ? color : (dark ? QColor(0x1E1F22) : QColor(Qt::white));
  if (!plain) painter.fillRect(place, ground);
  const QColor ink =
      contrast(Qt::black, ground) > contrast(Qt::white, ground) ? Qt::black : Qt::white;
  painter.setPen(ink);
  painter.drawText(place, Qt::AlignCenter, words);
}

}  // namespace sluice::ui
