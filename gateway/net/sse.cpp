// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/sse.h"

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
  m_ready.clear();
  std::size_t scanned = m_tail.size();
  m_tail.append(bytes);
  std::size_t eventStart = 0;
  while (scanned < m_tail.size()) {
    if (m_afterCr) {
      m_afterCr = false;
      // The LF of a CRLF belongs to the line that ended with the CR.
      if (m_tail[scanned] == '\n') {
        ++scanned;
        if (m_lineStart < scanned) m_lineStart = scanned;
        if (eventStart == scanned - 1) {
          m_ready.push_back('\n');
          eventStart = scanned;
        }
        continue;
      }
    }
    const std::size_t at = core::lineEnd(m_tail, scanned);
    if (at == std::string::npos) break;
    const std::string_view line = std::string_view(m_tail).substr(m_lineStart, at - m_lineStart);
    if (isDoneLine(line)) m_done = true;
    m_afterCr = m_tail[at] == '\r';
    scanned = at + 1;
    m_lineStart = scanned;
    if (line.empty()) {
      m_ready.append(m_tail, eventStart, scanned - eventStart);
      eventStart = scanned;
    }
  }
  m_tail.erase(0, eventStart);
  m_lineStart -= eventStart;
  return m_ready;
}

void SseSplitter::reset() {
  m_tail.clear();
  m_ready.clear();
  m_lineStart = 0;
  m_afterCr = false;
  m_done = false;
}

}  // namespace sluice::net
