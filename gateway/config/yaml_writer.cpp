// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_writer.h"

#include <algorithm>
#include <string_view>

namespace sluice::config {

namespace {

constexpr std::size_t kShort = 90;

/// Whether a text means itself without quotes, in a map over lines and in braces alike.
bool plain(std::string_view text) {
  if (text.empty() || text == "~" || text.front() == ' ' || text.back() == ' ') return false;
  for (const std::string_view none : {"null", "Null", "NULL"}) {
    if (text == none) return false;
  }
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    if (std::string_view(",[]{}").find(c) != std::string_view::npos) return false;
    if (c == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) return false;
    if (c == '#' && text[i - 1] == ' ') return false;
  }
  return true;
}

}  // namespace

std::string YamlWriter::scalar(const Json& value, char quote) const {
  if (!value.is_string()) return quote != 0 ? quote + value.dump() + quote : value.dump();
  const auto& text = value.get_ref<const std::string&>();
  const bool control =
      std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (json || quote == '"' || control) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);  // texts may hold any bytes
  }
  if (quote == 0 && plain(text)) return text;
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + '\'';
}

std::string YamlWriter::flow(const Json& value, char quote) const {
  std::string out;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += (out.empty() ? "" : ", ") + scalar(key, 0) + ": " + flow(member);
    }
    return "{" + out + "}";
  }
  if (value.is_array()) {
    for (const Json& element : value) out += (out.empty() ? "" : ", ") + flow(element);
    return "[" + out + "]";
  }
  return scalar(value, quote);
}

std::string YamlWriter::element(const Json& value, std::size_t indent, bool block) const {
  if (!value.is_object() || value.empty() || !block) return flow(value);
  std::string out;
  for (const auto& [key, member] : value.items()) {
    if (!out.empty()) out += eol + std::string(indent, ' ');
    const bool wide = flow(member).size() > kShort;
    out += entry(key, member, indent, wide);
  }
  return out;
}

std::string YamlWriter::entry(const std::string& key, const Json& value, std::size_t indent,
                              bool block) const {
  std::string out = scalar(key, 0) + ":";
  const std::string line = eol + std::string(indent + step, ' ');
  if (value.is_object() && !value.empty() && block) {
    for (const auto& [name, member] : value.items()) {
      out += line + entry(name, member, indent + step, flow(member).size() > kShort);
    }
    return out;
  }
  const bool maps = value.is_array() && !value.empty() && value.front().is_object();
  if (maps && (block || flow(value).size() > kShort)) {
    for (const Json& member : value) {
      out += line + "- " + element(member, indent + step + 2, flow(member).size() > kShort);
    }
    return out;
  }
  return out + " " + flow(value);
}

}  // namespace sluice::config
