// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::anthropic {

namespace {

using Scope = FieldReader::Scope;

class RequestReader {
 public:
  RequestReader(Request& request, Dropped& dropped) : m_request(request), m_fields(&dropped) {}

  std::optional<BodyFault> read(JsonValue body);

 private:
  void readField(JsonValue member);
  void readSystem(JsonValue system);
  void readThinking(JsonValue thinking);
  void readOutputConfig(JsonValue config);
  void readTool(JsonValue tool);
  void readToolChoice(JsonValue choice);
  void readMessage(JsonValue message);
  void readBlock(JsonValue block, std::vector<Part>& parts);
  void readToolUse(JsonValue block, std::vector<Part>& parts);
  void readToolResult(JsonValue block, std::vector<Part>& parts);
  /// Text, image, document; false: the block is none of these.
  bool readContent(JsonValue block, std::string_view type, std::vector<ContentPart>& content);
  void readSource(JsonValue block, std::vector<ContentPart>& content);

  Request& m_request;
  FieldReader m_fields;
  std::vector<ContentPart> m_content;  // of one block
  bool m_hasMessages = false;
};

void RequestReader::readSystem(JsonValue system) {
  if (system.isNull()) return;
  if (system.isString()) {
    if (!system.text().empty()) m_request.system.emplace_back(system.text());
    return;
  }
  if (!system.isArray()) {
    return m_fields.refuse(system.key(), "must be a string or an array of text blocks");
  }
  std::size_t index = 0;
  for (const JsonValue block : system) {
    const Scope scope(m_fields, system.key(), index++);
    if (!m_fields.isObject(block)) return;
    if (m_fields.string(block["type"]) != "text") return m_fields.refuse("type", "must be text");
    m_request.system.emplace_back(m_fields.string(block["text"]));
    m_fields.drop(block["cache_control"]);
  }
}

void RequestReader::readThinking(JsonValue thinking) {
  const Scope scope(m_fields, "thinking");
  const std::string_view type = m_fields.string(thinking["type"]);
  // output_config may have said the effort before.
  ReasoningRequest reasoning = m_request.reasoning.value_or(ReasoningRequest{});
  if (type == "enabled") {
    const auto budget = m_fields.count(thinking["budget_tokens"]);
    m_fields.require("budget_tokens", budget.has_value());
    reasoning.budget = budget;
    reasoning.show = true;
  } else if (type == "adaptive") {
    reasoning.dynamic = true;
    reasoning.show = true;
  } else if (type == "disabled") {
    reasoning.budget = 0;
  } else {
    return m_fields.refuse("type", "must be one of: enabled, adaptive, disabled");
  }
  m_request.reasoning = reasoning;
}

void RequestReader::readOutputConfig(JsonValue config) {
  const Scope scope(m_fields, "output_config");
  for (const JsonValue member : config) {
    if (member.key() == "format") {
      const Scope within(m_fields, "format");
      const JsonValue format = m_fields.object(member);
      if (format.isNull()) continue;
      if (m_fields.string(format["type"]) != "json_schema") {
        return m_fields.refuse("type", "must be json_schema");
      }
      const JsonValue schema = m_fields.object(format["schema"]);
      m_fields.require("schema", schema.exists());
      ResponseFormat result;
      result.type = ResponseFormat::Type::Schema;
      result.schema = schema.raw();
      m_request.format = std::move(result);
    } else if (member.key() == "effort" && !member.isNull()) {
      const std::string_view word = m_fields.string(member);
      if (!m_request.reasoning) m_request.reasoning.emplace();
      if (word == "low") {
        m_request.reasoning->effort = Effort::Low;
      } else if (word == "medium") {
        m_request.reasoning->effort = Effort::Medium;
      } else if (word == "high" || word == "xhigh" || word == "max") {
        m_request.reasoning->effort = Effort::High;
      } else {
        m_fields.refuse("effort", "must be one of: low, medium, high, xhigh, max");
      }
    } else {
      m_fields.drop(member);
    }
  }
}

void RequestReader::readTool(JsonValue tool) {
  if (!m_fields.isObject(tool)) return;
  const std::string_view type = m_fields.string(tool["type"]);
  if (!type.empty() && type != "custom") return m_fields.drop(type);  // one the provider runs
  Tool result;
  for (const JsonValue member : tool) {
    const std::string_view key = member.key();
    if (key == "name") {
      result.name = m_fields.string(member);
    } else if (key == "description") {
      result.description = m_fields.string(member);
    } else if (key == "input_schema") {
      if (const JsonValue schema = m_fields.object(member)) result.parameters = schema.raw();
    } else if (key == "strict") {
      result.strict = m_fields.boolean(member);
    } else if (key != "type") {
      m_fields.drop(member);
    }
  }
  m_fields.require("name", !result.name.empty());
  m_fields.require("input_schema", !result.parameters.empty());
  m_request.tools.push_back(std::move(result));
}

void RequestReader::readToolChoice(JsonValue choice) {
  const Scope scope(m_fields, "tool_choice");
  const std::string_view type = m_fields.string(choice["type"]);
  ToolChoice result;
  if (type == "tool") {
    result.mode = ToolChoice::Mode::Named;
    result.name = m_fields.string(choice["name"]);
    m_fields.require("name", !result.name.empty());
  } else if (type == "any") {
    result.mode = ToolChoice::Mode::Required;
  } else if (type == "none") {
    result.mode = ToolChoice::Mode::None;
  } else if (type != "auto") {
    m_fields.refuse("type", "must be one of: auto, any, tool, none");
  }
  m_request.toolChoice = std::move(result);
  if (const auto off = m_fields.boolean(choice["disable_parallel_tool_use"])) {
    m_request.parallelTools = !*off;
  }
}

void RequestReader::readSource(JsonValue block, std::vector<ContentPart>& content) {
  const Scope scope(m_fields, "source");
  const JsonValue source = block["source"];
  if (!m_fields.isObject(source)) return;
  const std::string_view type = m_fields.string(source["type"]);
  const bool isImage = block["type"].text() == "image";
  MediaPart media;
  if (type == "base64") {
    media.mediaType = m_fields.string(source["media_type"]);
    media.data = m_fields.string(source["data"]);
    m_fields.require("media_type", !media.mediaType.empty());
    m_fields.require("data", !media.data.empty());
  } else if (type == "url") {
    media.url = m_fields.string(source["url"]);
    m_fields.require("url", !media.url.empty());
    if (!isImage) media.mediaType = "application/pdf";  // the only kind of document by URL
  } else if (type == "text" && !isImage) {
    content.emplace_back(TextPart{std::string(m_fields.string(source["data"]))});
    return;
  } else {
    return m_fields.drop(type);  // a file kept by the provider
  }
  media.fileName = m_fields.string(block["title"]);
  content.emplace_back(std::move(media));
}

bool RequestReader::readContent(JsonValue block, std::string_view type,
                                std::vector<ContentPart>& content) {
  if (type == "text") {
    const std::string_view text = m_fields.string(block["text"]);
    if (!text.empty()) content.emplace_back(TextPart{std::string(text)});
  } else if (type == "image" || type == "document") {
    readSource(block, content);
  } else {
    return false;
  }
  m_fields.drop(block["cache_control"]);
  m_fields.drop(block["citations"]);
  return true;
}

void RequestReader::readToolUse(JsonValue block, std::vector<Part>& parts) {
  ToolCallPart call;
  call.id = m_fields.string(block["id"]);
  call.name = m_fields.string(block["name"]);
  m_fields.require("id", !call.id.empty());
  m_fields.require("name", !call.name.empty());
  const JsonValue input = m_fields.object(block["input"]);
  call.arguments = input ? input.raw() : "{}";
  m_fields.drop(block["cache_control"]);
  parts.emplace_back(std::move(call));
}

void RequestReader::readToolResult(JsonValue block, std::vector<Part>& parts) {
  ToolResultPart result;
  result.callId = m_fields.string(block["tool_use_id"]);
  m_fields.require("tool_use_id", !result.callId.empty());
  result.isError = m_fields.boolean(block["is_error"]).value_or(false);
  m_fields.drop(block["cache_control"]);
  const JsonValue content = block["content"];
  if (content.isString()) {
    if (!content.text().empty()) result.content.emplace_back(TextPart{std::string(content.text())});
  } else {
    std::size_t index = 0;
    for (const JsonValue one : m_fields.array(content)) {
      const Scope scope(m_fields, "content", index++);
      if (!m_fields.isObject(one)) break;
      const std::string_view type = m_fields.string(one["type"]);
      m_fields.require("type", !type.empty());
      if (!readContent(one, type, result.content)) m_fields.drop(type);
    }
  }
  parts.emplace_back(std::move(result));
}

void RequestReader::readBlock(JsonValue block, std::vector<Part>& parts) {
  if (!m_fields.isObject(block)) return;
  const std::string_view type = m_fields.string(block["type"]);
  m_fields.require("type", !type.empty());
  m_content.clear();
  if (readContent(block, type, m_content)) {
    for (ContentPart& part : m_content) {
      std::visit([&](auto& one) { parts.emplace_back(std::move(one)); }, part);
    }
  } else if (type == "tool_use") {
    readToolUse(block, parts);
  } else if (type == "tool_result") {
    readToolResult(block, parts);
  } else if (type == "thinking") {
    ReasoningPart reasoning;
    reasoning.text = m_fields.string(block["thinking"]);
    reasoning.signature = marked(Kind::Anthropic, m_fields.string(block["signature"]));
    parts.emplace_back(std::move(reasoning));
  } else if (type == "redacted_thinking") {
    ReasoningPart reasoning;
    reasoning.encrypted = marked(Kind::Anthropic, m_fields.string(block["data"]));
    parts.emplace_back(std::move(reasoning));
  } else {
    m_fields.drop(type);
  }
}

void RequestReader::readMessage(JsonValue message) {
  if (!m_fields.isObject(message)) return;
  const std::string_view role = m_fields.string(message["role"]);
  // Claude Code tells more of them on the way; where it stood is not carried, as in the other dialects.
  if (role == "system") return readSystem(message["content"]);
  if (role != "user" && role != "assistant") {
    return m_fields.refuse("role", "must be one of: user, assistant, system");
  }
  Turn& turn = m_request.turns.emplace_back();
  turn.role = role == "user" ? Role::User : Role::Assistant;
  const JsonValue content = message["content"];
  if (content.isString()) return addText(turn.parts, content.text());
  if (!content.isArray()) {
    return m_fields.refuse("content", "must be a string or an array of blocks");
  }
  std::size_t index = 0;
  for (const JsonValue block : content) {
    const Scope scope(m_fields, "content", index++);
    readBlock(block, turn.parts);
  }
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
  } else if (key == "system") {
    readSystem(member);
  } else if (key == "max_tokens") {
    m_request.maxTokens = m_fields.count(member);
  } else if (key == "stop_sequences") {
    for (const JsonValue one : m_fields.array(member)) {
      if (!one.isString()) return m_fields.refuse(key, "must be an array of strings");
      m_request.stop.emplace_back(one.text());
    }
  } else if (key == "temperature") {
    m_request.temperature = m_fields.number(member);
  } else if (key == "top_p") {
    m_request.topP = m_fields.number(member);
  } else if (key == "top_k") {
    m_request.topK = m_fields.count(member);
  } else if (key == "stream") {
    m_request.stream = m_fields.boolean(member).value_or(false);
  } else if (key == "tools") {
    std::size_t index = 0;
    for (const JsonValue tool : m_fields.array(member)) {
      const Scope scope(m_fields, "tools", index++);
      readTool(tool);
    }
  } else if (key == "tool_choice") {
    if (const JsonValue choice = m_fields.object(member)) readToolChoice(choice);
  } else if (key == "thinking") {
    if (const JsonValue thinking = m_fields.object(member)) readThinking(thinking);
  } else if (key == "output_config") {
    if (const JsonValue config = m_fields.object(member)) readOutputConfig(config);
  } else if (key == "metadata") {
    const Scope scope(m_fields, "metadata");
    for (const JsonValue one : m_fields.object(member)) {
      if (one.key() == "user_id") {
        m_request.user = m_fields.string(one);
      } else {
        m_fields.drop(one);
      }
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
  m_fields.require("max_tokens", m_request.maxTokens.has_value());
  nameResults(m_request.turns);
  return m_fields.fault();
}

}  // namespace

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped) {
  return RequestReader(request, dropped).read(body);
}

}  // namespace sluice::dialect::anthropic
