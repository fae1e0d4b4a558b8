// SPDX-License-Identifier: GPL-3.0-or-later
// First of all: QCustomPlot needs the foreach that our own code does without.
#undef QT_NO_FOREACH
#include <qcustomplot.h>

#include "ui/plot/rate_plot.h"

#include <QLabel>
#include <QVBoxLayout>
#include <cmath>
#include <limits>

#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

/// Ticks at round spans before now.
class AgoTicker final : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    return range.size() > 130 ? 60 : range.size() > 45 ? 15 : 5;
  }
  int getSubTickCount(double step) override { return step > 15 ? 3 : step > 5 ? 2 : 4; }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    const int seconds = static_cast<int>(std::lround(mTickOrigin - tick));
    if (seconds == 0) return QStringLiteral("now");
    return seconds % 60 == 0 ? QStringLiteral("\u2212%1 min").arg(seconds / 60)
                             : QStringLiteral("\u2212%1 s").arg(seconds);
  }
};

RatePlot::RatePlot(QWidget* parent)
    : QWidget(parent),
      m_plot(new QCustomPlot(this)),
      m_hint(new QLabel(this)),
      m_ticker(new AgoTicker) {
  setObjectName(QStringLiteral("ratePlot"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  layout->addWidget(m_plot, 1);
  layout->addWidget(m_hint);
  m_hint->setObjectName(QStringLiteral("ratePlotHint"));
  m_plot->setObjectName(QStringLiteral("ratePlotCanvas"));
  m_plot->setMinimumHeight(180);
  m_plot->setAccessibleName(tr("Requests per second by provider"));
  // Fixed margins: the plot does not jump when a label grows.
  m_plot->axisRect()->setAutoMargins(QCP::msNone);
  m_plot->axisRect()->setMargins(QMargins(46, 12, 30, 32));
  m_plot->xAxis->setTicker(m_ticker);
  m_plot->xAxis->setRange(-kLeastSeconds, 0);
  m_plot->xAxis->setTickLabelPadding(8);
  m_plot->yAxis->setRange(0, 1);
  m_plot->yAxis->ticker()->setTickCount(4);
  m_plot->legend->setVisible(true);
  m_plot->legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
  m_plot->legend->setWrap(6);
  m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignLeft | Qt::AlignTop);
  m_cursor = new QCPItemLine(m_plot);
  m_cursor->setVisible(false);
  m_plot->setMouseTracking(true);
  connect(m_plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
    describe(m_plot->xAxis->pixelToCoord(event->position().x()));
  });
  applyPalette();
  leave();
}

void RatePlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) applyPalette();
  QWidget::changeEvent(event);
}

void RatePlot::applyPalette() {
  const QPalette colors = palette();
  const bool dark = isDark(colors);
  const QColor text = mutedText(colors);
  QColor grid = text;
  grid.setAlpha(60);
  m_plot->setBackground(colors.color(QPalette::Base));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setBasePen(QPen(text));
    axis->setTickPen(QPen(text));
    axis->setSubTickPen(QPen(text));
    axis->setTickLabelColor(text);
    axis->setTickLabelFont(font());
    axis->grid()->setPen(QPen(grid, 0, Qt::DotLine));
    axis->grid()->setZeroLinePen(QPen(grid));
  }
  QColor behind = colors.color(QPalette::Base);
  behind.setAlpha(200);
  m_plot->legend->setBrush(behind);
  m_plot->legend->setBorderPen(Qt::NoPen);
  m_plot->legend->setTextColor(colors.color(QPalette::Text));
  m_plot->legend->setFont(font());
  m_cursor->setPen(QPen(text, 0, Qt::DashLine));
  for (auto& [id, line] : m_lines) line.graph->setPen(QPen(providerColor(line.color, dark), 1.8));
  QPalette hint = m_hint->palette();
  hint.setColor(QPalette::WindowText, text);
  m_hint->setPalette(hint);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void RatePlot::add(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
  const double now = static_cast<double>(snapshot.takenAt) / core::kSecond;
  if (m_first < 0) m_first = now;
  const double behind = now - m_last;
  if (m_last >= 0 && behind < kStepSeconds) return;
  const double gap = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
    const std::string& id = snapshot.providers[i].id;
    auto at = m_lines.find(id);
    if (at == m_lines.end()) {
      QCPGraph* graph = m_plot->addGraph();
      graph->setName(QString::fromStdString(id));
      graph->setPen(QPen(providerColor(i, isDark(palette())), 1.8));
      at = m_lines.emplace(id, Line{graph, i}).first;
    }
    // The window was hidden, or updates stood still.
    if (m_last >= 0 && behind > 5) at->second.graph->addData(m_last + kStepSeconds, gap);
    const SnapshotHistory::Stats stats = history.provider(id);
    at->second.graph->addData(now, stats.known ? stats.perSecond : gap);
  }
  m_last = now;
  double top = 1;
  for (auto& [id, line] : m_lines) {
    line.graph->data()->removeBefore(now - kSpanSeconds - 5);
    for (const QCPGraphData& point : *line.graph->data()) {
      if (point.value > top) top = point.value;
    }
  }
  // A little more room than needed, and no breathing: it shrinks only when far too large.
  if (top * 1.25 > m_top || top * 3 < m_top) m_top = top * 1.6;
  m_plot->yAxis->setRange(0, m_top);
  // A short history fills the plot; from then on it scrolls.
  m_plot->xAxis->setRange(now - std::clamp(now - m_first, kLeastSeconds, kSpanSeconds), now);
  m_ticker->setTickOrigin(now);
  if (m_hovered >= 0 && !m_plot->underMouse()) leave();
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

double RatePlot::covered() const {
  return m_first < 0 ? 0 : m_last - m_first;
}

QString RatePlot::wordsAt(double x) const {
  QStringList words;
  for (const auto& [id, line] : m_lines) {
    const auto point = line.graph->data()->findBegin(x, true);
    if (point == line.graph->data()->constEnd() || std::abs(point->key - x) > 2 * kStepSeconds ||
        std::isnan(point->value)) {
      continue;
    }
    words << QStringLiteral("%1 %2/s").arg(QString::fromStdString(id)).arg(point->value, 0, 'f', 1);
  }
  const int ago = static_cast<int>(std::lround(m_last - x));
  return tr("%1 s ago: %2")
      .arg(ago)
      .arg(words.isEmpty() ? tr("no data") : words.join(QStringLiteral(", ")));
}

void RatePlot::describe(double x) {
  m_hovered = std::clamp(x, m_last - kSpanSeconds, m_last);
  m_cursor->setVisible(true);
  m_cursor->start->setCoords(m_hovered, 0);
  m_cursor->end->setCoords(m_hovered, m_plot->yAxis->range().upper);
  m_hint->setText(wordsAt(m_hovered));
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void RatePlot::leave() {
  m_hovered = -1;
  m_cursor->setVisible(false);
  m_hint->setText(tr("Requests per second by provider. Point at the plot to read values."));
}

}  // namespace sluice::ui
