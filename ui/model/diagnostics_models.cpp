// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/diagnostics_models.h"

#include <unistd.h>

#include <QFile>
#include <QLocale>

#include "ui/model/snippets.h"

namespace sluice::ui {

namespace {

/// Takes new values for rows that are kept; a changed number of rows is a reset.
template <class Model, class Rows, class Begin, class End, class Changed>
void take(Model&, Rows& rows, const Rows& next, Begin begin, End end, Changed changed) {
  const bool reset = rows.size() != next.size();
  if (reset) begin();
  rows = next;
  if (reset) {
    end();
  } else if (!rows.empty()) {
    changed();
  }
}

QString count(std::uint64_t value) {
  return QLocale().toString(static_cast<qulonglong>(value));
}
QString timeText(core::Nanos nanos) {
  return spanText(static_cast<std::uint64_t>(nanos / 1000));
}
const QVariant kLeft = QVariant(Qt::AlignLeft | Qt::AlignVCenter);
const QVariant kRight = QVariant(Qt::AlignRight | Qt::AlignVCenter);

}  // namespace

void WorkerModel::update(const std::vector<WorkerSnapshot>& workers, std::uint64_t revision) {
  m_revision = revision;
  take(
      *this, m_rows, workers, [this] { beginResetModel(); }, [this] { endResetModel(); },
      [this] { emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1)); });
}

int WorkerModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int WorkerModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(kColumns);
}

QVariant WorkerModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  if (role == Qt::TextAlignmentRole && index.column() != Name) return kRight;
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const WorkerSnapshot& worker = m_rows[static_cast<std::size_t>(index.row())];
  switch (index.column()) {
    case Name:
      return tr("worker %1").arg(index.row() + 1);
    case Lag:
      return timeText(worker.lag);
    case Connections:
      return count(worker.connections);
    case UnderWay:
      return count(worker.underWay);
    case Waiting:
      return count(worker.waiting);
    case Idle:
      return count(worker.idleUpstream);
    case Config:
      if (worker.revision == 0) return tr("no work yet");
      return worker.revision == m_revision
                 ? tr("%1 \u2713").arg(worker.revision)
                 : tr("%1, %2 with its next request").arg(worker.revision).arg(m_revision);
    default:
      return {};
  }
}

QVariant WorkerModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role == Qt::TextAlignmentRole && section == Name) return kLeft;
  if (orientation != Qt::Horizontal) return {};
  // A word each, and what it means where somebody asks.
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const bool tip = role == Qt::ToolTipRole;
  switch (section) {
    case Name:
      return tip ? tr("A thread that moves requests") : tr("Loop");
    case Lag:
      return tip ? tr("How late the loop was at what it had to do") : tr("Lag");
    case Connections:
      return tip ? tr("Connections of clients") : tr("Clients");
    case UnderWay:
      return tip ? tr("Requests under way") : tr("Under way");
    case Waiting:
      return tip ? tr("Requests that wait for a limit") : tr("Waiting");
    case Idle:
      return tip ? tr("Connections to providers that are kept for requests to come")
                 : tr("Kept open");
    case Config:
      return tip ? tr("Revision of the config that the loop works by") : tr("Config");
    default:
      return {};
  }
}

void LockModel::update(const std::vector<LockSnapshot>& locks) {
  take(
      *this, m_rows, locks, [this] { beginResetModel(); }, [this] { endResetModel(); },
      [this] { emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1)); });
}

int LockModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int LockModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(kColumns);
}

QVariant LockModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  if (role == Qt::TextAlignmentRole && index.column() != Name) return kRight;
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const LockSnapshot& lock = m_rows[static_cast<std::size_t>(index.row())];
  switch (index.column()) {
    case Name:
      return QString::fromStdString(lock.name);
    case Taken:
      return count(lock.acquisitions);
    case Contended:
      if (lock.acquisitions == 0) return count(0);
      return tr("%1 (%2 %)")
          .arg(count(lock.contended),
               QLocale().toString(100.0 * static_cast<double>(lock.contended) /
                                      static_cast<double>(lock.acquisitions),
                                  'f', 2));
    case Waited:
      return timeText(lock.waited);
    default:
      return {};
  }
}

QVariant LockModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role == Qt::TextAlignmentRole && section == Name) return kLeft;
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case Name:
      return tr("Lock");
    case Taken:
      return tr("Taken");
    case Contended:
      return tr("Waited for");
    case Waited:
      return tr("Time waited");
    default:
      return {};
  }
}

std::optional<std::uint64_t> residentBytes() {
  QFile file(QStringLiteral("/proc/self/statm"));  // proc(5)
  if (!file.open(QIODevice::ReadOnly)) return std::nullopt;
  const QList<QByteArray> words = file.readAll().split(' ');
  if (words.size() < 2) return std::nullopt;
  return words[1].toULongLong() * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace sluice::ui
