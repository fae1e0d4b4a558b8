// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/events_dock.h"

#include <QDateTime>
#include <QHeaderView>
#include <QTreeWidget>

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

EventsDock::EventsDock(QWidget* parent)
    : QDockWidget(tr("Events"), parent), m_list(new QTreeWidget) {
  setObjectName(QStringLiteral("eventsDock"));
  setFeatures(QDockWidget::DockWidgetMovable);
  m_list->setObjectName(QStringLiteral("eventsList"));
  m_list->setAccessibleName(tr("Events, newest first"));
  m_list->setColumnCount(4);
  m_list->setHeaderHidden(true);
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setSelectionMode(QAbstractItemView::SingleSelection);
  m_list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_list->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setMinimumHeight(90);
  m_list->setIndentation(8);
  setWidget(m_list);
}

void EventsDock::add(const std::vector<Event>& events, core::Nanos now) {
  const QDateTime wall = QDateTime::currentDateTime();
  for (const Event& event : events) {
    const QDateTime at = wall.addMSecs(-(now - event.at) / core::kMillisecond);
    const QString subject = QString::fromStdString(event.subject).section(QLatin1Char('/'), -1);
    auto* item = new QTreeWidgetItem({at.toString(QStringLiteral("HH:mm:ss")), glyphOf(event.kind),
                                      subject, QString::fromStdString(event.text)});
    item->setToolTip(3, item->text(3));
    // A dragged slider is one line that changes, not a flood.
    QTreeWidgetItem* top = m_list->topLevelItem(0);
    if (event.kind == Event::Kind::ConfigApplied && top && top->text(1) == item->text(1)) {
      delete m_list->takeTopLevelItem(0);
    }
    m_list->insertTopLevelItem(0, item);
  }
  while (m_list->topLevelItemCount() > kMostRows) {
    delete m_list->takeTopLevelItem(m_list->topLevelItemCount() - 1);
  }
}

}  // namespace sluice::ui
