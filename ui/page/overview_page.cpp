// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/overview_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/page/provider_card.h"
#include "ui/plot/rate_plot.h"

namespace sluice::ui {

namespace {
constexpr int kCardWidth = 262;
constexpr int kMostRows = 2;  // further rows scroll
constexpr double kPictureSeconds = 20;
}  // namespace

OverviewPage::OverviewPage(const PageContext&)
    : m_grid(new QGridLayout), m_empty(new QLabel(this)), m_plot(new RatePlot(this)) {
  setObjectName(QStringLiteral("overviewPage"));
  auto* content = new QWidget;
  content->setObjectName(QStringLiteral("overviewCards"));
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setSpacing(10);
  auto* contentLayout = new QVBoxLayout(content);
  contentLayout->setContentsMargins(0, 0, 0, 0);
  contentLayout->addLayout(m_grid);
  contentLayout->addStretch();
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("overviewScroll"));
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum);
  m_empty->setObjectName(QStringLiteral("overviewEmpty"));
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->setWordWrap(true);
  m_empty->setText(tr("The config names no providers yet."));
  m_empty->hide();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(14, 12, 14, 8);
  layout->setSpacing(10);
  layout->addWidget(m_empty);
  layout->addWidget(scroll);
  layout->addWidget(m_plot, 1);
}

void OverviewPage::show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  std::vector<std::string> order;
  for (const ProviderSnapshot& provider : snapshot.providers) order.push_back(provider.id);
  if (order != m_order) {
    for (auto& [id, card] : m_cards) delete card;
    m_cards.clear();
    m_order = std::move(order);
    for (std::size_t i = 0; i < m_order.size(); ++i) {
      const QString id = QString::fromStdString(m_order[i]);
      auto* card = new ProviderCard(id, i);
      connect(card, &ProviderCard::commanded, this,
              [this, id](ProviderCommand command) { emit commanded(id, command); });
      m_cards[m_order[i]] = card;
    }
    m_columns = 0;
    arrange();
    m_empty->setVisible(m_order.empty());
  }
  for (const ProviderSnapshot& provider : snapshot.providers) {
    m_cards.at(provider.id)->show(provider, history.provider(provider.id));
  }
  m_plot->add(snapshot, history);
}

bool OverviewPage::worthAPicture() const {
  return m_plot->covered() >= kPictureSeconds;
}

void OverviewPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

void OverviewPage::arrange() {
  const int columns = std::clamp(width() / kCardWidth, 1, 6);
  if (columns == m_columns) return;
  m_columns = columns;
  int i = 0;
  int height = 0;
  for (const std::string& id : m_order) {
    ProviderCard* card = m_cards.at(id);
    m_grid->addWidget(card, i / columns, i % columns, Qt::AlignTop);
    height = std::max(height, card->sizeHint().height());
    ++i;
  }
  for (int c = 0; c < 6; ++c) m_grid->setColumnStretch(c, c < columns ? 1 : 0);
  const int rows = std::min((i + columns - 1) / columns, kMostRows);
  auto* scroll = findChild<QScrollArea*>(QStringLiteral("overviewScroll"));
  scroll->setFixedHeight(rows == 0 ? 0 : rows * (height + m_grid->spacing()));
}

}  // namespace sluice::ui
