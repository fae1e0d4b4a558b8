// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ui/model/snapshot_history.h"
#include "ui/plot/live_plot.h"

class QCPBars;
class QCPGraph;
class QCPItemText;

namespace sluice::ui {

/// Colour of a series by theme.
using ColorOf = std::function<QColor(bool dark)>;

/// Requests a second by provider, one upon the other; or each one's share of all.
class StackPlot final : public LivePlot {
  Q_OBJECT
 public:
  static constexpr std::size_t kMostSeries = 7;  // the rest is one more

  enum class Mode : std::uint8_t { Absolute, Share };
  StackPlot(const QString& name, const QString& title, Mode mode, TimeAxis& axis,
            const SnapshotHistory& history, QWidget* parent = nullptr);
  /// `colors`: beside `ids`, the index of each one's colour.
  void setProviders(const std::vector<std::string>& ids, const std::vector<std::size_t>& colors);
  QString wordsAt(double at) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;

 private:
  struct Series {
    std::vector<std::string> ids;  // more than one: "others"
    std::size_t color = 0;
    QString name;
    QCPGraph* graph = nullptr;
  };
  const SnapshotHistory& m_history;
  Mode m_mode;
  std::vector<Series> m_series;  // from the bottom
  double m_step = 1;
};

/// Failures by class: what providers did above the line, what the gateway refused below it.
class FailurePlot final : public LivePlot {
  Q_OBJECT
 public:
  FailurePlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
              QWidget* parent = nullptr);
  QString wordsAt(double at) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;

 private:
  const SnapshotHistory& m_history;
  std::vector<QCPBars*> m_bars;
  QCPItemText* m_above;  // what each half is
  QCPItemText* m_below;
  double m_width = 1;
};

/// p50, p95 and p99 of whole attempts on a logarithmic axis. A gap where too few ended.
class LatencyPlot final : public LivePlot {
  Q_OBJECT
 public:
  LatencyPlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
              QWidget* parent = nullptr);
  QString wordsAt(double at) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;

 private:
  const SnapshotHistory& m_history;
  std::vector<QCPGraph*> m_graphs;
};

}  // namespace sluice::ui
