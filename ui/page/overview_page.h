// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ui/page/page.h"

class QGridLayout;
class QLabel;

namespace sluice::ui {

class ProviderCard;
class RatePlot;

/// Is anything wrong, and where: a card for each provider over one live plot.
class OverviewPage final : public Page {
  Q_OBJECT
 public:
  explicit OverviewPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  bool worthAPicture() const override;

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
