// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>

#include "gateway/engine.h"

class QTreeWidget;

namespace sluice::ui {

/// What happened, newest first: breakers, configs, start and stop.
class EventsDock final : public QDockWidget {
  Q_OBJECT
 public:
  static constexpr int kMostRows = 500;

  explicit EventsDock(QWidget* parent = nullptr);
  /// `now`: engine time, to tell the time of day of each.
  void add(const std::vector<Event>& events, core::Nanos now);

 private:
  QTreeWidget* m_list;
};

}  // namespace sluice::ui
