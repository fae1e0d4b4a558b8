// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/qcp.h"

#include "ui/plot/live_plot.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMenu>
#include <QMouseEvent>
#include <QPageSize>
#include <QPdfWriter>
#include <QRubberBand>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QTextStream>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/model/seconds.h"
#include "ui/plot/plot_head.h"
#include "ui/plot/tickers.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr int kTopMargin = 9;  // half a label
constexpr int kRightMargin = PlotHead::kRightMargin;
constexpr int kLabelled = 20;   // below the axis, with labels
constexpr int kUnlabelled = 4;  // and without
constexpr int kPerLabel = 45;   // pixels of the axis of values
constexpr int kMostLabels = 5;
constexpr int kLeastBand = 20;  // a smaller box is a slip of the hand
constexpr double kWheelStep = 0.8;
constexpr int kReadSteps = 100;  // in which the keyboard crosses a plot

LivePlot::AskFile& askFile() {
  static LivePlot::AskFile ask = [](QWidget* parent, const QString& suggestion) {
    return QFileDialog::getSaveFileName(parent, LivePlot::tr("Save plot"), suggestion);
  };
  return ask;
}

}  // namespace

LivePlot::LivePlot(const QString& name, const QString& title, TimeAxis& axis,
                   const MarkerLog& markers, QWidget* parent)
    : QWidget(parent),
      m_axis(axis),
      m_name(name),
      m_markers(markers),
      m_canvas(new QCustomPlot(this)),
      m_head(new PlotHead(title, this)) {
  setObjectName(name);
  m_canvas->setObjectName(name + QStringLiteral("Canvas"));
  m_canvas->setAccessibleName(title);
  m_canvas->setFocusPolicy(Qt::StrongFocus);
  m_canvas->setMouseTracking(true);
  m_canvas->installEventFilter(this);
  m_canvas->setMinimumSize(120, 60);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(1);
  layout->addWidget(m_head);
  layout->addWidget(m_canvas, 1);

  m_canvas->setInteractions(QCP::Interactions());
  m_canvas->xAxis->setTicker(QSharedPointer<ClockTicker>::create());
  m_canvas->xAxis->setTickLength(0, 3);
  m_canvas->yAxis->setTickLength(0, 3);
  m_canvas->yAxis->setSubTicks(false);
  m_canvas->yAxis->setTicker(QSharedPointer<CountTicker>::create());
  m_canvas->axisRect()->setAutoMargins(QCP::msNone);
  setTimeLabels(true);
  // What moves with the pointer is drawn apart from the data.
  m_canvas->addLayer(QStringLiteral("pointer"));
  m_canvas->layer(QStringLiteral("pointer"))->setMode(QCPLayer::lmBuffered);
  m_crosshair = new QCPItemStraightLine(m_canvas);
  m_crosshair->setLayer(QStringLiteral("pointer"));
  m_crosshair->setVisible(false);
  connect(&m_axis, &TimeAxis::hoverChanged, this, &LivePlot::showCrosshair);
  connect(&m_axis, &TimeAxis::moved, this, [this] {
    // While live the next refresh() follows; a gesture is to be seen at once.
    if (!m_axis.live()) draw();
  });
  connect(&m_axis, &TimeAxis::returnedToLive, this, [this] {
    m_fits = true;
    touch();
    draw();
  });
}

LivePlot::~LivePlot() = default;

void LivePlot::setAskFile(AskFile ask) {
  askFile() = std::move(ask);
}

QString LivePlot::title() const {
  return m_head->title();
}

bool LivePlot::isRead() const {
  return m_canvas->hasFocus();
}

void LivePlot::describe(const QString& words) {
  m_canvas->setAccessibleDescription(words);
}

double LivePlot::replotMillis() const {
  return m_canvas->replotTime();
}

std::size_t LivePlot::markersShown() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      m_lines, [](const QCPItemStraightLine* line) { return line->visible(); }));
}

QCPAxis* LivePlot::timeAxis() const {
  return m_canvas->xAxis;
}

QCPAxis* LivePlot::valueAxis() const {
  return m_canvas->yAxis;
}

void LivePlot::setTimeLabels(bool shown) {
  m_canvas->xAxis->setTickLabels(shown);
  m_canvas->axisRect()->setMargins(
      QMargins(kLeftMargin, kTopMargin, kRightMargin, shown ? kLabelled : kUnlabelled));
}

void LivePlot::setLegend(const std::vector<LegendEntry>& entries) {
  m_head->setLegend(entries);
}

void LivePlot::touch() {
  m_dirty = true;
}

