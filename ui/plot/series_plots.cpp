// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/qcp.h"

#include "ui/plot/series_plots.h"

#include <cmath>
#include <limits>

#include "ui/model/seconds.h"
#include "ui/model/snippets.h"
#include "ui/plot/span_text.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// A little room above what is highest, at round numbers, and no breathing with every value.
double roundUp(double top) {
  if (top <= 0) return 1;
  const double scale = std::pow(10, std::floor(std::log10(top)));
  for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
    if (step * scale >= top * 1.05) return step * scale;
  }
  return 20 * scale;
}

/// The last piece is still being filled: it is drawn when it is whole.
double lastWhole(const TrafficSeries& traffic, double step) {
  return std::floor(traffic.last() / step) * step;
}

QString number(double value) {
  return QString::number(value, 'f', value < 10 ? 1 : 0);
}

}  // namespace

// --- StackPlot

StackPlot::StackPlot(const QString& name, const QString& title, Mode mode, TimeAxis& axis,
                     const SnapshotHistory& history, QWidget* parent)
    : LivePlot(name, title, axis, history.markers(), parent), m_history(history), m_mode(mode) {}

void StackPlot::setProviders(const std::vector<std::string>& ids,
                             const std::vector<std::size_t>& colors) {
  for (const Series& series : m_series) canvas().removeGraph(series.graph);
  m_series.clear();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (m_series.size() <= kMostSeries) {
      m_series.push_back({{ids[i]}, colors[i], QString::fromStdString(ids[i]), nullptr});
    } else {
      m_series.back().ids.push_back(ids[i]);
      m_series.back().name = tr("%1 others").arg(m_series.back().ids.size());
    }
  }
  // The sum of all is drawn first, and each lower sum over it, opaque.
  for (auto series = m_series.rbegin(); series != m_series.rend(); ++series) {
    series->graph = canvas().addGraph();
    series->graph->setName(series->name);
    series->graph->setAntialiased(false);
  }
  restyle(isDark(palette()));
  touch();
}

void StackPlot::restyle(bool dark) {
  std::vector<LegendEntry> legend;
  for (Series& series : m_series) {
    const QColor color = providerColor(series.color, dark);
    QColor body = color;
    // Opaque, as translucent fills are slow, but quieter than a line.
    const QColor base = palette().color(QPalette::Base);
    body.setRedF((color.redF() * 2 + base.redF()) / 3);
    body.setGreenF((color.greenF() * 2 + base.greenF()) / 3);
    body.setBlueF((color.blueF() * 2 + base.blueF()) / 3);
    series.graph->setPen(QPen(color, 1));
    series.graph->setBrush(body);
    legend.push_back({color, series.name});
  }
  setLegend(legend);
}

void StackPlot::fill(double from, double to, int pixels) {
  const TrafficSeries& traffic = m_history.traffic();
  const double step = traffic.stepFor(from, to - from, pixels);
  const double end = lastWhole(traffic, step);
  m_step = step;
  std::vector<double> keys;
  std::vector<bool> known;
  traffic.all(step).visit(from - step, to, [&](double begin, const TrafficPiece& piece) {
    if (begin >= end) return;
    keys.push_back(begin + step / 2);
    known.push_back(piece.covered > 0);
  });
  std::vector<std::vector<double>> values(m_series.size(), std::vector<double>(keys.size(), 0));
  for (std::size_t s = 0; s < m_series.size(); ++s) {
    for (const std::string& id : m_series[s].ids) {
      const auto* ring = traffic.provider(id, step);
      if (!ring || keys.empty()) continue;
      ring->visit(keys.front(), keys.back(), [&](double begin, const TrafficPiece& piece) {
        const auto at = std::lround((begin + step / 2 - keys.front()) / step);
        if (at < 0 || at >= static_cast<long>(keys.size())) return;
        values[s][static_cast<std::size_t>(at)] += piece.perSecond(piece.started);
      });
    }
  }
  std::vector<double> sums(keys.size(), 0);
  if (m_mode == Mode::Share) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      double all = 0;
      for (const auto& of : values) all += of[i];
      for (auto& of : values) of[i] = all > 0 ? of[i] / all * 100 : kNone;
    }
  }
  for (std::size_t s = 0; s < m_series.size(); ++s) {
    QVector<QCPGraphData> points;
    points.reserve(static_cast<qsizetype>(keys.size()));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      sums[i] += values[s][i];
      // A second nobody looked at, between two that were, is not a gap.
      if (known[i]) {
        points.append({keys[i], sums[i]});
      } else if (!points.isEmpty() && !std::isnan(points.last().value) &&
                 keys[i] - points.last().key > TrafficSeries::kGap) {
        points.append({keys[i], kNone});
      }
    }
    m_series[s].graph->data()->set(points, true);
  }
}

