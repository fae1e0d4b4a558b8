// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ui/model/card_order.h"
#include "ui/model/time_axis.h"
#include "ui/page/page.h"

class QCheckBox;
class QGridLayout;
class QLabel;
class QScrollArea;

namespace sluice::ui {

class FailurePlot;
class LanePlot;
class LatencyPlot;
class LivePlot;
class ProviderCard;
class StackPlot;
class StatTile;
class TimeBar;

/// Is anything wrong, and where: tiles, a card for each provider with the worst first, what state
/// they were in, and what went through, on one axis of time.
class OverviewPage final : public Page {
  Q_OBJECT
 public:
  explicit OverviewPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  bool worthAPicture() const override;
  TimeAxis& axis() { return m_axis; }
  const std::vector<LivePlot*>& plots() const { return m_plots; }

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void makeCards(const EngineSnapshot& snapshot);
  void arrange();
  void showTiles(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  void freeze();

  TimeAxis m_axis;
  StatTile* m_rate;
  StatTile* m_errors;
  StatTile* m_latency;
  StatTile* m_inflight;
  StatTile* m_rejected;
  StatTile* m_tokens;
  QCheckBox* m_frozen;
  QScrollArea* m_scroll;
  QGridLayout* m_grid;
  QLabel* m_empty;
  TimeBar* m_bar;
  LanePlot* m_lanes;
  StackPlot* m_requests;
  FailurePlot* m_failures;
  LatencyPlot* m_latencies;
  std::vector<LivePlot*> m_plots;
  CardOrder m_order;
  std::vector<std::string> m_known;  // as in the config; colours go by this
  std::map<std::string, ProviderCard*> m_cards;
  core::Nanos m_tilesAt = 0;
  int m_columns = 0;                    // 0: to be arranged
  std::vector<ProviderCard*> m_placed;  // in the grid, in its order
  int m_placedIn = 0;                   // so many columns
};

}  // namespace sluice::ui
