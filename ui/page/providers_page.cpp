// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/providers_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "gateway/config/text_edit.h"
#include "ui/edit/config_edits.h"
#include "ui/edit/provider_dialog.h"
#include "ui/model/provider_settings.h"
#include "ui/model/provider_table.h"
#include "ui/model/seconds.h"
#include "ui/model/shares.h"
#include "ui/page/provider_actions.h"
#include "ui/page/provider_meters.h"
#include "ui/plot/lane_plot.h"
#include "ui/plot/provider_plots.h"
#include "ui/plot/series_plots.h"
#include "ui/plot/time_bar.h"
#include "ui/style/state_chip.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr core::Nanos kNumbersEvery = 500 * core::kMillisecond;
constexpr double kPictureSeconds = 20;
constexpr int kTableWidth = 530;

}  // namespace

ProvidersPage::ProvidersPage(const PageContext& context)
    : m_edits(context.edits),
      m_table(new ProviderTable(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_view(new QTreeView),
      m_name(new QLabel),
      m_chip(new StateChip),
      m_words(new QLabel),
      m_tabs(new QTabWidget),
      m_bar(new TimeBar(m_axis, context.history.markers())),
      m_lane(new LanePlot(QStringLiteral("providerLane"), m_axis, context.history)),
      m_cause(new QLabel),
      m_breaker(new BreakerMeter),
      m_heat(new HeatPlot(QStringLiteral("heatPlot"), m_axis, context.history)),
      m_requests(new Tank(QStringLiteral("tankRequests"), tr("Requests"))),
      m_tokens(new Tank(QStringLiteral("tankTokens"), tr("Tokens"))),
      m_atOnce(new Tank(QStringLiteral("tankConcurrency"), tr("Calls at once"))),
      m_requestLevel(new LevelPlot(QStringLiteral("requestLevel"), LevelPlot::Of::Requests, m_axis,
                                   context.history)),
      m_tokenLevel(new LevelPlot(QStringLiteral("tokenLevel"), LevelPlot::Of::Tokens, m_axis,
                                 context.history)),
      m_shares(new ShareBars),
      m_stack(new StackPlot(QStringLiteral("sharePlot"), tr("Share of attempts, %"),
                            StackPlot::Mode::Share, m_axis, context.history)),
      m_settings(new QTreeWidget),
      m_plots{m_lane, m_heat, m_requestLevel, m_tokenLevel, m_stack} {
  setObjectName(QStringLiteral("providersPage"));
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setObjectName(QStringLiteral("providersSplitter"));
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(makeTable());
  splitter->addWidget(makeDetail());
  splitter->setStretchFactor(1, 1);
  splitter->setSizes({kTableWidth, 640});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 6);
  layout->addWidget(splitter);
}

QWidget* ProvidersPage::makeTable() {
  m_sorted->setSourceModel(m_table);
  m_sorted->setSortRole(ProviderTable::SortRole);
  m_sorted->setDynamicSortFilter(false);  // rows do not move under the pointer
  m_view->setObjectName(QStringLiteral("providerTable"));
  m_view->setAccessibleName(tr("Providers"));
  m_view->setModel(m_sorted);
  m_view->setRootIsDecorated(false);
  m_view->setUniformRowHeights(true);
  m_view->setAlternatingRowColors(true);
  m_view->setAllColumnsShowFocus(true);
  m_view->setSelectionMode(QAbstractItemView::SingleSelection);
  m_view->setSortingEnabled(true);
  m_view->sortByColumn(-1, Qt::AscendingOrder);
  m_view->setMinimumWidth(180);
  m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  QHeaderView* header = m_view->header();
  header->setStretchLastSection(false);
  header->setMinimumSectionSize(40);
  // Of fixed widths: numbers that grow do not push the others about.
  const QFontMetrics metrics(font());
  const auto wide = [&](const QString& text) { return metrics.horizontalAdvance(text) + 8; };
  m_view->setColumnWidth(ProviderTable::Name, wide(QStringLiteral("anthropic-eu")));
  m_view->setColumnWidth(ProviderTable::State, std::max({wide(titleOf(ProviderLook::Closed)),
                                                         wide(titleOf(ProviderLook::ForcedOpen)),
                                                         wide(titleOf(ProviderLook::Disabled))}));
  m_view->setColumnWidth(ProviderTable::Rate, wide(QStringLiteral("0000.0")));
  m_view->setColumnWidth(ProviderTable::Errors, wide(QStringLiteral("100.0 %")));
  m_view->setColumnWidth(ProviderTable::P95, std::max(wide(QStringLiteral("00.0 ms")),
                                                      wide(ProviderTable::tr("TTFT p95"))));
  m_view->setColumnWidth(ProviderTable::Requests, wide(ProviderTable::tr("req left")));
  m_view->setColumnWidth(ProviderTable::Tokens, wide(ProviderTable::tr("tok left")));
  m_view->setColumnWidth(ProviderTable::InFlight, std::max(wide(QStringLiteral("00000")),
                                                           wide(ProviderTable::tr("in fl."))));
  for (int i = 0; i < ProviderTable::kColumns; ++i) m_widths.push_back(m_view->columnWidth(i));
  connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          &ProvidersPage::onChosen);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->viewport()->installEventFilter(this);
  return m_view;
}