void StackPlot::fitValues() {
  if (m_mode == Mode::Share) {
    valueAxis()->setRange(0, 100);
    return;
  }
  double top = 0;
  if (!m_series.empty()) {
    for (const QCPGraphData& point : *m_series.back().graph->data()) {
      if (point.value > top) top = point.value;
    }
  }
  valueAxis()->setRange(0, roundUp(top));
}

QString StackPlot::wordsAt(double at) const {
  QStringList words;
  for (const Series& series : m_series) {
    double value = 0;
    bool known = false;
    for (const std::string& id : series.ids) {
      const auto* ring = m_history.traffic().provider(id, m_step);
      const TrafficPiece* piece = ring ? ring->find(at) : nullptr;
      if (!piece || piece->covered <= 0) continue;
      known = true;
      value += piece->perSecond(piece->started);
    }
    if (known) words << QStringLiteral("%1 %2/s").arg(series.name, number(value));
  }
  return words.join(QStringLiteral(", "));
}

// --- FailurePlot

namespace {

struct FailingStyle {
  const char* name;
  QRgb light;
  QRgb dark;
  Qt::BrushStyle pattern;

  QColor color(bool darkTheme) const { return QColor::fromRgb(darkTheme ? dark : light); }
};
constexpr std::array<FailingStyle, kFailings> kFailingStyles = {{
    {QT_TRANSLATE_NOOP("FailurePlot", "429"), 0xFFB37A00, 0xFFF2C14E, Qt::SolidPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "5xx"), 0xFFA63A00, 0xFFE8651A, Qt::SolidPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "time-out"), 0xFF5B4FB3, 0xFFA99CFF, Qt::SolidPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "broken off"), 0xFFA6467F, 0xFFE08BB8, Qt::SolidPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "key refused"), 0xFF444444, 0xFFD0D0D0, Qt::SolidPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "limit"), 0xFF0072B2, 0xFF56B4E9, Qt::Dense3Pattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "breaker"), 0xFFA63A00, 0xFFE8651A, Qt::BDiagPattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "no target"), 0xFF7A6A00, 0xFFF0E442, Qt::Dense4Pattern},
    {QT_TRANSLATE_NOOP("FailurePlot", "bad request"), 0xFF6B6B6B, 0xFFA0A0A0, Qt::Dense4Pattern},
}};

}  // namespace

FailurePlot::FailurePlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
                         QWidget* parent)
    : LivePlot(name, tr("Failed attempts, refusals /s"), axis, history.markers(), parent),
      m_history(history),
      m_above(new QCPItemText(&canvas())),
      m_below(new QCPItemText(&canvas())) {
  for (std::size_t i = 0; i < kFailings; ++i) {
    auto* bars = new QCPBars(timeAxis(), valueAxis());
    bars->setName(QCoreApplication::translate("FailurePlot", kFailingStyles[i].name));
    bars->setAntialiased(false);
    if (i > 0 && i != kTheirs) bars->moveAbove(m_bars.back());
    m_bars.push_back(bars);
  }
  for (QCPItemText* words : {m_above, m_below}) {
    const bool above = words == m_above;
    words->setText(above ? tr("\u2191 failed") : tr("\u2193 refused"));
    words->setPositionAlignment(Qt::AlignLeft | (above ? Qt::AlignTop : Qt::AlignBottom));
    words->position->setType(QCPItemPosition::ptAxisRectRatio);
    words->position->setCoords(0, above ? 0 : 1);
    words->setPadding(QMargins(3, 0, 2, 0));
    words->setSelectable(false);
  }
  setToolTip(
      tr("Above the line: attempts that failed at a provider. Below it: requests that this "
         "gateway refused."));
}

