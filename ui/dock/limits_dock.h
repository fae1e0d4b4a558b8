// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>
#include <vector>

#include "ui/model/limit_field.h"

class QComboBox;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace sluice::ui {

class ConfigEdits;
class LimitRow;
class Tank;

/// All limits, breaker thresholds, timeouts and weights of one provider, route or client key. Stands
/// beside every page, so that what a change does is seen as it is made. Of a route or a client key it shows
/// what is left too: no page does.
class LimitsDock final : public QDockWidget {
  Q_OBJECT
 public:
  explicit LimitsDock(ConfigEdits& edits, QWidget* parent = nullptr);
  /// Takes scopes and values from the config in force.
  void refresh();
  void show(const EngineSnapshot& snapshot);
  using QDockWidget::show;
  void chooseProvider(const QString& id);

 private:
  void build();
  void showTanks(const ScopeSnapshot* limits);
  void fill();

  ConfigEdits& m_edits;
  QComboBox* m_scope;
  QToolButton* m_undo;
  QToolButton* m_redo;
  QLabel* m_readOnly;
  QLabel* m_fault;
  Tank* m_requests;
  Tank* m_tokens;
  QWidget* m_content = nullptr;
  QVBoxLayout* m_rows;
  std::vector<LimitScope> m_scopes;
  std::vector<LimitRow*> m_made;
};

}  // namespace sluice::ui