void LivePlot::refresh(std::uint64_t version) {
  if (version != m_version || m_markers.version() != m_markersDrawn) m_dirty = true;
  m_version = version;
  // Less than a pixel's worth of time is no news.
  const double pixel = (m_axis.to() - m_axis.from()) / std::max(1, m_canvas->axisRect()->width());
  const bool moved =
      std::abs(m_axis.to() - m_drawnTo) >= pixel || std::abs(m_axis.from() - m_drawnFrom) >= pixel;
  if (moved || m_dirty) draw();
}

void LivePlot::draw() {
  if (!isVisible()) {
    m_dirty = true;
    return;
  }
  m_dirty = false;
  m_drawnFrom = m_axis.from();
  m_drawnTo = m_axis.to();
  m_markersDrawn = m_markers.version();
  const int pixels = std::max(1, m_canvas->axisRect()->width());
  const auto ticker = qSharedPointerCast<ClockTicker>(m_canvas->xAxis->ticker());
  ticker->setRoom(pixels, QFontMetrics(m_canvas->xAxis->tickLabelFont()));
  ticker->setTickOrigin(dayBegan());
  valueAxis()->ticker()->setTickCount(
      std::clamp(m_canvas->axisRect()->height() / kPerLabel, 2, kMostLabels));
  m_canvas->xAxis->setRange(m_drawnFrom, m_drawnTo);
  fill(m_drawnFrom, m_drawnTo, pixels);
  if (m_fits) fitValues();
  drawMarkers(m_drawnFrom, m_drawnTo);
  m_canvas->replot(QCustomPlot::rpQueuedReplot);
}

void LivePlot::drawMarkers(double from, double to) {
  const auto markers = m_markers.between(from, to);
  while (m_lines.size() < markers.size()) {
    auto* line = new QCPItemStraightLine(m_canvas);
    line->setSelectable(false);
    m_lines.push_back(line);
  }
  const QColor color = mutedText(palette());
  for (std::size_t i = 0; i < m_lines.size(); ++i) {
    m_lines[i]->setVisible(i < markers.size());
    if (i >= markers.size()) continue;
    m_lines[i]->point1->setTypeX(QCPItemPosition::ptPlotCoords);
    m_lines[i]->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
    m_lines[i]->point2->setTypeX(QCPItemPosition::ptPlotCoords);
    m_lines[i]->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
    m_lines[i]->point1->setCoords(markers[i].at, 0);
    m_lines[i]->point2->setCoords(markers[i].at, 1);
    m_lines[i]->setPen(
        QPen(color, 0, markers[i].kind == Marker::Kind::Config ? Qt::DashLine : Qt::DotLine));
  }
}

void LivePlot::showCrosshair() {
  if (!isVisible()) return;
  const auto at = m_axis.hovered();
  m_crosshair->setVisible(at.has_value());
  if (at) {
    m_crosshair->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
    m_crosshair->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
    m_crosshair->point1->setCoords(*at, 0);
    m_crosshair->point2->setCoords(*at, 1);
  }
  m_canvas->layer(QStringLiteral("pointer"))->replot();
}

void LivePlot::applyPalette() {
  const QPalette colors = palette();
  const QColor text = mutedText(colors);
  QColor grid = text;
  grid.setAlpha(55);
  m_canvas->setBackground(colors.color(QPalette::Base));
  for (QCPAxis* axis : {m_canvas->xAxis, m_canvas->yAxis}) {
    axis->setBasePen(QPen(text, 0));
    axis->setTickPen(QPen(text, 0));
    axis->setSubTickPen(QPen(text, 0));
    axis->setTickLabelColor(text);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    axis->setTickLabelFont(small);
    axis->setTickLabelPadding(3);
    axis->grid()->setPen(QPen(grid, 0, Qt::DotLine));
    axis->grid()->setZeroLinePen(QPen(grid, 0));
  }
  m_crosshair->setPen(QPen(colors.color(QPalette::Text), 0));
  m_head->setLegendColor(text);
  restyle(isDark(colors));
  touch();
  draw();
}

void LivePlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) applyPalette();
  QWidget::changeEvent(event);
}

void LivePlot::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  applyPalette();
}

void LivePlot::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  touch();
}

// --- gestures

bool LivePlot::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_canvas) return QWidget::eventFilter(watched, event);
  switch (event->type()) {
    case QEvent::Resize:
      touch();
      return false;
    case QEvent::KeyPress:
      return onKey(static_cast<QKeyEvent*>(event)->key(),
                   static_cast<QKeyEvent*>(event)->modifiers());
    case QEvent::FocusIn:
    case QEvent::FocusOut:
      // It has its new state only when this event is over.
      QMetaObject::invokeMethod(this, &LivePlot::focused, Qt::QueuedConnection);
      return false;
    case QEvent::Leave:
      pointed(0, -1);
      m_axis.hover(std::nullopt);
      return false;
    case QEvent::ContextMenu:
      openMenu(static_cast<QContextMenuEvent*>(event)->globalPos());
      return true;
    case QEvent::Wheel:
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
      return onMouse(event);
    default:
      return false;
  }
}

