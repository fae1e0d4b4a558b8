// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/gemini_names.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::gemini {

namespace {

using Scope = FieldReader::Scope;

/// Of a turn: for each result they are looked through.
constexpr std::size_t kMostCalls = 1024;

class RequestReader {
 public:
  RequestReader(Request& request, Dropped& dropped) : m_request(request), m_fields(&dropped) {}

  std::optional<BodyFault> read(JsonValue body);

 private:
  void readField(JsonValue member);
  void readSystem(JsonValue content);
  void readContent(JsonValue content);
  void readPart(JsonValue part, std::vector<Part>& parts);
  void readCall(JsonValue call, std::string_view signature, std::vector<Part>& parts);
  void readResult(JsonValue result, std::vector<Part>& parts);
  void readResponse(JsonValue response, ToolResultPart& result);
  std::optional<MediaPart> readMedia(JsonValue media);
  void readTool(JsonValue tool);
  void readDeclaration(JsonValue declaration);
  void readToolConfig(JsonValue config);
  void readConfig(JsonValue config);
  void readSetting(JsonValue member);
  void readThinking(JsonValue config);
  void settleFormat();
  /// Empty: the result is of no call of the turn before.
  std::string idOfResult(std::string_view name);
  std::string_view camel(JsonValue member) { return camelOf(member.key(), m_room); }

  struct Call {
    std::string id;
    std::string name;
    bool answered = false;
  };

