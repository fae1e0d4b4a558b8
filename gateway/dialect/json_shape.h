// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::dialect {

/// How far the text of a JSON object (RFC 8259) has come that arrives in fragments, split anywhere, and
/// whether it still may become one. Keeps of it one character for each level that is open. Text must be
/// UTF-8.
class JsonShape {
 public:
  enum class State : std::uint8_t { Empty, Within, Complete, Wrong };
  static constexpr std::size_t kDeepest =
      200;  ///< deeper text is Wrong; JsonTree takes a little more

  void feed(std::string_view fragment);
  State state() const { return m_state; }

 private:
  /// What may come next. The last three: within a string, a number, a word.
  enum class Next : std::uint8_t {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    String,
    Number,
    Word
  };
  enum class Digits : std::uint8_t { Minus, Zero, Whole, Point, Fraction, E, Sign, Exponent };

  bool take(char c);
  bool takeInString(char c);
  bool takeInNumber(char c);
  bool takeStructure(char c);
  bool beginValue(char c);
  bool close(char c);

  std::string m_open;  // braces and brackets
  std::string_view m_word;
  State m_state = State::Empty;
  Next m_next = Next::Value;
  Digits m_digits = Digits::Minus;
  std::uint8_t m_hex = 0;    // digits of a \u that are still to come
  std::uint16_t m_unit = 0;  // as far as they have
  bool m_isKey = false;      // the string
  bool m_escaped = false;    // behind a backslash
  bool m_wantsLow = false;   // behind the first half of a pair
};

}  // namespace sluice::dialect
