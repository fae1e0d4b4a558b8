// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/qcp.h"

#include "ui/plot/lane_plot.h"

#include <QScrollBar>
#include <QTextStream>

#include "ui/model/seconds.h"
#include "ui/plot/state_lanes.h"

namespace sluice::ui {

namespace {
constexpr double kLeastPixels = 2;
constexpr int kNameGap = 8;  // pixels about the name of a lane; all of it is in the words
}  // namespace

LanePlot::LanePlot(const QString& name, TimeAxis& axis, const SnapshotHistory& history,
                   QWidget* parent)
    : LivePlot(name, tr("State"), axis, history.markers(), parent),
      m_history(history),
      m_lanes(new StateLanes(timeAxis(), valueAxis())),
      m_scroll(new QScrollBar(Qt::Vertical, this)) {
  valueAxis()->setTicker(QSharedPointer<QCPAxisTickerText>::create());
  valueAxis()->setTickLength(0, 0);
  valueAxis()->grid()->setVisible(false);
  m_scroll->setAccessibleName(tr("Further providers"));
  m_scroll->hide();
  connect(m_scroll, &QScrollBar::valueChanged, this, [this] {
    fitValues();
    canvas().replot(QCustomPlot::rpQueuedReplot);
  });
}

void LanePlot::setProviders(std::vector<std::string> ids, int mostVisible) {
  const int visible = std::min(static_cast<int>(ids.size()), mostVisible);
  const int margins =
      canvas().axisRect()->margins().top() + canvas().axisRect()->margins().bottom();
  const int high = std::max(visible, 1) * kLaneHeight + margins;
  if (ids == m_ids && visible == m_visible && high == canvas().minimumHeight()) return;
  m_ids = std::move(ids);
  m_visible = visible;
  auto ticker = QSharedPointer<QCPAxisTickerText>::create();
  for (std::size_t i = 0; i < m_ids.size(); ++i) {
    // Names that are numbered differ at their end.
    ticker->addTick(
        -static_cast<double>(i),
        QFontMetrics(valueAxis()->tickLabelFont())
            .elidedText(QString::fromStdString(m_ids[i]), Qt::ElideMiddle, kLeftMargin - kNameGap));
  }
  valueAxis()->setTicker(ticker);
  canvas().setFixedHeight(high);
  const int hidden = static_cast<int>(m_ids.size()) - m_visible;
  m_scroll->setRange(0, hidden);
  m_scroll->setVisible(hidden > 0);
  touch();
}

void LanePlot::fill(double from, double to, int pixels) {
  m_lanes->lanes.clear();
  const double least = (to - from) / pixels * kLeastPixels;
  for (const std::string& id : m_ids) {
    const StateRuns* runs = m_history.states().find(id);
    m_lanes->lanes.push_back(runs ? runs->pieces(from, to, m_axis.now(), least)
                                  : std::vector<LanePiece>());
  }
}

void LanePlot::fitValues() {
  const double top = 0.5 - m_scroll->value();
  valueAxis()->setRange(top - std::max(m_visible, 1), top);
  m_scroll->setGeometry(width() - 9, canvas().y() + 4, 9, canvas().height() - 24);
}

void LanePlot::restyle(bool dark) {
  m_lanes->dark = dark;
  valueAxis()->setTickLabelColor(palette().color(QPalette::Text));
}

void LanePlot::pointed(double, double y) {
  const int lane = y < 0 ? -1 : static_cast<int>(std::lround(-valueAxis()->pixelToCoord(y)));
  m_pointed = lane >= 0 && lane < static_cast<int>(m_ids.size()) ? lane : -1;
  canvas().setToolTip(m_pointed < 0 || !m_axis.hovered()
                          ? QString()
                          : wordsOf(m_ids[static_cast<std::size_t>(m_pointed)], *m_axis.hovered()));
}

QString LanePlot::wordsOf(const std::string& id, double at) const {
  const StateRuns* runs = m_history.states().find(id);
  double to = 0;
  const StateRun* run = runs ? runs->find(at, m_axis.now(), &to) : nullptr;
  const QString name = QString::fromStdString(id);
  if (!run) return tr("%1: no data").arg(name);
  const bool still = to >= m_axis.now();
  QString words = QStringLiteral("%1: %2 %3 \u2192 %4 (%5)")
                      .arg(name, wordOf(run->look), clockText(run->from),
                           still ? tr("now") : clockText(to), lengthText(to - run->from));
  if (!run->cause.isEmpty()) words += QStringLiteral(" \u00B7 ") + run->cause;
  std::uint64_t refused = 0;
  if (const auto* traffic =
          m_history.traffic().provider(id, m_history.traffic().stepFor(run->from, 1, 1 << 20))) {
    traffic->visit(run->from, to,
                   [&](double, const TrafficPiece& piece) { refused += piece.refused; });
  }
  if (refused > 0 && run->look != ProviderLook::Closed)
    words += tr(" \u00B7 %1 passed over").arg(refused);
  return words;
}

QString LanePlot::wordsAt(double at) const {
  if (m_pointed >= 0) return wordsOf(m_ids[static_cast<std::size_t>(m_pointed)], at);
  QStringList words;
  for (const std::string& id : m_ids) {
    const StateRuns* runs = m_history.states().find(id);
    const StateRun* run = runs ? runs->find(at, m_axis.now()) : nullptr;
    if (run && run->look != ProviderLook::Closed) {
      words << QString::fromStdString(id) + QLatin1Char(' ') + wordOf(run->look);
    }
  }
  return words.join(QStringLiteral(", "));
}

void LanePlot::writeCsv(QTextStream& out) const {
  out << "provider,state,from,to,seconds,cause\n";
  for (const std::string& id : m_ids) {
    const StateRuns* runs = m_history.states().find(id);
    if (!runs) continue;
    for (std::size_t i = 0; i < runs->all().size(); ++i) {
      const StateRun& run = runs->all()[i];
      const double to = i + 1 < runs->all().size() ? runs->all()[i + 1].from : m_axis.now();
      QString cause = run.cause;
      cause.replace(QLatin1Char('"'), QLatin1String("\"\""));
      out << QString::fromStdString(id) << ',' << styleOf(run.look).word << ','
          << clockText(run.from) << ',' << clockText(to) << ','
          << QString::number(to - run.from, 'f', 3) << ",\"" << cause << "\"\n";
    }
  }
}

}  // namespace sluice::ui
