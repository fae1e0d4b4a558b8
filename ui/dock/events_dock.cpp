// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/events_dock.h"

#include <QAction>
#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QTreeWidget>
#include <QUndoStack>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/edit/config_edits.h"
#include "ui/model/event_words.h"
#include "ui/style/state_style.h"

namespace sluice::ui {

namespace {

QString glyphOf(Event::Kind kind) {
  const auto glyph = [](ProviderLook look) { return QString::fromUtf8(styleOf(look).glyph); };
  switch (kind) {
    case Event::Kind::BreakerOpened:
      return glyph(ProviderLook::Open);
    case Event::Kind::BreakerHalfOpen:
      return glyph(ProviderLook::HalfOpen);
    case Event::Kind::BreakerForcedOpen:
      return glyph(ProviderLook::ForcedOpen);
    case Event::Kind::BreakerForcedClosed:
      return glyph(ProviderLook::ForcedClosed);
    case Event::Kind::BreakerClosed:
      return glyph(ProviderLook::Closed);
    case Event::Kind::CoolDown:
      return glyph(ProviderLook::Cooling);
    case Event::Kind::ProbeGood:
    case Event::Kind::ConfigApplied:
      return QStringLiteral("\u2713");
    case Event::Kind::ConfigRefused:
      return QStringLiteral("\u2717");
    case Event::Kind::Started:
      return QStringLiteral("\u25B6");
    case Event::Kind::Stopped:
      return QStringLiteral("\u25A0");
    case Event::Kind::Warning:
      return QStringLiteral("!");
    case Event::Kind::Offer:
      return QStringLiteral("+");
  }
  return {};
}

}  // namespace

EventsDock::EventsDock(ConfigEdits& edits, QWidget* parent)
    : QDockWidget(tr("Events"), parent),
      m_edits(edits),
      m_undo(edits.makeUndoAction(this)),
      m_list(new QTreeWidget),
      m_filter(new QLineEdit),
      m_empty(new QLabel) {
  setObjectName(QStringLiteral("eventsDock"));
  setFeatures(QDockWidget::DockWidgetMovable);
  m_list->setObjectName(QStringLiteral("eventsList"));
  m_list->setAccessibleName(tr("Events, newest first"));
  m_undo->setShortcuts({});  // that is the menu's
  m_undo->setObjectName({});
  m_list->setColumnCount(5);
  m_list->setHeaderHidden(true);
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setSelectionMode(QAbstractItemView::SingleSelection);
  m_list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(3, QHeaderView::Stretch);
  m_list->header()->setSectionResizeMode(4, QHeaderView::ResizeToContents);
  m_list->header()->setStretchLastSection(false);
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setMinimumHeight(90);
  m_list->setIndentation(8);
  m_empty->setObjectName(QStringLiteral("eventsEmpty"));
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->setEnabled(false);  // it is a remark
  m_empty->setTextFormat(Qt::PlainText);
  auto* over = new QVBoxLayout(m_list->viewport());
  over->addWidget(m_empty);
  setTitleBarWidget(makeTitle());
  setWidget(m_list);
  tellWhenEmpty();
}

QWidget* EventsDock::makeTitle() {
  auto* title = new QWidget;
  auto* row = new QHBoxLayout(title);
  row->setContentsMargins(8, 2, 8, 2);
  row->addWidget(new QLabel(windowTitle()));
  row->addStretch();
  m_filter->setObjectName(QStringLiteral("eventsFilter"));
  m_filter->setPlaceholderText(tr("Filter"));
  m_filter->setAccessibleName(tr("Filter the events"));
  m_filter->setToolTip(tr("Only events that have all of these words are shown. Escape shows all."));
  m_filter->setClearButtonEnabled(true);
  for (auto* clear : m_filter->findChildren<QToolButton*>()) {
    clear->setAccessibleName(tr("Show all events"));
  }
  m_filter->setMaximumWidth(260);
  m_filter->installEventFilter(this);
  row->addWidget(m_filter, 1);
  connect(m_filter, &QLineEdit::textChanged, this, &EventsDock::filter);
  return title;
}

bool EventsDock::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_filter && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
    m_filter->clear();
    return true;
  }
  return QDockWidget::eventFilter(watched, event);
}

bool EventsDock::matches(const QTreeWidgetItem* item) const {
  return std::ranges::all_of(m_words, [item](const QString& word) {
    for (const int column : {0, 2, 3}) {
      if (item->text(column).contains(word, Qt::CaseInsensitive)) return true;
    }
    return false;
  });
}

void EventsDock::filter() {
  m_words = m_filter->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
    m_list->topLevelItem(i)->setHidden(!matches(m_list->topLevelItem(i)));
  }
  tellWhenEmpty();
}

void EventsDock::tellWhenEmpty() {
  bool seen = false;
  for (int i = 0; i < m_list->topLevelItemCount() && !seen; ++i) {
    seen = !m_list->topLevelItem(i)->isHidden();
  }
  m_empty->setVisible(!seen);
  m_empty->setText(
      m_list->topLevelItemCount() == 0
          ? tr("Nothing has happened yet")
          : tr("No event has all of these words: %1").arg(m_words.join(QLatin1Char(' '))));
}

void EventsDock::offerUndo(QTreeWidgetItem* change) {
  if (m_undoable) m_list->removeItemWidget(m_undoable, 4);
  m_undoable = m_undo->isEnabled() ? change : nullptr;
  if (!m_undoable) return;
  auto* button = new QToolButton;
  button->setObjectName(QStringLiteral("eventUndo"));
  button->setText(tr("Undo"));
  button->setToolTip(m_undo->text().remove(QLatin1Char('&')));
  button->setAccessibleName(button->toolTip());
  button->setAutoRaise(true);
  button->setFixedHeight(fontMetrics().height() + 1);
  connect(button, &QToolButton::clicked, m_undo, &QAction::trigger);
  m_list->setItemWidget(change, 4, button);
}

void EventsDock::add(const std::vector<Event>& events, core::Nanos now) {
  const QDateTime wall = QDateTime::currentDateTime();
  QTreeWidgetItem* change = nullptr;
  for (const Event& event : events) {
    const QDateTime at = wall.addMSecs(-(now - event.at) / core::kMillisecond);
    const QString subject = QString::fromStdString(event.subject).section(QLatin1Char('/'), -1);
    auto* item = new QTreeWidgetItem(
        {at.toString(QStringLiteral("HH:mm:ss")), glyphOf(event.kind), subject, eventWords(event)});
    item->setToolTip(3, item->text(3));
    m_list->insertTopLevelItem(0, item);
    item->setHidden(!matches(item));
    if (event.kind == Event::Kind::ConfigApplied) change = item;
  }
  // What was undone, or changed elsewhere, is not undone by one more step back.
  if (change) offerUndo(m_edits.stack().index() > m_done ? change : nullptr);
  m_done = m_edits.stack().index();
  while (m_list->topLevelItemCount() > kMostRows) {
    QTreeWidgetItem* oldest = m_list->takeTopLevelItem(m_list->topLevelItemCount() - 1);
    if (oldest == m_undoable) m_undoable = nullptr;
    delete oldest;
  }
  tellWhenEmpty();
}

}  // namespace sluice::ui
