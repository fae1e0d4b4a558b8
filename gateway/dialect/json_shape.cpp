// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_shape.h"

namespace sluice::dialect {

namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

int hexOf(char c) {
  if (isDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool JsonShape::takeInString(char c) {
  if (m_hex > 0) {
    const int digit = hexOf(c);
    if (digit < 0) return false;
    m_unit = static_cast<std::uint16_t>(m_unit << 4 | digit);
    if (--m_hex > 0) return true;
    const bool isLow = m_unit >= 0xDC00 && m_unit <= 0xDFFF;
    if (isLow != m_wantsLow) return false;
    m_wantsLow = m_unit >= 0xD800 && m_unit <= 0xDBFF;
    return true;
  }
  if (m_escaped) {
    m_escaped = false;
    if (c == 'u') {
      m_hex = 4;
      m_unit = 0;
      return true;
    }
    return !m_wantsLow && std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
  }
  if (c == '\\') {
    m_escaped = true;
    return true;
  }
  if (m_wantsLow || static_cast<unsigned char>(c) < 0x20) return false;
  if (c == '"') m_next = m_isKey ? Next::Colon : Next::CommaOrEnd;
  return true;
}

/// A number ends with what is not of it.
bool JsonShape::takeInNumber(char c) {
  const bool digit = isDigit(c);
  const bool isE = c == 'e' || c == 'E';
  switch (m_digits) {
    case Digits::Minus:
      m_digits = c == '0' ? Digits::Zero : Digits::Whole;
      return digit;
    case Digits::Whole:
      if (digit) return true;
      [[fallthrough]];
    case Digits::Zero:
      if (c == '.' || isE) {
        m_digits = isE ? Digits::E : Digits::Point;
        return true;
      }
      break;
    case Digits::Point:
      m_digits = Digits::Fraction;
      return digit;
    case Digits::Fraction:
      if (digit) return true;
      if (isE) {
        m_digits = Digits::E;
        return true;
      }
      break;
    case Digits::E:
      m_digits = digit ? Digits::Exponent : Digits::Sign;
      return digit || c == '+' || c == '-';
    case Digits::Sign:
      m_digits = Digits::Exponent;
      return digit;
    case Digits::Exponent:
      if (digit) return true;
      break;
  }
  m_next = Next::CommaOrEnd;
  return takeStructure(c);
}

bool JsonShape::beginValue(char c) {
  if (c == '{' || c == '[') {
    if (m_open.size() == kDeepest) return false;
    m_open += c;
    m_next = c == '{' ? Next::KeyOrEnd : Next::ValueOrEnd;
    return true;
  }
  if (c == '"') {
    m_isKey = false;
    m_next = Next::String;
    return true;
  }
  if (c == '-' || isDigit(c)) {
    m_digits = c == '-' ? Digits::Minus : c == '0' ? Digits::Zero : Digits::Whole;
    m_next = Next::Number;
    return true;
  }
  m_word = c == 't' ? "rue" : c == 'f' ? "alse" : c == 'n' ? "ull" : "";
  m_next = Next::Word;
  return !m_word.empty();
}

bool JsonShape::close(char c) {
  if (m_open.empty() || (c == '}') != (m_open.back() == '{')) return false;
  m_open.pop_back();
  m_next = Next::CommaOrEnd;
  if (m_open.empty()) m_state = State::Complete;
  return true;
}

bool JsonShape::takeStructure(char c) {
  if (isBlank(c)) return true;
  switch (m_next) {
    case Next::ValueOrEnd:
      return c == ']' ? close(c) : beginValue(c);
    case Next::Value:
      return beginValue(c);
    case Next::KeyOrEnd:
      if (c == '}') return close(c);
      [[fallthrough]];
    case Next::Key:
      m_isKey = true;
      m_next = Next::String;
      return c == '"';
    case Next::Colon:
      m_next = Next::Value;
      return c == ':';
    default:
      break;
  }
  if (c == '}' || c == ']') return close(c);
  m_next = m_open.back() == '{' ? Next::Key : Next::Value;
  return c == ',';
}

bool JsonShape::take(char c) {
  switch (m_next) {
    case Next::String:
      return takeInString(c);
    case Next::Number:
      return takeInNumber(c);
    case Next::Word:
      if (c != m_word.front()) return false;
      m_word.remove_prefix(1);
      if (m_word.empty()) m_next = Next::CommaOrEnd;
      return true;
    default:
      return takeStructure(c);
  }
}

void JsonShape::feed(std::string_view fragment) {
  for (const char c : fragment) {
    if (m_state == State::Wrong) return;
    if (m_state == State::Within) {
      if (!take(c)) m_state = State::Wrong;
    } else if (!isBlank(c)) {
      // Nothing has come, or all of it.
      const bool begins = m_state == State::Empty && c == '{' && beginValue(c);
      m_state = begins ? State::Within : State::Wrong;
    }
  }
}

}  // namespace sluice::dialect
