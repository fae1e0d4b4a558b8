// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/state_lanes.h"

#include "ui/style/lane_piece.h"

namespace sluice::ui {

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
      paintLanePiece(*painter, QRectF(left, top, right - left, bottom - top), piece, dark);
    }
  }
}

}  // namespace sluice::ui
