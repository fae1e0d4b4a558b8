// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/diagnostics_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/diagnostics_models.h"
#include "ui/style/sparkline.h"

namespace sluice::ui {

namespace {

QTreeView* table(QAbstractItemModel* model, const char* name, const QString& title) {
  auto* view = new QTreeView;
  view->setObjectName(QString::fromLatin1(name));
  view->setAccessibleName(title);
  view->setModel(model);
  view->setRootIsDecorated(false);
  view->setUniformRowHeights(true);
  view->setAlternatingRowColors(true);
  view->setSelectionMode(QAbstractItemView::SingleSelection);
  view->header()->setStretchLastSection(true);
  view->header()->setSectionResizeMode(QHeaderView::Stretch);
  view->header()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
  return view;
}

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont font = label->font();
  font.setBold(true);
  label->setFont(font);
  return label;
}

}  // namespace

DiagnosticsPage::DiagnosticsPage(const PageContext&)
    : m_summary(new QLabel),
      m_workers(new WorkerModel(this)),
      m_locks(new LockModel(this)),
      m_lag(new Sparkline(tr("Largest lag of a loop"), tr(" ms"))),
      m_connections(new Sparkline(tr("Client connections"), {})),
      m_waiting(new Sparkline(tr("Waiting for a limit"), {})),
      m_memory(new Sparkline(tr("Memory"), tr(" MiB"))) {
  setObjectName(QStringLiteral("diagnosticsPage"));
  m_summary->setObjectName(QStringLiteral("diagnosticsSummary"));
  m_summary->setWordWrap(true);
  m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  auto* plots = new QHBoxLayout;
  plots->setSpacing(16);
  for (Sparkline* plot : {m_lag, m_connections, m_waiting, m_memory}) plots->addWidget(plot);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(14, 12, 14, 12);
  layout->setSpacing(8);
  layout->addWidget(m_summary);
  layout->addLayout(plots);
  layout->addWidget(heading(tr("Loops")));
  layout->addWidget(table(m_workers, "diagnosticsWorkers", tr("Loops")), 2);
  layout->addWidget(heading(tr("Locks")));
  layout->addWidget(table(m_locks, "diagnosticsLocks", tr("Locks")), 3);
}

void DiagnosticsPage::show(const EngineSnapshot& snapshot, const SnapshotHistory&) {
  m_workers->update(snapshot.workerLoops, snapshot.revision);
  m_locks->update(snapshot.locks);
  core::Nanos lag = 0;
  std::uint32_t waiting = 0;
  for (const WorkerSnapshot& worker : snapshot.workerLoops) {
    lag = std::max(lag, worker.lag);
    waiting += worker.waiting;
  }
  const QLocale locale;
  const auto memory = residentBytes();
  const auto bytes = [&](std::uint64_t value) {
    return locale.formattedDataSize(static_cast<qint64>(value));
  };
  const auto number = [&](std::uint64_t value) {
    return locale.toString(static_cast<qulonglong>(value));
  };
  m_summary->setText(
      tr("Config revision %1 \u00B7 %2 loops \u00B7 %3 client connections \u00B7 memory %4\n"
         "Kept answers: %5 in %6, %7 hits, %8 misses, %9 evictions")
          .arg(number(snapshot.revision), number(snapshot.workerLoops.size()),
               number(snapshot.connections), memory ? bytes(*memory) : tr("not known"),
               number(snapshot.cache.entries), bytes(snapshot.cache.bytes),
               number(snapshot.cache.hits), number(snapshot.cache.misses),
               number(snapshot.cache.evictions)));
  if (snapshot.takenAt == m_last) return;
  m_last = snapshot.takenAt;
  m_lag->add(static_cast<double>(lag) / 1e6);
  m_connections->add(static_cast<double>(snapshot.connections));
  m_waiting->add(waiting);
  if (memory) m_memory->add(static_cast<double>(*memory) / 1048576.0);
}

}  // namespace sluice::ui
