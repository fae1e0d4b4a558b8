// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/qcp.h"

#include "ui/plot/provider_plots.h"

#include <QLocale>
#include <QTextStream>
#include <cmath>

#include "ui/model/seconds.h"
#include "ui/model/snippets.h"
#include "ui/plot/span_text.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr int kRows = static_cast<int>(HeatBins::kBins);

/// Row r is centred on the value r. Labels at 1, 2 and 5 of each decade; at whole decades where those
/// would crowd, and at each digit where somebody looks at less than that.
class BinTicker final : public QCPAxisTicker {
 protected:
  QVector<double> createTickVector(double, const QCPRange& range) override {
    QVector<double> ticks = within(range, {1, 2, 5});
    // A tick that the axis may have has room for two labels.
    if (ticks.size() > 2 * tickCount() + 1) ticks = within(range, {1});
    if (ticks.size() < 2) ticks = within(range, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    return ticks;
  }
  int getSubTickCount(double) override { return 0; }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return tickSpan(HeatBins::begin(0) * std::exp2((tick + 0.5) / HeatBins::kPerOctave));
  }

 private:
  static QVector<double> within(const QCPRange& range, std::initializer_list<int> digits) {
    QVector<double> ticks;
    for (double decade = 10; decade < HeatBins::begin(HeatBins::kBins); decade *= 10) {
      for (const int digit : digits) {
        const double at = std::log2(digit * decade / HeatBins::kLeast) * HeatBins::kPerOctave - 0.5;
        if (range.contains(at)) ticks.append(at);
      }
    }
    return ticks;
  }
};

QCPColorGradient gradientOf(bool dark, const QColor& base) {
  // From the background on: nothing is nothing. Perceptually even, in both themes.
  QCPColorGradient gradient;
  gradient.clearColorStops();
  if (dark) {
    gradient.setColorStopAt(0, base);
    gradient.setColorStopAt(0.02, QColor(0x2B2B5E));
    gradient.setColorStopAt(0.35, QColor(0x6A3D9A));
    gradient.setColorStopAt(0.65, QColor(0xD1495B));
    gradient.setColorStopAt(1, QColor(0xF9DC6B));
  } else {
    gradient.setColorStopAt(0, base);
    gradient.setColorStopAt(0.02, QColor(0xD6E6F2));
    gradient.setColorStopAt(0.35, QColor(0x6FA8CF));
    gradient.setColorStopAt(0.65, QColor(0x2F5F9E));
    gradient.setColorStopAt(1, QColor(0x1A1446));
  }
  return gradient;
}

}  // namespace

HeatPlot::HeatPlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
                   QWidget* parent)
    : LivePlot(name, tr("Latency of whole attempts"), axis, history.markers(), parent),
      m_history(history),
      m_map(new QCPColorMap(timeAxis(), valueAxis())) {
  m_map->setInterpolate(false);
  m_map->setTightBoundary(false);
  valueAxis()->setTicker(QSharedPointer<BinTicker>::create());
}

void HeatPlot::setProvider(const std::string& id) {
  if (id == m_id) return;
  m_id = id;
  touch();
}

void HeatPlot::restyle(bool dark) {
  QCPColorGradient gradient = gradientOf(dark, palette().color(QPalette::Base));
  m_map->setGradient(gradient);
  // What the colours mean: a few of them, from the least on.
  std::vector<LegendEntry> key;
  for (const double at : {0.2, 0.45, 0.7, 1.0}) {
    key.push_back({QColor::fromRgb(gradient.color(at, QCPRange(0, 1))), {}});
  }
  key.front().group = tr("few");
  key.back().words = tr("many");
  setLegend(key);
}

void HeatPlot::fill(double from, double to, int) {
  const double oldest = m_history.traffic().last() - from;
  const BucketRing<HeatCell>* ring = m_history.traffic().heat(m_id, oldest);
  if (!ring || ring->empty()) {
    m_map->data()->clear();
    m_map->data()->setSize(0, 0);
    return;
  }
  const double step = ring->step();
  const double first = std::max(std::floor(from / step) * step, ring->begin());
  const int columns = std::max(
      1, static_cast<int>(
             std::lround((std::min(std::ceil(to / step) * step, ring->end()) - first) / step)));
  auto* cells = m_map->data();
  cells->setSize(columns, kRows);
  // Centres of the first and the last cell.
  cells->setRange(QCPRange(first + step / 2, first + (columns - 0.5) * step),
                  QCPRange(0, kRows - 1));
  cells->fill(0);
  double most = 1;
  ring->visit(first, to, [&](double at, const HeatCell& cell) {
    const int column = static_cast<int>(std::lround((at - first) / step));
    if (column < 0 || column >= columns) return;
    for (int row = 0; row < kRows; ++row) {
      const double value = std::log1p(cell.counts[static_cast<std::size_t>(row)]);
      most = std::max(most, value);
      cells->setCell(column, row, value);
    }
  });
  m_map->setDataRange(QCPRange(0, most));
}

void HeatPlot::fitValues() {
  int low = kRows, high = 0;
  auto* cells = m_map->data();
  for (int row = 0; row < cells->valueSize(); ++row) {
    for (int column = 0; column < cells->keySize(); ++column) {
      if (cells->cell(column, row) <= 0) continue;
      low = std::min(low, row);
      high = std::max(high, row);
    }
  }
  if (low > high) {
    low = static_cast<int>(HeatBins::indexOf(1e4));
    high = static_cast<int>(HeatBins::indexOf(1e7));
  }
  // A round window, so that it does not breathe: at least four doublings.
  constexpr int kOctave = HeatBins::kPerOctave;
  const int bottom = std::max(0, (low / kOctave - 1) * kOctave);
  const int top = std::min(kRows, std::max((high / kOctave + 2) * kOctave, bottom + 4 * kOctave));
  valueAxis()->setRange(bottom - 0.5, top - 0.5);
}

