// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/limits_dock.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "gateway/config/text_edit.h"
#include "ui/dock/limit_row.h"
#include "ui/edit/config_edits.h"
#include "ui/model/breaker_words.h"
#include "ui/page/provider_meters.h"

namespace sluice::ui {

LimitsDock::LimitsDock(ConfigEdits& edits, QWidget* parent)
    : QDockWidget(tr("Limits"), parent),
      m_edits(edits),
      m_scope(new QComboBox),
      m_undo(new QToolButton),
      m_redo(new QToolButton),
      m_readOnly(new QLabel),
      m_fault(new QLabel),
      m_requests(new Tank(QStringLiteral("limitsTankRequests"), tr("Requests"))),
      m_tokens(new Tank(QStringLiteral("limitsTankTokens"), tr("Tokens"))),
      m_rows(new QVBoxLayout) {
  setObjectName(QStringLiteral("limitsDock"));
  setFeatures(QDockWidget::DockWidgetMovable);
  m_scope->setObjectName(QStringLiteral("limitsScope"));
  m_scope->setAccessibleName(tr("Provider, route or client whose limits are shown"));
  m_scope->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_scope->setMinimumContentsLength(10);
  const auto button = [](QToolButton* to, QAction* action, const char* name, const QString& glyph,
                         const QString& title) {
    to->setObjectName(QString::fromLatin1(name));
    to->setAccessibleName(title);
    to->setAutoRaise(true);
    to->setText(glyph);
    to->setEnabled(action->isEnabled());
    to->setToolTip(title);
    connect(to, &QToolButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, to, [to, action, title] {
      to->setEnabled(action->isEnabled());
      to->setToolTip(action->isEnabled() ? action->text().remove(QLatin1Char('&')) : title);
    });
  };
  // Actions of their own, without the shortcuts: those are the menu's.
  QAction* undo = edits.makeUndoAction(this);
  QAction* redo = edits.makeRedoAction(this);
  undo->setShortcuts({});
  redo->setShortcuts({});
  undo->setObjectName({});
  redo->setObjectName({});
  button(m_undo, undo, "limitsUndo", QStringLiteral("\u27F2"), tr("Undo"));
  button(m_redo, redo, "limitsRedo", QStringLiteral("\u27F3"), tr("Redo"));
  for (QLabel* label : {m_readOnly, m_fault}) {
    label->setWordWrap(true);
    label->hide();
  }
  m_readOnly->setObjectName(QStringLiteral("limitsReadOnly"));
  m_fault->setObjectName(QStringLiteral("limitsFault"));
  m_fault->setForegroundRole(QPalette::BrightText);

  auto* whole = new QWidget;
  auto* layout = new QVBoxLayout(whole);
  layout->setContentsMargins(10, 8, 4, 4);
  layout->setSpacing(4);
  auto* top = new QHBoxLayout;
  top->setSpacing(2);
  top->addWidget(m_scope, 1);
  top->addWidget(m_undo);
  top->addWidget(m_redo);
  layout->addLayout(top);
  layout->addWidget(m_readOnly);
  layout->addWidget(m_fault);
  for (Tank* tank : {m_requests, m_tokens}) {
    tank->setNarrow();
    tank->hide();
    layout->addWidget(tank);
  }
  auto* scroll = new QScrollArea;
  scroll->setObjectName(QStringLiteral("limitsScroll"));
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  m_content = new QWidget;
  m_content->setLayout(m_rows);
  m_rows->setContentsMargins(0, 0, 6, 6);
  m_rows->setSpacing(0);
  scroll->setWidget(m_content);
  layout->addWidget(scroll, 1);
  whole->setMinimumWidth(296);
  setWidget(whole);

  connect(m_scope, &QComboBox::currentIndexChanged, this, [this] {
    m_edits.finish();
    build();
    showTanks(nullptr);  // those of another; the next snapshot tells ours
  });
  connect(&edits, &ConfigEdits::refused, this, [this](const QString& why) {
    m_fault->setVisible(!why.isEmpty());
    m_fault->setText(why);
  });
  connect(&edits.engine(), &Engine::fileChanged, this, &LimitsDock::fill);
  refresh();
}

void LimitsDock::refresh() {
  const auto config = m_edits.engine().config();
  if (!config) return;
  auto scopes = limitScopes(*config);
  if (scopes != m_scopes) {
    const int at = m_scope->currentIndex();
    const LimitScope current = at >= 0 && at < static_cast<int>(m_scopes.size())
                                   ? m_scopes[static_cast<std::size_t>(at)]
                                   : LimitScope();
    m_scopes = std::move(scopes);
    const QSignalBlocker quiet(m_scope);
    m_scope->clear();
    for (const LimitScope& scope : m_scopes) m_scope->addItem(titleOf(scope));
    const auto found = std::ranges::find(m_scopes, current);
    m_scope->setCurrentIndex(found == m_scopes.end() ? 0
                                                     : static_cast<int>(found - m_scopes.begin()));
    build();
    return;
  }
  // A route may have got or lost targets.
  if (m_scope->currentIndex() >= 0) {
    const auto fields =
        limitFields(*config, m_scopes[static_cast<std::size_t>(m_scope->currentIndex())]);
    const bool same = std::ranges::equal(fields, m_made, [](const LimitField& f, LimitRow* row) {
      return f.path == row->field().path && f.title == row->field().title;
    });
    if (!same) return build();
  }
  fill();
}

void LimitsDock::build() {
  m_made.clear();
  while (QLayoutItem* item = m_rows->takeAt(0)) {
    if (QWidget* old = item->widget()) {
      old->setParent(nullptr);
      old->deleteLater();  // it may be what brought us here
    }
    delete item;
  }
  const auto config = m_edits.engine().config();
  const int at = m_scope->currentIndex();
  if (!config || at < 0) return;
  QString group;
  for (LimitField& field : limitFields(*config, m_scopes[static_cast<std::size_t>(at)])) {
    if (field.group != group) {
      group = field.group;
      auto* heading = new QLabel(group);
      QFont bold = heading->font();
      bold.setBold(true);
      heading->setFont(bold);
      heading->setContentsMargins(0, m_made.empty() ? 2 : 10, 0, 2);
      m_rows->addWidget(heading);
    }
    auto* row = new LimitRow(std::move(field), m_edits);
    m_rows->addWidget(row);
    m_made.push_back(row);
  }
  m_rows->addStretch();
  fill();
}

void LimitsDock::fill() {
  const Engine& engine = m_edits.engine();
  const auto config = engine.config();
  if (!config) return;
  const FileState state = engine.fileState();
  const auto told = config::toldPaths(engine.configText());
  const QString origin = state.file.isEmpty() ? tr("this session")
                         : state.saved        ? tr("file")
                                              : tr("not written yet");
  for (LimitRow* row : m_made) {
    row->setReadOnly(state.readOnly);
    row->refresh(*config, told.contains(row->field().path), origin);
  }
  m_readOnly->setVisible(!state.readOnly.isEmpty());
  m_readOnly->setText(tr("Nothing can be changed here: %1.").arg(state.readOnly));
}

void LimitsDock::show(const EngineSnapshot& snapshot) {
  for (LimitRow* row : m_made) row->show(snapshot);
  const int at = m_scope->currentIndex();
  showTanks(at < 0 ? nullptr : limitsOf(snapshot, m_scopes[static_cast<std::size_t>(at)]));
}

void LimitsDock::showTanks(const ScopeSnapshot* limits) {
  const Binding binding = limits ? bindingOf(*limits) : Binding::None;
  const auto fill = [&](Tank* tank, const BucketSnapshot* bucket, Binding own) {
    const bool limited = bucket && bucket->limited;
    tank->setVisible(limited);
    if (limited) tank->show(*bucket, binding == own);
  };
  fill(m_requests, limits ? &limits->requests : nullptr, Binding::Requests);
  fill(m_tokens, limits ? &limits->tokens : nullptr, Binding::Tokens);
}

void LimitsDock::chooseProvider(const QString& id) {
  const auto found =
      std::ranges::find(m_scopes, LimitScope{LimitScope::Kind::Provider, id.toStdString()});
  if (found != m_scopes.end()) m_scope->setCurrentIndex(static_cast<int>(found - m_scopes.begin()));
}

}  // namespace sluice::ui
