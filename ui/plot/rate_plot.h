// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSharedPointer>
#include <QWidget>
#include <map>
#include <string>

#include "ui/model/snapshot_history.h"

class QCPGraph;
class QCPItemLine;
class QCustomPlot;
class QLabel;

namespace sluice::ui {

class AgoTicker;

/// Requests per second of each provider over at most the last five minutes, with a line of words
/// below for what is under the pointer. Gaps in the data are gaps in the lines.
class RatePlot final : public QWidget {
  Q_OBJECT
 public:
  static constexpr double kSpanSeconds = 300;
  static constexpr double kLeastSeconds = 30;
  static constexpr double kStepSeconds = 0.5;

  explicit RatePlot(QWidget* parent = nullptr);

  /// With every snapshot; a point is added each kStepSeconds. `color` gives each provider's.
  void add(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  /// Seconds of data drawn so far.
  double covered() const;
  QSize sizeHint() const override { return {640, 300}; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void applyPalette();
  void describe(double x);
  void leave();
  QString wordsAt(double x) const;

  struct Line {
    QCPGraph* graph;
    std::size_t color;
  };
  QCustomPlot* m_plot;
  QLabel* m_hint;
  QCPItemLine* m_cursor;
  QSharedPointer<AgoTicker> m_ticker;
  std::map<std::string, Line> m_lines;
  double m_first = -1;
  double m_last = -1;
  double m_top = 1;
  double m_hovered = -1;
};

}  // namespace sluice::ui
