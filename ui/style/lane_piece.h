// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include "ui/model/state_log.h"

class QPainter;

namespace sluice::ui {

/// A piece of a lane as it is drawn anywhere: by colour, by pattern, and by glyph and word where there
/// is room for them.
void paintLanePiece(QPainter& painter, const QRectF& box, const LanePiece& piece, bool dark);

}  // namespace sluice::ui
