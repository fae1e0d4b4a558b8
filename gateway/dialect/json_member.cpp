// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_member.h"

#include <algorithm>
#include <cstring>

namespace sluice::dialect {

inline void JsonMember::feedPlain(char c) {
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

namespace {

/// The next quote or backslash. Most strings are short keys; most of an answer is the text of one that is
/// not, and with few escapes: there the library's search is faster, in steps, as what it finds may lie
/// behind many of the others.
const char* endOfRun(const char* at, const char* end) {
  constexpr std::ptrdiff_t kSoon = 32;
  constexpr std::ptrdiff_t kStep = 512;
  for (const char* soon = at + std::min(end - at, kSoon); at < soon; ++at) {
    if (*at == '"' || *at == '\\') return at;
  }
  while (at < end) {
    const char* stop = at + std::min(end - at, kStep);
    for (const char c : {'"', '\\'}) {
      const void* found = std::memchr(at, c, static_cast<std::size_t>(stop - at));
      if (found) stop = static_cast<const char*>(found);
    }
    if (stop < end && (*stop == '"' || *stop == '\\')) return stop;
    at = stop;
  }
  return end;
}

}  // namespace

void JsonMember::feed(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at < end && !m_done) {
    if (!m_inString) {
      feedPlain(*at++);
      continue;
    }
    if (m_escaped) {
      m_escaped = false;
      if (m_isKey) m_key += *at;
      if (m_keeping) m_value += *at;
      ++at;
      continue;
    }
    const char* const stop = endOfRun(at, end);
    const std::string_view run(at, static_cast<std::size_t>(stop - at));
    if (m_isKey && m_key.size() <= m_name.size()) m_key.append(run.substr(0, m_name.size() + 1));
    if (m_keeping) m_value.append(run);
    if (stop == end) break;
    at = stop + 1;
    if (m_keeping) m_value += *stop;
    if (*stop == '\\') {
      m_escaped = true;
      if (m_isKey) m_key += *stop;
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

void JsonMember::reset() {
  m_key.clear();
  m_value.clear();
  m_depth = 0;
  m_inString = m_escaped = m_isKey = m_expectKey = m_matched = m_keeping = m_done = false;
}

}  // namespace sluice::dialect
