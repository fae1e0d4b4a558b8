// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "ui/model/snapshot_history.h"
#include "ui/plot/live_plot.h"

class QCPColorMap;
class QCPGraph;

namespace sluice::ui {

/// How many attempts of one provider took how long, over time: shows two humps where percentiles
/// show one line.
class HeatPlot final : public LivePlot {
  Q_OBJECT
 public:
  HeatPlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
           QWidget* parent = nullptr);
  void setProvider(const std::string& id);
  QString wordsAt(double at) const override;
  void writeCsv(QTextStream& out) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;
  void pointed(double at, double y) override;

 private:
  const SnapshotHistory& m_history;
  QCPColorMap* m_map;
  std::string m_id;
  double m_pointed = -1;  // microseconds
};

/// What one of a provider's buckets held: refilled as it was, between what was taken; its capacity;
/// and below, when it refused.
class LevelPlot final : public LivePlot {
  Q_OBJECT
 public:
  enum class Of : std::uint8_t { Requests, Tokens };
  LevelPlot(const QString& name, Of of, TimeAxis& axis, const SnapshotHistory& history,
            QWidget* parent = nullptr);
  void setProvider(const std::string& id);
  QString wordsAt(double at) const override;

 protected:
  void fill(double from, double to, int pixels) override;
  void restyle(bool dark) override;
  void fitValues() override;

 private:
  const BucketLevel* level() const;

  const SnapshotHistory& m_history;
  Of m_of;
  QCPGraph* m_level;
  QCPGraph* m_capacity;
  QCPGraph* m_refused;
  std::string m_id;
};

}  // namespace sluice::ui
