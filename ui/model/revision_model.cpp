// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/revision_model.h"

#include <QDateTime>
#include <QLocale>

#include "ui/model/event_words.h"

namespace sluice::ui {

void RevisionModel::update(const std::deque<Revision>& revisions) {
  // What is gone at the old end, then what is new on top.
  const std::uint64_t oldest = revisions.empty() ? UINT64_MAX : revisions.front().number;
  int keep = rowCount();
  while (keep > 0 && m_rows[static_cast<std::size_t>(keep) - 1].number < oldest) --keep;
  if (keep < rowCount()) {
    beginRemoveRows({}, keep, rowCount() - 1);
    m_rows.resize(static_cast<std::size_t>(keep));
    endRemoveRows();
  }
  const std::uint64_t newest = m_rows.empty() ? 0 : m_rows.front().number;
  int fresh = 0;
  for (const Revision& revision : revisions) fresh += revision.number > newest;
  if (fresh == 0) return;
  beginInsertRows({}, 0, fresh - 1);
  for (std::size_t i = revisions.size() - static_cast<std::size_t>(fresh); i < revisions.size();
       ++i) {
    m_rows.push_front(revisions[i]);
  }
  endInsertRows();
}

const Revision* RevisionModel::at(int row) const {
  return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int RevisionModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RevisionModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(kColumns);
}

QString RevisionModel::who(Author author) {
  switch (author) {
    case Author::Start:
      return tr("start");
    case Author::File:
      return tr("file");
    case Author::Window:
      return tr("window");
    case Author::Admin:
      return tr("admin");
    case Author::Rollback:
      return tr("rollback");
  }
  return {};
}

QVariant RevisionModel::data(const QModelIndex& index, int role) const {
  const Revision* revision = index.isValid() ? at(index.row()) : nullptr;
  if (!revision) return {};
  if (role == Qt::TextAlignmentRole && index.column() == Number) {
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  }
  const QDateTime at = QDateTime::fromMSecsSinceEpoch(revision->at);
  if (role == Qt::ToolTipRole) {
    // All of it, wherever one points: the columns may be narrow.
    return tr("%1 \u00B7 %2 \u00B7 %3\n%4")
        .arg(revision->number)
        .arg(QLocale().toString(at, QLocale::LongFormat), who(revision->author),
             changeWords(revision->what));
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case Number:
      return QString::number(revision->number);
    case Time: {
      // The clock of plots and events; the day only where it is another.
      const QString clock = at.toString(QStringLiteral("HH:mm:ss"));
      if (at.date() == QDate::currentDate()) return clock;
      return QLocale().toString(at.date(), QLocale::ShortFormat) + QLatin1Char(' ') + clock;
    }
    case Who:
      return who(revision->author);
    default:
      return changeWords(revision->what);
  }
}

QVariant RevisionModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case Number:
      return tr("No.");
    case Time:
      return tr("Time");
    case Who:
      return tr("Who");
    default:
      return tr("What");
  }
}

}  // namespace sluice::ui