  Request& m_request;
  FieldReader m_fields;
  std::string m_room;
  std::vector<Call> m_calls;  // of the model's last turn
  std::size_t m_made = 0;     // ids
  std::string m_mimeType;     // of the answer that is asked for
  std::string m_schema;
  bool m_hasContents = false;
};

// ---- contents

std::optional<MediaPart> RequestReader::readMedia(JsonValue media) {
  const Scope scope(m_fields, media.key());
  if (!m_fields.isObject(media)) return std::nullopt;
  MediaPart part;
  for (const JsonValue member : media) {
    const std::string_view key = camel(member);
    if (key == "mimeType") {
      part.mediaType = m_fields.string(member);
    } else if (key == "data") {
      part.data = m_fields.string(member);
    } else if (key == "fileUri") {
      part.url = m_fields.string(member);
    } else if (key == "displayName") {
      part.fileName = m_fields.string(member);
    } else {
      m_fields.drop(member);
    }
  }
  const bool isFile = camel(media) == "fileData";
  if (isFile) {
    part.data.clear();
    m_fields.require("fileUri", !part.url.empty());
  } else {
    part.url.clear();
    m_fields.require("mimeType", !part.mediaType.empty());
    m_fields.require("data", !part.data.empty());
  }
  if (part.isImage()) part.fileName.clear();
  return part;
}

void RequestReader::readCall(JsonValue call, std::string_view signature, std::vector<Part>& parts) {
  const Scope scope(m_fields, call.key());
  if (!m_fields.isObject(call)) return;
  ToolCallPart part;
  part.id = m_fields.string(call["id"]);
  part.name = m_fields.string(call["name"]);
  m_fields.require("name", !part.name.empty());
  const JsonValue arguments = m_fields.object(call["args"]);
  part.arguments = arguments ? arguments.raw() : "{}";
  part.signature = marked(Kind::Gemini, signature);
  if (m_calls.size() == kMostCalls) return m_fields.refuse("is one of too many in a turn");
  if (part.id.empty()) part.id = "call_" + std::to_string(m_made++);
  m_calls.push_back({part.id, part.name});
  parts.emplace_back(std::move(part));
}

std::string RequestReader::idOfResult(std::string_view name) {
  for (Call& call : m_calls) {
    if (call.answered || call.name != name) continue;
    call.answered = true;
    return call.id;
  }
  return {};
}

void RequestReader::readResponse(JsonValue response, ToolResultPart& result) {
  // By convention what it gave is in `output`, or what went wrong in `error`; else all of it counts.
  std::string_view text = response.raw();
  auto it = response.begin();
  const auto end = response.end();
  if (it != end) {
    const JsonValue only = *it;
    const bool isError = only.key() == "error";
    if (++it == end && (isError || only.key() == "output")) {
      result.isError = isError;
      text = only.isString() ? only.text() : only.raw();
    }
  }
  if (!text.empty()) result.content.emplace_back(TextPart{std::string(text)});
}

void RequestReader::readResult(JsonValue given, std::vector<Part>& parts) {
  const Scope scope(m_fields, given.key());
  if (!m_fields.isObject(given)) return;
  ToolResultPart result;
  for (const JsonValue member : given) {
    const std::string_view key = camel(member);
    if (key == "id") {
      result.callId = m_fields.string(member);
    } else if (key == "name") {
      result.name = m_fields.string(member);
    } else if (key == "response") {
      if (const JsonValue response = m_fields.object(member)) readResponse(response, result);
    } else if (key == "parts") {
      std::size_t index = 0;
      for (const JsonValue part : m_fields.array(member)) {
        const Scope within(m_fields, "parts", index++);
        if (!m_fields.isObject(part)) return;
        for (const JsonValue one : part) {
          const std::string_view kind = camel(one);
          if (kind != "inlineData" && kind != "fileData") {
            m_fields.drop(one);
          } else if (auto media = readMedia(one)) {
            result.content.emplace_back(std::move(*media));
          }
        }
      }
    } else {
      m_fields.drop(member);
    }
  }
  m_fields.require("name", !result.name.empty());
  if (result.callId.empty()) {
    result.callId = idOfResult(result.name);
    if (result.callId.empty()) m_fields.refuse("name", "is of no call in the turn before");
  } else {
    for (Call& call : m_calls) call.answered = call.answered || call.id == result.callId;
  }
  parts.emplace_back(std::move(result));
}

void RequestReader::readPart(JsonValue part, std::vector<Part>& parts) {
  if (!m_fields.isObject(part)) return;
  std::string_view text;
  std::string_view signature;
  JsonValue call;
  bool isText = false;
  bool isThought = false;
  for (const JsonValue member : part) {
    const std::string_view key = camel(member);
    if (member.isNull()) continue;
    if (key == "text") {
      text = m_fields.string(member);
      isText = true;
    } else if (key == "thought") {
      isThought = m_fields.boolean(member).value_or(false);
    } else if (key == "thoughtSignature") {
      signature = m_fields.string(member);
    } else if (key == "functionCall") {
      call = member;
    } else if (key == "functionResponse") {
      readResult(member, parts);
    } else if (key == "inlineData" || key == "fileData") {
      if (auto media = readMedia(member)) parts.emplace_back(std::move(*media));
    } else {
      m_fields.drop(member);
    }
  }
  if (call.exists()) return readCall(call, signature, parts);
  if (isThought) {
    if (text.empty() && signature.empty()) return;
    parts.emplace_back(ReasoningPart{std::string(text), marked(Kind::Gemini, signature), {}, {}});
    return;
  }
  if (isText || !signature.empty()) {
    addSignature(parts, signature);
    addText(parts, text);
  }
}

void RequestReader::readContent(JsonValue content) {
  if (!m_fields.isObject(content)) return;
  const std::string_view role = m_fields.string(content["role"]);
  if (!role.empty() && role != "user" && role != "model" && role != "function") {
    return m_fields.refuse("role", "must be user or model");
  }
  const bool isModel = role == "model";
  const bool goesOn = !m_request.turns.empty() && m_request.turns.back().role == Role::Assistant;
  if (isModel && !goesOn) m_calls.clear();
  Turn& turn = m_request.turns.emplace_back();
  turn.role = isModel ? Role::Assistant : Role::User;
  std::size_t index = 0;
  for (const JsonValue part : m_fields.array(content["parts"])) {
    const Scope scope(m_fields, "parts", index++);
    readPart(part, turn.parts);
    if (m_fields.failed()) return;
  }
}

void RequestReader::readSystem(JsonValue content) {
  const Scope scope(m_fields, content.key());
  if (!m_fields.isObject(content)) return;
  std::size_t index = 0;
  for (const JsonValue part : m_fields.array(content["parts"])) {
    const Scope within(m_fields, "parts", index++);
    if (!m_fields.isObject(part)) return;
    for (const JsonValue member : part) {
      if (member.key() != "text") {
        m_fields.drop(member);
      } else if (const std::string_view text = m_fields.string(member); !text.empty()) {
        m_request.system.emplace_back(text);
      }
    }
  }
}

// ---- tools

void RequestReader::readDeclaration(JsonValue declaration) {
  if (!m_fields.isObject(declaration)) return;
  Tool tool;
  for (const JsonValue member : declaration) {
    const std::string_view key = camel(member);
    if (key == "name") {
      tool.name = m_fields.string(member);
    } else if (key == "description") {
      tool.description = m_fields.string(member);
    } else if (key == "parameters") {
      const JsonValue schema = m_fields.object(member);
      if (schema && tool.parameters.empty()) tool.parameters = jsonSchemaOf(schema);
    } else if (key == "parametersJsonSchema") {
      if (const JsonValue schema = m_fields.object(member)) tool.parameters = schema.raw();
    } else {
      m_fields.drop(member);
    }
  }
  m_fields.require("name", !tool.name.empty());
  m_request.tools.push_back(std::move(tool));
}

void RequestReader::readTool(JsonValue tool) {
  if (!m_fields.isObject(tool)) return;
  for (const JsonValue member : tool) {
    if (camel(member) != "functionDeclarations") {
      m_fields.drop(member.key());  // one the provider runs; `{}` asks for it, too
      continue;
    }
    std::size_t index = 0;
    for (const JsonValue declaration : m_fields.array(member)) {
      const Scope scope(m_fields, member.key(), index++);
      readDeclaration(declaration);
    }
  }
}

void RequestReader::readToolConfig(JsonValue config) {
  const JsonValue settings = m_fields.object(config);
  const Scope scope(m_fields, config.key());
  for (const JsonValue member : settings) {
    if (camel(member) != "functionCallingConfig") {
      m_fields.drop(member);
      continue;
    }
    const JsonValue calling = m_fields.object(member);
    if (calling.isNull()) continue;
    const Scope within(m_fields, member.key());
    const std::string_view mode = m_fields.string(calling["mode"]);
    ToolChoice choice;
    if (mode == "ANY") {
      choice.mode = ToolChoice::Mode::Required;
    } else if (mode == "NONE") {
      choice.mode = ToolChoice::Mode::None;
    } else if (!mode.empty() && mode != "AUTO" && mode != "VALIDATED" &&
               mode != "MODE_UNSPECIFIED") {
      return m_fields.refuse("mode", "must be one of: AUTO, ANY, NONE, VALIDATED");
    }
    const JsonValue allowed = memberOf(calling, "allowedFunctionNames");
    std::size_t names = 0;
    for (const JsonValue name : m_fields.array(allowed)) {
      if (!name.isString() || name.text().empty()) {
        return m_fields.refuse(allowed.key(), "must be an array of names");
      }
      choice.name = name.text();
      ++names;
    }
    if (names == 1 && choice.mode == ToolChoice::Mode::Required) {
      choice.mode = ToolChoice::Mode::Named;
    } else {
      choice.name.clear();
      m_fields.drop(allowed);
    }
    m_request.toolChoice = std::move(choice);
  }
}

// ---- generationConfig

void RequestReader::readThinking(JsonValue config) {
  const JsonValue settings = m_fields.object(config);
  const Scope scope(m_fields, config.key());
  ReasoningRequest reasoning;
  for (const JsonValue member : settings) {
    const std::string_view key = camel(member);
    if (key == "includeThoughts") {
      reasoning.show = m_fields.boolean(member).value_or(false);
    } else if (key == "thinkingBudget") {
      const auto budget = m_fields.integer(member);
      if (!budget) continue;
      if (*budget < -1) return m_fields.refuse(member.key(), "must be -1, or not negative");
      if (*budget < 0) {
        reasoning.dynamic = true;
      } else {
        reasoning.budget = static_cast<std::uint64_t>(*budget);
      }
    } else if (key == "thinkingLevel") {
      const std::string_view word = m_fields.string(member);
      if (word == "MINIMAL" || word == "minimal") {
        reasoning.effort = Effort::Minimal;
      } else if (word == "LOW" || word == "low") {
        reasoning.effort = Effort::Low;
      } else if (word == "MEDIUM" || word == "medium") {
        reasoning.effort = Effort::Medium;
      } else if (word == "HIGH" || word == "high") {
        reasoning.effort = Effort::High;
      } else if (!word.empty() && word != "THINKING_LEVEL_UNSPECIFIED") {
        return m_fields.refuse(member.key(), "must be one of: MINIMAL, LOW, MEDIUM, HIGH");
      }
    } else {
      m_fields.drop(member);
    }
  }
  if (!(reasoning == ReasoningRequest{})) m_request.reasoning = reasoning;
}

void RequestReader::readSetting(JsonValue member) {
  const std::string_view key = camel(member);
  Request& request = m_request;
  if (key == "temperature") {
    request.temperature = m_fields.number(member);
  } else if (key == "topP") {
    request.topP = m_fields.number(member);
  } else if (key == "topK") {
    request.topK = m_fields.count(member);
  } else if (key == "maxOutputTokens") {
    request.maxTokens = m_fields.count(member);
  } else if (key == "candidateCount") {
    request.choices = m_fields.count(member);
  } else if (key == "stopSequences") {
    for (const JsonValue one : m_fields.array(member)) {
      if (!one.isString()) return m_fields.refuse(member.key(), "must be an array of strings");
      request.stop.emplace_back(one.text());
    }
  } else if (key == "seed") {
    request.seed = m_fields.integer(member);
  } else if (key == "presencePenalty") {
    request.presencePenalty = m_fields.number(member);
  } else if (key == "frequencyPenalty") {
    request.frequencyPenalty = m_fields.number(member);
  } else if (key == "responseMimeType") {
    m_mimeType = m_fields.string(member);
  } else if (key == "responseSchema") {
    const JsonValue schema = m_fields.object(member);
    if (schema && m_schema.empty()) m_schema = jsonSchemaOf(schema);
  } else if (key == "responseJsonSchema" || key == "ResponseJsonSchema") {
    if (const JsonValue schema = m_fields.object(member)) m_schema = schema.raw();
  } else if (key == "thinkingConfig") {
    if (!member.isNull()) readThinking(member);
  } else {
    m_fields.drop(member);
  }
}

void RequestReader::settleFormat() {
  ResponseFormat format;
  if (!m_schema.empty()) {
    format.type = ResponseFormat::Type::Schema;
    format.schema = std::move(m_schema);
  } else if (m_mimeType == "application/json") {
    format.type = ResponseFormat::Type::Json;
  } else if (m_mimeType != "text/plain") {
    if (!m_mimeType.empty()) m_fields.drop(std::string_view("responseMimeType"));
    return;
  }
  m_request.format = std::move(format);
}

void RequestReader::readConfig(JsonValue config) {
  const JsonValue settings = m_fields.object(config);
  const Scope scope(m_fields, config.key());
  for (const JsonValue member : settings) readSetting(member);
  settleFormat();
}

// ---- the whole

void RequestReader::readField(JsonValue member) {
  const std::string_view key = camel(member);
  if (key == "contents") {
    m_hasContents = true;
    if (!member.isArray()) return m_fields.refuse("contents", "must be an array");
    std::size_t index = 0;
    for (const JsonValue content : member) {
      const Scope scope(m_fields, "contents", index++);
      readContent(content);
      if (m_fields.failed()) return;
    }
  } else if (key == "systemInstruction") {
    if (!member.isNull()) readSystem(member);
  } else if (key == "tools") {
    std::size_t index = 0;
    for (const JsonValue tool : m_fields.array(member)) {
      const Scope scope(m_fields, "tools", index++);
      readTool(tool);
    }
  } else if (key == "toolConfig") {
    if (!member.isNull()) readToolConfig(member);
  } else if (key == "generationConfig") {
    if (!member.isNull()) readConfig(member);
  } else if (key != "model") {  // it stands in the path
    m_fields.drop(member);
  }
}

std::optional<BodyFault> RequestReader::read(JsonValue body) {
  if (!m_fields.isObject(body)) return m_fields.fault();
  for (const JsonValue member : body) {
    readField(member);
    if (m_fields.failed()) return m_fields.fault();
  }
  m_fields.require("contents", m_hasContents);
  return m_fields.fault();
}

}  // namespace

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped) {
  return RequestReader(request, dropped).read(body);
}

}  // namespace sluice::dialect::gemini
