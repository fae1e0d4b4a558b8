// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "gateway/dialect/gemini.h"
#include "gateway/dialect/gemini_names.h"

namespace sluice::dialect::gemini {

namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool isLimit(std::string_view key) {
  constexpr std::array<std::string_view, 6> kLimits = {
      "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"};
  for (const std::string_view limit : kLimits) {
    if (key == limit) return true;
  }
  return false;
}

bool isCount(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
         (text.size() == 1 || text.front() != '0');
}

void write(JsonValue schema, JsonWriter& writer);

void writeList(JsonValue list, JsonWriter& writer) {
  writer.beginArray();
  for (const JsonValue one : list) write(one, writer);
  writer.endArray();
}

void writeMembers(JsonValue members, JsonWriter& writer) {
  writer.beginObject();
  for (const JsonValue one : members) {
    writer.key(one.key());
    write(one, writer);
  }
  writer.endObject();
}

void writeType(JsonValue type, bool nullable, JsonWriter& writer) {
  writer.key("type");
  if (!type.isString()) {
    writer.raw(type.raw());
  } else if (nullable) {
    writer.beginArray().string(lowered(type.text())).string("null").endArray();
  } else {
    writer.string(lowered(type.text()));
  }
}

void write(JsonValue schema, JsonWriter& writer) {
  if (!schema.isObject()) {
    writer.raw(schema.raw());
    return;
  }
  const bool nullable = schema["nullable"].isTrue();
  std::string room;
  writer.beginObject();
  for (const JsonValue member : schema) {
    const std::string_view key = camelOf(member.key(), room);
    if (key == "type") {
      if (member.text() != "TYPE_UNSPECIFIED") writeType(member, nullable, writer);
    } else if (key == "nullable" || key == "propertyOrdering" || key == "example") {
      continue;  // JSON Schema knows none of them
    } else if (key == "properties" || key == "defs" || key == "$defs") {
      writer.key(key);
      writeMembers(member, writer);
    } else if (key == "items" || (key == "additionalProperties" && member.isObject())) {
      writer.key(key);
      write(member, writer);
    } else if ((key == "anyOf" || key == "prefixItems") && member.isArray()) {
      writer.key(key);
      writeList(member, writer);
    } else if (isLimit(key) && isCount(member.text())) {
      writer.memberRaw(key, member.text());  // 64 bits are strings in Google's JSON
    } else {
      writer.memberRaw(key, member.raw());
    }
  }
  writer.endObject();
}

}  // namespace

std::string jsonSchemaOf(JsonValue schema) {
  std::string out;
  JsonWriter writer(out);
  write(schema, writer);
  return out;
}

}  // namespace sluice::dialect::gemini
