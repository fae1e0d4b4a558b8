// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tour_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

namespace sluice::ui {

TourBar::TourBar(Engine& engine, std::function<void(const QString&)> showPage, QWidget* parent)
    : QFrame(parent),
      m_engine(engine),
      m_showPage(std::move(showPage)),
      m_text(new QLabel),
      m_progress(new QProgressBar) {
  setObjectName(QStringLiteral("tourBar"));
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::AlternateBase);
  m_text->setObjectName(QStringLiteral("tourText"));
  m_text->setWordWrap(true);
  m_progress->setObjectName(QStringLiteral("tourProgress"));
  m_progress->setAccessibleName(tr("How far the tour is"));
  m_progress->setRange(0, kSeconds);
  m_progress->setTextVisible(false);
  m_progress->setFixedWidth(140);
  auto* skipButton = new QPushButton(tr("S&kip the tour"));
  skipButton->setObjectName(QStringLiteral("tourSkip"));
  connect(skipButton, &QPushButton::clicked, this, &TourBar::skip);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(14, 6, 14, 6);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_progress);
  layout->addWidget(skipButton);
  hide();
  connect(&m_timer, &QTimer::timeout, this, &TourBar::tick);
}

TourBar::~TourBar() {
  if (playing()) leave();
}

void TourBar::play() {
  if (playing()) return;
  const auto config = m_engine.config();
  if (!config) return;
  const auto mock =
      std::ranges::find(config->providers, config::Dialect::Mock, &config::Provider::dialect);
  if (mock == config->providers.end()) return;
  m_provider = mock->id;
  m_hadTraffic = m_engine.snapshot().demoTraffic;
  m_second = 0;
  show();
  m_timer.start(m_pace);
  tick();
}

void TourBar::tick() {
  const QString name = QString::fromStdString(m_provider);
  const int at = m_second++;
  m_progress->setValue(at);
  if (at == 0) {
    m_engine.setDemoTraffic(true);
    m_showPage(QStringLiteral("overview"));
    m_text->setText(
        tr("Requests come in. Each provider has a card; below, everything stands on one "
           "axis of time."));
  } else if (at == 15) {
    m_text->setText(
        tr("On the right are the limits. Drag one and see what happens: it is in force "
           "at once, marked on every plot, and Ctrl+Z takes it back."));
  } else if (at == 28) {
    m_engine.command(m_provider, ProviderCommand::Trip);
    m_text->setText(
        tr("Now %1 fails: its breaker opens, and requests go to the others. Clients see "
           "nothing of it.")
            .arg(name));
  } else if (at == 38) {
    m_text->setText(tr("After a while the breaker lets a few requests through. If they go well, it "
                       "closes, and %1 is back.")
                        .arg(name));
  } else if (at == 50) {
    m_showPage(QStringLiteral("config"));
    m_text->setText(
        tr("All of it stands in one file. Each change is a revision you can go back to."));
  } else if (at >= kSeconds) {
    skip();
  }
}

void TourBar::skip() {
  if (!playing()) return;
  leave();
  hide();
  m_showPage(QStringLiteral("connect"));
  emit ended();
}

void TourBar::leave() {
  m_timer.stop();
  m_second = -1;
  m_engine.setDemoTraffic(m_hadTraffic);
  const EngineSnapshot snapshot = m_engine.snapshot();
  const auto p = std::ranges::find(snapshot.providers, m_provider, &ProviderSnapshot::id);
  if (p != snapshot.providers.end() && p->breaker.state != BreakerState::Closed) {
    m_engine.command(m_provider, ProviderCommand::Reset);
  }
}

}  // namespace sluice::ui
