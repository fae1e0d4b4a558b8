// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// One row a worker. Rows come and go only when the number of workers changes.
class WorkerModel final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column : std::uint8_t { Name, Lag, Connections, UnderWay, Waiting, Idle, Config, kColumns };

  explicit WorkerModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
  /// `revision` is the one in force: workers that had work since and are behind are told.
  void update(const std::vector<WorkerSnapshot>& workers, std::uint64_t revision);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  std::vector<WorkerSnapshot> m_rows;
  std::uint64_t m_revision = 0;
};

/// One row a kind of lock: how often it was taken, and waited for.
class LockModel final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column : std::uint8_t { Name, Taken, Contended, Waited, kColumns };

  explicit LockModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
  void update(const std::vector<LockSnapshot>& locks);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  std::vector<LockSnapshot> m_rows;
};

/// Bytes of memory the program has in use (resident). Nothing where the system does not tell.
std::optional<std::uint64_t> residentBytes();

}  // namespace sluice::ui
