// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/chat.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/openai_fields.h"

namespace sluice::dialect::chat {

namespace {

using Scope = FieldReader::Scope;

class RequestReader {
 public:
  RequestReader(Request& request, Dropped& dropped) : m_request(request), m_fields(&dropped) {}

  std::optional<BodyFault> read(JsonValue body);

 private:
  void readField(JsonValue member);
  void readStreamOptions(JsonValue options);
  void readStop(JsonValue stop);
  void readFormat(JsonValue format);
  void readToolChoice(JsonValue choice);
  void readTool(JsonValue tool);

  void readMessage(JsonValue message);
  void readUser(JsonValue content);
  void readAssistant(JsonValue message);
  void readToolCall(JsonValue call, std::vector<Part>& parts);
  void readToolResult(JsonValue message);
  std::string readTexts(JsonValue content);
  void readPart(JsonValue part, std::vector<Part>& parts);
  void readImage(JsonValue image, std::vector<Part>& parts);
  void readFile(JsonValue file, std::vector<Part>& parts);
  Turn& turnOf(Role role) { return m_request.turns.emplace_back(Turn{role, {}}); }

  Request& m_request;
  FieldReader m_fields;
  std::optional<std::uint64_t> m_maxTokens;            // the older name
  std::optional<std::uint64_t> m_maxCompletionTokens;  // the newer, which wins
  bool m_hasMessages = false;
  bool m_afterResult = false;  // the last message was a tool's
};

void RequestReader::readStreamOptions(JsonValue options) {
  const Scope scope(m_fields, "stream_options");
  for (const JsonValue member : options) {
    if (member.key() == "include_usage") {
      m_request.includeUsage = m_fields.boolean(member).value_or(false);
    } else {
      m_fields.drop(member);
    }
  }
}

void RequestReader::readStop(JsonValue stop) {
  if (stop.isNull()) return;
  if (stop.isString()) {
    m_request.stop.emplace_back(stop.text());
    return;
  }
  for (const JsonValue one : m_fields.array(stop)) {
    if (!one.isString()) return m_fields.refuse("stop", "must be a string or an array of strings");
    m_request.stop.emplace_back(one.text());
  }
}

void RequestReader::readFormat(JsonValue format) {
  const Scope scope(m_fields, "response_format");
  const std::string_view type = m_fields.string(format["type"]);
  ResponseFormat result;
  if (type == "json_object") {
    result.type = ResponseFormat::Type::Json;
  } else if (type == "json_schema") {
    const JsonValue schema = format["json_schema"];
    m_fields.require("json_schema", schema.exists());
    const Scope within(m_fields, "json_schema");
    if (!m_fields.isObject(schema)) return;
    result = openai::readSchema(schema, m_fields);
  } else if (type != "text") {
    m_fields.refuse("type", "must be one of: text, json_object, json_schema");
  }
  m_request.format = std::move(result);
}

void RequestReader::readToolChoice(JsonValue choice) {
  if (choice.isNull()) return;
  if (!choice.isObject()) {
    m_request.toolChoice = openai::readChoiceWord(choice, m_fields);
    return;
  }
  const Scope scope(m_fields, "tool_choice");
  if (m_fields.string(choice["type"]) != "function") return m_fields.drop(choice["type"]);
  const JsonValue function = m_fields.object(choice["function"]);
  const std::string_view name = m_fields.string(function["name"]);
  m_fields.require("function.name", !name.empty());
  m_request.toolChoice = ToolChoice{ToolChoice::Mode::Named, std::string(name)};
}

void RequestReader::readTool(JsonValue tool) {
  if (!m_fields.isObject(tool)) return;
  const std::string_view type = m_fields.string(tool["type"]);
  if (type != "function") {
    m_fields.require("type", !type.empty());
    return m_fields.drop(type);
  }
  const JsonValue function = m_fields.object(tool["function"]);
  m_fields.require("function", function.exists());
  const Scope scope(m_fields, "function");
  m_request.tools.push_back(openai::readFunction(function, m_fields));
}

std::string RequestReader::readTexts(JsonValue content) {
  if (content.isNull() || content.isString()) return std::string(content.text());
  std::string text;
  std::size_t index = 0;
  for (const JsonValue part : m_fields.array(content)) {
    const Scope scope(m_fields, "content", index++);
    if (!m_fields.isObject(part)) break;
    const std::string_view type = m_fields.string(part["type"]);
    if (type == "text") {
      text += m_fields.string(part["text"]);
    } else {
      m_fields.refuse("type", "must be text in a message of this role");
    }
  }
  return text;
}

void RequestReader::readImage(JsonValue image, std::vector<Part>& parts) {
  const Scope scope(m_fields, "image_url");
  if (!m_fields.isObject(image)) return;
  const std::string_view url = m_fields.string(image["url"]);
  m_fields.require("url", !url.empty());
  MediaPart media;
  if (url.starts_with("data:")) {
    if (!readDataUrl(url, media)) {
      return m_fields.refuse("url", "must be a data: URL with a media type and base64");
    }
  } else {
    media.url = url;
  }
  media.detail = m_fields.string(image["detail"]);
  parts.emplace_back(std::move(media));
}

void RequestReader::readFile(JsonValue file, std::vector<Part>& parts) {
  const Scope scope(m_fields, "file");
  if (!m_fields.isObject(file)) return;
  const std::string_view data = m_fields.string(file["file_data"]);
  if (data.empty()) return m_fields.drop("file_id");
  MediaPart media;
  if (!readDataUrl(data, media)) {
    return m_fields.refuse("file_data", "must be a data: URL with a media type and base64");
  }
  media.fileName = m_fields.string(file["filename"]);
  parts.emplace_back(std::move(media));
}

void RequestReader::readPart(JsonValue part, std::vector<Part>& parts) {
  if (!m_fields.isObject(part)) return;
  const std::string_view type = m_fields.string(part["type"]);
  if (type == "text") {
    addText(parts, m_fields.string(part["text"]));
  } else if (type == "image_url") {
    readImage(part["image_url"], parts);
  } else if (type == "input_audio") {
    if (auto audio = openai::readAudio(part["input_audio"], m_fields)) {
      parts.emplace_back(std::move(*audio));
    }
  } else if (type == "file") {
    readFile(part["file"], parts);
  } else if (type == "refusal") {
    const std::string_view refusal = m_fields.string(part["refusal"]);
    if (!refusal.empty()) parts.emplace_back(RefusalPart{std::string(refusal)});
  } else {
    m_fields.refuse("type", "must be one of: text, image_url, input_audio, file, refusal");
  }
}

void RequestReader::readUser(JsonValue content) {
  Turn& turn = turnOf(Role::User);
  if (content.isString()) return addText(turn.parts, content.text());
  if (!content.isArray())
    return m_fields.refuse("content", "must be a string or an array of parts");
  std::size_t index = 0;
  for (const JsonValue part : content) {
    const Scope scope(m_fields, "content", index++);
    readPart(part, turn.parts);
  }
}

void RequestReader::readToolCall(JsonValue call, std::vector<Part>& parts) {
  if (!m_fields.isObject(call)) return;
  const std::string_view type = m_fields.string(call["type"]);
  if (!type.empty() && type != "function") return m_fields.drop(type);
  const JsonValue function = m_fields.object(call["function"]);
  m_fields.require("function", function.exists());
  ToolCallPart part;
  part.id = m_fields.string(call["id"]);
  part.signature = signatureOf(call);
  m_fields.require("id", !part.id.empty());
  const Scope scope(m_fields, "function");
  openai::readCall(function, m_fields, part);
  parts.emplace_back(std::move(part));
}

void RequestReader::readAssistant(JsonValue message) {
  Turn& turn = turnOf(Role::Assistant);
  JsonValue thoughts = message["reasoning_content"];
  if (thoughts.isNull()) thoughts = message["reasoning"];
  const std::string_view reasoning = m_fields.string(thoughts);
  if (!reasoning.empty()) {
    turn.parts.emplace_back(ReasoningPart{std::string(reasoning), {}, {}, {}});
  }
  const JsonValue content = message["content"];
  if (content.isArray()) {
    std::size_t index = 0;
    for (const JsonValue part : content) {
      const Scope scope(m_fields, "content", index++);
      readPart(part, turn.parts);
    }
  } else {
    addText(turn.parts, m_fields.string(content));
  }
  const std::string_view refusal = m_fields.string(message["refusal"]);
  if (!refusal.empty()) turn.parts.emplace_back(RefusalPart{std::string(refusal)});
  std::size_t index = 0;
  for (const JsonValue call : m_fields.array(message["tool_calls"])) {
    const Scope scope(m_fields, "tool_calls", index++);
    readToolCall(call, turn.parts);
  }
  for (const std::string_view name : {"name", "audio", "function_call"}) {
    m_fields.drop(message[name]);
  }
}

void RequestReader::readToolResult(JsonValue message) {
  ToolResultPart result;
  result.callId = m_fields.string(message["tool_call_id"]);
  m_fields.require("tool_call_id", !result.callId.empty());
  std::string text = readTexts(message["content"]);
  if (!text.empty()) result.content.emplace_back(TextPart{std::move(text)});
  Turn& turn = m_afterResult ? m_request.turns.back() : turnOf(Role::User);
  turn.parts.emplace_back(std::move(result));
}

void RequestReader::readMessage(JsonValue message) {
  if (!m_fields.isObject(message)) return;
  const std::string_view role = m_fields.string(message["role"]);
  if (role == "user") {
    readUser(message["content"]);
    m_fields.drop(message["name"]);
  } else if (role == "assistant") {
    readAssistant(message);
  } else if (role == "tool") {
    readToolResult(message);
  } else if (role == "system" || role == "developer") {
    m_request.system.push_back(readTexts(message["content"]));
  } else {
    m_fields.refuse("role", "must be one of: system, developer, user, assistant, tool");
  }
  m_afterResult = role == "tool";
}

void RequestReader::readField(JsonValue member) {
  const std::string_view key = member.key();
  if (key == "model") {
    m_request.model = m_fields.string(member);
  } else if (key == "messages") {
    m_hasMessages = true;
    if (!member.isArray()) return m_fields.refuse("messages", "must be an array");
    std::size_t index = 0;
    for (const JsonValue message : member) {
      const Scope scope(m_fields, "messages", index++);
      readMessage(message);
      if (m_fields.failed()) return;
    }
  } else if (key == "stream") {
    m_request.stream = m_fields.boolean(member).value_or(false);
  } else if (key == "stream_options") {
    readStreamOptions(m_fields.object(member));
  } else if (key == "max_completion_tokens") {
    m_maxCompletionTokens = m_fields.count(member);
  } else if (key == "max_tokens") {
    m_maxTokens = m_fields.count(member);
  } else if (key == "temperature") {
    m_request.temperature = m_fields.number(member);
  } else if (key == "top_p") {
    m_request.topP = m_fields.number(member);
  } else if (key == "top_k") {
    m_request.topK = m_fields.count(member);
  } else if (key == "n") {
    m_request.choices = m_fields.count(member);
  } else if (key == "stop") {
    readStop(member);
  } else if (key == "seed") {
    m_request.seed = m_fields.integer(member);
  } else if (key == "presence_penalty") {
    m_request.presencePenalty = m_fields.number(member);
  } else if (key == "frequency_penalty") {
    m_request.frequencyPenalty = m_fields.number(member);
  } else if (key == "response_format") {
    if (const JsonValue format = m_fields.object(member)) readFormat(format);
  } else if (key == "reasoning_effort") {
    if (const auto effort = openai::readEffort(member, m_fields)) {
      m_request.reasoning.emplace().effort = *effort;
    }
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
  } else if (key == "store" || key == "metadata" || key == "service_tier" ||
             key == "prompt_cache_key" || key == "prompt_cache_retention" ||
             key == "safety_identifier" || key == "verbosity") {
    if (!member.isNull()) {
      m_request.openai.push_back({std::string(key), std::string(member.raw())});
    }
  } else {
    m_fields.drop(member);
  }
}

std::optional<BodyFault> RequestReader::read(JsonValue body) {
  if (!m_fields.isObject(body)) return m_fields.fault();
  for (const JsonValue member : body) {
    readField(member);
    if (m_fields.failed()) return m_fields.fault();
  }
  m_fields.require("messages", m_hasMessages);
  m_request.maxTokens = m_maxCompletionTokens ? m_maxCompletionTokens : m_maxTokens;
  nameResults(m_request.turns);
  return m_fields.fault();
}

}  // namespace

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped) {
  return RequestReader(request, dropped).read(body);
}

}  // namespace sluice::dialect::chat
