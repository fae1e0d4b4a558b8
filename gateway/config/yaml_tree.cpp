// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

namespace sluice::config {

namespace {

using Kind = YamlItem::Kind;

bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Gathers the parser's events. A key and its value are two items one after the other.
class Gatherer final : public YAML::EventHandler {
 public:
  std::optional<YamlItem> root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { leaf(Kind::Null, mark, {}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { leaf(Kind::Alias, mark, {}); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    leaf(Kind::Scalar, mark, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(Kind::List, mark, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(Kind::Map, mark, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlItem item;
    std::optional<YamlItem> key;
  };

  static std::size_t placeOf(const YAML::Mark& mark) {
    return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
  }
  void leaf(Kind kind, const YAML::Mark& mark, std::string value) {
    add({kind, false, placeOf(mark), std::move(value), {}, {}});
  }
  void open(Kind kind, const YAML::Mark& mark, YAML::EmitterStyle::value style) {
    m_open.push_back(
        {{kind, style == YAML::EmitterStyle::Flow, placeOf(mark), {}, {}, {}}, std::nullopt});
  }
  void close() {
    YamlItem done = std::move(m_open.back().item);
    m_open.pop_back();
    add(std::move(done));
  }
  void add(YamlItem item) {
    if (m_open.empty()) {
      if (!root) root = std::move(item);
      return;
    }
    Open& top = m_open.back();
    if (top.item.kind == Kind::List) {
      top.item.items.push_back(std::move(item));
    } else if (!top.key) {
      top.key = std::move(item);
    } else {
      top.item.entries.push_back({std::move(*top.key), std::move(item)});
      top.key.reset();
    }
  }

  std::vector<Open> m_open;
};

}  // namespace

std::optional<YamlTree> YamlTree::of(std::string_view text) {
  // The parser's places do not count a byte order mark.
  if (text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
  YamlTree tree(text);
  Gatherer gatherer;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(gatherer);
  } catch (const YAML::Exception&) {
    return std::nullopt;
  }
  if (!gatherer.root) return std::nullopt;
  tree.m_root = std::move(*gatherer.root);
  return tree;
}

std::size_t YamlTree::beginOf(const YamlItem& item) const {
  if (item.kind == Kind::Map && !item.flow && !item.entries.empty()) {
    return beginOf(item.entries.front().key);
  }
  std::size_t at = item.at;
  while (at < m_text.size() && (m_text[at] == '&' || m_text[at] == '!')) {
    while (at < m_text.size() && !blank(m_text[at])) ++at;
    at = skip(at);
  }
  return at;
}

std::optional<std::size_t> YamlTree::scalarEnd(const YamlItem& item) const {
  std::size_t at = beginOf(item);
  if (at >= m_text.size()) return std::nullopt;
  const char first = m_text[at];
  if (first == '|' || first == '>') return std::nullopt;
  if (first == '"' || first == '\'') {
    for (++at; at < m_text.size(); ++at) {
      if (first == '"' && m_text[at] == '\\') {
        ++at;
      } else if (m_text[at] == first) {
        const bool doubled = first == '\'' && at + 1 < m_text.size() && m_text[at + 1] == '\'';
        if (!doubled) return at + 1;
        ++at;
      }
    }
    return std::nullopt;
  }
  // A plain one may go over several lines, which are read as if parted by blanks.
  for (const char c : item.value) {
    if (at < m_text.size() && m_text[at] == c && c != '\n') {
      ++at;
    } else if ((c == ' ' || c == '\n') && at < m_text.size() && blank(m_text[at])) {
      while (at < m_text.size() && blank(m_text[at])) ++at;
    } else if (c != '\n') {
      return std::nullopt;
    }
  }
  return at;
}

std::optional<std::size_t> YamlTree::endOf(const YamlItem& item) const {
  switch (item.kind) {
    case Kind::Null:
      return beginOf(item);
    case Kind::Scalar:
      return scalarEnd(item);
    case Kind::Alias: {
      std::size_t at = item.at;
      while (at < m_text.size() && !blank(m_text[at]) && m_text[at] != ',' && m_text[at] != '}' &&
             m_text[at] != ']') {
        ++at;
      }
      return at;
    }
    case Kind::Map:
    case Kind::List:
      break;
  }
  std::optional<std::size_t> last;
  const bool map = item.kind == Kind::Map;
  if (map ? item.entries.empty() : item.items.empty()) {
    last = beginOf(item) + 1;
  } else {
    last = map ? endOf(item.entries.back()) : endOf(item.items.back());
  }
  if (!item.flow || !last) return last;
  const std::size_t close = skip(*last, ",");
  if (close >= m_text.size() || m_text[close] != (map ? '}' : ']')) return std::nullopt;
  return close + 1;
}

std::optional<std::size_t> YamlTree::endOf(const YamlEntry& entry) const {
  if (entry.value.kind != Kind::Null) return endOf(entry.value);
  const auto key = endOf(entry.key);
  if (!key) return std::nullopt;
  const std::size_t colon = m_text.find(':', *key);
  return colon == std::string_view::npos ? *key : colon + 1;
}

std::size_t YamlTree::lineBegin(std::size_t at) const {
  while (at > 0 && m_text[at - 1] != '\n') --at;
  return at;
}

std::size_t YamlTree::lineEnd(std::size_t at) const {
  const std::size_t newline = m_text.find('\n', at);
  return newline == std::string_view::npos ? m_text.size() : newline + 1;
}

std::size_t YamlTree::skip(std::size_t at, std::string_view also) const {
  while (at < m_text.size()) {
    const char c = m_text[at];
    if (c == '#' && (at == 0 || blank(m_text[at - 1]))) {
      at = lineEnd(at);
    } else if (blank(c) || also.find(c) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace sluice::config
