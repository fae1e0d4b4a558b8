// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/qcp.h"

#include <QFontMetrics>

/// What stands at the axes of plots.
namespace sluice::ui {

/// The time of day, at round times. One label gives no scale: where there is no room for two long
/// ones, "14:02" stands at whole minutes and ":20" between them, and if no minute begins in view the
/// first label is a long one.
class ClockTicker final : public QCPAxisTicker {
 public:
  void setRoom(int pixels, const QFontMetrics& metrics);

 protected:
  double getTickStep(const QCPRange& range) override;
  int getSubTickCount(double) override { return 0; }
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

 private:
  static constexpr double kMinute = 60;

  bool isAnchor(double tick) const;

  QCPRange m_range;
  double m_step = 1;
  int m_pixels = 400;
  int m_long = 80;
  int m_short = 50;
  bool m_narrow = false;
};

/// 750, 75k, 1.5M. What a plot shows below its line is drawn downwards, not less than nothing.
class CountTicker final : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

}  // namespace sluice::ui
