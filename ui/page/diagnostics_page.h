// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/page.h"

class QLabel;
class QTreeView;

namespace sluice::ui {

class LockModel;
class Sparkline;
class WorkerModel;

/// The engine's own health: loops, connections, queues, locks, memory, and whether all work by the same
/// config.
class DiagnosticsPage final : public Page {
  Q_OBJECT
 public:
  explicit DiagnosticsPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  using Page::show;

 private:
  QLabel* m_summary;
  WorkerModel* m_workers;
  LockModel* m_locks;
  Sparkline* m_lag;
  Sparkline* m_connections;
  Sparkline* m_waiting;
  Sparkline* m_memory;
  core::Nanos m_last = 0;
};

}  // namespace sluice::ui