/// The columns that there is room for, the most telling first; the rest stands in the detail.
void ProvidersPage::fitColumns() {
  int room = m_view->viewport()->width() - m_view->columnWidth(ProviderTable::Name);
  bool fits = true;
  for (const int column :
       {ProviderTable::State, ProviderTable::Errors, ProviderTable::Rate, ProviderTable::P95,
        ProviderTable::InFlight, ProviderTable::Requests, ProviderTable::Tokens}) {
    const int width = m_widths[static_cast<std::size_t>(column)];
    // The state is always told, by its glyph if need be.
    fits = fits && (column == ProviderTable::State || width <= room);
    if (fits) m_view->setColumnWidth(column, std::min(width, std::max(room, 24)));
    m_view->setColumnHidden(column, !fits);
    if (fits) room -= width;
  }
}

bool ProvidersPage::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize) fitColumns();
  return Page::eventFilter(watched, event);
}

QWidget* ProvidersPage::makeDetail() {
  QFont large = font();
  large.setBold(true);
  large.setPointSizeF(large.pointSizeF() * 1.25);
  m_name->setFont(large);
  m_name->setObjectName(QStringLiteral("providerName"));
  m_name->setMinimumWidth(60);  // a long name makes no page wider
  m_chip->setObjectName(QStringLiteral("providerState"));
  m_words->setObjectName(QStringLiteral("providerWords"));
  m_words->setForegroundRole(QPalette::PlaceholderText);
  m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* head = new QHBoxLayout;
  head->setSpacing(12);
  head->addWidget(m_name);
  head->addWidget(m_chip);
  head->addStretch();
  auto* use = new QHBoxLayout;
  use->setSpacing(4);
  head->addLayout(use);

  auto* actions = new QHBoxLayout;
  actions->setSpacing(4);
  QHBoxLayout* row = actions;
  const auto add = [&](ProviderCommand command, const char* name, const QString& text,
                       const QString& tip) {
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(tip);
    button->setMinimumWidth(fontMetrics().horizontalAdvance(text) + 10);
    // With a mnemonic each: everything works from the keyboard.
    connect(button, &QPushButton::clicked, this, [this, command] {
      if (!m_provider.empty()) emit commanded(QString::fromStdString(m_provider), command);
    });
    row->addWidget(button);
    m_buttons[command] = button;
  };
  add(ProviderCommand::Trip, "tripButton", tr("&Trip"),
      tr("Opens the breaker as failures would; it recovers by itself."));
  add(ProviderCommand::Reset, "resetButton", tr("&Reset"),
      tr("Closes the breaker and ends a cool-down; nothing is carried over."));
  add(ProviderCommand::ForceOpen, "forceOpenButton", tr("Force &open"),
      tr("Holds it open until it is reset: nothing passes."));
  add(ProviderCommand::ForceClosed, "forceClosedButton", tr("Force &closed"),
      tr("Holds it closed until it is reset, whatever fails."));
  actions->addStretch();
  row = use;
  add(ProviderCommand::Ready, "readyButton", tr("Read&y"), tr("Takes requests."));
  add(ProviderCommand::Drain, "drainButton", tr("&Drain"),
      tr("No new requests; those under way end."));
  add(ProviderCommand::Disable, "disableButton", tr("Disa&ble"),
      tr("Switched off until it is put back."));

  m_tabs->setObjectName(QStringLiteral("providerTabs"));
  m_tabs->setDocumentMode(true);
  m_tabs->addTab(makeHealth(), tr("Health"));
  m_tabs->addTab(makeLimits(), tr("Limits"));
  m_tabs->addTab(makeBalancing(), tr("Balancing"));
  const int settings = m_tabs->addTab(makeSettings(), tr("Settings"));
  connect(m_tabs, &QTabWidget::currentChanged, this, [this, settings](int index) {
    m_numbersAt = 0;
    // Of plots; there is none among the settings.
    m_bar->setVisible(index != settings);
    m_bar->hint()->setVisible(index != settings);
  });

  m_bar->watch(m_plots);
  auto* detail = new QWidget;
  auto* layout = new QVBoxLayout(detail);
  layout->setContentsMargins(8, 0, 0, 0);
  layout->setSpacing(6);
  layout->addLayout(head);
  layout->addWidget(m_words);
  layout->addLayout(actions);
  layout->addWidget(m_bar);
  layout->addWidget(m_tabs, 1);
  layout->addWidget(m_bar->hint());
  return detail;
}

