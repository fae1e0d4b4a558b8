// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot_head.h"

#include <QGridLayout>
#include <QLabel>
#include <QStringList>
#include <utility>

namespace sluice::ui {

namespace {

constexpr int kHeadGap = 10;  // between a title and its legend
constexpr int kNarrow = 64;   // letters; in less width a legend has a line of its own

}  // namespace

PlotHead::PlotHead(const QString& title, QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel(title, this)),
      m_legend(new QLabel(this)),
      m_layout(new QGridLayout(this)) {
  QFont bold = font();
  bold.setBold(true);
  m_title->setFont(bold);
  m_legend->setObjectName(QStringLiteral("plotLegend"));
  m_legend->setTextFormat(Qt::RichText);
  m_legend->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_legend->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_layout->setContentsMargins(2, 0, kRightMargin, 0);
  m_layout->setHorizontalSpacing(kHeadGap);
  m_layout->setVerticalSpacing(0);
  m_layout->setColumnStretch(1, 1);
  m_layout->addWidget(m_title, 0, 0);
  m_layout->addWidget(m_legend, 0, 1);
}

QString PlotHead::title() const {
  return m_title->text();
}

void PlotHead::setLegendColor(const QColor& text) {
  QPalette quiet = palette();
  quiet.setColor(QPalette::WindowText, text);
  m_legend->setPalette(quiet);
}

void PlotHead::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  placeLegend();
  layOutLegend();
}

void PlotHead::setLegend(const std::vector<Entry>& entries) {
  const bool first = !std::exchange(m_hasLegend, true);
  if (entries == m_entries && !first) return;
  m_entries = entries;
  if (first) placeLegend();
  layOutLegend();
}

/// Beside the title, or below it where that leaves no room. By the width alone, so that plots that
/// stand side by side agree, and none jumps when a class of failures comes or goes.
void PlotHead::placeLegend() {
  const bool below = m_hasLegend && width() < kNarrow * fontMetrics().averageCharWidth();
  m_legend->setMinimumHeight(m_legend->fontMetrics().height());  // even while nothing is in it
  if (below == (m_layout->itemAtPosition(1, 0) != nullptr)) return;
  m_legend->setAlignment((below ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  m_layout->removeWidget(m_legend);
  if (below) {
    m_layout->addWidget(m_legend, 1, 0, 1, 2);
  } else {
    m_layout->addWidget(m_legend, 0, 1);
  }
}

/// All if there is room for them; else as many as there is, whole, and how many there are besides.
void PlotHead::layOutLegend() {
  const QFontMetrics metrics(m_legend->font());
  const QString gap = QStringLiteral("  ");
  const auto widthOf = [&](const Entry& entry, const QString& words) {
    const QString group = entry.group.isEmpty() ? QString() : gap + entry.group;
    return metrics.horizontalAdvance(group + gap + QStringLiteral("\u25A0 ") + words);
  };
  const QMargins margins = m_layout->contentsMargins();
  int room = width() - margins.left() - margins.right();
  if (m_layout->itemAtPosition(0, 1)) room -= m_title->sizeHint().width() + kHeadGap;
  int all = 0;
  for (const Entry& entry : m_entries) all += widthOf(entry, entry.words);
  const int more = metrics.horizontalAdvance(gap + QStringLiteral("+%1").arg(m_entries.size()));
  int left = all <= room ? room : room - more;
  QString text;
  std::size_t shown = 0;
  for (const Entry& entry : m_entries) {
    QString words = entry.words;
    if (widthOf(entry, words) > left) {
      // One that is too long for any place is cut, rather than that nothing is said.
      if (shown > 0) break;
      words = metrics.elidedText(words, Qt::ElideMiddle, left - widthOf(entry, QString()));
    }
    left -= widthOf(entry, words);
    ++shown;
    if (!entry.group.isEmpty()) {
      text += QStringLiteral("&nbsp;&nbsp;") + entry.group.toHtmlEscaped();
    }
    text += QStringLiteral("&nbsp;&nbsp;<span style='color:%1'>\u25A0</span>&nbsp;%2")
                .arg(entry.color.name(), words.toHtmlEscaped());
  }
  if (shown < m_entries.size()) {
    text += QStringLiteral("&nbsp;&nbsp;+%1").arg(m_entries.size() - shown);
  }
  if (text == m_legend->text()) return;
  m_legend->setText(text);
  QStringList said;
  for (const Entry& entry : m_entries) {
    if (entry.words.isEmpty()) continue;
    said << (entry.group.isEmpty() ? entry.words
                                   : entry.group + QStringLiteral(": ") + entry.words);
  }
  m_legend->setToolTip(said.join(QStringLiteral(", ")));
}

}  // namespace sluice::ui