void FailurePlot::restyle(bool dark) {
  for (std::size_t i = 0; i < kFailings; ++i) {
    const QColor color = kFailingStyles[i].color(dark);
    m_bars[i]->setBrush(
        patternBrush(color, kFailingStyles[i].pattern, canvas().bufferDevicePixelRatio()));
    m_bars[i]->setPen(kFailingStyles[i].pattern == Qt::SolidPattern ? Qt::NoPen : QPen(color, 0));
  }
  QColor ground = palette().color(QPalette::Base);
  ground.setAlpha(200);  // readable over a bar, and the bar is still seen
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.85);
  for (QCPItemText* words : {m_above, m_below}) {
    words->setColor(mutedText(palette()));
    words->setBrush(ground);
    words->setFont(small);
  }
}

void FailurePlot::fill(double from, double to, int pixels) {
  const TrafficSeries& traffic = m_history.traffic();
  const double step = traffic.stepFor(from, to - from, pixels);
  const double end = lastWhole(traffic, step);
  // Bars want some width: several pieces make one.
  const int together =
      std::max(1, static_cast<int>(std::ceil((to - from) / step / (pixels / 5.0))));
  m_width = step * together;
  std::array<QVector<QCPBarsData>, kFailings> values;
  double begin = 0;
  TrafficPiece sum;
  const auto flush = [&] {
    for (std::size_t i = 0; i < kFailings; ++i) {
      if (sum.failing[i] == 0) continue;
      const double value = sum.perSecond(sum.failing[i]);
      values[i].append({begin + m_width / 2, i < kTheirs ? value : -value});
    }
    sum = {};
  };
  traffic.all(step).visit(from - m_width, to, [&](double at, const TrafficPiece& piece) {
    if (at >= end) return;
    const double bar = std::floor(at / m_width) * m_width;
    if (bar != begin) {
      flush();
      begin = bar;
    }
    sum.add(piece);
  });
  flush();
  std::vector<LegendEntry> legend;
  bool theirs = false, ours = false;
  for (std::size_t i = 0; i < kFailings; ++i) {
    m_bars[i]->setWidth(m_width * 0.85);
    if (!values[i].isEmpty()) {
      bool& said = i < kTheirs ? theirs : ours;
      const QString group = said ? QString() : i < kTheirs ? tr("failed") : tr("refused");
      legend.push_back({kFailingStyles[i].color(isDark(palette())), m_bars[i]->name(), group});
      said = true;
    }
    m_bars[i]->data()->set(values[i], true);
  }
  setLegend(legend);
}

void FailurePlot::fitValues() {
  double top = 0, bottom = 0;
  std::map<double, std::pair<double, double>> sums;
  for (const QCPBars* bars : m_bars) {
    for (const QCPBarsData& bar : *bars->data()) {
      auto& [up, down] = sums[bar.key];
      (bar.value > 0 ? up : down) += bar.value;
      top = std::max(top, up);
      bottom = std::min(bottom, down);
    }
  }
  const double up = top > 0 || bottom == 0 ? roundUp(top) : 0;
  valueAxis()->setRange(bottom < 0 ? -roundUp(-bottom) : 0, up);
  m_above->setVisible(up > 0);
  m_below->setVisible(bottom < 0);
}

QString FailurePlot::wordsAt(double at) const {
  std::array<double, kFailings> values{};
  for (std::size_t i = 0; i < kFailings; ++i) {
    for (const QCPBarsData& bar : *m_bars[i]->data()) {
      if (std::abs(bar.key - at) <= m_width / 2) values[i] = std::abs(bar.value);
    }
  }
  QStringList theirs, ours;
  for (std::size_t i = 0; i < kFailings; ++i) {
    if (values[i] > 0) {
      (i < kTheirs ? theirs : ours)
          << QStringLiteral("%1 %2/s").arg(m_bars[i]->name(), number(values[i]));
    }
  }
  QStringList words;
  if (!theirs.isEmpty()) words << tr("failed: ") + theirs.join(QStringLiteral(", "));
  if (!ours.isEmpty()) words << tr("refused: ") + ours.join(QStringLiteral(", "));
  return words.join(QStringLiteral("; "));
}

