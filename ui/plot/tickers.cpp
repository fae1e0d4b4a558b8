// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/tickers.h"

#include <algorithm>
#include <cmath>

#include "ui/model/seconds.h"
#include "ui/model/snippets.h"

namespace sluice::ui {

namespace {

constexpr int kGap = 24;      // between labels of the axis of time
constexpr int kLeastGap = 8;  // where two would not fit otherwise

}  // namespace

double ClockTicker::getTickStep(const QCPRange& range) {
  static constexpr double kSteps[] = {1,   2,   5,    10,   15,   20,   30,    60,    120,
                                      300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400};
  m_range = range;
  m_step = *std::ranges::find_if(kSteps, [&](double step) {
    const int label = m_narrow || step >= kMinute ? m_short : m_long;
    return range.size() / step * label <= m_pixels || step == std::end(kSteps)[-1];
  });
  return m_step;
}

QString ClockTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  const QString text = clockText(tick);
  const qsizetype seconds = text.lastIndexOf(QLatin1Char(':'));
  if (m_step < kMinute && (!m_narrow || isAnchor(tick))) return text;
  const bool whole = m_step >= kMinute || text.endsWith(QLatin1String(":00"));
  return whole ? text.left(seconds) : text.mid(seconds);
}

void ClockTicker::setRoom(int pixels, const QFontMetrics& metrics) {
  m_pixels = pixels;
  const int full = metrics.horizontalAdvance(QStringLiteral("00:00:00"));
  m_narrow = pixels < 3 * (full + kGap);
  m_long = full + kGap;
  m_short = metrics.horizontalAdvance(QStringLiteral("00:00")) + (m_narrow ? kLeastGap : kGap);
}

bool ClockTicker::isAnchor(double tick) const {
  const double minute = std::floor((m_range.upper - mTickOrigin) / kMinute) * kMinute + mTickOrigin;
  return minute < m_range.lower && tick >= m_range.lower && tick - m_step < m_range.lower;
}

QString CountTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
  const double size = std::abs(tick);
  if (size >= 10'000) return countText(std::llround(size));
  return locale.toString(size, 'g', 6);
}

}  // namespace sluice::ui
