// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/qcp.h"

#include "ui/plot/engine_plot.h"

#include <QLocale>
#include <cmath>

#include "ui/model/snippets.h"
#include "ui/style/state_style.h"

namespace sluice::ui {

namespace {

QString titleOf(EnginePlot::Of of) {
  switch (of) {
    case EnginePlot::Of::Lag:
      return EnginePlot::tr("Lag, ms");
    case EnginePlot::Of::Connections:
      return EnginePlot::tr("Client connections");
    case EnginePlot::Of::Waiting:
      return EnginePlot::tr("Waiting for a limit");
    case EnginePlot::Of::Memory:
      return EnginePlot::tr("Memory, MiB");
  }
  return {};
}

/// Labels of whole numbers where nothing lies between them.
class WholeTicker final : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    return std::max(1.0, QCPAxisTicker::getTickStep(range));
  }
};

}  // namespace

EnginePlot::EnginePlot(const QString& name, Of of, TimeAxis& axis, const MarkerLog& markers,
                       const EngineSeries& series, QWidget* parent)
    : LivePlot(name, titleOf(of), axis, markers, parent),
      m_series(series),
      m_of(of),
      m_graph(canvas().addGraph()) {
  m_graph->setName(title());
  m_graph->setAntialiased(false);
  if (of == Of::Connections || of == Of::Waiting) {
    m_graph->setLineStyle(QCPGraph::lsStepCenter);
    valueAxis()->setTicker(QSharedPointer<WholeTicker>::create());
  }
  if (of == Of::Lag) {
    setToolTip(tr("How late the slowest loop was, of all that move requests."));
  }
}

void EnginePlot::restyle(bool dark) {
  m_graph->setPen(QPen(providerColor(0, dark), 1));
  showNewest();
}

double EnginePlot::valueOf(const EnginePiece& piece) const {
  switch (m_of) {
    case Of::Lag:
      return piece.lag;
    case Of::Connections:
      return piece.connections;
    case Of::Waiting:
      return piece.waiting;
    case Of::Memory:
      return piece.memory > 0 ? piece.memory : std::nan("");
  }
  return 0;
}

QString EnginePlot::number(double value) const {
  const QLocale locale;
  switch (m_of) {
    case Of::Lag:
      return spanText(static_cast<std::uint64_t>(std::lround(value * 1e3)));
    case Of::Memory:
      return tr("%1 MiB").arg(locale.toString(value, 'f', value < 100 ? 1 : 0));
    default:
      return locale.toString(static_cast<qlonglong>(std::llround(value)));
  }
}

void EnginePlot::fill(double from, double to, int pixels) {
  const double step = m_series.stepFor(from, to - from, pixels);
  QVector<QCPGraphData> points;
  m_series.of(step).visit(from - step, to, [&](double begin, const EnginePiece& piece) {
    if (!piece.known) return;
    const double at = begin + step / 2;
    // A second without a look, between two with one, is not a gap.
    if (!points.isEmpty() && at - points.last().key > EngineSeries::kGap + step) {
      points.append({points.last().key + step, std::nan("")});
    }
    points.append({at, valueOf(piece)});
  });
  m_graph->data()->set(points, true);
  showNewest();
}

void EnginePlot::showNewest() {
  const EnginePiece* newest = m_series.of(EngineSeries::kFine).find(m_series.last());
  const double value = newest && newest->known ? valueOf(*newest) : std::nan("");
  if (std::isnan(value)) return;
  setLegend({{m_graph->pen().color(), number(value)}});
}

void EnginePlot::fitValues() {
  double top = 0;
  for (const QCPGraphData& point : *m_graph->data()) {
    if (point.value > top) top = point.value;
  }
  // Round, so that it does not breathe with every value.
  double round = 1;
  if (top > 0) {
    const double scale = std::pow(10, std::floor(std::log10(top)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0}) {
      round = step * scale;
      if (round >= top * 1.05) break;
    }
  }
  const bool whole = m_of == Of::Connections || m_of == Of::Waiting;
  valueAxis()->setRange(0, whole ? std::max(round, 2.0) : round);
}

QString EnginePlot::wordsAt(double at) const {
  const double step =
      m_series.stepFor(m_axis.from(), m_axis.to() - m_axis.from(), canvas().axisRect()->width());
  const EnginePiece* piece = m_series.of(step).find(at);
  const double value = piece && piece->known ? valueOf(*piece) : std::nan("");
  if (std::isnan(value)) return {};
  switch (m_of) {
    case Of::Lag:
      return tr("lag up to %1").arg(number(value));
    case Of::Connections:
      return tr("client connections: %1").arg(number(value));
    case Of::Waiting:
      return tr("waiting for a limit: %1").arg(number(value));
    case Of::Memory:
      return tr("memory %1").arg(number(value));
  }
  return {};
}

}  // namespace sluice::ui