// --- LatencyPlot

namespace {

/// 1 ms, 10 ms, 100 ms, 1 s ...
class SpanTicker final : public QCPAxisTickerLog {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return tickSpan(tick); }
};

}  // namespace

LatencyPlot::LatencyPlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
                         QWidget* parent)
    : LivePlot(name, tr("Latency"), axis, history.markers(), parent), m_history(history) {
  valueAxis()->setScaleType(QCPAxis::stLogarithmic);
  valueAxis()->setTicker(QSharedPointer<SpanTicker>::create());
  for (const char* percentile : {"p50", "p95", "p99"}) {
    QCPGraph* graph = canvas().addGraph();
    graph->setName(QLatin1String(percentile));
    m_graphs.push_back(graph);
  }
  setToolTip(
      tr("Whole attempts, of the half minute before each moment. A gap: fewer than %1 ended.")
          .arg(TrafficSeries::kLeastForPercentile));
}

void LatencyPlot::restyle(bool dark) {
  const QColor color = providerColor(0, dark);
  const QColor worst = styleOf(ProviderLook::Open).color(dark);
  const QColor middle = styleOf(ProviderLook::HalfOpen).color(dark);
  m_graphs[0]->setPen(QPen(color, 1));
  m_graphs[1]->setPen(QPen(middle, 1, Qt::DashLine));
  m_graphs[2]->setPen(QPen(worst, 1, Qt::DotLine));
  setLegend({{color, QStringLiteral("p50")},
             {middle, QStringLiteral("p95 \u2504")},
             {worst, QStringLiteral("p99 \u2508")}});
}

void LatencyPlot::fill(double from, double to, int pixels) {
  const double step = m_history.traffic().stepFor(from, to - from, pixels);
  std::array<QVector<QCPGraphData>, 3> values;
  const auto gap = [&](double at) {
    if (values[0].isEmpty() || std::isnan(values[0].last().value)) return;
    for (auto& points : values) points.append({at, kNone});
  };
  double before = 0;
  m_history.traffic().latencies(step).visit(from - step, to, [&](double at, const Latencies& l) {
    const double key = at + step / 2;
    if (l.count < TrafficSeries::kLeastForPercentile) {
      // A second without a look, between two with one, is not a gap.
      if (l.count > 0 || key - before > TrafficSeries::kGap + step) gap(key);
      return;
    }
    if (key - before > TrafficSeries::kGap + step) gap(before + step);
    before = key;
    values[0].append({key, l.p50});
    values[1].append({key, l.p95});
    values[2].append({key, l.p99});
  });
  for (std::size_t i = 0; i < 3; ++i) m_graphs[i]->data()->set(values[i], true);
}

void LatencyPlot::fitValues() {
  double low = 1e12, high = 0;
  for (const QCPGraph* graph : m_graphs) {
    for (const QCPGraphData& point : *graph->data()) {
      if (std::isnan(point.value)) continue;
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  }
  if (high <= 0) {
    low = 1e4;
    high = 1e6;
  }
  // Whole decades, at least one.
  const double bottom = std::pow(10, std::floor(std::log10(std::max(low, 1.0))));
  double top = std::pow(10, std::ceil(std::log10(high)));
  if (top <= bottom) top = bottom * 10;
  valueAxis()->setRange(bottom, top);
}

QString LatencyPlot::wordsAt(double at) const {
  const TrafficSeries& traffic = m_history.traffic();
  const double step =
      traffic.stepFor(m_axis.from(), m_axis.to() - m_axis.from(), canvas().axisRect()->width());
  const Latencies* l = traffic.latencies(step).find(at);
  if (!l || l->count == 0) return {};
  if (l->count < TrafficSeries::kLeastForPercentile) {
    return tr("latency of %1 calls only").arg(l->count);
  }
  const auto span = [](float micros) { return spanText(static_cast<std::uint64_t>(micros)); };
  return tr("p50 %1, p95 %2, p99 %3 (n = %4)")
      .arg(span(l->p50), span(l->p95), span(l->p99))
      .arg(l->count);
}

}  // namespace sluice::ui
