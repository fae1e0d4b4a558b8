// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/model/time_axis.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace sluice::ui {

class LivePlot;
class MarkerLog;

/// Above the plots of a page: is it live, and how far back does it show. Below them, as hint(): what
/// is under the pointer, in words.
class TimeBar final : public QWidget {
  Q_OBJECT
 public:
  TimeBar(TimeAxis& axis, const MarkerLog& markers, QWidget* parent = nullptr);
  /// Their words make the hint. Not owned.
  void watch(const std::vector<LivePlot*>& plots);
  QLabel* hint() const { return m_hint; }
  /// With every snapshot.
  void refresh();

 private:
  void showMode();
  void showHint();
  void say(const QString& hint);

  TimeAxis& m_axis;
  const MarkerLog& m_markers;
  QPushButton* m_pill;
  QLabel* m_hint;
  std::vector<std::pair<double, QToolButton*>> m_spans;
  std::vector<LivePlot*> m_plots;
};

}  // namespace sluice::ui
