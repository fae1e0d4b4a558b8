// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

struct YamlEntry;

/// Where things stand in a YAML text: the parser's events as a tree, each with its place.
struct YamlItem {
  enum class Kind { Null, Scalar, Alias, Map, List };
  Kind kind = Kind::Null;
  bool flow = false;               ///< written in braces or brackets
  std::size_t at = 0;              ///< byte where it begins, or where its anchor or tag does
  std::string value;               ///< of a scalar, as read
  std::vector<YamlEntry> entries;  ///< of a map
  std::vector<YamlItem> items;     ///< of a list
};

struct YamlEntry {
  YamlItem key;
  YamlItem value;
};

/// A YAML text and its first document. Places are bytes of the text.
class YamlTree {
 public:
  /// Keeps a view of the text. Nothing for a text that is not YAML, or begins with a byte order mark.
  static std::optional<YamlTree> of(std::string_view text);

  const YamlItem& root() const { return m_root; }
  /// Where the item itself begins, after an anchor or a tag.
  std::size_t beginOf(const YamlItem& item) const;
  /// The byte after its last one; nothing where that cannot be told (block scalars).
  std::optional<std::size_t> endOf(const YamlItem& item) const;
  /// The byte after an entry of a map: of its value, or of its colon when it has none.
  std::optional<std::size_t> endOf(const YamlEntry& entry) const;

  /// First byte of the line that holds `at`.
  std::size_t lineBegin(std::size_t at) const;
  /// The byte after the line that holds `at`, its line break included.
  std::size_t lineEnd(std::size_t at) const;
  /// Bytes from the line's first to `at`.
  std::size_t columnOf(std::size_t at) const { return at - lineBegin(at); }
  /// The first byte from `at` on that is neither blank nor of a comment nor `also`.
  std::size_t skip(std::size_t at, std::string_view also = {}) const;

 private:
  explicit YamlTree(std::string_view text) : m_text(text) {}
  std::optional<std::size_t> scalarEnd(const YamlItem& item) const;

  std::string_view m_text;
  YamlItem m_root;
};

}  // namespace sluice::config
