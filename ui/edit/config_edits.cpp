// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/config_edits.h"
#include "ui/model/refusal_words.h"

#include <QAction>
#include <QApplication>
#include <QUndoStack>
#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/config/text_edit.h"
#include "gateway/config/yaml.h"

namespace sluice::ui {

namespace {
constexpr int kMostSteps = 200;
}

/// A change that has been made. If nothing else changed since, undoing it brings back the very text;
/// otherwise only its own values.
class EditCommand final : public QUndoCommand {
 public:
  /// The texts are the same if they do not say the whole change: then going back and forth is by value.
  EditCommand(Engine& engine, std::string before, std::string after,
              std::vector<config::Change> changes)
      : m_engine(engine),
        m_before(std::move(before)),
        m_after(std::move(after)),
        m_changes(std::move(changes)) {
    const std::string words = config::describe(m_changes);
    setText(words.empty() ? QObject::tr("config text") : QString::fromStdString(words));
  }

  void undo() override { go(m_after, m_before, config::inverted(m_changes), "undo"); }
  void redo() override {
    // The first time it is done already.
    if (std::exchange(m_done, true)) go(m_before, m_after, m_changes, "redo");
  }

 private:
  void go(const std::string& from, const std::string& to,
          const std::vector<config::Change>& changes, const char* what) {
    ApplyResult result;
    if (from != to && m_engine.configText() == from) {
      result = m_engine.replaceText(to, Author::Window, what);
    } else {
      result = m_engine.edit(
          [&](const config::Config& now) { return config::applyChanges(now, changes); },
          Author::Window);
    }
    // What it changed is gone: there is nothing to go back to.
    if (!result.applied()) setObsolete(true);
  }

  Engine& m_engine;
  std::string m_before;
  std::string m_after;
  std::vector<config::Change> m_changes;
  bool m_done = false;
};

/// What was done to a breaker, which is no part of the config.
class BreakerEdit final : public QUndoCommand {
 public:
  BreakerEdit(Engine& engine, const QString& provider, ProviderCommand command, BreakerState before)
      : m_engine(engine), m_provider(provider.toStdString()), m_command(command), m_before(before) {
    setText(wordsOf(command).arg(provider));
  }

  void undo() override {
    if (!bringBack()) setObsolete(true);
  }
  void redo() override {
    if (std::exchange(m_done, true) && !m_engine.command(m_provider, m_command)) setObsolete(true);
  }

 private:
  bool bringBack() {
    const auto make = [this](ProviderCommand command) {
      return m_engine.command(m_provider, command);
    };
    switch (m_before) {
      case BreakerState::ForcedOpen:
        return make(ProviderCommand::ForceOpen);
      case BreakerState::ForcedClosed:
        return make(ProviderCommand::ForceClosed);
      case BreakerState::Open:
      case BreakerState::HalfOpen:  // it will be half-open again by itself
        // Only a closed one can be tripped.
        return make(ProviderCommand::Reset) && make(ProviderCommand::Trip);
      case BreakerState::Closed:
        break;
    }
    return make(ProviderCommand::Reset);
  }

  static QString wordsOf(ProviderCommand command) {
    switch (command) {
      case ProviderCommand::Trip:
        return QObject::tr("trip %1");
      case ProviderCommand::ForceOpen:
        return QObject::tr("force %1 open");
      case ProviderCommand::ForceClosed:
        return QObject::tr("force %1 closed");
      default:
        return QObject::tr("reset %1");
    }
  }

