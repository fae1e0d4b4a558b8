// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QCoreApplication>
#include <vector>

#include "ui/model/snapshot_history.h"
#include "ui/style/state_style.h"

namespace sluice::ui {

/// The providers as rows. Numbers are right aligned, and what is not known is "–"; for sorting it is
/// least of all. Confined to the UI thread.
class ProviderTable final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, State, Rate, Errors, P95, Requests, Tokens, InFlight, kColumns };
  enum Role { SortRole = Qt::UserRole, LookRole, ColorRole };

  explicit ProviderTable(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

  /// Rows of providers that stay keep their place and their selection.
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  /// -1: there is none.
  int rowOf(const QString& provider) const;
  QString providerAt(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Row {
    QString id;
    ProviderLook look = ProviderLook::NoData;
    QString detail;
    double rate = -1;
    double errors = -1;  ///< per cent
    std::uint64_t failed = 0;
    std::uint64_t ended = 0;
    double p95 = -1;       ///< microseconds
    double requests = -1;  ///< per cent left
    double tokens = -1;
    std::uint64_t inflight = 0;
  };
  static Row rowOf(const ProviderSnapshot& provider, const SnapshotHistory& history);
  double number(const Row& row, int column) const;
  QString text(const Row& row, int column) const;

  std::vector<Row> m_rows;  // as in the config
};

}  // namespace sluice::ui
