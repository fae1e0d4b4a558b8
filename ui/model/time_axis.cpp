// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/time_axis.h"

#include <algorithm>
#include <array>

namespace sluice::ui {

void TimeAxis::advance(double first, double now) {
  m_first = first;
  m_now = now;
  if (m_live) follow();
}

void TimeAxis::follow() {
  const double known = m_now - m_first;
  // A young history is not drawn as a sliver at the right: the span grows with it, in few steps.
  static constexpr std::array<double, 7> kSteps = {kShortest, 60, 120, 300, 900, 3600, 6 * 3600};
  const auto step = std::ranges::find_if(kSteps, [&](double s) { return s >= known; });
  const double grown = step == kSteps.end() ? known : *step;
  const double span = m_span == kAll ? std::max(known, kShortest) : std::min(m_span, grown);
  set(m_now - span, m_now);
}

void TimeAxis::set(double from, double to) {
  if (from == m_from && to == m_to) return;
  m_from = from;
  m_to = to;
  emit moved();
}

void TimeAxis::setSpan(double seconds) {
  m_span = seconds;
  m_live = true;
  follow();
  emit modeChanged();
  emit returnedToLive();
}

void TimeAxis::detach() {
  if (!m_live) return;
  m_live = false;
  emit modeChanged();
}

void TimeAxis::pause() {
  detach();
}

void TimeAxis::look(double from, double to) {
  detach();
  const double width = std::max(to - from, kLeast);
  // The newest moment cannot be passed; there is no use in leaving what is known altogether.
  const double end = std::clamp(to, std::min(m_first + width / 2, m_now), m_now);
  set(end - width, end);
}

void TimeAxis::zoom(double factor, double at) {
  const double width = std::clamp((m_to - m_from) * factor, kLeast, 7 * 24 * 3600.0);
  const double share = (at - m_from) / (m_to - m_from);
  look(at - share * width, at + (1 - share) * width);
}

void TimeAxis::pan(double seconds) {
  look(m_from + seconds, m_to + seconds);
}

void TimeAxis::returnToLive() {
  const bool was = m_live;
  m_live = true;
  follow();
  if (!was) emit modeChanged();
  emit returnedToLive();
}

void TimeAxis::hover(std::optional<double> at) {
  if (at == m_hovered) return;
  m_hovered = at;
  emit hoverChanged();
}

}  // namespace sluice::ui
