// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/engine_series.h"
#include "ui/plot/live_plot.h"

class QCPGraph;

namespace sluice::ui {

/// One number of the engine's own health over time, from 0 up; the newest is in its legend.
class EnginePlot final : public LivePlot {
  Q_OBJECT
 public:
  enum class Of : std::uint8_t { Lag, Connections, Waiting, Memory };
  EnginePlot(const QString& name, Of of, TimeAxis& axis, const MarkerLog& markers,
             const EngineSeries& series, QWidget* parent = nullptr);
  QString wordsAt(double at) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;

 private:
  double valueOf(const EnginePiece& piece) const;
  QString number(double value) const;
  void showNewest();

  const EngineSeries& m_series;
  Of m_of;
  QCPGraph* m_graph;
};

}  // namespace sluice::ui
