// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/model/engine_series.h"
#include "ui/model/time_axis.h"
#include "ui/page/page.h"

class QLabel;
class QTreeView;

namespace sluice::ui {

class EnginePlot;
class LockModel;
class TimeBar;
class WorkerModel;

/// The engine's own health: loops, connections, queues, locks, memory, and whether all work by the same
/// config.
class DiagnosticsPage final : public Page {
  Q_OBJECT
 public:
  explicit DiagnosticsPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  using Page::show;
  void keep(const EngineSnapshot& snapshot) override;
  bool worthAPicture() const override;

 private:
  TimeAxis m_axis;
  EngineSeries m_series;
  QLabel* m_summary;
  TimeBar* m_bar;
  WorkerModel* m_workers;
  LockModel* m_locks;
  QTreeView* m_workerView;
  std::vector<EnginePlot*> m_plots;
};

}  // namespace sluice::ui
