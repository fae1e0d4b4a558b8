// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status_strip.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>

#include "ui/model/snippets.h"
#include "ui/style/copied.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

StatusStrip::StatusStrip(QWidget* parent)
    : QWidget(parent),
      m_button(new QPushButton(this)),
      m_state(new QLabel(this)),
      m_url(new QLabel(this)),
      m_copy(new QToolButton(this)),
      m_menu(new QMenu(m_copy)),
      m_totals(new QLabel(this)),
      m_demo(new QLabel(tr("DEMO"), this)),
      m_traffic(new QCheckBox(tr("Demo traffic"), this)) {
  setObjectName(QStringLiteral("statusStrip"));
  m_button->setObjectName(QStringLiteral("startStop"));
  m_button->setMinimumWidth(m_button->fontMetrics().horizontalAdvance(tr("Stopping\u2026")) + 32);
  m_state->setObjectName(QStringLiteral("runState"));
  m_url->setObjectName(QStringLiteral("baseUrl"));
  m_url->setAccessibleName(tr("Base URL"));
  m_url->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  m_url->setFocusPolicy(Qt::StrongFocus);
  m_copy->setObjectName(QStringLiteral("copyMenu"));
  m_copy->setText(tr("Copy  "));  // room for the arrow
  m_copy->setAccessibleName(tr("Copy how to connect"));
  m_copy->setPopupMode(QToolButton::InstantPopup);
  m_copy->setMenu(m_menu);
  m_menu->setObjectName(QStringLiteral("copyMenuItems"));
  m_totals->setObjectName(QStringLiteral("totals"));
  m_demo->setObjectName(QStringLiteral("demoBadge"));
  m_demo->setToolTip(tr("Mock providers are at work: what they answer is made up."));
  m_traffic->setObjectName(QStringLiteral("demoTraffic"));
  QFont bold = font();
  bold.setBold(true);
  m_state->setFont(bold);
  m_demo->setFont(bold);
  m_demo->setContentsMargins(8, 2, 8, 2);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(14, 8, 14, 8);
  layout->setSpacing(12);
  for (QWidget* widget : std::initializer_list<QWidget*>{m_button, m_state, m_url, m_copy}) {
    layout->addWidget(widget);
  }
  layout->addStretch();
  layout->addWidget(m_totals);
  layout->addWidget(m_traffic);
  layout->addWidget(m_demo);
  connect(m_button, &QPushButton::clicked, this,
          [this] { m_current == State::Stopped ? emit startRequested() : emit stopRequested(); });
  connect(m_traffic, &QCheckBox::toggled, this, &StatusStrip::demoTrafficToggled);
  setState(State::Stopped);
}

void StatusStrip::setState(State state) {
  m_current = state;
  const bool stopped = state == State::Stopped;
  m_button->setText(stopped                   ? tr("Start")
                    : state == State::Running ? tr("Stop")
                                              : tr("Stopping\u2026"));
  m_button->setEnabled(state != State::Stopping);
  m_state->setText(stopped                   ? tr("\u25A0 STOPPED")
                   : state == State::Running ? tr("\u25CF RUNNING")
                                             : tr("\u25D0 STOPPING"));
  m_url->setEnabled(!stopped);
  m_copy->setEnabled(!stopped);
  applyPalette();
}

void StatusStrip::setTarget(const QString& url, const QString& model) {
  m_url->setText(url + QStringLiteral("/v1"));
  m_menu->clear();
  for (const Snippet& snippet : snippets(url, model)) {
    QAction* action = m_menu->addAction(snippet.name);
    action->setObjectName(QStringLiteral("copy_") + snippet.name);
    connect(action, &QAction::triggered, this, [this, text = snippet.text] {
      QApplication::clipboard()->setText(text);
      showCopied(*m_copy);
    });
  }
}

void StatusStrip::show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  const SnapshotHistory::Totals totals = history.totals();
  const QString errors = totals.ended == 0
                             ? tr("no errors")
                             : tr("%1 % errors")
                                   .arg(decimalText(100.0 * static_cast<double>(totals.failed) /
                                                        static_cast<double>(totals.ended),
                                                    1));
  QString words = tr("%1 in flight \u00B7 %2 req/s \u00B7 %3")
                      .arg(snapshot.requests.inflight)
                      .arg(decimalText(totals.perSecond, 1))
                      .arg(errors);
  if (totals.rejected > 0) words += tr(" \u00B7 %1 refused in 30 s").arg(totals.rejected);
  m_totals->setText(words);
  const bool mocks = std::ranges::any_of(snapshot.providers, [](const ProviderSnapshot& p) {
    return p.dialect == config::Dialect::Mock;
  });
  m_demo->setVisible(mocks);
  m_traffic->setVisible(mocks);
  // Traffic that would be refused is not offered: its refusals would be among those of clients.
  m_traffic->setEnabled(snapshot.demoBar == DemoBar::None || snapshot.demoTraffic);
  m_traffic->setToolTip(
      snapshot.demoBar == DemoBar::NoKey
          ? tr("No client key that may ask a mock provider can be read; see server.client_keys.")
      : snapshot.demoBar == DemoBar::NoMock
          ? tr("There is no model that only mock providers serve.")
          : tr("Sends a few requests a second to this gateway, for models that only mock "
               "providers serve."));
  if (m_traffic->isChecked() != snapshot.demoTraffic) {
    const QSignalBlocker quiet(m_traffic);
    m_traffic->setChecked(snapshot.demoTraffic);
  }
}

void StatusStrip::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) applyPalette();
  QWidget::changeEvent(event);
}

void StatusStrip::applyPalette() {
  const bool dark = isDark(palette());
  const ProviderLook look = m_current == State::Running    ? ProviderLook::Closed
                            : m_current == State::Stopping ? ProviderLook::HalfOpen
                                                           : ProviderLook::Open;
  QPalette state = palette();
  state.setColor(QPalette::WindowText, styleOf(look).color(dark));
  m_state->setPalette(state);
  QPalette badge = palette();
  const QColor amber = styleOf(ProviderLook::HalfOpen).color(true);
  badge.setColor(QPalette::Window, amber);
  badge.setColor(QPalette::WindowText, Qt::black);
  m_demo->setPalette(badge);
  m_demo->setAutoFillBackground(true);
}

}  // namespace sluice::ui
