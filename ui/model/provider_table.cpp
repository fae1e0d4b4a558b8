// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/provider_table.h"

#include <algorithm>

#include "ui/model/snippets.h"

namespace sluice::ui {

namespace {

double left(const BucketSnapshot& bucket) {
  if (!bucket.limited) return -1;
  if (bucket.capacity == 0) return 0;
  return std::clamp(
      100.0 * static_cast<double>(bucket.available) / static_cast<double>(bucket.capacity), 0.0,
      100.0);
}

}  // namespace

ProviderTable::Row ProviderTable::rowOf(const ProviderSnapshot& provider,
                                        const SnapshotHistory& history) {
  const SnapshotHistory::Stats stats = history.provider(provider.id);
  Row row;
  row.id = QString::fromStdString(provider.id);
  row.look = lookOf(provider);
  row.detail = detailOf(provider);
  if (stats.known) row.rate = stats.perSecond;
  row.failed = stats.failed;
  row.ended = stats.ended;
  if (stats.ended > 0) {
    row.errors = 100.0 * static_cast<double>(stats.failed) / static_cast<double>(stats.ended);
  }
  if (stats.measured > 0) row.p95 = static_cast<double>(stats.p95);
  row.requests = left(provider.requests);
  row.tokens = left(provider.tokens);
  row.inflight = provider.inflight;
  return row;
}

void ProviderTable::show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  const auto& providers = snapshot.providers;
  // Rows whose provider went, then those that came; what stays is not touched.
  for (int i = static_cast<int>(m_rows.size()) - 1; i >= 0; --i) {
    const std::string id = m_rows[static_cast<std::size_t>(i)].id.toStdString();
    if (std::ranges::find(providers, id, &ProviderSnapshot::id) != providers.end()) continue;
    beginRemoveRows({}, i, i);
    m_rows.erase(m_rows.begin() + i);
    endRemoveRows();
  }
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const QString id = QString::fromStdString(providers[i].id);
    if (i < m_rows.size() && m_rows[i].id == id) continue;
    const int at = rowOf(id);
    if (at >= 0) {  // another order: rare, and simple
      beginResetModel();
      std::rotate(m_rows.begin() + static_cast<std::ptrdiff_t>(i), m_rows.begin() + at,
                  m_rows.begin() + at + 1);
      endResetModel();
      continue;
    }
    const int row = static_cast<int>(i);
    beginInsertRows({}, row, row);
    Row added;
    added.id = id;
    m_rows.insert(m_rows.begin() + row, added);
    endInsertRows();
  }
  for (std::size_t i = 0; i < providers.size(); ++i) m_rows[i] = rowOf(providers[i], history);
  if (!m_rows.empty()) {
    emit dataChanged(index(0, 0), index(static_cast<int>(m_rows.size()) - 1, kColumns - 1));
  }
}

int ProviderTable::rowOf(const QString& provider) const {
  const auto found = std::ranges::find(m_rows, provider, &Row::id);
  return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

QString ProviderTable::providerAt(int row) const {
  return row < 0 || row >= static_cast<int>(m_rows.size())
             ? QString()
             : m_rows[static_cast<std::size_t>(row)].id;
}

int ProviderTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ProviderTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

double ProviderTable::number(const Row& row, int column) const {
  switch (column) {
    case Rate:
      return row.rate;
    case Errors:
      return row.errors;
    case P95:
      return row.p95;
    case Requests:
      return row.requests;
    case Tokens:
      return row.tokens;
    case InFlight:
      return static_cast<double>(row.inflight);
    default:
      return 0;
  }
}

QString ProviderTable::text(const Row& row, int column) const {
  if (column == Name) return row.id;
  if (column == State) {
    return titleOf(row.look);
  }
  const double value = number(row, column);
  if (value < 0) return QStringLiteral("\u2013");
  switch (column) {
    case Rate:
      return decimalText(value, 1);
    case Errors:
      return QStringLiteral("%1 %").arg(decimalText(value, 1));
    case P95:
      return spanText(static_cast<std::uint64_t>(value));
    case InFlight:
      return QString::number(row.inflight);
    default:
      return QStringLiteral("%1 %").arg(decimalText(value, 0));
  }
}

QVariant ProviderTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Row& row = m_rows[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return text(row, index.column());
    case Qt::TextAlignmentRole:
      return int(Qt::AlignVCenter | (index.column() <= State ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ToolTipRole:
      if (index.column() == State) return row.detail;
      if (index.column() == Errors && row.ended > 0) {
        return tr("%1 of %2 in 30 s").arg(row.failed).arg(row.ended);
      }
      return {};
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1: %2").arg(
          headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
          text(row, index.column()));
    case SortRole:
      if (index.column() == Name) return row.id;
      if (index.column() == State) return static_cast<int>(row.look);
      return number(row, index.column());
    case LookRole:
      return static_cast<int>(row.look);
    case ColorRole:
      return index.row();
    default:
      return {};
  }
}

QVariant ProviderTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) {
    return int(Qt::AlignVCenter | (section <= State ? Qt::AlignLeft : Qt::AlignRight));
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case P95:
        return tr("95 % of first bytes came sooner, over 30 s");
      case Requests:
        return tr("left in the bucket of requests");
      case Tokens:
        return tr("left in the bucket of tokens");
      default:
        return {};
    }
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Name:
      return tr("Provider");
    case State:
      return tr("State");
    case Rate:
      return tr("req/s");
    case Errors:
      return tr("errors");
    case P95:
      return tr("TTFT p95");
    case Requests:
      return tr("req left");
    case Tokens:
      return tr("tok left");
    case InFlight:
      return tr("in fl.");
    default:
      return {};
  }
}

}  // namespace sluice::ui