void HeatPlot::pointed(double, double y) {
  if (y < 0) {
    m_pointed = -1;
    return;
  }
  const double row = std::clamp(std::round(valueAxis()->pixelToCoord(y)), 0.0, kRows - 1.0);
  m_pointed = row;
}

QString HeatPlot::wordsAt(double at) const {
  const auto* ring = m_history.traffic().heat(m_id, m_history.traffic().last() - m_axis.from());
  const HeatCell* cell = ring ? ring->find(at) : nullptr;
  if (!cell) return {};
  std::uint64_t all = 0;
  for (const std::uint16_t count : cell->counts) all += count;
  QString words = tr("%1 ended in %2").arg(all).arg(lengthText(ring->step()));
  if (m_pointed >= 0) {
    const auto row = static_cast<std::size_t>(m_pointed);
    words += tr(", %1 of them took %2 to %3")
                 .arg(cell->counts[row])
                 .arg(spanText(static_cast<std::uint64_t>(HeatBins::begin(row))),
                      spanText(static_cast<std::uint64_t>(HeatBins::begin(row + 1))));
  }
  return words;
}

void HeatPlot::writeCsv(QTextStream& out) const {
  out << "time,seconds,from_us,to_us,count\n";
  const auto* ring = m_history.traffic().heat(m_id, m_history.traffic().last() - m_axis.from());
  if (!ring) return;
  ring->visit(m_axis.from(), m_axis.to(), [&](double at, const HeatCell& cell) {
    for (std::size_t row = 0; row < HeatBins::kBins; ++row) {
      if (cell.counts[row] == 0) continue;
      out << clockText(at) << ',' << QString::number(at, 'f', 0) << ','
          << QString::number(HeatBins::begin(row), 'f', 0) << ','
          << QString::number(HeatBins::begin(row + 1), 'f', 0) << ',' << cell.counts[row] << '\n';
    }
  });
}

// --- LevelPlot

LevelPlot::LevelPlot(const QString& name, Of of, TimeAxis& axis, const SnapshotHistory& history,
                     QWidget* parent)
    : LivePlot(name, of == Of::Requests ? tr("Requests left") : tr("Tokens left"), axis,
               history.markers(), parent),
      m_history(history),
      m_of(of),
      m_level(canvas().addGraph()),
      m_capacity(canvas().addGraph()),
      m_refused(canvas().addGraph()) {
  m_level->setName(tr("level"));
  m_capacity->setName(tr("capacity"));
  m_capacity->setLineStyle(QCPGraph::lsStepLeft);
  m_refused->setName(tr("refused"));
  m_refused->setLineStyle(QCPGraph::lsImpulse);
}

void LevelPlot::setProvider(const std::string& id) {
  if (id == m_id) return;
  m_id = id;
  touch();
}

const BucketLevel* LevelPlot::level() const {
  const auto* levels = m_history.levels(m_id);
  return !levels ? nullptr : m_of == Of::Requests ? &levels->requests : &levels->tokens;
}

void LevelPlot::restyle(bool dark) {
  const QColor color = styleOf(ProviderLook::Draining).color(dark);
  const QColor refused = styleOf(ProviderLook::Open).color(dark);
  const QColor quiet = mutedText(palette());
  const QColor base = palette().color(QPalette::Base);
  QColor body;
  body.setRgbF(float((color.redF() + base.redF() * 2) / 3),
               float((color.greenF() + base.greenF() * 2) / 3),
               float((color.blueF() + base.blueF() * 2) / 3));
  m_level->setPen(QPen(color, 1));
  m_level->setBrush(body);
  m_capacity->setPen(QPen(quiet, 1, Qt::DashLine));
  m_refused->setPen(QPen(refused, 1));
  setLegend({{color, tr("level")}, {quiet, tr("capacity")}, {refused, tr("refused")}});
}

void LevelPlot::fill(double from, double to, int pixels) {
  QVector<QCPGraphData> level, capacity, refused;
  double top = 1;
  if (const BucketLevel* of = this->level()) {
    const double end = std::min(to, m_axis.now());
    for (const BucketLevel::Point& point : of->line(from, end))
      level.append({point.at, point.level});
    for (const BucketLevel::Point& point : of->capacity(from, end)) {
      capacity.append({point.at, point.level});
      if (point.level > top) top = point.level;
    }
    const double step = m_history.traffic().stepFor(from, to - from, pixels);
    if (const auto* ring = m_history.traffic().provider(m_id, step)) {
      ring->visit(from, to, [&](double at, const TrafficPiece& piece) {
        const std::uint32_t count = m_of == Of::Requests ? piece.limited : piece.tokensLimited;
        if (count > 0) refused.append({at + step / 2, top * 0.08});
      });
    }
  }
  m_level->data()->set(level, true);
  m_capacity->data()->set(capacity, true);
  m_refused->data()->set(refused, true);
}

void LevelPlot::fitValues() {
  double top = 1;
  for (const QCPGraph* graph : {m_level, m_capacity}) {
    for (const QCPGraphData& point : *graph->data()) {
      if (point.value > top) top = point.value;
    }
  }
  valueAxis()->setRange(0, top * 1.12);
}

QString LevelPlot::wordsAt(double at) const {
  const BucketLevel* of = level();
  const double value = of ? of->levelAt(at) : std::nan("");
  if (std::isnan(value)) return tr("no limit");
  return tr("%1 %2 left")
      .arg(QLocale().toString(qlonglong(std::lround(value))),
           m_of == Of::Requests ? tr("requests") : tr("tokens"));
}

}  // namespace sluice::ui
