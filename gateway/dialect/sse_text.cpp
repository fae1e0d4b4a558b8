// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/sse_text.h"

#include "gateway/core/line_end.h"

namespace sluice::dialect {

namespace {

/// Takes a line and its end.
std::string_view takeLine(std::string_view& text) {
  const std::size_t end = core::lineEnd(text);
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
    return line;
  }
  const bool both = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
  text.remove_prefix(end + (both ? 2 : 1));
  return line;
}

/// The value of the field, without the one blank before it.
bool takeField(std::string_view line, std::string_view name, std::string_view& value) {
  if (!line.starts_with(name)) return false;
  line.remove_prefix(name.size());
  if (!line.empty() && line.front() != ':') return false;
  if (!line.empty()) line.remove_prefix(1);
  if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  value = line;
  return true;
}

}  // namespace

std::optional<SseText> SseCutter::next(std::string_view& events) {
  if (events.empty()) return std::nullopt;
  SseText event;
  std::size_t lines = 0;
  while (!events.empty()) {
    const std::string_view line = takeLine(events);
    if (line.empty()) break;
    std::string_view value = line;
    if (line.starts_with('{') || takeField(line, "data", value)) {
      if (lines++ == 0) {
        event.data = value;
        continue;
      }
      if (lines == 2) m_joined.assign(event.data);
      m_joined.append("\n").append(value);
      event.data = m_joined;
    } else if (takeField(line, "event", value)) {
      event.name = value;
    }
  }
  return event;
}

}  // namespace sluice::dialect
