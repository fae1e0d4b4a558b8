// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/openai_fields.h"

#include <array>
#include <utility>

namespace sluice::dialect::openai {

Tool readFunction(JsonValue function, FieldReader& fields, std::string_view beside) {
  Tool tool;
  for (const JsonValue member : function) {
    const std::string_view key = member.key();
    if (key == "name") {
      tool.name = fields.string(member);
    } else if (key == "description") {
      tool.description = fields.string(member);
    } else if (key == "parameters") {
      if (const JsonValue schema = fields.object(member)) tool.parameters = schema.raw();
    } else if (key == "strict") {
      tool.strict = fields.boolean(member);
    } else if (key != beside) {
      fields.drop(member);
    }
  }
  fields.require("name", !tool.name.empty());
  return tool;
}

std::optional<ToolChoice> readChoiceWord(JsonValue choice, FieldReader& fields) {
  ToolChoice result;
  if (choice.text() == "none") {
    result.mode = ToolChoice::Mode::None;
  } else if (choice.text() == "required") {
    result.mode = ToolChoice::Mode::Required;
  } else if (choice.text() != "auto") {
    fields.refuse("tool_choice",
                  "must be auto, none, required, or an object that names a function");
    return std::nullopt;
  }
  return result;
}

ResponseFormat readSchema(JsonValue schema, FieldReader& fields) {
  ResponseFormat format;
  format.type = ResponseFormat::Type::Schema;
  format.name = fields.string(schema["name"]);
  format.description = fields.string(schema["description"]);
  format.strict = fields.boolean(schema["strict"]);
  const JsonValue object = fields.object(schema["schema"]);
  fields.require("schema", object.exists());
  format.schema = object.raw();
  return format;
}

std::optional<Effort> readEffort(JsonValue effort, FieldReader& fields) {
  constexpr std::array<std::pair<std::string_view, Effort>, 7> kWords = {
      {{"none", Effort::None},
       {"minimal", Effort::Minimal},
       {"low", Effort::Low},
       {"medium", Effort::Medium},
       {"high", Effort::High},
       {"xhigh", Effort::High},
       {"max", Effort::High}}};
  const std::string_view said = fields.string(effort);
  if (effort.isNull() || fields.failed()) return std::nullopt;
  for (const auto& [word, meant] : kWords) {
    if (said == word) return meant;
  }
  fields.refuse(effort.key(), "must be one of: none, minimal, low, medium, high, xhigh, max");
  return std::nullopt;
}

void readCall(JsonValue call, FieldReader& fields, ToolCallPart& part) {
  part.name = fields.string(call["name"]);
  fields.require("name", !part.name.empty());
  part.arguments = fields.string(call["arguments"]);
  if (part.arguments.empty()) part.arguments = "{}";
  mendSurrogates(part.arguments);
  if (!isJsonObject(part.arguments)) {
    fields.refuse("arguments", "must be JSON text of an object");
  }
}

std::optional<MediaPart> readAudio(JsonValue audio, FieldReader& fields) {
  const FieldReader::Scope scope(fields, "input_audio");
  if (!fields.isObject(audio)) return std::nullopt;
  MediaPart media;
  media.data = fields.string(audio["data"]);
  const std::string_view format = fields.string(audio["format"]);
  fields.require("data", !media.data.empty());
  fields.require("format", !format.empty());
  media.mediaType = "audio/" + std::string(format == "mp3" ? "mpeg" : format);
  return media;
}

}  // namespace sluice::dialect::openai