/// The values are a person's choice now. Like any other gesture it leaves live, as what comes may lie
/// where nobody sees it.
void LivePlot::chooseValues() {
  m_fits = false;
  m_axis.pause();
  m_canvas->replot(QCustomPlot::rpQueuedReplot);
}

bool LivePlot::onMouse(QEvent* event) {
  if (event->type() == QEvent::Wheel) {
    auto* wheel = static_cast<QWheelEvent*>(event);
    // Some systems turn Shift+wheel into a sideways one.
    const int turned =
        wheel->angleDelta().y() != 0 ? wheel->angleDelta().y() : wheel->angleDelta().x();
    const double factor = std::pow(kWheelStep, turned / 120.0);
    if (wheel->modifiers() & Qt::ShiftModifier) {
      if (choosesValues()) {
        valueAxis()->scaleRange(factor, valueAxis()->pixelToCoord(wheel->position().y()));
        chooseValues();
      }
    } else {
      m_axis.zoom(factor, timeAxis()->pixelToCoord(wheel->position().x()));
    }
    wheel->accept();
    return true;
  }
  auto* mouse = static_cast<QMouseEvent*>(event);
  const QPoint at = mouse->pos();
  switch (event->type()) {
    case QEvent::MouseButtonDblClick:
      m_dragging = false;
      m_axis.returnToLive();
      return true;
    case QEvent::MouseButtonPress:
      m_canvas->setFocus(Qt::MouseFocusReason);
      if (mouse->button() != Qt::LeftButton) return true;
      m_pressed = at;
      m_pressedFrom = m_axis.from();
      m_pressedTo = m_axis.to();
      m_dragging = true;
      if (mouse->modifiers() & Qt::ControlModifier) {
        m_band = new QRubberBand(QRubberBand::Rectangle, m_canvas);
        m_band->setGeometry(QRect(at, QSize()));
        m_band->show();
      }
      return true;
    case QEvent::MouseMove: {
      if (m_band) {
        m_band->setGeometry(QRect(m_pressed, at).normalized());
        return true;
      }
      if (m_dragging && (at - m_pressed).manhattanLength() >= QApplication::startDragDistance()) {
        const double perPixel = (m_pressedTo - m_pressedFrom) / m_canvas->axisRect()->width();
        const double by = (m_pressed.x() - at.x()) * perPixel;
        m_axis.look(m_pressedFrom + by, m_pressedTo + by);
      }
      const double time = timeAxis()->pixelToCoord(at.x());
      pointed(time, at.y());
      m_axis.hover(time >= m_axis.from() && time <= m_axis.to() ? std::optional(time)
                                                                : std::nullopt);
      return true;
    }
    default:
      break;
  }
  m_dragging = false;
  if (m_band) {
    const QRect box = m_band->geometry();
    delete std::exchange(m_band, nullptr);
    if (box.width() >= kLeastBand) {
      // Values first: they are fitted anew when the time moves.
      const QCPRange values(valueAxis()->pixelToCoord(box.bottom()),
                            valueAxis()->pixelToCoord(box.top()));
      m_axis.look(timeAxis()->pixelToCoord(box.left()), timeAxis()->pixelToCoord(box.right()));
      if (box.height() >= kLeastBand && choosesValues()) {
        valueAxis()->setRange(values);
        chooseValues();
      }
    }
  }
  return true;
}

/// What the pointer does for those who have one. Begins at the newest moment.
void LivePlot::moveCrosshair(double seconds) {
  const double from = m_axis.hovered().value_or(m_axis.to());
  m_axis.hover(std::clamp(from + seconds, m_axis.from(), m_axis.to()));
}

bool LivePlot::onKey(int key, Qt::KeyboardModifiers modifiers) {
  const double width = m_axis.to() - m_axis.from();
  const double middle = m_axis.hovered().value_or((m_axis.from() + m_axis.to()) / 2);
  switch (key) {
    case Qt::Key_Space:
      m_axis.toggle();
      return true;
    case Qt::Key_Home:
    case Qt::Key_R:
      m_axis.returnToLive();
      return true;
    case Qt::Key_Left:
    case Qt::Key_Right: {
      const int way = key == Qt::Key_Left ? -1 : 1;
      if (modifiers & Qt::ControlModifier) {
        moveCrosshair(way * width / kReadSteps);
      } else {
        m_axis.pan(way * width / 10);
      }
      return true;
    }
    case Qt::Key_Escape:
      if (!m_axis.hovered()) return false;  // it may be meant for a dialog
      m_axis.hover(std::nullopt);
      return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      m_axis.zoom(kWheelStep, middle);
      return true;
    case Qt::Key_Minus:
      m_axis.zoom(1 / kWheelStep, middle);
      return true;
    default:
      return false;
  }
}

