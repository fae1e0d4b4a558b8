// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/time_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/model/marker_log.h"
#include "ui/model/seconds.h"
#include "ui/plot/live_plot.h"

namespace sluice::ui {

TimeBar::TimeBar(TimeAxis& axis, const MarkerLog& markers, QWidget* parent)
    : QWidget(parent),
      m_axis(axis),
      m_markers(markers),
      m_pill(new QPushButton(this)),
      m_hint(new QLabel) {
  m_pill->setObjectName(QStringLiteral("livePill"));
  m_pill->setToolTip(
      tr("Space pauses and goes on, Home returns. Wheel: zoom, drag: pan, Ctrl+drag: "
         "zoom to a box, Shift+wheel: values."));
  m_hint->setObjectName(QStringLiteral("plotHint"));
  m_hint->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_hint->setWordWrap(true);
  m_hint->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  m_hint->setFixedHeight(2 * m_hint->fontMetrics().lineSpacing() + 1);
  m_hint->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  m_hint->setForegroundRole(QPalette::PlaceholderText);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(m_pill);
  layout->addStretch();
  // Not exclusive: while a person looks elsewhere none of them holds, and a group that insists on one
  // would leave it lit.
  auto* group = new QButtonGroup(this);
  group->setExclusive(false);
  for (const auto& [seconds, title] : {std::pair{60.0, tr("1 m")},
                                       {300.0, tr("5 m")},
                                       {900.0, tr("15 m")},
                                       {3600.0, tr("1 h")},
                                       {TimeAxis::kAll, tr("all")}}) {
    auto* button = new QToolButton(this);
    button->setText(title);
    button->setObjectName(QStringLiteral("span_%1").arg(static_cast<int>(seconds)));
    button->setAccessibleName(tr("Show %1").arg(title));
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setChecked(seconds == axis.span());
    group->addButton(button);
    connect(button, &QToolButton::clicked, this, [this, s = seconds] { m_axis.setSpan(s); });
    layout->addWidget(button);
    m_spans.emplace_back(seconds, button);
  }
  connect(m_pill, &QPushButton::clicked, this, [this] { m_axis.toggle(); });
  connect(&m_axis, &TimeAxis::modeChanged, this, &TimeBar::showMode);
  connect(&m_axis, &TimeAxis::hoverChanged, this, &TimeBar::showHint);
  m_pill->setMinimumWidth(96);
  showMode();
  showHint();
}

void TimeBar::watch(const std::vector<LivePlot*>& plots) {
  m_plots = plots;
  for (const LivePlot* plot : m_plots) {
    connect(plot, &LivePlot::focused, this, &TimeBar::showHint);
  }
}

void TimeBar::refresh() {
  if (!m_axis.live()) showMode();
  if (m_axis.hovered()) showHint();
}

void TimeBar::showMode() {
  m_pill->setText(m_axis.live() ? tr("\u25CF LIVE")
                                : tr("\u275A\u275A %1 behind \u2013 return to live")
                                      .arg(lengthText(std::floor(m_axis.behind()))));
  for (const auto& [seconds, button] : m_spans) {
    button->setChecked(m_axis.live() && seconds == m_axis.span());
  }
}

void TimeBar::showHint() {
  const auto at = m_axis.hovered();
  if (!at) {
    say(
        tr("Point at a plot to read it, or press Ctrl+Left in it. Wheel zooms, drag pans, Space "
           "pauses, Home returns to live."));
    return;
  }
  QStringList words;
  const double near = (m_axis.to() - m_axis.from()) / 150;
  for (const Marker& marker : m_markers.between(*at - near, *at + near)) {
    words << QStringLiteral("\u2699 ") + marker.text;
  }
  // The one under the pointer speaks first; without a pointer, the one with the keyboard.
  const bool byMouse = std::ranges::any_of(
      m_plots, [](const LivePlot* plot) { return plot->isVisible() && plot->underMouse(); });
  for (const bool first : {true, false}) {
    for (const LivePlot* plot : m_plots) {
      if (plot->isVisible() && (byMouse ? plot->underMouse() : plot->isRead()) == first) {
        const QString said = plot->wordsAt(*at);
        if (!said.isEmpty()) words << said;
      }
    }
  }
  say(clockText(*at) + QStringLiteral("  ") +
      (words.isEmpty() ? tr("no data") : words.join(QStringLiteral("  \u00B7  "))));
}

/// A plot is a picture: who hears the window has these words for it.
void TimeBar::say(const QString& hint) {
  m_hint->setText(hint);
  for (LivePlot* plot : m_plots) {
    if (plot->isRead()) plot->describe(hint);
  }
}

}  // namespace sluice::ui
