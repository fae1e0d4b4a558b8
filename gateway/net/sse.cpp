// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/sse.h"

#include <utility>

#include "gateway/core/line_end.h"

namespace sluice::net {

namespace {
bool isDoneLine(std::string_view line) {
  constexpr std::string_view kData = "data:";
  if (!line.starts_with(kData)) return false;
  line.remove_prefix(kData.size());
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line.starts_with("[DONE]");
}
}  // namespace

std::string_view SseSplitter::feed(std::string_view bytes) {
  m_tail.erase(0, std::exchange(m_given, 0));
  // What comes whole is given on as it lies; only what is left over is copied.
  const bool whole = m_tail.empty();
  std::size_t scanned = m_tail.size();
  if (!whole) m_tail.append(bytes);
  const std::string_view text = whole ? bytes : std::string_view(m_tail);
  std::size_t eventStart = 0;
  while (scanned < text.size()) {
    if (m_afterCr) {
      m_afterCr = false;
      // The LF of a CRLF belongs to the line that ended with the CR.
      if (text[scanned] == '\n') {
        ++scanned;
        if (m_lineStart < scanned) m_lineStart = scanned;
        if (eventStart == scanned - 1) eventStart = scanned;
        continue;
      }
    }
    const std::size_t at = core::lineEnd(text, scanned);
    if (at == std::string::npos) break;
    const std::string_view line = text.substr(m_lineStart, at - m_lineStart);
    if (isDoneLine(line)) m_done = true;
    m_hasData = m_hasData || line.starts_with("data");
    m_afterCr = text[at] == '\r';
    scanned = at + 1;
    if (line.empty()) {
      if (std::exchange(m_hasData, false)) ++m_events;
      eventStart = scanned;
    }
    m_lineStart = scanned;
  }
  m_lineStart -= eventStart;
  if (whole) {
    m_tail.assign(bytes.substr(eventStart));
  } else {
    m_given = eventStart;
  }
  return text.substr(0, eventStart);
}

bool SseSplitter::restIsDone() const {
  const std::string_view all = rest();
  if (!isDoneLine(all)) return false;
  return all.find_first_not_of("\r\n", all.find(']') + 1) == std::string_view::npos;
}

void SseSplitter::release() {
  m_tail.erase(0, std::exchange(m_given, 0));
  m_tail.shrink_to_fit();
}

void SseSplitter::reset() {
  m_tail.clear();
  m_given = 0;
  m_lineStart = 0;
  m_events = 0;
  m_afterCr = false;
  m_done = false;
  m_hasData = false;
}

}  // namespace sluice::net
