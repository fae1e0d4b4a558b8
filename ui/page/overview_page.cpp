// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/overview_page.h"

#include <QCheckBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/model/seconds.h"
#include "ui/model/snippets.h"
#include "ui/page/provider_card.h"
#include "ui/page/stat_tile.h"
#include "ui/plot/lane_plot.h"
#include "ui/plot/series_plots.h"
#include "ui/plot/time_bar.h"

namespace sluice::ui {

namespace {

constexpr int kGap = 8;
constexpr double kPictureSeconds = 20;
constexpr core::Nanos kTilesEvery = 500 * core::kMillisecond;
constexpr int kTrendSeconds = 60;

QString shareText(std::uint64_t part, std::uint64_t all) {
  return QStringLiteral("%1 %").arg(
      decimalText(100.0 * static_cast<double>(part) / static_cast<double>(all), 1));
}

}  // namespace

OverviewPage::OverviewPage(const PageContext& context)
    : m_rate(new StatTile(QStringLiteral("tileRate"), tr("requests"))),
      m_errors(new StatTile(QStringLiteral("tileErrors"), tr("failed, 30 s"))),
      m_latency(new StatTile(QStringLiteral("tileLatency"), tr("p95 latency"))),
      m_inflight(new StatTile(QStringLiteral("tileInflight"), tr("in flight"))),
      m_rejected(new StatTile(QStringLiteral("tileRejected"), tr("refused by us"))),
      m_tokens(new StatTile(QStringLiteral("tileTokens"), tr("tokens"))),
      m_frozen(new QCheckBox(tr("Freeze order"))),
      m_scroll(new QScrollArea),
      m_grid(new QGridLayout),
      m_empty(new QLabel(tr("The config names no providers yet."))),
      m_bar(new TimeBar(m_axis, context.history.markers())),
      m_lanes(new LanePlot(QStringLiteral("lanePlot"), m_axis, context.history)),
      m_requests(new StackPlot(QStringLiteral("requestPlot"), tr("Requests /s"),
                               StackPlot::Mode::Absolute, m_axis, context.history)),
      m_failures(new FailurePlot(QStringLiteral("failurePlot"), m_axis, context.history)),
      m_latencies(new LatencyPlot(QStringLiteral("latencyPlot"), m_axis, context.history)),
      m_plots{m_lanes, m_requests, m_failures, m_latencies} {
  setObjectName(QStringLiteral("overviewPage"));
  auto* tiles = new QHBoxLayout;
  tiles->setSpacing(kGap);
  for (StatTile* tile : {m_rate, m_errors, m_latency, m_inflight, m_rejected, m_tokens}) {
    tiles->addWidget(tile, 1);
  }

  m_frozen->setObjectName(QStringLiteral("freezeOrder"));
  m_frozen->setToolTip(tr("The order also holds still while the pointer is over the cards."));
  connect(m_frozen, &QCheckBox::toggled, this, &OverviewPage::freeze);
  auto* title = new QLabel(tr("Providers"));
  QFont bold = title->font();
  bold.setBold(true);
  title->setFont(bold);
  auto* worst = new QLabel(tr("worst first"));
  worst->setForegroundRole(QPalette::PlaceholderText);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(2, 0, 2, 0);
  head->addWidget(title);
  head->addWidget(worst);
  head->addStretch();
  head->addWidget(m_frozen);

  auto* content = new QWidget;
  content->setObjectName(QStringLiteral("overviewCards"));
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setSpacing(kGap);
  auto* contentLayout = new QVBoxLayout(content);
  contentLayout->setContentsMargins(0, 0, 0, 0);
  contentLayout->addLayout(m_grid);
  contentLayout->addStretch();
  m_scroll->setObjectName(QStringLiteral("overviewScroll"));
  m_scroll->setWidget(content);
  m_scroll->setWidgetResizable(true);
  m_scroll->setFrameShape(QFrame::NoFrame);
  m_scroll->setFocusPolicy(Qt::NoFocus);  // the cards in it have it
  m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_scroll->installEventFilter(this);
  m_empty->setObjectName(QStringLiteral("overviewEmpty"));
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->hide();

  m_bar->watch(m_plots);
  m_lanes->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  auto* row = new QHBoxLayout;
  row->setSpacing(kGap);
  for (LivePlot* plot : {static_cast<LivePlot*>(m_requests), static_cast<LivePlot*>(m_failures),
                         static_cast<LivePlot*>(m_latencies)}) {
    plot->setMinimumHeight(96);
    row->addWidget(plot, 1);
  }

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 6);
  layout->setSpacing(6);
  layout->addLayout(tiles);
  layout->addLayout(head);
  layout->addWidget(m_empty);
  layout->addWidget(m_scroll);
  layout->addWidget(m_bar);
  layout->addWidget(m_lanes);
  layout->addLayout(row, 1);
  layout->addWidget(m_bar->hint());
}

