// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/field_reader.h"

#include <array>
#include <cstdio>
#include <unordered_map>

namespace sluice::dialect {

namespace {

bool isPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

FieldReader::Scope::Scope(FieldReader& reader, std::string_view name)
    : m_reader(reader), m_size(reader.m_path.size()) {
  if (m_size > 0) reader.m_path += '.';
  reader.m_path += name;
}

FieldReader::Scope::Scope(FieldReader& reader, std::string_view name, std::size_t index)
    : Scope(reader, name) {
  reader.m_path.append("[").append(std::to_string(index)).append("]");
}

std::string FieldReader::pathOf(std::string_view name) const {
  std::string path = m_path;
  if (!path.empty() && !name.empty()) path += '.';
  return path.append(name);
}

void FieldReader::refuse(std::string_view name, std::string_view what) {
  if (m_fault) return;
  std::string path = pathOf(name);
  std::string message = path.empty() ? "the body " : "'" + path + "' ";
  m_fault = BodyFault{message.append(what), std::move(path)};
}

void FieldReader::require(std::string_view name, bool there) {
  if (!there) refuse(name, "is missing");
}

std::string_view FieldReader::string(JsonValue member) {
  if (!member.isNull() && !member.isString()) refuse(member.key(), "must be a string");
  return member.text();
}

std::optional<bool> FieldReader::boolean(JsonValue member) {
  if (member.isNull()) return std::nullopt;
  if (!member.isBoolean()) refuse(member.key(), "must be true or false");
  return member.isTrue();
}

std::optional<double> FieldReader::number(JsonValue member) {
  if (member.isNull()) return std::nullopt;
  const auto value = member.number();
  if (!value) refuse(member.key(), "must be a number");
  return value;
}

std::optional<std::int64_t> FieldReader::integer(JsonValue member) {
  if (member.isNull()) return std::nullopt;
  const auto value = member.integer();
  if (!value) refuse(member.key(), "must be a whole number");
  return value;
}

std::optional<std::uint64_t> FieldReader::count(JsonValue member) {
  if (member.isNull()) return std::nullopt;
  const auto value = member.count();
  if (!value) refuse(member.key(), "must be a whole number that is not negative");
  return value;
}

JsonValue FieldReader::object(JsonValue member) {
  if (member.isNull() || member.isObject()) return member.isObject() ? member : JsonValue();
  refuse(member.key(), "must be an object");
  return {};
}

JsonValue FieldReader::array(JsonValue member) {
  if (member.isNull() || member.isArray()) return member.isArray() ? member : JsonValue();
  refuse(member.key(), "must be an array");
  return {};
}

bool FieldReader::isObject(JsonValue value) {
  if (!value.isObject()) refuse("must be an object");
  return value.isObject();
}

void FieldReader::drop(JsonValue member) {
  const bool says = member.isString()                       ? !member.text().empty()
                    : member.isBoolean()                    ? member.isTrue()
                    : member.isObject() || member.isArray() ? !member.empty()
                                                            : member.isNumber();
  if (says) drop(member.key());
}

void FieldReader::drop(std::string_view name) {
  if (!m_dropped) return;
  const std::string path = pathOf(name);
  std::string plain;  // without the indices
  bool within = false;
  for (const char c : path) {
    if (c == '[') within = true;
    if (!within) plain += c;
    if (c == ']') within = false;
  }
  m_dropped->add(plain);
}

std::optional<Breach> FieldReader::breach() const {
  if (!m_fault) return std::nullopt;
  return Breach{m_fault->message};
}

bool isJsonObject(std::string_view text) {
  thread_local JsonTree tree;
  return text == "{}" || tree.read(text).isObject();
}

void addText(std::vector<Part>& parts, std::string_view text) {
  if (!text.empty()) parts.emplace_back(TextPart{std::string(text)});
}

std::string madeCallId(std::string_view answerId, JsonValue from, std::size_t index) {
  constexpr std::size_t kMost = 24;
  std::string id = "call_";
  for (const char c : answerId.substr(0, kMost)) {
    if (isPlain(c)) id += c;
  }
  if (id.size() == 5) {  // FNV-1a: it is the same for the same answer
    std::uint64_t hash = 14695981039346656037ull;
    for (const char c : from.raw())
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
    id += digits.data();
  }
  return id.append("_").append(std::to_string(index));
}

bool readDataUrl(std::string_view url, MediaPart& media) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kBase64 = ";base64";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos) return false;
  std::string_view type = url.substr(0, comma);
  if (!type.ends_with(kBase64)) return false;
  type.remove_suffix(kBase64.size());
  media.mediaType = type.substr(0, type.find(';'));
  media.data = url.substr(comma + 1);
  return !media.mediaType.empty() && !media.data.empty();
}

void nameResults(std::vector<Turn>& turns) {
  std::unordered_map<std::string_view, std::string_view> names;  // by the ids of the calls so far
  for (Turn& turn : turns) {
    for (Part& part : turn.parts) {
      auto* result = std::get_if<ToolResultPart>(&part);
      if (!result || !result->name.empty()) continue;
      if (const auto call = names.find(result->callId); call != names.end()) {
        result->name = call->second;
      }
    }
    for (const Part& part : turn.parts) {
      if (const auto* call = std::get_if<ToolCallPart>(&part)) names[call->id] = call->name;
    }
  }
}

}  // namespace sluice::dialect
