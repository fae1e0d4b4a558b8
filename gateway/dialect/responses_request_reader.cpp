// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "gateway/dialect/openai_fields.h"
#include "gateway/dialect/responses.h"

namespace sluice::dialect::responses {

namespace {

using Scope = FieldReader::Scope;

/// Items of tools that the provider runs, or that others do not have.
constexpr std::array<std::string_view, 26> kForeignItems = {"file_search_call",
                                                            "computer_call",
                                                            "computer_call_output",
                                                            "web_search_call",
                                                            "tool_search_call",
                                                            "tool_search_output",
                                                            "additional_tools",
                                                            "compaction",
                                                            "compaction_trigger",
                                                            "image_generation_call",
                                                            "code_interpreter_call",
                                                            "local_shell_call",
                                                            "local_shell_call_output",
                                                            "shell_call",
                                                            "shell_call_output",
                                                            "apply_patch_call",
                                                            "apply_patch_call_output",
                                                            "mcp_list_tools",
                                                            "mcp_approval_request",
                                                            "mcp_approval_response",
                                                            "mcp_call",
                                                            "custom_tool_call",
                                                            "custom_tool_call_output",
                                                            "program",
                                                            "program_output",
                                                            "context_compaction"};

constexpr std::string_view kStored =
    "needs what another provider stored, and this model's cannot know it: send all of the "
    "conversation in 'input'";

class RequestReader {
 public:
  RequestReader(Request& request, Dropped& dropped) : m_request(request), m_fields(&dropped) {}

  std::optional<BodyFault> read(JsonValue body);

 private:
  void readField(JsonValue member);
  void readFormat(JsonValue format);
  void readText(JsonValue text);
  void readReasoning(JsonValue reasoning);
  void readToolChoice(JsonValue choice);
  void readTool(JsonValue tool);

  void readInput(JsonValue input);
  void readItem(JsonValue item);
  void readMessage(JsonValue message);
  void readContent(JsonValue content, std::vector<Part>& parts);
  void readPart(JsonValue part, std::vector<Part>& parts);
  void readImage(JsonValue part, std::vector<Part>& parts);
  void readFile(JsonValue part, std::vector<Part>& parts);
  void readCall(JsonValue item);
  void readResult(JsonValue item);
  void keep(JsonValue member, std::string_view name) {
    if (!member.isNull()) {
      m_request.openai.push_back({std::string(name), std::string(member.raw())});
    }
  }
  /// The model's items that follow each other are one turn.
  Turn& assistant() {
    if (m_last != Last::Assistant) m_request.turns.push_back({Role::Assistant, {}});
    m_last = Last::Assistant;
    return m_request.turns.back();
  }