void OverviewPage::makeCards(const EngineSnapshot& snapshot) {
  std::vector<std::string> known;
  for (const ProviderSnapshot& provider : snapshot.providers) known.push_back(provider.id);
  if (known == m_known) return;
  m_known = std::move(known);
  for (auto& [id, card] : m_cards) delete card;
  m_cards.clear();
  m_placed.clear();
  std::vector<std::size_t> colors;
  for (std::size_t i = 0; i < m_known.size(); ++i) {
    const QString id = QString::fromStdString(m_known[i]);
    auto* card = new ProviderCard(id, i);
    connect(card, &ProviderCard::commanded, this,
            [this, id](ProviderCommand command) { emit commanded(id, command); });
    connect(card, &ProviderCard::chosen, this, [this, id] { emit providerChosen(id); });
    m_cards[m_known[i]] = card;
    colors.push_back(i);
  }
  m_requests->setProviders(m_known, colors);
  m_columns = 0;
  m_empty->setVisible(m_known.empty());
}

void OverviewPage::show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  makeCards(snapshot);
  if (m_order.update(snapshot, history)) m_columns = 0;
  arrange();
  const QRect seen = m_scroll->viewport()->rect();
  for (const ProviderSnapshot& provider : snapshot.providers) {
    ProviderCard* card = m_cards.at(provider.id);
    // What has been scrolled away costs nothing.
    const QPoint at = card->mapTo(m_scroll->viewport(), QPoint());
    if (seen.intersects(QRect(at, card->size()))) card->show(provider, history);
  }
  if (m_tilesAt == 0 || snapshot.takenAt - m_tilesAt >= kTilesEvery) {
    m_tilesAt = snapshot.takenAt;
    showTiles(snapshot, history);
  }
  m_axis.advance(history.traffic().first(), toSeconds(snapshot.takenAt));
  m_lanes->refresh(history.states().version());
  for (LivePlot* plot : m_plots) {
    if (plot != m_lanes) plot->refresh(history.traffic().version());
  }
  m_bar->refresh();
}

