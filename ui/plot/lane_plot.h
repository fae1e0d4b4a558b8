// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "ui/model/snapshot_history.h"
#include "ui/plot/live_plot.h"

class QScrollBar;

namespace sluice::ui {

class StateLanes;

/// A lane for each provider with what state it was in, from transitions, up to now. States that were
/// too short for the scale keep two pixels; where several fall into one place it says so.
class LanePlot final : public LivePlot {
  Q_OBJECT
 public:
  static constexpr int kLaneHeight = 22;

  LanePlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
           QWidget* parent = nullptr);

  /// Which providers, from the top; others can be reached with the scroll bar.
  void setProviders(std::vector<std::string> ids, int mostVisible);
  QString wordsAt(double at) const override;
  void writeCsv(QTextStream& out) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;
  bool choosesValues() const override { return false; }  // its lanes stand beside their names
  void pointed(double at, double y) override;

 private:
  QString wordsOf(const std::string& id, double at) const;

  const SnapshotHistory& m_history;
  StateLanes* m_lanes;
  QScrollBar* m_scroll;
  std::vector<std::string> m_ids;
  int m_visible = 0;
  int m_pointed = -1;
};

}  // namespace sluice::ui
