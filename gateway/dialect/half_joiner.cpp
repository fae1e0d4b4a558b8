// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/half_joiner.h"

#include <utility>

namespace sluice::dialect {

namespace {

using Type = StreamEvent::Type;

constexpr std::size_t kHalf = 3;  // bytes
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool isText(Type type) {
  return type == Type::Text || type == Type::Refusal || type == Type::Reasoning ||
         type == Type::ToolArguments;
}

/// Where the next half begins: ED A0 80 to ED BF BF, which no UTF-8 has. npos: there is none.
std::size_t findHalf(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\xed', from); at != std::string_view::npos;
       at = text.find('\xed', at + 1)) {
    if (at + kHalf <= text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0) return at;
  }
  return std::string_view::npos;
}

bool isFirst(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at + 1]) < 0xb0;
}

/// The ten bits of a half.
unsigned bitsOf(std::string_view text, std::size_t at) {
  return (static_cast<unsigned>(text[at + 1]) & 0x0fu) << 6 |
         (static_cast<unsigned>(text[at + 2]) & 0x3fu);
}

void appendJoined(std::string& out, unsigned first, unsigned second) {
  const unsigned point = 0x10000u + (first << 10 | second);
  out += static_cast<char>(0xf0u | point >> 18);
  out += static_cast<char>(0x80u | (point >> 12 & 0x3fu));
  out += static_cast<char>(0x80u | (point >> 6 & 0x3fu));
  out += static_cast<char>(0x80u | (point & 0x3fu));
}

/// Appends a text with halves as UTF-8. What is left: the half at its end that may still find another.
std::string_view appendText(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t at = findHalf(text, 0); at != std::string_view::npos;
       at = findHalf(text, from)) {
    out.append(text.substr(from, at - from));
    from = at + kHalf;
    if (!isFirst(text, at)) {
      out.append(kReplacement);
    } else if (from == text.size()) {
      return text.substr(at);
    } else if (findHalf(text, from) == from && !isFirst(text, from)) {
      appendJoined(out, bitsOf(text, at), bitsOf(text, from));
      from += kHalf;
    } else {
      out.append(kReplacement);
    }
  }
  out.append(text.substr(from));
  return {};
}

}  // namespace

void HalfJoiner::settle() {
  m_half.clear();
  m_sink.on({.type = m_type, .text = kReplacement});
}

void HalfJoiner::on(const StreamEvent& event) {
  if (!m_half.empty() && event.type != m_type && event.type != Type::Usage) settle();
  const bool waits = !m_half.empty();
  if (!isText(event.type) || (!waits && findHalf(event.text, 0) == std::string_view::npos)) {
    m_sink.on(event);
    return;
  }
  const std::string whole = std::exchange(m_half, {}).append(event.text);
  m_text.clear();
  m_half = appendText(m_text, whole);
  m_type = event.type;
  if (m_text.empty()) return;
  StreamEvent joined = event;
  joined.text = m_text;
  m_sink.on(joined);
}

}  // namespace sluice::dialect
