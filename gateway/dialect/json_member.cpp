// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_member.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace sluice::dialect {

namespace {

/// Bytes outside of strings that mean something here; the others are numbers, words, colons and blanks.
constexpr std::array<bool, 256> kMeans = [] {
  std::array<bool, 256> means{};
  for (const char c : {'"', ',', '{', '}', '[', ']'}) means[static_cast<unsigned char>(c)] = true;
  return means;
}();

/// The high bit of each byte that is 0, and maybe of some above the first of these.
constexpr std::uint64_t zeros(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  return (bytes - kOnes) & ~bytes & (kOnes << 7);
}

/// The next quote or backslash. Most strings are short keys: eight bytes are looked at at once, as a loop
/// over each ends where no processor foresees it. Most of an answer is the text of one that is not short,
/// and with few escapes: there the library's search is faster, in steps, as what it finds may lie behind
/// many of the others.
const char* endOfRun(const char* at, const char* end) {
  constexpr std::ptrdiff_t kSoon = 32;
  constexpr std::ptrdiff_t kStep = 512;
  constexpr std::ptrdiff_t kWord = sizeof(std::uint64_t);
  constexpr std::uint64_t kQuotes = 0x2222222222222222;
  constexpr std::uint64_t kBackslashes = 0x5c5c5c5c5c5c5c5c;
  if constexpr (std::endian::native == std::endian::little) {
    for (const char* soon = at + std::min(end - at, kSoon); soon - at >= kWord; at += kWord) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at, sizeof bytes);
      const std::uint64_t found = zeros(bytes ^ kQuotes) | zeros(bytes ^ kBackslashes);
      if (found != 0) return at + std::countr_zero(found) / 8;
    }
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

/// A byte outside of strings that means something.
inline void JsonMember::mark(char c) {
  switch (c) {
    case '"':
      m_inString = true;
      m_isKey = m_depth == 1 && m_expectKey;
      m_expectKey = false;
      m_key.clear();
      break;
    case ',':
      if (m_depth == 1) {
        m_expectKey = true;
        m_matched = false;
      }
      break;
    case '{':
    case '[':
      if (c == '{' && m_depth == 1 && m_matched) m_keeping = true;
      ++m_depth;
      m_expectKey = m_depth == 1 && c == '{';
      break;
    default:
      if (m_depth > 0) --m_depth;
      if (m_keeping && m_depth == 1) {
        m_keeping = false;
        m_done = true;
      }
      break;
  }
}

void JsonMember::feed(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  const char* kept = at;  // what is being kept begins there
  while (at < end && !m_done) {
    if (m_escaped) {
      m_escaped = false;
      if (m_isKey) m_key += *at;
      ++at;
      continue;
    }
    if (!m_inString) {
      while (at < end && !kMeans[static_cast<unsigned char>(*at)]) ++at;
      if (at == end) break;
      const bool keptBefore = m_keeping;
      mark(*at);
      if (m_keeping && !keptBefore) kept = at;
      ++at;
      if (m_done) m_value.append(kept, at);
      continue;
    }
    const char* const stop = endOfRun(at, end);
    if (m_isKey && m_key.size() <= m_name.size()) {
      m_key.append(at, std::min<std::size_t>(stop - at, m_name.size() + 1));
    }
    if (stop == end) break;
    at = stop + 1;
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
  if (m_keeping) m_value.append(kept, end);
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