  Engine& m_engine;
  std::string m_provider;
  ProviderCommand m_command;
  BreakerState m_before;
  bool m_done = false;
};

namespace {

bool isOfBreaker(ProviderCommand command) {
  return command == ProviderCommand::Trip || command == ProviderCommand::Reset ||
         command == ProviderCommand::ForceOpen || command == ProviderCommand::ForceClosed;
}

BreakerState breakerOf(const Engine& engine, const std::string& provider) {
  const EngineSnapshot snapshot = engine.snapshot();
  const auto at = std::ranges::find(snapshot.providers, provider, &ProviderSnapshot::id);
  return at == snapshot.providers.end() ? BreakerState::Closed : at->breaker.state;
}

/// Whether the texts differ by these changes, and all of them: some may be in force and not written.
bool sayTheChange(const std::string& before, const std::string& after,
                  const std::vector<config::Change>& changes) {
  const config::ReadResult from = config::readYaml(before);
  const config::ReadResult to = config::readYaml(after);
  return from.config && to.config && config::changesBetween(*from.config, *to.config) == changes;
}

}  // namespace

ConfigEdits::ConfigEdits(Engine& engine, QObject* parent)
    : QObject(parent), m_engine(engine), m_stack(std::make_unique<QUndoStack>()) {
  m_stack->setUndoLimit(kMostSteps);
  m_rest.setSingleShot(true);
  m_rest.setInterval(kRestMs);
  connect(&m_rest, &QTimer::timeout, this, &ConfigEdits::finish);
}

ConfigEdits::~ConfigEdits() {
  finish();
}

QAction* ConfigEdits::makeUndoAction(QObject* parent) {
  auto* action = new QAction(tr("&Undo"), parent);
  action->setObjectName(QStringLiteral("undoAction"));
  action->setShortcut(QKeySequence::Undo);
  action->setEnabled(m_stack->canUndo());
  connect(m_stack.get(), &QUndoStack::canUndoChanged, action, &QAction::setEnabled);
  connect(m_stack.get(), &QUndoStack::undoTextChanged, action, [action](const QString& text) {
    action->setText(text.isEmpty() ? tr("&Undo") : tr("&Undo %1").arg(text));
  });
  connect(action, &QAction::triggered, this, [this] {
    if (QApplication::activePopupWidget()) return;
    finish();
    m_stack->undo();
  });
  return action;
}

QAction* ConfigEdits::makeRedoAction(QObject* parent) {
  auto* action = new QAction(tr("&Redo"), parent);
  action->setObjectName(QStringLiteral("redoAction"));
  action->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
  action->setEnabled(m_stack->canRedo());
  connect(m_stack.get(), &QUndoStack::canRedoChanged, action, &QAction::setEnabled);
  connect(m_stack.get(), &QUndoStack::redoTextChanged, action, [action](const QString& text) {
    action->setText(text.isEmpty() ? tr("&Redo") : tr("&Redo %1").arg(text));
  });
  connect(action, &QAction::triggered, this, [this] {
    if (QApplication::activePopupWidget()) return;
    finish();
    m_stack->redo();
  });
  return action;
}

ConfigEdits::Before ConfigEdits::before() const {
  return {m_engine.configText(), m_engine.config()};
}

void ConfigEdits::push(const Before& before) {
  const auto now = m_engine.config();
  if (!before.config || !now || (before.text == m_engine.configText() && *before.config == *now)) {
    return;
  }
  auto changes = config::changesBetween(*before.config, *now);
  const std::string& after = m_engine.configText();
  const bool said = sayTheChange(before.text, after, changes);
  m_stack->push(new EditCommand(m_engine, said ? before.text : after, after, std::move(changes)));
}

bool ConfigEdits::told(const ApplyResult& result) {
  emit refused(result.applied() ? QString() : refusalWords(result.faults.front().message));
  return result.applied();
}

bool ConfigEdits::change(const Change& change) {
  finish();
  const Before was = before();
  const bool done = told(m_engine.edit(
      [&](const config::Config& now) {
        config::ReadResult changed{now, {}};
        change(*changed.config);
        return changed;
      },
      Author::Window));
  if (done) push(was);
  return done;
}

bool ConfigEdits::changeOn(const QString& key, const Change& change, bool held) {
  if (m_key != key) {
    finish();
    m_key = key;
    m_before = before();
  }
  if (held) {
    m_rest.stop();
  } else {
    m_rest.start();
  }
  return told(m_engine.editOn([&](const config::Config& now) {
    config::ReadResult changed{now, {}};
    change(*changed.config);
    return changed;
  }));
}

void ConfigEdits::finish() {
  m_rest.stop();
  if (m_key.isEmpty()) return;
  emit finishing();
  m_rest.stop();
  m_key.clear();
  m_engine.settle();
  push(std::exchange(m_before, {}));
}

ApplyResult ConfigEdits::replaceText(const std::string& text, Author author, const QString& what) {
  finish();
  const Before was = before();
  ApplyResult result = m_engine.replaceText(text, author, what.toStdString());
  if (result.applied()) push(was);
  return result;
}

bool ConfigEdits::resetValue(const std::string& path) {
  finish();
  const config::EditedText edited =
      config::editText(m_engine.configText(), {path, std::nullopt, std::nullopt});
  if (!edited.text) {
    emit refused(refusalWords(edited.problem));
    return false;
  }
  return told(replaceText(*edited.text, Author::Window, {}));
}

bool ConfigEdits::command(const QString& provider, ProviderCommand command) {
  finish();
  const Before was = before();
  const std::string id = provider.toStdString();
  const BreakerState state = breakerOf(m_engine, id);
  if (!m_engine.command(id, command)) return false;
  if (isOfBreaker(command)) {
    if (breakerOf(m_engine, id) != state) {
      m_stack->push(new BreakerEdit(m_engine, provider, command, state));
    }
  } else {
    push(was);
  }
  return true;
}

}  // namespace sluice::ui
