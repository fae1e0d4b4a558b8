// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/state_lanes.h"

#include "ui/style/state_style.h"

namespace sluice::ui {

void StateLanes::paintPiece(QPainter& painter, const QRectF& box, const LanePiece& piece,
                            bool dark) {
  const StateStyle& style = styleOf(piece.look);
  const QColor color = style.color(dark);
  const bool flapping = piece.runs > 1;
  const Qt::BrushStyle pattern = flapping ? Qt::DiagCrossPattern : style.pattern;
  painter.fillRect(box, QBrush(color, pattern));
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
  QString words =
      flapping ? QStringLiteral("\u00D7%1").arg(piece.runs)
               : QString::fromUtf8(style.glyph) + QLatin1Char(' ') + QLatin1String(style.word);
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

void StateLanes::draw(QCPPainter* painter) {
  QFont small = painter->font();
  small.setPointSizeF(7.5);
  small.setBold(true);
  painter->setFont(small);
  const QRectF visible = clipRect();
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    const double value = -static_cast<double>(lane);
    const double top = mValueAxis->coordToPixel(value + 0.34);
    const double bottom = mValueAxis->coordToPixel(value - 0.34);
    if (bottom < visible.top() || top > visible.bottom()) continue;
    for (const LanePiece& piece : lanes[lane]) {
      const double left = std::max(mKeyAxis->coordToPixel(piece.from), visible.left());
      const double right = std::min(mKeyAxis->coordToPixel(piece.to), visible.right());
      if (right <= left) continue;
      paintPiece(*painter, QRectF(left, top, right - left, bottom - top), piece, dark);
    }
  }
}

}  // namespace sluice::ui