// --- export

void LivePlot::openMenu(const QPoint& at) {
  auto* menu = new QMenu(this);
  menu->setObjectName(m_name + QStringLiteral("Menu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Copy image"), this,
                  [this] { QApplication::clipboard()->setPixmap(m_canvas->toPixmap()); });
  menu->addAction(tr("Copy values as CSV"), this, [this] {
    QString text;
    QTextStream out(&text);
    writeCsv(out);
    QApplication::clipboard()->setText(text);
  });
  menu->addSeparator();
  menu->addAction(tr("Save as PNG\u2026"), this,
                  [this] { saveAs(QStringLiteral("png"), &LivePlot::savePng); });
  menu->addAction(tr("Save as SVG\u2026"), this,
                  [this] { saveAs(QStringLiteral("svg"), &LivePlot::saveSvg); });
  menu->addAction(tr("Save as PDF\u2026"), this,
                  [this] { saveAs(QStringLiteral("pdf"), &LivePlot::savePdf); });
  menu->addAction(tr("Save values as CSV\u2026"), this,
                  [this] { saveAs(QStringLiteral("csv"), &LivePlot::saveCsv); });
  menu->addSeparator();
  menu->addAction(m_axis.live() ? tr("Pause\tSpace") : tr("Return to live\tSpace"), this,
                  [this] { m_axis.toggle(); });
  menu->addAction(tr("Reset view\tHome"), this, [this] { m_axis.returnToLive(); });
  menu->popup(at);
}

void LivePlot::saveAs(const QString& suffix, bool (LivePlot::*save)(const QString&) const) {
  const QString file = askFile()(this, m_name + QLatin1Char('.') + suffix);
  if (file.isEmpty()) return;
  if (!(this->*save)(file)) {
    QMessageBox::warning(
        this, tr("Save plot"),
        tr("Cannot write %1: is the folder there, and may you write to it?").arg(file));
  }
}

bool LivePlot::savePng(const QString& file) const {
  return m_canvas->savePng(file, m_canvas->width(), m_canvas->height(), 2.0);
}

bool LivePlot::saveSvg(const QString& file) const {
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return false;
  QSvgGenerator svg;
  svg.setOutputDevice(&out);
  svg.setTitle(title());
  svg.setSize(m_canvas->size());
  svg.setViewBox(QRect(QPoint(), m_canvas->size()));
  return paintOn(svg) && out.commit();
}

bool LivePlot::savePdf(const QString& file) const {
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return false;
  {
    // One page, as large as the plot: 96 of its pixels are an inch.
    constexpr int kPerInch = 96;
    constexpr double kPoints = 72.0 / kPerInch;
    QPdfWriter pdf(&out);
    pdf.setTitle(title());
    pdf.setCreator(QStringLiteral("Sluice"));
    pdf.setResolution(kPerInch);
    pdf.setPageSize(
        QPageSize(QSizeF(m_canvas->size()) * kPoints, QPageSize::Point, {}, QPageSize::ExactMatch));
    pdf.setPageMargins({});
    if (!paintOn(pdf)) return false;
  }
  return out.commit();
}

/// In lines and letters, not in dots.
bool LivePlot::paintOn(QPaintDevice& device) const {
  QCPPainter painter;
  if (!painter.begin(&device)) return false;
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  painter.fillRect(m_canvas->rect(), palette().color(QPalette::Base));
  m_canvas->toPainter(&painter, m_canvas->width(), m_canvas->height());
  return painter.end();
}

bool LivePlot::saveCsv(const QString& file) const {
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly | QIODevice::Text)) return false;
  {
    QTextStream text(&out);
    writeCsv(text);
  }
  return out.commit();
}

void LivePlot::writeCsv(QTextStream& out) const {
  out << "series,time,seconds,value\n";
  const auto row = [&](const QString& name, double key, double value) {
    if (std::isnan(value)) return;
    out << name << ',' << clockText(key) << ',' << QString::number(key, 'f', 3) << ','
        << QString::number(value, 'g', 10) << '\n';
  };
  for (int i = 0; i < m_canvas->plottableCount(); ++i) {
    if (auto* graph = qobject_cast<QCPGraph*>(m_canvas->plottable(i))) {
      for (const QCPGraphData& point : *graph->data()) row(graph->name(), point.key, point.value);
    } else if (auto* bars = qobject_cast<QCPBars*>(m_canvas->plottable(i))) {
      for (const QCPBarsData& bar : *bars->data()) row(bars->name(), bar.key, bar.value);
    }
  }
}

}  // namespace sluice::ui
