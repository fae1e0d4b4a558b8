// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::dialect {

/// Finds one member of a JSON object that arrives piece by piece, without keeping the rest: the text
/// of its value, when that is an object. Splits may be anywhere. What is not JSON yields nothing, or
/// something that is for the caller's parser to refuse. Confined to one thread.
class JsonMember {
 public:
  static constexpr std::size_t kMostKept = 16 * 1024;

  /// `name` is compared with keys as they are written: without escapes. It must outlive this.
  explicit JsonMember(std::string_view name) : m_name(name) {}

  void feed(std::string_view bytes);
  /// The value, once it is whole; of several, the first. Empty: not seen, not an object, or larger
  /// than kMostKept.
  std::string_view value() const { return m_done ? std::string_view(m_value) : std::string_view{}; }
  void reset();

 private:
  void mark(char c);

  std::string_view m_name;
  std::string m_key;    // of depth 1, as far as it has come
  std::string m_value;  // as far as it has come
  std::size_t m_depth = 0;
  bool m_inString = false;
  bool m_escaped = false;
  bool m_isKey = false;  // the string is a key of depth 1
  bool m_expectKey = false;
  bool m_matched = false;  // the last key of depth 1 was the name
  bool m_keeping = false;
  bool m_done = false;
};

}  // namespace sluice::dialect
