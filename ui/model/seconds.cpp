// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/seconds.h"
#include "ui/model/snippets.h"

#include <QDateTime>
#include <cmath>

namespace sluice::ui {

namespace {
double g_offset = 0;  // from engine time to seconds since 1970
}  // namespace

void setClock(double nowSeconds) {
  const double offset = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1e3 - nowSeconds;
  // The two clocks are read one after the other: only a real step counts.
  if (std::abs(offset - g_offset) > 0.5) g_offset = offset;
}

QString clockText(double seconds) {
  return QDateTime::fromMSecsSinceEpoch(std::llround((seconds + g_offset) * 1e3))
      .toString(QStringLiteral("HH:mm:ss"));
}

double dayBegan() {
  const QDateTime midnight = QDateTime::currentDateTime().date().startOfDay();
  return static_cast<double>(midnight.toMSecsSinceEpoch()) / 1e3 - g_offset;
}

QString lengthText(double seconds) {
  if (seconds < 1) return QStringLiteral("%1 ms").arg(std::lround(seconds * 1000));
  if (seconds < 10 && std::abs(seconds - std::round(seconds)) > 0.05) {
    return QStringLiteral("%1 s").arg(decimalText(seconds, 1));
  }
  const long whole = std::lround(seconds);
  if (whole < 120) return QStringLiteral("%1 s").arg(whole);
  if (whole < 7200) {
    return whole % 60 == 0 ? QStringLiteral("%1 min").arg(whole / 60)
                           : QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  }
  return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
}

}  // namespace sluice::ui