void OverviewPage::showTiles(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  const QLocale locale;
  const SnapshotHistory::Totals totals = history.totals();
  const TrafficSeries& traffic = history.traffic();
  const double end = std::floor(traffic.last());
  std::vector<double> requests(kTrendSeconds, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> tokens = requests;
  traffic.all(TrafficSeries::kFine)
      .visit(end - kTrendSeconds, end - 1, [&](double at, const TrafficPiece& piece) {
        const auto index = static_cast<std::size_t>(std::lround(at - end + kTrendSeconds));
        if (piece.covered <= 0 || index >= requests.size()) return;
        requests[index] = piece.perSecond(piece.started);
        tokens[index] = piece.perSecond(piece.tokens);
      });
  const bool known = totals.seconds > 0;
  const QString none = QStringLiteral("\u2013");
  m_rate->show(known ? tr("%1 /s").arg(decimalText(totals.perSecond, 1)) : none,
               tr("%1 in all").arg(locale.toString(qulonglong(snapshot.requests.started))));
  m_rate->setTrend(std::move(requests));
  const std::uint64_t ended = totals.ended - totals.rejected;
  m_errors->show(ended == 0 ? none : shareText(totals.failed, ended),
                 ended == 0 ? tr("none ended") : tr("%1 of %2").arg(totals.failed).arg(ended));
  const Latencies* whole = traffic.latencies(TrafficSeries::kFine).find(traffic.last());
  if (!whole || whole->count == 0) {
    whole = traffic.latencies(TrafficSeries::kFine).find(traffic.last() - 1);
  }
  const Latencies* first = traffic.firstBytes().find(traffic.last());
  if (!first || first->count == 0) first = traffic.firstBytes().find(traffic.last() - 1);
  const auto span = [](float micros) { return spanText(static_cast<std::uint64_t>(micros)); };
  m_latency->setToolTip(tr("Of the requests that ended in 30 s (%1), 95 % were quicker. TTFT: the "
                           "same for the first byte of their answers (%2).")
                            .arg(whole ? whole->count : 0)
                            .arg(first ? first->count : 0));
  m_latency->show(
      whole && whole->count > 0 ? span(whole->p95) : none,
      first && first->count > 0 ? tr("TTFT %1").arg(span(first->p95)) : tr("TTFT \u2013"));
  std::uint64_t waiting = 0;
  for (const ProviderSnapshot& p : snapshot.providers) waiting += p.concurrency.waiting;
  m_inflight->show(QString::number(snapshot.requests.inflight), tr("%1 waiting").arg(waiting));
  const auto perMinute = [&](std::uint64_t count) {
    return static_cast<double>(count) * 60 / totals.seconds;
  };
  m_rejected->show(known ? tr("%1 /min").arg(std::lround(perMinute(totals.rejected))) : none,
                   tr("%1 in all").arg(locale.toString(qulonglong(snapshot.requests.rejected))));
  m_tokens->show(known ? tr("%1 /min").arg(countText(std::lround(perMinute(totals.tokens)))) : none,
                 tr("as reported"));
  m_tokens->setTrend(std::move(tokens));
}

bool OverviewPage::worthAPicture() const {
  return m_axis.now() > 0 && m_axis.now() - m_axis.from() > 0 && m_cards.size() > 0 &&
         m_axis.known() >= kPictureSeconds;
}

void OverviewPage::freeze() {
  m_order.setFrozen(m_frozen->isChecked() || m_scroll->underMouse());
}

bool OverviewPage::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_scroll && (event->type() == QEvent::Enter || event->type() == QEvent::Leave)) {
    const bool over = event->type() == QEvent::Enter;
    m_order.setFrozen(m_frozen->isChecked() || over);
  }
  return Page::eventFilter(watched, event);
}

void OverviewPage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  m_columns = 0;
  arrange();
}

void OverviewPage::arrange() {
  if (m_columns != 0) return;
  const int room = width() - 2 * 12;
  const int count = std::max<int>(1, static_cast<int>(m_order.ids().size()));
  const int columns =
      std::clamp((room + kGap) / (ProviderCard::kWidth + kGap), 1, std::min(count, 8));
  m_columns = columns;
  if (columns != m_placedIn) m_placed.clear();
  m_placedIn = columns;
  m_placed.resize(m_order.ids().size());
  int i = 0;
  QWidget* before = m_frozen;
  for (const std::string& id : m_order.ids()) {
    ProviderCard* card = m_cards.at(id);
    ProviderCard*& placed = m_placed[static_cast<std::size_t>(i)];
    QWidget* button = card->actionsButton();
    if (placed != card) {
      placed = card;
      m_grid->addWidget(card, i / columns, i % columns, Qt::AlignTop);
      // The keyboard comes by in the order that is seen; who stays keeps those who stay in order.
      setTabOrder(before, card);
      setTabOrder(card, button);
    }
    ++i;
    before = button;
  }
  for (int c = 0; c < 9; ++c) m_grid->setColumnStretch(c, c < columns ? 1 : 0);
  const int rows = (i + columns - 1) / columns;
  const int most = height() > 760 ? 2 : 1;
  const int full = ProviderCard::kHeight + kGap;
  // A bit of one more row says that there are further ones, where there is room for it.
  const int hint = height() > 560 ? ProviderCard::kHeight / 4 + kGap : 0;
  const int shown = (rows <= most ? rows * full : most * full + hint) - kGap;
  m_scroll->setFixedHeight(i == 0 ? 0 : shown);
  m_lanes->setProviders(m_order.ids(), height() > 700 ? 6 : height() > 560 ? 4 : 2);
}

}  // namespace sluice::ui
