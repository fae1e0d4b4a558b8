// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>

#include "gateway/config_history.h"

namespace sluice::ui {

/// Configs that were in force, newest first: number, time, who, what.
class RevisionModel final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column : std::uint8_t { Number, Time, Who, What, kColumns };

  explicit RevisionModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
  /// Oldest first, as the engine keeps them.
  void update(const std::deque<Revision>& revisions);
  const Revision* at(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  static QString who(Author author);

  std::deque<Revision> m_rows;  // newest first
};

}  // namespace sluice::ui
