// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_member.h"

#include <algorithm>

namespace sluice::dialect {

void JsonMember::feed(std::string_view bytes) {
  // Bytes from the next quote on, itself included; 0: there is none. More than are left: look anew.
  std::size_t fromQuote = std::string_view::npos;
  while (!bytes.empty() && !m_done) {
    if (!m_inString) {
      feedPlain(bytes.front());
      bytes.remove_prefix(1);
      continue;
    }
    if (m_escaped) {
      m_escaped = false;
      if (m_isKey) m_key += bytes.front();
      if (m_keeping) m_value += bytes.front();
      bytes.remove_prefix(1);
      continue;
    }
    // Most of an answer is the text of one string.
    if (fromQuote > bytes.size()) {
      fromQuote = bytes.size() - std::min(bytes.size(), bytes.find('"'));
    }
    const std::size_t quote = bytes.size() - fromQuote;
    std::size_t stop = bytes.substr(0, quote).find('\\');
    if (stop == std::string_view::npos && fromQuote > 0) stop = quote;
    const std::string_view run = bytes.substr(0, stop);
    if (m_isKey && m_key.size() <= m_name.size()) m_key.append(run.substr(0, m_name.size() + 1));
    if (m_keeping) m_value.append(run);
    if (stop == std::string_view::npos) break;
    const char c = bytes[stop];
    bytes.remove_prefix(stop + 1);
    if (m_keeping) m_value += c;
    if (c == '\\') {
      m_escaped = true;
      if (m_isKey) m_key += c;
      continue;
    }
    m_inString = false;
    if (m_isKey) {
      m_isKey = false;
      m_matched = m_key == m_name;
    }
  }
  if (m_value.size() > kMostKept) {
    m_value.clear();
    m_keeping = false;
  }
}

void JsonMember::feedPlain(char c) {
  if (m_keeping) m_value += c;
  switch (c) {
    case '"':
      m_inString = true;
      m_isKey = m_depth == 1 && m_expectKey;
      m_expectKey = false;
      m_key.clear();
      break;
    case '{':
    case '[':
      if (c == '{' && m_depth == 1 && m_matched) {
        m_keeping = true;
        m_value = "{";
      }
      ++m_depth;
      m_expectKey = m_depth == 1 && c == '{';
      break;
    case '}':
    case ']':
      if (m_depth > 0) --m_depth;
      if (m_keeping && m_depth == 1) {
        m_keeping = false;
        m_done = true;
      }
      break;
    case ',':
      if (m_depth == 1) {
        m_expectKey = true;
        m_matched = false;
      }
      break;
    default:
      break;
  }
}

void JsonMember::reset() {
  m_key.clear();
  m_value.clear();
  m_depth = 0;
  m_inString = m_escaped = m_isKey = m_expectKey = m_matched = m_keeping = m_done = false;
}

}  // namespace sluice::dialect
