// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/conversation.h"
#include "gateway/dialect/field_reader.h"

/// What requests of Chat Completions and of Responses say alike, read; and what bounds it. Faults and what
/// is dropped are told to the reader, in whose scope the fields are.
namespace sluice::dialect::openai {

/// Of `user`, in bytes: OpenAI refuses a longer one, and Anthropic's clients have one of 150.
inline constexpr std::size_t kLongestUser = 64;

/// Name, description, parameters and strictness. `beside`: a member that who calls has read.
Tool readFunction(JsonValue function, FieldReader& fields, std::string_view beside = {});
/// "none", "required" or "auto"; another is the fault of `tool_choice`, and nothing is returned.
std::optional<ToolChoice> readChoiceWord(JsonValue choice, FieldReader& fields);
/// What `type: json_schema` asks for.
ResponseFormat readSchema(JsonValue schema, FieldReader& fields);
/// Absent: it is none of the words, which is the fault of `effort`, or not said.
std::optional<Effort> readEffort(JsonValue effort, FieldReader& fields);
/// The name and the arguments of a call: JSON text of an object, "{}" where there are none.
void readCall(JsonValue call, FieldReader& fields, ToolCallPart& part);
/// `input_audio`; absent: the fault is told.
std::optional<MediaPart> readAudio(JsonValue audio, FieldReader& fields);

}  // namespace sluice::dialect::openai