QWidget* ProvidersPage::makeHealth() {
  m_lane->setTimeLabels(false);
  m_lane->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  m_cause->setObjectName(QStringLiteral("providerCause"));
  m_cause->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_cause->setForegroundRole(QPalette::PlaceholderText);
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(m_lane);
  layout->addWidget(m_cause);
  layout->addWidget(m_breaker);
  layout->addWidget(m_heat, 1);
  return page;
}

QWidget* ProvidersPage::makeLimits() {
  auto* tanks = new QVBoxLayout;
  tanks->setSpacing(4);
  for (Tank* tank : {m_requests, m_tokens, m_atOnce}) tanks->addWidget(tank);
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  layout->setSpacing(6);
  layout->addLayout(tanks);
  layout->addWidget(m_requestLevel, 1);
  layout->addWidget(m_tokenLevel, 1);
  return page;
}

QWidget* ProvidersPage::makeBalancing() {
  auto* scroll = new QScrollArea;
  scroll->setObjectName(QStringLiteral("shareScroll"));
  scroll->setWidget(m_shares);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setMaximumHeight(260);
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(scroll, 1);
  layout->addWidget(m_stack, 1);
  return page;
}

QWidget* ProvidersPage::makeSettings() {
  m_settings->setObjectName(QStringLiteral("providerSettings"));
  m_settings->setAccessibleName(tr("Settings of this provider"));
  m_settings->setHeaderLabels({tr("Setting"), tr("Value"), tr("From"), tr("In the file")});
  m_settings->setRootIsDecorated(false);
  m_settings->setIndentation(0);
  m_settings->setFrameShape(QFrame::NoFrame);
  m_settings->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  QHeaderView* header = m_settings->header();
  header->setStretchLastSection(false);
  header->setSectionResizeMode(QHeaderView::ResizeToContents);
  header->setSectionResizeMode(1, QHeaderView::Stretch);
  auto* edit = new QPushButton(tr("Edit &settings\u2026"));
  edit->setObjectName(QStringLiteral("providerEdit"));
  connect(edit, &QPushButton::clicked, this,
          [this] { ProviderDialog(m_edits, QString::fromStdString(m_provider), this).exec(); });
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 8, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(m_settings, 1);
  layout->addWidget(edit, 0, Qt::AlignRight);
  return page;
}

void ProvidersPage::showConfig(const config::Config& config, const QString&) {
  m_config = std::make_shared<const config::Config>(config);
  showSettings();
}

void ProvidersPage::chooseProvider(const QString& provider) {
  const int row = m_table->rowOf(provider);
  if (row < 0) return;
  m_view->setCurrentIndex(m_sorted->mapFromSource(m_table->index(row, 0)));
}

void ProvidersPage::onChosen() {
  const QModelIndex at = m_sorted->mapToSource(m_view->currentIndex());
  const std::string id = m_table->providerAt(at.row()).toStdString();
  if (id.empty() || id == m_provider) return;
  m_provider = id;
  m_lane->setProviders({id}, 1);
  m_heat->setProvider(id);
  m_requestLevel->setProvider(id);
  m_tokenLevel->setProvider(id);
  m_numbersAt = 0;
  showSettings();
  emit providerShown(QString::fromStdString(id));
}

