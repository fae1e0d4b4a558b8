// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QString>
#include <QWidget>
#include <functional>
#include <vector>

#include "ui/model/marker_log.h"
#include "ui/model/time_axis.h"
#include "ui/plot/plot_head.h"

class QCPAxis;
class QCPItemLine;
class QCPItemStraightLine;
class QCustomPlot;
class QMenu;
class QRubberBand;
class QTextStream;

namespace sluice::ui {

/// A plot over the time axis of its page. What all have in common is here: zoom, pan and hover while
/// live, markers, themes, the context menu, and that nothing is drawn that nobody sees.
///
/// Wheel: time, about the pointer; Shift+wheel: values. Drag: pan. Ctrl+drag: zoom to the box.
/// Double click, Home, R: back to live. Space: pause. Left/right: pan; +/-: zoom; with Ctrl, left/right
/// move what is read, and Escape ends that. Confined to the UI thread.
class LivePlot : public QWidget {
  Q_OBJECT
 public:
  /// Widths in pixels, so that plots of a page that stand below each other agree.
  static constexpr int kLeftMargin = 66;

  LivePlot(const QString& name, const QString& title, TimeAxis& axis, const MarkerLog& markers,
           QWidget* parent = nullptr);
  ~LivePlot() override;

  /// With every snapshot. `version`: of the data; draws when it, the time or a marker moved.
  void refresh(std::uint64_t version);
  /// What is to be read at a moment, in words; empty: nothing.
  virtual QString wordsAt(double at) const = 0;
  /// A table: a line of names, then one for each value.
  virtual void writeCsv(QTextStream& out) const;

  bool savePng(const QString& file) const;
  bool saveSvg(const QString& file) const;
  bool savePdf(const QString& file) const;
  bool saveCsv(const QString& file) const;
  QCustomPlot& canvas() const { return *m_canvas; }
  /// The keyboard is in it.
  bool isRead() const;
  /// What is to be read in it, for those who do not see it.
  void describe(const QString& words);
  QString title() const;
  void setTimeLabels(bool shown);
  /// Milliseconds that the last replot took.
  double replotMillis() const;
  /// How many markers are in view.
  std::size_t markersShown() const;
  /// Asks where to save; a seam for tests. Empty: nowhere.
  using AskFile = std::function<QString(QWidget*, const QString& suggestion)>;
  static void setAskFile(AskFile ask);

 signals:
  void focused();  ///< the keyboard came to it, or left

 protected:
  /// Puts what [from, to] holds into the canvas; at most two values for each pixel.
  virtual void fill(double from, double to, int pixels) = 0;
  /// Colours, after the palette changed and once at the beginning.
  virtual void restyle(bool dark) = 0;
  /// Sets the range of the values from what was filled in; not called while a person chose it.
  virtual void fitValues() = 0;
  /// False: its values are fixed, and no gesture chooses among them.
  virtual bool choosesValues() const { return true; }
  /// A moment when `what` is pointed at, before the hint is made. `y`: in pixels; < 0: left.
  virtual void pointed(double at, double y) {
    Q_UNUSED(at);
    Q_UNUSED(y);
  }
  /// Everything is drawn anew at the next occasion.
  void touch();
  using LegendEntry = PlotHead::Entry;
  void setLegend(const std::vector<LegendEntry>& entries);
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

  QCPAxis* timeAxis() const;
  QCPAxis* valueAxis() const;
  TimeAxis& m_axis;

 private:
  void applyPalette();
  void draw();
  void drawMarkers(double from, double to);
  void showCrosshair();
  void openMenu(const QPoint& at);
  bool paintOn(QPaintDevice& device) const;
  void saveAs(const QString& suffix, bool (LivePlot::*save)(const QString&) const);
  bool onMouse(QEvent* event);
  void chooseValues();
  bool onKey(int key, Qt::KeyboardModifiers modifiers);
  void moveCrosshair(double seconds);

  QString m_name;
  const MarkerLog& m_markers;
  QCustomPlot* m_canvas;
  PlotHead* m_head;
  QCPItemStraightLine* m_crosshair;
  std::vector<QCPItemStraightLine*> m_lines;  // of markers, reused
  QRubberBand* m_band = nullptr;
  std::uint64_t m_version = 0;
  std::uint64_t m_markersDrawn = 0;
  double m_drawnFrom = 0;
  double m_drawnTo = 0;
  bool m_dirty = true;
  bool m_fits = true;  // no person chose the range of values
  bool m_dragging = false;
  QPoint m_pressed;
  double m_pressedFrom = 0;
  double m_pressedTo = 0;
};

}  // namespace sluice::ui
