// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <optional>

namespace sluice::ui {

/// The time that all plots of a page show: it follows now ("live") until somebody looks elsewhere,
/// and follows again on request. Times are engine time in seconds. Confined to the UI thread.
class TimeAxis final : public QObject {
  Q_OBJECT
 public:
  static constexpr double kLeast = 2;      ///< seconds; no zoom goes below
  static constexpr double kAll = 0;        ///< as a span: everything there is
  static constexpr double kShortest = 30;  ///< while there is little history

  explicit TimeAxis(QObject* parent = nullptr) : QObject(parent) {}

  /// With every snapshot. `first`: begin of what is known.
  void advance(double first, double now);

  bool live() const { return m_live; }
  double from() const { return m_from; }
  double to() const { return m_to; }
  double now() const { return m_now; }
  /// Seconds of history there are.
  double known() const { return m_now - m_first; }
  /// How far the right edge is behind now; 0 when live.
  double behind() const { return m_live ? 0 : m_now - m_to; }
  /// What is shown while live: seconds, or kAll.
  double span() const { return m_span; }
  void setSpan(double seconds);

  // Each of these leaves live.
  /// `factor` < 1 comes closer; the moment `at` stays where it is.
  void zoom(double factor, double at);
  void pan(double seconds);
  void look(double from, double to);
  void pause();

  void returnToLive();
  /// Space: pauses, or returns.
  void toggle() { m_live ? pause() : returnToLive(); }

  /// What is under the pointer, on whichever plot; nothing: the pointer is elsewhere.
  std::optional<double> hovered() const { return m_hovered; }
  void hover(std::optional<double> at);

 signals:
  void moved();           ///< from() or to() are others
  void modeChanged();     ///< live, or its span, changed
  void returnedToLive();  ///< plots give up what they had been zoomed to
  void hoverChanged();

 private:
  void follow();
  void detach();
  void set(double from, double to);

  double m_first = 0;
  double m_now = 0;
  double m_from = 0;
  double m_to = 0;
  double m_span = 300;
  bool m_live = true;
  std::optional<double> m_hovered;
};

}  // namespace sluice::ui
