// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::net {

/// Compares field names and tokens of HTTP: ASCII, case-insensitive. In the header, as a request's names
/// are compared some two hundred times, of which most differ in length already.
inline bool equalsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Whether a comma-separated field value holds `token` (RFC 9110 5.6.1), case-insensitive.
bool hasToken(std::string_view list, std::string_view token);

class HttpHead;
/// The same in any field of that name: a list may come in several (RFC 9110 5.3).
bool hasToken(const HttpHead& head, std::string_view name, std::string_view token);

/// The head of one HTTP/1.x message, request or response. Storage is kept between messages, so
/// that a connection allocates nothing per request once it is warm. Confined to one thread.
class HttpHead {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  std::string method;     ///< requests
  std::string target;     ///< requests
  int status = 0;         ///< responses
  int version = 11;       ///< 10 or 11
  bool keepAlive = true;  ///< what the message asks for, by its version and Connection field

  void clear();
  void add(std::string_view name, std::string_view value);

  std::size_t size() const { return m_fields.size(); }
  /// The i-th field in order of arrival. Views live until clear() or add().
  Field operator[](std::size_t i) const {
    const Span& s = m_fields[i];
    return {{m_text.data() + s.name, s.nameSize}, {m_text.data() + s.value, s.valueSize}};
  }
  /// The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;

 private:
  struct Span {
    std::uint32_t name, nameSize, value, valueSize;
  };
  std::string m_text;
  std::vector<Span> m_fields;
};

/// "name: value\r\n", appended.
void appendField(std::string& out, std::string_view name, std::string_view value);
void appendNumber(std::string& out, std::uint64_t value);

/// The registered reason phrase, or "Unknown".
std::string_view reasonPhrase(int status);

}  // namespace sluice::net
