// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <map>

#include "gateway/command.h"
#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// All that can be done to a provider, as a menu. What would change nothing cannot be chosen.
class ProviderActions final : public QMenu {
  Q_OBJECT
 public:
  explicit ProviderActions(QWidget* parent = nullptr);
  void show(const ProviderSnapshot& provider);
  using QWidget::show;
  QAction* action(ProviderCommand command) const { return m_actions.at(command); }
  static bool changes(const ProviderSnapshot& provider, ProviderCommand command);

 signals:
  void commanded(ProviderCommand command);

 private:
  std::map<ProviderCommand, QAction*> m_actions;
};

}  // namespace sluice::ui
