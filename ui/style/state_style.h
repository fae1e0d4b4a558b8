// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QColor>
#include <QString>
#include <array>

#include "gateway/metrics/snapshot.h"

/// How states look, in one table: by glyph, word, fill pattern and colour, so that none depends on
/// seeing colours. Contrast of each colour to its theme's background is at least 3:1 (WCAG 1.4.11).
class QPainter;

namespace sluice::ui {

/// What a provider is doing, as a person would say it.
enum class ProviderLook : std::uint8_t {
  Closed,
  HalfOpen,
  Open,
  ForcedOpen,
  ForcedClosed,
  Cooling,  ///< it answered 429 and is left alone for a while
  Draining,
  Disabled,
  NotReady,  ///< its key is missing
  NoData,
};
inline constexpr std::size_t kLooks = 10;

struct StateStyle {
  ProviderLook look;
  const char* glyph;  ///< UTF-8
  const char* word;
  Qt::BrushStyle pattern;
  bool outlined;  ///< drawn with a border
  QRgb light;
  QRgb dark;

  QColor color(bool darkTheme) const { return QColor::fromRgb(darkTheme ? dark : light); }
};

const std::array<StateStyle, kLooks>& stateStyles();
const StateStyle& styleOf(ProviderLook look);
ProviderLook lookOf(const ProviderSnapshot& provider);
/// Its word, in the language of the window.
QString wordOf(ProviderLook look);
/// Glyph and word.
QString titleOf(ProviderLook look);
/// What goes with the word: "retry in 4 s", "probe 1 of 2", "2 of 5 failures".
QString detailOf(const ProviderSnapshot& provider);

/// The health score in words, with its reasons: "health 62: 12.5 % fail, p99 2.1 x as usual".
QString healthOf(const ProviderSnapshot& provider);

/// A fill whose pattern is as large on a fine screen as on a coarse one. `scale`: device pixels to one
/// of the painter's.
QBrush patternBrush(const QColor& color, Qt::BrushStyle pattern, double scale);
QBrush patternBrush(const QColor& color, Qt::BrushStyle pattern, const QPainter& painter);

/// Colour of the i-th provider in plots: categorical, apart for the colour-blind (after Okabe and
/// Ito), one set per theme.
QColor providerColor(std::size_t index, bool darkTheme);

/// Relative luminance contrast of WCAG 2, 1..21.
double contrast(const QColor& a, const QColor& b);

}  // namespace sluice::ui
