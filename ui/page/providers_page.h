// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ui/model/time_axis.h"
#include "ui/page/page.h"

class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QTabWidget;
class QTreeView;
class QTreeWidget;

namespace sluice::ui {

class BreakerMeter;
class HeatPlot;
class LanePlot;
class LevelPlot;
class LivePlot;
class ProviderTable;
class ShareBars;
class StackPlot;
class StateChip;
class Tank;
class TimeBar;

/// One provider at length: why it is in the state it is in, what its limits let through, whether it
/// gets its share, and how it is set; beside the table of all.
class ProvidersPage final : public Page {
  Q_OBJECT
 public:
  explicit ProvidersPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  void showConfig(const config::Config& config, const QString& url) override;
  void chooseProvider(const QString& provider) override;
  bool worthAPicture() const override;
  TimeAxis& axis() { return m_axis; }

 private:
  QWidget* makeTable();
  QWidget* makeDetail();
  QWidget* makeHealth();
  QWidget* makeLimits();
  QWidget* makeBalancing();
  QWidget* makeSettings();
  void showDetail(const ProviderSnapshot& provider, const EngineSnapshot& snapshot,
                  const SnapshotHistory& history);
  void showSettings();
  void onChosen();
  void fitColumns();
  bool eventFilter(QObject* watched, QEvent* event) override;

  ConfigEdits& m_edits;
  TimeAxis m_axis;
  std::shared_ptr<const config::Config> m_config;
  std::string m_provider;
  std::vector<std::string> m_known;
  std::vector<int> m_widths;  // that the columns of the table want

  ProviderTable* m_table;
  QSortFilterProxyModel* m_sorted;
  QTreeView* m_view;
  QLabel* m_name;
  StateChip* m_chip;
  QLabel* m_words;
  std::map<ProviderCommand, QPushButton*> m_buttons;
  QTabWidget* m_tabs;
  TimeBar* m_bar;
  LanePlot* m_lane;
  QLabel* m_cause;
  BreakerMeter* m_breaker;
  HeatPlot* m_heat;
  Tank* m_requests;
  Tank* m_tokens;
  Tank* m_atOnce;
  LevelPlot* m_requestLevel;
  LevelPlot* m_tokenLevel;
  ShareBars* m_shares;
  StackPlot* m_stack;
  QTreeWidget* m_settings;
  std::vector<LivePlot*> m_plots;
  core::Nanos m_numbersAt = 0;
};

}  // namespace sluice::ui