  enum class Last : std::uint8_t { Other, Assistant, Result };
  Request& m_request;
  FieldReader m_fields;
  Last m_last = Last::Other;
  bool m_hasInput = false;
};

void RequestReader::readFormat(JsonValue format) {
  const Scope scope(m_fields, "format");
  const std::string_view type = m_fields.string(format["type"]);
  ResponseFormat result;
  if (type == "json_object") {
    result.type = ResponseFormat::Type::Json;
  } else if (type == "json_schema") {
    result = openai::readSchema(format, m_fields);
  } else if (type != "text") {
    m_fields.refuse("type", "must be one of: text, json_object, json_schema");
  }
  m_request.format = std::move(result);
}

void RequestReader::readText(JsonValue text) {
  const Scope scope(m_fields, "text");
  for (const JsonValue member : text) {
    if (member.key() == "format") {
      if (const JsonValue format = m_fields.object(member)) readFormat(format);
    } else if (member.key() == "verbosity") {
      keep(member, "verbosity");
    } else {
      m_fields.drop(member);
    }
  }
}

void RequestReader::readReasoning(JsonValue reasoning) {
  const Scope scope(m_fields, "reasoning");
  ReasoningRequest result;
  for (const JsonValue member : reasoning) {
    const std::string_view key = member.key();
    if (key == "effort") {
      result.effort = openai::readEffort(member, m_fields);
    } else if (key == "summary" || key == "generate_summary") {
      result.show = result.show || !m_fields.string(member).empty();
    } else {
      m_fields.drop(member);
    }
  }
  if (result.effort || result.show) m_request.reasoning = result;
}

void RequestReader::readToolChoice(JsonValue choice) {
  if (choice.isNull()) return;
  if (!choice.isObject()) {
    m_request.toolChoice = openai::readChoiceWord(choice, m_fields);
    return;
  }
  const Scope scope(m_fields, "tool_choice");
  const std::string_view type = m_fields.string(choice["type"]);
  m_fields.require("type", !type.empty());
  if (type != "function") return m_fields.drop(type);
  const std::string_view name = m_fields.string(choice["name"]);
  m_fields.require("name", !name.empty());
  m_request.toolChoice = ToolChoice{ToolChoice::Mode::Named, std::string(name)};
}

void RequestReader::readTool(JsonValue tool) {
  if (!m_fields.isObject(tool)) return;
  const std::string_view type = m_fields.string(tool["type"]);
  m_fields.require("type", !type.empty());
  if (type != "function") return m_fields.drop(type);
  m_request.tools.push_back(openai::readFunction(tool, m_fields, "type"));
}

void RequestReader::readImage(JsonValue part, std::vector<Part>& parts) {
  const std::string_view url = m_fields.string(part["image_url"]);
  if (url.empty()) {
    m_fields.require("image_url", !part["file_id"].isNull());
    return m_fields.drop("file_id");
  }
  MediaPart media;
  if (url.starts_with("data:")) {
    if (!readDataUrl(url, media)) {
      return m_fields.refuse("image_url", "must be a data: URL with a media type and base64");
    }
  } else {
    media.url = url;
  }
  const std::string_view detail = m_fields.string(part["detail"]);
  media.detail = detail == "original" ? "high" : detail;
  parts.emplace_back(std::move(media));
}

void RequestReader::readFile(JsonValue part, std::vector<Part>& parts) {
  const std::string_view data = m_fields.string(part["file_data"]);
  const std::string_view url = m_fields.string(part["file_url"]);
  MediaPart media;
  if (!data.empty()) {
    if (!readDataUrl(data, media)) {
      return m_fields.refuse("file_data", "must be a data: URL with a media type and base64");
    }
    media.fileName = m_fields.string(part["filename"]);
  } else if (!url.empty()) {
    media.mediaType = "application/pdf";  // what the API takes by URL
    media.url = url;
  } else {
    m_fields.require("file_data", !part["file_id"].isNull());
    return m_fields.drop("file_id");
  }
  parts.emplace_back(std::move(media));
}

void RequestReader::readPart(JsonValue part, std::vector<Part>& parts) {
  if (!m_fields.isObject(part)) return;
  const std::string_view type = m_fields.string(part["type"]);
  if (type == "input_text" || type == "output_text" || type == "text") {
    addText(parts, m_fields.string(part["text"]));
  } else if (type == "input_image") {
    readImage(part, parts);
  } else if (type == "input_file") {
    readFile(part, parts);
  } else if (type == "input_audio") {
    if (auto audio = openai::readAudio(part["input_audio"], m_fields)) {
      parts.emplace_back(std::move(*audio));
    }
  } else if (type == "refusal") {
    const std::string_view refusal = m_fields.string(part["refusal"]);
    if (!refusal.empty()) parts.emplace_back(RefusalPart{std::string(refusal)});
  } else {
    m_fields.refuse("type",
                    "must be one of: input_text, input_image, input_file, input_audio, "
                    "output_text, refusal");
  }
}

void RequestReader::readContent(JsonValue content, std::vector<Part>& parts) {
  if (content.isString()) return addText(parts, content.text());
  if (!content.isArray()) {
    return m_fields.refuse(content.exists() ? content.key() : "content",
                           "must be a string or an array of parts");
  }
  std::size_t index = 0;
  const std::string_view name = content.key();
  for (const JsonValue part : content) {
    const Scope scope(m_fields, name, index++);
    readPart(part, parts);
    if (m_fields.failed()) return;
  }
}

void RequestReader::readMessage(JsonValue message) {
  const std::string_view role = m_fields.string(message["role"]);
  const JsonValue content = message["content"];
  if (role == "assistant") return readContent(content, assistant().parts);
  if (role == "user") {
    m_last = Last::Other;
    readContent(content, m_request.turns.emplace_back(Turn{Role::User, {}}).parts);
  } else if (role == "system" || role == "developer") {
    std::vector<Part> parts;
    readContent(content, parts);
    std::string text;
    for (const Part& part : parts) {
      const auto* one = std::get_if<TextPart>(&part);
      if (!one) return m_fields.refuse("content", "must be text in a message of this role");
      text += one->text;
    }
    if (!text.empty()) m_request.system.push_back(std::move(text));
  } else {
    m_fields.refuse("role", "must be one of: user, assistant, system, developer");
  }
}

void RequestReader::readCall(JsonValue item) {
  ToolCallPart call;
  call.id = m_fields.string(item["call_id"]);
  m_fields.require("call_id", !call.id.empty());
  openai::readCall(item, m_fields, call);
  assistant().parts.emplace_back(std::move(call));
}

void RequestReader::readResult(JsonValue item) {
  ToolResultPart result;
  result.callId = m_fields.string(item["call_id"]);
  m_fields.require("call_id", !result.callId.empty());
  const JsonValue output = item["output"];
  m_fields.require("output", !output.isNull());
  if (m_fields.failed()) return;
  std::vector<Part> parts;
  readContent(output, parts);
  for (Part& part : parts) {
    if (auto* text = std::get_if<TextPart>(&part)) {
      result.content.emplace_back(std::move(*text));
    } else if (auto* media = std::get_if<MediaPart>(&part)) {
      result.content.emplace_back(std::move(*media));
    }
  }
  if (m_last != Last::Result) m_request.turns.push_back({Role::User, {}});
  m_last = Last::Result;
  m_request.turns.back().parts.emplace_back(std::move(result));
}

void RequestReader::readItem(JsonValue item) {
  if (!m_fields.isObject(item)) return;
  const std::string_view type = m_fields.string(item["type"]);
  if (type == "message" || (type.empty() && !item["role"].isNull())) {
    readMessage(item);
  } else if (type == "function_call") {
    readCall(item);
  } else if (type == "function_call_output") {
    readResult(item);
  } else if (type == "reasoning") {
    ReasoningPart thoughts = readThoughts(item, m_fields);
    thoughts.id = m_fields.string(item["id"]);
    assistant().parts.emplace_back(std::move(thoughts));
  } else if (type == "item_reference") {
    m_fields.refuse(kStored);
  } else if (std::ranges::find(kForeignItems, type) != kForeignItems.end()) {
    m_fields.drop(type);
  } else {
    m_fields.refuse("type",
                    "must be one of: message, function_call, function_call_output, reasoning");
  }
}

void RequestReader::readInput(JsonValue input) {
  m_hasInput = !input.isNull();
  if (input.isNull()) return;
  if (input.isString()) {
    addText(m_request.turns.emplace_back(Turn{Role::User, {}}).parts, input.text());
    return;
  }
  if (!input.isArray()) return m_fields.refuse("input", "must be a string or an array of items");
  std::size_t index = 0;
  for (const JsonValue item : input) {
    const Scope scope(m_fields, "input", index++);
    readItem(item);
    if (m_fields.failed()) return;
  }
}

void RequestReader::readField(JsonValue member) {
  const std::string_view key = member.key();
  if (key == "model") {
    m_request.model = m_fields.string(member);
  } else if (key == "input") {
    readInput(member);
  } else if (key == "instructions") {
    m_fields.string(member);  // read before, for it comes first
  } else if (key == "stream") {
    m_request.stream = m_fields.boolean(member).value_or(false);
  } else if (key == "max_output_tokens") {
    m_request.maxTokens = m_fields.count(member);
  } else if (key == "temperature") {
    m_request.temperature = m_fields.number(member);
  } else if (key == "top_p") {
    m_request.topP = m_fields.number(member);
  } else if (key == "text") {
    readText(m_fields.object(member));
  } else if (key == "reasoning") {
    readReasoning(m_fields.object(member));
  } else if (key == "user") {
    m_request.user = m_fields.string(member);
  } else if (key == "tools") {
    std::size_t index = 0;
    for (const JsonValue tool : m_fields.array(member)) {
      const Scope scope(m_fields, "tools", index++);
      readTool(tool);
    }
  } else if (key == "tool_choice") {
    readToolChoice(member);
  } else if (key == "parallel_tool_calls") {
    m_request.parallelTools = m_fields.boolean(member);
  } else if (key == "previous_response_id" || key == "conversation" || key == "prompt") {
    if (!member.isNull()) m_fields.refuse(key, kStored);
  } else if (key == "service_tier" || key == "safety_identifier") {
    keep(member, key);
  } else {
    m_fields.drop(member);
  }
}

std::optional<BodyFault> RequestReader::read(JsonValue body) {
  if (!m_fields.isObject(body)) return m_fields.fault();
  if (const auto text = body["instructions"].text(); !text.empty()) {
    m_request.system.emplace_back(text);
  }
  for (const JsonValue member : body) {
    readField(member);
    if (m_fields.failed()) return m_fields.fault();
  }
  m_fields.require("input", m_hasInput);
  nameResults(m_request.turns);
  return m_fields.fault();
}

}  // namespace

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped) {
  return RequestReader(request, dropped).read(body);
}

}  // namespace sluice::dialect::responses
