// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/provider_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/snippets.h"
#include "ui/style/level_bar.h"
#include "ui/style/state_chip.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

QLabel* label(QWidget* parent, const char* name) {
  auto* made = new QLabel(parent);
  made->setObjectName(QString::fromLatin1(name));
  made->setTextFormat(Qt::PlainText);
  return made;
}

}  // namespace

ProviderCard::ProviderCard(const QString& id, std::size_t color, QWidget* parent)
    : QFrame(parent),
      m_color(color),
      m_name(label(this, "cardName")),
      m_demo(label(this, "cardDemo")),
      m_chip(new StateChip(this)),
      m_detail(label(this, "cardDetail")),
      m_rate(label(this, "cardRate")),
      m_errors(label(this, "cardErrors")),
      m_latency(label(this, "cardLatency")),
      m_inflight(label(this, "cardInflight")),
      m_health(label(this, "cardHealth")),
      m_level(new LevelBar(this)),
      m_tokens(new LevelBar(this)) {
  setObjectName(QStringLiteral("card_") + id);
  m_level->setObjectName(QStringLiteral("cardLevel"));
  m_level->setAccessibleName(tr("Request bucket of %1").arg(id));
  m_tokens->setObjectName(QStringLiteral("cardTokens"));
  m_tokens->setAccessibleName(tr("Token bucket of %1").arg(id));
  m_chip->setObjectName(QStringLiteral("cardState"));
  setAccessibleName(tr("Provider %1").arg(id));
  setMinimumWidth(250);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

  QFont bold = font();
  bold.setBold(true);
  bold.setPointSizeF(bold.pointSizeF() * 1.15);
  m_name->setFont(bold);
  m_name->setText(id);
  m_demo->setText(tr("DEMO"));
  m_demo->setToolTip(tr("A built-in mock provider: nothing here costs money."));
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.5);
  m_rate->setFont(large);

  auto* top = new QHBoxLayout;
  top->addSpacing(16);  // the colour of its line in the plot is painted here
  top->addWidget(m_name);
  top->addStretch();
  top->addWidget(m_demo);
  top->addWidget(makeActions(id));
  auto* state = new QHBoxLayout;
  state->addWidget(m_chip);
  state->addWidget(m_detail, 1);
  auto* numbers = new QHBoxLayout;
  numbers->addWidget(m_rate);
  numbers->addStretch();
  numbers->addWidget(m_inflight);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(5);
  layout->addLayout(top);
  layout->addLayout(state);
  layout->addLayout(numbers);
  layout->addWidget(m_errors);
  layout->addWidget(m_latency);
  layout->addWidget(m_health);
  layout->addSpacing(2);
  layout->addWidget(m_level);
  layout->addWidget(m_tokens);
  applyPalette();
}

QToolButton* ProviderCard::makeActions(const QString& id) {
  auto* button = new QToolButton(this);
  button->setObjectName(QStringLiteral("cardActions"));
  button->setText(QStringLiteral("\u22EF"));
  button->setAutoRaise(true);
  button->setPopupMode(QToolButton::InstantPopup);
  button->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  button->setToolTip(tr("What can be done to this provider"));
  button->setAccessibleName(tr("Actions on %1").arg(id));
  auto* menu = new QMenu(button);
  menu->setToolTipsVisible(true);
  const auto add = [&](ProviderCommand command, const QString& text, const QString& tip) {
    QAction* action = menu->addAction(text, this, [this, command] { emit commanded(command); });
    action->setToolTip(tip);
    m_actions[command] = action;
  };
  add(ProviderCommand::Trip, tr("&Trip breaker"),
      tr("Opens it as failures would; it recovers by itself."));
  add(ProviderCommand::Reset, tr("&Reset breaker"),
      tr("Closes it and ends a cool-down; nothing is carried over."));
  menu->addSeparator();
  add(ProviderCommand::Ready, tr("Take re&quests"), tr("Puts it back into use."));
  add(ProviderCommand::Drain, tr("&Drain"), tr("No new requests; those under way end."));
  add(ProviderCommand::Disable, tr("D&isable"), tr("Switched off until it is put back."));
  button->setMenu(menu);
  return button;
}

/// What would change nothing cannot be chosen.
void ProviderCard::showActions(const ProviderSnapshot& provider) {
  const bool open = provider.breaker.state == BreakerState::Open ||
                    provider.breaker.state == BreakerState::ForcedOpen;
  m_actions[ProviderCommand::Trip]->setEnabled(provider.breaker.state == BreakerState::Closed);
  m_actions[ProviderCommand::Reset]->setEnabled(
      open || provider.breaker.state == BreakerState::HalfOpen || provider.breaker.failures > 0 ||
      provider.coolDownLeft > 0);
  m_actions[ProviderCommand::Ready]->setEnabled(provider.state != config::ProviderState::Ready);
  m_actions[ProviderCommand::Drain]->setEnabled(provider.state != config::ProviderState::Drain);
  m_actions[ProviderCommand::Disable]->setEnabled(provider.state !=
                                                  config::ProviderState::Disabled);
}

void ProviderCard::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) applyPalette();
  QFrame::changeEvent(event);
}

void ProviderCard::applyPalette() {
  for (QLabel* quiet : {m_detail, m_inflight, m_demo}) {
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, mutedText(colors));
    quiet->setPalette(colors);
  }
}

void ProviderCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(palette().color(QPalette::Mid));
  painter.setBrush(palette().color(QPalette::Base));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  painter.setPen(Qt::NoPen);
  painter.setBrush(providerColor(m_color, isDark(palette())));
  painter.drawRoundedRect(QRectF(12, m_name->geometry().center().y() - 5, 10, 10), 2, 2);
}

void ProviderCard::show(const ProviderSnapshot& provider, const SnapshotHistory::Stats& stats) {
  m_demo->setVisible(provider.dialect == config::Dialect::Mock);
  m_chip->setLook(lookOf(provider));
  m_detail->setText(detailOf(provider));
  m_detail->setToolTip(m_detail->text());
  m_rate->setText(stats.known ? tr("%1 req/s").arg(stats.perSecond, 0, 'f', 1)
                              : tr("\u2013 req/s"));
  m_inflight->setText(tr("%1 in flight").arg(provider.inflight));
  // Always with the fraction: a share alone hides how little it may rest on.
  m_errors->setText(stats.ended == 0 ? tr("errors \u2013 (none ended in 30 s)")
                                     : tr("errors %1 % (%2 of %3 in 30 s)")
                                           .arg(100.0 * static_cast<double>(stats.failed) /
                                                    static_cast<double>(stats.ended),
                                                0, 'f', 1)
                                           .arg(stats.failed)
                                           .arg(stats.ended));
  m_latency->setText(
      stats.measured == 0
          ? tr("first byte \u2013")
          : tr("first byte p50 %1, p95 %2").arg(spanText(stats.p50), spanText(stats.p95)));
  m_health->setText(healthOf(provider));
  showActions(provider);
  m_level->setBucket(provider.requests, tr("requests"));
  m_tokens->setVisible(provider.tokens.limited);
  m_tokens->setBucket(provider.tokens, tr("tokens"));
}

}  // namespace sluice::ui