void ProvidersPage::show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  const bool numbers = m_numbersAt == 0 || snapshot.takenAt - m_numbersAt >= kNumbersEvery;
  std::vector<std::string> known;
  for (const ProviderSnapshot& p : snapshot.providers) known.push_back(p.id);
  const bool others = known != m_known;
  if (others) {
    m_known = std::move(known);
    std::vector<std::size_t> colors(m_known.size());
    for (std::size_t i = 0; i < colors.size(); ++i) colors[i] = i;
    m_stack->setProviders(m_known, colors);
  }
  if (numbers || others) {
    m_table->show(snapshot, history);
    if (!m_view->currentIndex().isValid() && m_sorted->rowCount() > 0) {
      m_view->setCurrentIndex(m_sorted->index(0, 0));
    }
  }
  const auto provider = std::ranges::find(snapshot.providers, m_provider, &ProviderSnapshot::id);
  if (provider != snapshot.providers.end()) {
    for (const auto& [command, button] : m_buttons) {
      button->setEnabled(ProviderActions::changes(*provider, command));
    }
    m_chip->setLook(lookOf(*provider));
    if (numbers) {
      m_numbersAt = snapshot.takenAt;
      showDetail(*provider, snapshot, history);
    }
  }
  m_axis.advance(history.traffic().first(), toSeconds(snapshot.takenAt));
  for (LivePlot* plot : m_plots) {
    plot->refresh(plot == m_lane ? history.states().version() : history.traffic().version());
  }
  m_bar->refresh();
}

void ProvidersPage::showDetail(const ProviderSnapshot& provider, const EngineSnapshot& snapshot,
                               const SnapshotHistory& history) {
  m_name->setText(QString::fromStdString(provider.id));
  const double now = toSeconds(snapshot.takenAt);
  const StateRuns* runs = history.states().find(provider.id);
  const StateRun* run = runs ? runs->find(now, now) : nullptr;
  QStringList words;
  if (run) words << tr("for %1").arg(lengthText(std::floor(now - run->from)));
  const QString detail = detailOf(provider);
  if (!detail.isEmpty()) words << detail;
  words << healthOf(provider);
  m_words->setText(words.join(QStringLiteral(" \u00B7 ")));
  m_words->setToolTip(m_words->text());
  switch (m_tabs->currentIndex()) {
    case 0: {
      m_breaker->show(provider.breaker);
      // The newest change with a cause is what a person asks for.
      QString cause;
      if (runs) {
        for (auto at = runs->all().rbegin(); at != runs->all().rend() && cause.isEmpty(); ++at) {
          if (!at->cause.isEmpty()) cause = clockText(at->from) + QStringLiteral("  ") + at->cause;
        }
      }
      m_cause->setText(cause.isEmpty() ? tr("No change of state so far.") : cause);
      break;
    }
    case 1: {
      const Binding binding = bindingOf(provider);
      m_requests->show(provider.requests, binding == Binding::Requests);
      m_tokens->show(provider.tokens, binding == Binding::Tokens);
      m_atOnce->show(provider.concurrency, binding == Binding::Concurrency);
      // A plot of a limit that is not set says nothing.
      m_requestLevel->setVisible(provider.requests.limited || !provider.tokens.limited);
      m_tokenLevel->setVisible(provider.tokens.limited);
      break;
    }
    case 2:
      if (m_config) m_shares->show(sharesOf(*m_config, snapshot, history), provider.id, m_known);
      break;
    default:
      break;
  }
}

void ProvidersPage::showSettings() {
  const int scrolled = m_settings->verticalScrollBar()->value();
  m_settings->clear();
  if (!m_config) return;
  const auto provider = std::ranges::find(m_config->providers, m_provider, &config::Provider::id);
  if (provider == m_config->providers.end()) return;
  const Engine& engine = m_edits.engine();
  const QString config = engine.configFile().isEmpty() ? tr("config") : tr("file");
  QString group;
  for (const Setting& setting : settingsOf(*provider, config::toldPaths(engine.configText()))) {
    if (group != setting.group) {
      group = setting.group;
      auto* heading = new QTreeWidgetItem(m_settings, {group});
      QFont bold = font();
      bold.setBold(true);
      heading->setFont(0, bold);
      heading->setFirstColumnSpanned(true);
    }
    const QString from = setting.from == Setting::From::Config   ? config
                         : setting.from == Setting::From::Preset ? tr("preset")
                                                                 : tr("default");
    // The heading is the key's section; all of it is in the tooltip.
    auto* item = new QTreeWidgetItem(m_settings, {setting.title, setting.value, from,
                                                  setting.key.section(QLatin1Char('.'), -1)});
    item->setToolTip(1, setting.value);
    item->setToolTip(3, setting.key);
    for (const int column : {2, 3}) item->setForeground(column, mutedText(palette()));
  }
  m_settings->verticalScrollBar()->setValue(scrolled);
}

bool ProvidersPage::worthAPicture() const {
  return m_axis.now() > 0 && m_axis.known() >= kPictureSeconds;
}

}  // namespace sluice::ui
