// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/provider_actions.h"

namespace sluice::ui {

ProviderActions::ProviderActions(QWidget* parent) : QMenu(parent) {
  setToolTipsVisible(true);
  const auto add = [&](ProviderCommand command, const char* name, const QString& text,
                       const QString& tip) {
    QAction* action = addAction(text, this, [this, command] { emit commanded(command); });
    action->setObjectName(QLatin1String(name));
    action->setToolTip(tip);
    m_actions[command] = action;
  };
  add(ProviderCommand::Trip, "trip", tr("&Trip breaker"),
      tr("Opens it as failures would; it recovers by itself."));
  add(ProviderCommand::Reset, "reset", tr("&Reset breaker"),
      tr("Closes it and ends a cool-down; nothing is carried over."));
  add(ProviderCommand::ForceOpen, "forceOpen", tr("Force &open"),
      tr("Holds it open until it is reset: nothing passes."));
  add(ProviderCommand::ForceClosed, "forceClosed", tr("Force &closed"),
      tr("Holds it closed until it is reset, whatever fails."));
  addSeparator();
  add(ProviderCommand::Ready, "ready", tr("Take re&quests"), tr("Puts it back into use."));
  add(ProviderCommand::Drain, "drain", tr("&Drain"), tr("No new requests; those under way end."));
  add(ProviderCommand::Disable, "disable", tr("D&isable"),
      tr("Switched off until it is put back."));
}

bool ProviderActions::changes(const ProviderSnapshot& provider, ProviderCommand command) {
  const BreakerSnapshot& breaker = provider.breaker;
  switch (command) {
    case ProviderCommand::Trip:
      return breaker.state == BreakerState::Closed;
    case ProviderCommand::Reset:
      return breaker.state != BreakerState::Closed || breaker.failures > 0 ||
             provider.coolDownLeft > 0;
    case ProviderCommand::ForceOpen:
      return breaker.state != BreakerState::ForcedOpen;
    case ProviderCommand::ForceClosed:
      return breaker.state != BreakerState::ForcedClosed;
    case ProviderCommand::Ready:
      return provider.state != config::ProviderState::Ready;
    case ProviderCommand::Drain:
      return provider.state != config::ProviderState::Drain;
    case ProviderCommand::Disable:
      return provider.state != config::ProviderState::Disabled;
  }
  return false;
}

void ProviderActions::show(const ProviderSnapshot& provider) {
  for (const auto& [command, action] : m_actions) action->setEnabled(changes(provider, command));
}

}  // namespace sluice::ui
