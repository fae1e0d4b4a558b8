// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/event_array.h"

#include "gateway/core/line_end.h"

namespace sluice::exchange {

void EventArray::append(std::string_view events, std::string& out) {
  bool inEvent = false;
  while (!events.empty()) {
    const std::size_t end = core::lineEnd(events);
    std::string_view line = events.substr(0, end);
    if (end == std::string_view::npos) {
      events = {};
    } else {
      events.remove_prefix(end + (events.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    if (line.empty()) inEvent = false;
    constexpr std::string_view kData = "data:";
    if (!line.starts_with(kData)) continue;
    line.remove_prefix(kData.size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    // Data of several lines is one element: a line end between tokens is a blank to JSON.
    out.append(inEvent ? "\n" : m_begun ? ",\r\n" : "[").append(line);
    m_begun = inEvent = true;
  }
}

void EventArray::end(std::string& out) {
  out.append(m_begun ? "]" : "[]");
}

std::string EventArray::ofError(std::string_view body) {
  if (body.starts_with('[')) return std::string(body);  // as the provider has it
  std::string array = "[";
  return array.append(body).append("]");
}

}  // namespace sluice::exchange
