// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <map>
#include <string>
#include <vector>

#include "gateway/command.h"
#include "ui/model/snapshot_history.h"

class QGridLayout;
class QLabel;

namespace sluice::ui {

class ProviderCard;
class RatePlot;

/// Is anything wrong, and where: a card for each provider over one live plot.
class OverviewPage final : public QWidget {
  Q_OBJECT
 public:
  explicit OverviewPage(QWidget* parent = nullptr);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  const RatePlot& plot() const { return *m_plot; }

 signals:
  /// A person wants this done to a provider.
  void commanded(const QString& provider, ProviderCommand command);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void arrange();

  QGridLayout* m_grid;
  QLabel* m_empty;
  RatePlot* m_plot;
  std::vector<std::string> m_order;
  std::map<std::string, ProviderCard*> m_cards;
  int m_columns = 0;
};

}  // namespace sluice::ui
