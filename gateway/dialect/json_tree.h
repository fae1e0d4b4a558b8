// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::dialect {

enum class JsonType : std::uint8_t { Null, Boolean, Number, String, Array, Object };

/// A node of a JsonTree. Small, copied freely; lives until the tree reads again.
class JsonValue {
 public:
  /// As if it were null: what is not there.
  JsonValue() = default;

  bool exists() const { return m_node != nullptr; }
  explicit operator bool() const { return exists(); }
  JsonType type() const;
  /// Absent or null.
  bool isNull() const { return type() == JsonType::Null; }
  bool isString() const { return type() == JsonType::String; }
  bool isObject() const { return type() == JsonType::Object; }
  bool isArray() const { return type() == JsonType::Array; }
  bool isNumber() const { return type() == JsonType::Number; }
  bool isBoolean() const { return type() == JsonType::Boolean; }

  /// Its text as it came, without blanks around it; "null" when absent.
  std::string_view raw() const;
  /// Of a member of an object, unescaped.
  std::string_view key() const;
  /// Of a string, unescaped; else empty.
  std::string_view text() const;
  /// The same, of a text that comes in pieces: half of a character at its beginning or its end, which
  /// text() gives as U+FFFD, is three bytes that no UTF-8 has (WTF-8: a surrogate written as if it were a
  /// character), so that it can be joined with the other half.
  std::string_view piece() const;
  bool isTrue() const;
  std::optional<double> number() const;
  /// Of a number that is whole and fits, also when written 1.0 or 1e3.
  std::optional<std::int64_t> integer() const;
  /// The same, not negative.
  std::optional<std::uint64_t> count() const;

  /// A member of an object: of several of that name the last, as most parsers have it.
  JsonValue operator[](std::string_view name) const;

  /// Over the members of an object, or the elements of an array; over nothing for the rest.
  class Iterator;
  Iterator begin() const;
  Iterator end() const;
  /// Nothing is in it.
  bool empty() const;

 private:
  friend class JsonTree;
  struct Node;
  explicit JsonValue(const Node* node) : m_node(node) {}
  const Node* m_node = nullptr;
};

struct JsonValue::Node {
  std::string_view raw;
  std::string_view key;
  std::string_view text;
  const char* piece = nullptr;  ///< of the text's size; null: it is the text
  std::uint32_t next = 1;       ///< nodes from this to the one behind its subtree
  JsonType type = JsonType::Null;
};

class JsonValue::Iterator {
 public:
  explicit Iterator(const Node* node) : m_node(node) {}
  JsonValue operator*() const { return JsonValue(m_node); }
  Iterator& operator++() {
    m_node += m_node->next;
    return *this;
  }
  bool operator==(const Iterator&) const = default;

 private:
  const Node* m_node;
};

/// Escapes of surrogates that stand alone become that of U+FFFD, in place: who cuts a text in two may cut
/// an emoji, and no UTF-8 can say a half. False: there are none. Of text that is no JSON nothing is said.
bool mendSurrogates(std::string& text);

/// JSON text, checked whole and laid out for reading in any order, with the text of each value at
/// hand. On simdjson; keeps its memory between calls, so that reading like texts allocates nothing.
/// Confined to one thread.
class JsonTree {
 public:
  /// Deeper text is refused.
  static constexpr int kDeepest = 256;

  JsonTree();
  ~JsonTree();

  /// Absent: it is not one valid JSON object or array; surrogates that stand alone are mended. The value
  /// points into a copy of `text`, and lives until the next call.
  JsonValue read(std::string_view text);
  /// Something in the last text had to be mended.
  bool mended() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace sluice::dialect
