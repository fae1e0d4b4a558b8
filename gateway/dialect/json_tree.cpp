// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_tree.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>

namespace sluice::dialect {

namespace json = simdjson::ondemand;

namespace {

/// A text beyond this is rare, and its memory is given back.
constexpr std::size_t kMostKept = 1024 * 1024;

bool isBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  return text;
}

/// RFC 8259, section 6.
bool isNumber(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

/// The code unit of an escape \uXXXX that begins at `at`.
std::optional<unsigned> escapedUnit(std::string_view text, std::size_t at) {
  constexpr std::size_t kSize = 6;
  const std::string_view escape = text.substr(std::min(at, text.size()), kSize);
  if (escape.size() < kSize || !escape.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const char* end = escape.data() + kSize;
  const auto read = std::from_chars(escape.data() + 2, end, unit, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(unit) : std::nullopt;
}

constexpr unsigned kHigh = 0xd800;
constexpr unsigned kLow = 0xdc00;

bool isSurrogate(std::optional<unsigned> unit, unsigned first) {
  return unit && (*unit & 0xfc00) == first;
}

}  // namespace

bool mendSurrogates(std::string& text) {
  bool any = false;
  std::size_t at = 0;
  while ((at = text.find('\\', at)) != std::string::npos) {
    const auto unit = escapedUnit(text, at);
    if (isSurrogate(unit, kHigh) && isSurrogate(escapedUnit(text, at + 6), kLow)) {
      at += 12;
    } else if (isSurrogate(unit, kHigh) || isSurrogate(unit, kLow)) {
      text.replace(at, 6, "\\ufffd");
      any = true;
      at += 6;
    } else {
      at += 2;  // what is escaped may be a backslash
    }
  }
  return any;
}

// ---- values

JsonType JsonValue::type() const {
  return m_node ? m_node->type : JsonType::Null;
}
std::string_view JsonValue::raw() const {
  return m_node ? m_node->raw : std::string_view("null");
}
std::string_view JsonValue::key() const {
  return m_node ? m_node->key : std::string_view{};
}
std::string_view JsonValue::text() const {
  return m_node ? m_node->text : std::string_view{};
}
std::string_view JsonValue::piece() const {
  return m_node && m_node->piece ? std::string_view(m_node->piece, m_node->text.size()) : text();
}
bool JsonValue::isTrue() const {
  return isBoolean() && m_node->raw == "true";
}

std::optional<double> JsonValue::number() const {
  if (!isNumber()) return std::nullopt;
  double value = 0;
  const std::string_view text = m_node->raw;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> JsonValue::integer() const {
  if (!isNumber()) return std::nullopt;
  std::int64_t value = 0;
  const std::string_view text = m_node->raw;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end) return value;
  const auto real = number();
  if (!real || *real != std::trunc(*real) || std::abs(*real) > 9.0e15) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::uint64_t> JsonValue::count() const {
  const auto value = integer();
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

JsonValue JsonValue::operator[](std::string_view name) const {
  JsonValue found;
  if (!isObject()) return found;
  for (const JsonValue member : *this) {
    if (member.key() == name) found = member;
  }
  return found;
}

JsonValue::Iterator JsonValue::begin() const {
  return Iterator(m_node ? m_node + 1 : nullptr);
}
JsonValue::Iterator JsonValue::end() const {
  return Iterator(m_node ? m_node + m_node->next : nullptr);
}
bool JsonValue::empty() const {
  return begin() == end();
}

// ---- reading

struct JsonTree::Impl {
  json::parser parser;
  std::string padded;
  std::vector<JsonValue::Node> nodes;
  json::document document;
  std::deque<std::string> pieces;  // those that are not as their texts
  bool mended = false;

  bool readMended();
  void keepHalves(JsonValue::Node& node, std::string_view asItCame);
  bool readPadded();
  bool walk(json::value value, std::string_view key, int depth);
  bool walkObject(json::value value, int depth);
  bool walkArray(json::value value, int depth);
};

bool JsonTree::Impl::walkObject(json::value value, int depth) {
  json::object object;
  if (value.get_object().get(object)) return false;
  for (auto field : object) {
    std::string_view key;
    json::value member;
    if (field.unescaped_key().get(key) || field.value().get(member)) return false;
    if (!walk(member, key, depth + 1)) return false;
  }
  return true;
}

bool JsonTree::Impl::walkArray(json::value value, int depth) {
  json::array array;
  if (value.get_array().get(array)) return false;
  for (auto element : array) {
    json::value one;
    if (element.get(one) || !walk(one, {}, depth + 1)) return false;
  }
  return true;
}

bool JsonTree::Impl::walk(json::value value, std::string_view key, int depth) {
  if (depth > kDeepest) return false;
  json::json_type type;
  if (value.type().get(type)) return false;
  const std::size_t index = nodes.size();
  nodes.emplace_back().key = key;
  const std::string_view token = trimmed(value.raw_json_token());
  switch (type) {
    case json::json_type::object:
    case json::json_type::array: {
      const bool isObject = type == json::json_type::object;
      if (!(isObject ? walkObject(value, depth) : walkArray(value, depth))) return false;
      // What follows begins at the next token; of the root, at the end.
      const char* end = padded.data() + padded.size();
      const char* next = nullptr;
      if (document.current_location().get(next) == simdjson::SUCCESS) end = next;
      JsonValue::Node& node = nodes[index];
      node.type = isObject ? JsonType::Object : JsonType::Array;
      node.raw = trimmed({token.data(), static_cast<std::size_t>(end - token.data())});
      node.next = static_cast<std::uint32_t>(nodes.size() - index);
      return true;
    }
    case json::json_type::string: {
      JsonValue::Node& node = nodes[index];
      node.type = JsonType::String;
      node.raw = token;
      return value.get_string().get(node.text) == simdjson::SUCCESS;
    }
    case json::json_type::number:
      nodes[index].type = JsonType::Number;
      break;
    case json::json_type::boolean:
      nodes[index].type = JsonType::Boolean;
      break;
    case json::json_type::null:
      break;
  }
  nodes[index].raw = token;
  return type == json::json_type::number    ? isNumber(token)
         : type == json::json_type::boolean ? token == "true" || token == "false"
                                            : token == "null";
}

bool JsonTree::Impl::readPadded() {
  nodes.clear();
  if (parser.iterate(padded.data(), padded.size(), padded.capacity()).get(document)) return false;
  json::value root;
  return document.get_value().get(root) == simdjson::SUCCESS && walk(root, {}, 0) &&
         document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// Of a string's token as it was, and of what it was made: the same but for halves of characters, each an
/// escape of six bytes. What stands within a text stays mended: there is nothing it could be joined with.
void JsonTree::Impl::keepHalves(JsonValue::Node& node, std::string_view asItCame) {
  constexpr std::size_t kEscape = 6;
  constexpr std::size_t kHalf = 3;  // bytes, as U+FFFD has
  std::string piece(node.text);
  const auto keep = [&](std::size_t escape, std::size_t at, unsigned surrogate) {
    const auto unit = escapedUnit(asItCame, escape);
    if (!isSurrogate(unit, surrogate)) return;
    if (asItCame.substr(escape, kEscape) == node.raw.substr(escape, kEscape))
      return;  // one of a pair
    piece[at] = '\xed';
    piece[at + 1] = static_cast<char>(0x80u | (*unit >> 6 & 0x3fu));
    piece[at + 2] = static_cast<char>(0x80u | (*unit & 0x3fu));
  };
  if (asItCame == node.raw || piece.size() < kHalf) return;
  keep(1, 0, kLow);
  keep(asItCame.size() - 1 - kEscape, piece.size() - kHalf, kHigh);
  node.piece = pieces.emplace_back(std::move(piece)).data();
}

bool JsonTree::Impl::readMended() {
  const std::string asItCame = padded;
  mended = mendSurrogates(padded) && readPadded();
  if (!mended) return false;
  for (JsonValue::Node& node : nodes) {
    if (node.type != JsonType::String) continue;
    const auto at = static_cast<std::size_t>(node.raw.data() - padded.data());
    keepHalves(node, std::string_view(asItCame).substr(at, node.raw.size()));
  }
  return true;
}

JsonTree::JsonTree() : m_impl(std::make_unique<Impl>()) {}
JsonTree::~JsonTree() = default;

JsonValue JsonTree::read(std::string_view text) {
  if (m_impl->padded.capacity() > kMostKept && text.size() < kMostKept) {
    m_impl = std::make_unique<Impl>();
  }
  Impl& impl = *m_impl;
  impl.padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  impl.padded.assign(text);
  impl.pieces.clear();
  impl.mended = false;
  // Few texts need it: they are read twice, and no other is looked through.
  if (!impl.readPadded() && !impl.readMended()) return {};
  return JsonValue(impl.nodes.data());
}

bool JsonTree::mended() const {
  return m_impl->mended;
}

}  // namespace sluice::dialect
