// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/marker_log.h"

#include "ui/model/event_words.h"
#include "ui/model/seconds.h"

namespace sluice::ui {

void MarkerLog::add(const Event& event) {
  Marker marker{toSeconds(event.at), Marker::Kind::Config, eventWords(event)};
  switch (event.kind) {
    case Event::Kind::ConfigApplied:
      break;
    case Event::Kind::Started:
      marker.kind = Marker::Kind::Started;
      break;
    case Event::Kind::Stopped:
      marker.kind = Marker::Kind::Stopped;
      break;
    default:
      return;
  }
  ++m_version;
  if (!m_markers.empty() && m_markers.back().kind == marker.kind &&
      marker.at - m_markers.back().at < kTogether) {
    m_markers.back() = std::move(marker);
    return;
  }
  m_markers.push_back(std::move(marker));
  if (m_markers.size() > kMost) m_markers.pop_front();
}

std::vector<Marker> MarkerLog::between(double from, double to) const {
  std::vector<Marker> found;
  for (const Marker& marker : m_markers) {
    if (marker.at >= from && marker.at <= to) found.push_back(marker);
  }
  return found;
}

}  // namespace sluice::ui
