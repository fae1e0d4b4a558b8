// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/diagnostics_page.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/model/diagnostics_models.h"
#include "ui/plot/engine_plot.h"
#include "ui/plot/time_bar.h"

namespace sluice::ui {

namespace {

constexpr int kMostRows = 6;
constexpr double kPictureSeconds = 10;

/// `wide`: the column that takes what room the others leave.
QTreeView* table(QAbstractItemModel* model, const char* name, const QString& title, int wide) {
  auto* view = new QTreeView;
  view->setObjectName(QString::fromLatin1(name));
  view->setAccessibleName(title);
  view->setModel(model);
  view->setRootIsDecorated(false);
  view->setUniformRowHeights(true);
  view->setAlternatingRowColors(true);
  view->setSelectionMode(QAbstractItemView::SingleSelection);
  // Nothing lies to the side: what is too long is elided, and whole in its tooltip.
  view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  QHeaderView* header = view->header();
  header->setStretchLastSection(false);
  header->setTextElideMode(Qt::ElideRight);
  // Room for the numbers to come, so that columns do not jump as they grow.
  header->setMinimumSectionSize(view->fontMetrics().horizontalAdvance(QStringLiteral("00.0 ms 0")));
  header->setSectionResizeMode(QHeaderView::ResizeToContents);
  header->setSectionResizeMode(wide, QHeaderView::Stretch);
  header->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
  return view;
}

/// As high as its rows, or as some of them.
void fitHeight(QTreeView& view) {
  view.setFixedHeight(view.header()->sizeHint().height() + 2 * view.frameWidth() +
                      std::clamp(view.model()->rowCount(), 1, kMostRows) *
                          std::max(view.sizeHintForRow(0), view.fontMetrics().height()));
}

}  // namespace

DiagnosticsPage::DiagnosticsPage(const PageContext& context)
    : m_summary(new QLabel),
      m_bar(new TimeBar(m_axis, context.history.markers())),
      m_workers(new WorkerModel(this)),
      m_locks(new LockModel(this)),
      m_workerView(table(m_workers, "diagnosticsWorkers", tr("Loops"),
                         static_cast<int>(WorkerModel::Config))) {
  setObjectName(QStringLiteral("diagnosticsPage"));
  m_summary->setObjectName(QStringLiteral("diagnosticsSummary"));
  m_summary->setWordWrap(true);
  m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  auto* plots = new QGridLayout;
  plots->setSpacing(6);
  std::vector<LivePlot*> watched;
  for (const auto& [of, name] : {std::pair{EnginePlot::Of::Lag, "lagPlot"},
                                 {EnginePlot::Of::Connections, "connectionsPlot"},
                                 {EnginePlot::Of::Waiting, "waitingPlot"},
                                 {EnginePlot::Of::Memory, "memoryPlot"}}) {
    auto* plot =
        new EnginePlot(QString::fromLatin1(name), of, m_axis, context.history.markers(), m_series);
    const int at = static_cast<int>(m_plots.size());
    plots->addWidget(plot, at / 2, at % 2);
    m_plots.push_back(plot);
    watched.push_back(plot);
  }
  m_bar->watch(watched);
  fitHeight(*m_workerView);
  connect(m_workers, &QAbstractItemModel::modelReset, this, [this] { fitHeight(*m_workerView); });
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(14, 8, 14, 8);
  layout->setSpacing(6);
  layout->addWidget(m_summary);
  layout->addWidget(m_bar);
  layout->addLayout(plots, 3);
  layout->addWidget(m_bar->hint());
  layout->addWidget(m_workerView);
  layout->addWidget(
      table(m_locks, "diagnosticsLocks", tr("Locks"), static_cast<int>(LockModel::Name)), 2);
}

void DiagnosticsPage::keep(const EngineSnapshot& snapshot) {
  m_series.add(snapshot, residentBytes());
}

bool DiagnosticsPage::worthAPicture() const {
  return m_series.last() - m_series.first() >= kPictureSeconds;
}

void DiagnosticsPage::show(const EngineSnapshot& snapshot, const SnapshotHistory&) {
  m_workers->update(snapshot.workerLoops, snapshot.revision);
  m_locks->update(snapshot.locks);
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
  m_axis.advance(m_series.first(), m_series.last());
  for (EnginePlot* plot : m_plots) plot->refresh(m_series.version());
  m_bar->refresh();
}

}  // namespace sluice::ui
