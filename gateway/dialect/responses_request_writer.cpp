// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/openai_fields.h"
#include "gateway/dialect/openai_model.h"
#include "gateway/dialect/request_writing.h"
#include "gateway/dialect/responses.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::responses {

namespace {

/// There is no sound in the API's input.
bool canCarry(const MediaPart& media) {
  return !media.mediaType.starts_with("audio/") && !media.mediaType.starts_with("video/");
}

std::string dataUrlOf(const MediaPart& media) {
  std::string url = "data:";
  url.append(media.mediaType).append(";base64,").append(media.data);
  return url;
}

class RequestWriter {
 public:
  RequestWriter(const Request& request, std::string& out, Dropped& dropped)
      : m_request(request),
        m_json(out),
        m_dropped(dropped),
        m_rules(openai::rulesOf(request.model)),
        m_effort(m_rules.effortFor(wantedEffort(request.reasoning))) {}

  void write();

 private:
  void writeInput();
  void writeUser(const Turn& turn);
  void writeAssistant(const Turn& turn);
  void writeResult(const ToolResultPart& result);
  void writeCall(const ToolCallPart& call);
  void writeText(std::string_view type, std::string_view text) {
    m_json.beginObject().member("type", type).member("text", text).endObject();
  }
  void writeMedia(const MediaPart& media);
  void writeTools();
  void writeToolChoice(const ToolChoice& choice);
  void writeTextSettings();
  void writeReasoning();
  void nameOthers();
  JsonWriter& beginMessage(std::string_view role) {
    return m_json.beginObject().member("type", "message").member("role", role).key("content");
  }

  const Request& m_request;
  JsonWriter m_json;
  Dropped& m_dropped;
  openai::ModelRules m_rules;
  std::optional<Effort> m_effort;  // that is said
};

void RequestWriter::writeMedia(const MediaPart& media) {
  m_json.beginObject();
  if (media.isImage()) {
    m_json.member("type", "input_image");
    m_json.member("image_url", media.data.empty() ? media.url : dataUrlOf(media));
    if (!media.detail.empty()) m_json.member("detail", media.detail);
  } else if (media.data.empty()) {
    m_json.member("type", "input_file").member("file_url", media.url);
  } else {
    m_json.member("type", "input_file");
    m_json.member("filename", media.fileName.empty() ? "document" : media.fileName);
    m_json.member("file_data", dataUrlOf(media));
  }
  m_json.endObject();
}

void RequestWriter::writeResult(const ToolResultPart& result) {
  m_json.beginObject().member("type", "function_call_output").member("call_id", result.callId);
  const bool plain = std::ranges::none_of(result.content, [](const ContentPart& part) {
    const auto* media = std::get_if<MediaPart>(&part);
    return media && canCarry(*media);
  });
  if (plain) {
    m_json.member("output", joinedText(result.content));
  } else {
    m_json.key("output").beginArray();
  }
  for (const ContentPart& part : result.content) {
    const auto* media = std::get_if<MediaPart>(&part);
    if (media && !canCarry(*media)) {
      m_dropped.add(Field::ToolResultMedia);
    } else if (media) {
      writeMedia(*media);
    } else if (!plain) {
      writeText("input_text", std::get<TextPart>(part).text);
    }
  }
  if (!plain) m_json.endArray();
  m_json.endObject();
  if (result.isError) m_dropped.add(Field::ToolResultError);
}

void RequestWriter::writeUser(const Turn& turn) {
  std::vector<const Part*> rest;
  bool results = false;
  for (const Part& part : turn.parts) {
    if (const auto* result = std::get_if<ToolResultPart>(&part)) {
      results = true;
      writeResult(*result);
    } else if (const auto* media = std::get_if<MediaPart>(&part); media && !canCarry(*media)) {
      m_dropped.add(Field::Media);
    } else if (media || std::holds_alternative<TextPart>(part)) {
      rest.push_back(&part);
    }
  }
  if (rest.empty() && results) return;
  beginMessage("user");
  const auto* only = rest.size() == 1 ? std::get_if<TextPart>(rest.front()) : nullptr;
  if (only || rest.empty()) {
    m_json.string(only ? std::string_view(only->text) : std::string_view()).endObject();
    return;
  }
  m_json.beginArray();
  for (const Part* part : rest) {
    if (const auto* text = std::get_if<TextPart>(part)) writeText("input_text", text->text);
    if (const auto* media = std::get_if<MediaPart>(part)) writeMedia(*media);
  }
  m_json.endArray().endObject();
}

void RequestWriter::writeCall(const ToolCallPart& call) {
  m_json.beginObject().member("type", "function_call").member("call_id", call.id);
  m_json.member("name", call.name).member("arguments", call.arguments).endObject();
  if (!call.signature.empty()) m_dropped.add(Field::ToolCallSignature);
}

void RequestWriter::writeAssistant(const Turn& turn) {
  bool open = false;  // a message
  const auto close = [&] {
    if (open) m_json.endArray().endObject();
    open = false;
  };
  for (const Part& part : turn.parts) {
    const auto* text = std::get_if<TextPart>(&part);
    const auto* refusal = std::get_if<RefusalPart>(&part);
    if (text || refusal) {
      if (!open) beginMessage("assistant").beginArray();
      open = true;
      if (text) {
        writeText("output_text", text->text);
      } else {
        writeRefusalPart(refusal->text, m_json);
      }
    } else if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      close();
      writeCall(*call);
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
      if (ownOf(Kind::Responses, reasoning->encrypted).empty()) {  // the API knows only its own
        m_dropped.add(Field::ReasoningParts);
        continue;
      }
      close();
      writeReasoningItem(reasoning->id, *reasoning, m_json);
    } else {
      m_dropped.add(Field::Media);
    }
  }
  close();
}

void RequestWriter::writeInput() {
  std::size_t texts = 0;
  for (const std::string& text : m_request.system) {
    if (!text.empty() && texts++ == 0) m_json.member("instructions", text);
  }
  m_json.key("input").beginArray();
  texts = 0;
  for (const std::string& text : m_request.system) {
    if (!text.empty() && texts++ > 0) beginMessage("developer").string(text).endObject();
  }
  for (const Turn& turn : m_request.turns) {
    turn.role == Role::Assistant ? writeAssistant(turn) : writeUser(turn);
  }
  m_json.endArray();
}

void RequestWriter::writeToolChoice(const ToolChoice& choice) {
  m_json.key("tool_choice");
  switch (choice.mode) {
    case ToolChoice::Mode::Auto:
      m_json.string("auto");
      break;
    case ToolChoice::Mode::None:
      m_json.string("none");
      break;
    case ToolChoice::Mode::Required:
      m_json.string("required");
      break;
    case ToolChoice::Mode::Named:
      m_json.beginObject().member("type", "function").member("name", choice.name).endObject();
      break;
  }
}

void RequestWriter::writeTools() {
  if (m_request.tools.empty()) return;  // a choice among none is refused by the API
  m_json.key("tools").beginArray();
  for (const Tool& tool : m_request.tools) {
    m_json.beginObject().member("type", "function").member("name", tool.name);
    if (!tool.description.empty()) m_json.member("description", tool.description);
    m_json.memberRaw("parameters", parametersOf(tool));
    // Not said it would be true here, and false in the other dialects.
    m_json.key("strict").boolean(tool.strict.value_or(false)).endObject();
  }
  m_json.endArray();
  if (m_request.toolChoice) writeToolChoice(*m_request.toolChoice);
  if (m_request.parallelTools) {
    m_json.key("parallel_tool_calls").boolean(*m_request.parallelTools);
  }
}

void RequestWriter::writeTextSettings() {
  const auto verbosity = std::ranges::find(m_request.openai, "verbosity", &RawField::name);
  const auto& format = m_request.format;
  if (!format && verbosity == m_request.openai.end()) return;
  m_json.key("text").beginObject();
  if (format) {
    m_json.key("format").beginObject();
    switch (format->type) {
      case ResponseFormat::Type::Text:
        m_json.member("type", "text");
        break;
      case ResponseFormat::Type::Json:
        m_json.member("type", "json_object");
        break;
      case ResponseFormat::Type::Schema:
        m_json.member("type", "json_schema");
        m_json.member("name", format->name.empty() ? "answer" : format->name);  // it must have one
        if (!format->description.empty()) m_json.member("description", format->description);
        m_json.memberRaw("schema", format->schema);
        if (format->strict) m_json.key("strict").boolean(*format->strict);
        break;
    }
    m_json.endObject();
  }
  if (verbosity != m_request.openai.end()) m_json.memberRaw("verbosity", verbosity->value);
  m_json.endObject();
}

void RequestWriter::writeReasoning() {
  const auto wanted = wantedEffort(m_request.reasoning);
  const auto effort = m_effort;
  const bool show = m_request.reasoning && m_request.reasoning->show && m_rules.thinks;
  // For dynamic there is no word, and some do not think unasked.
  const bool dynamic = !wanted && m_request.reasoning && m_request.reasoning->dynamic;
  if (dynamic || effort.value_or(Effort::None) != wanted.value_or(Effort::None)) {
    m_dropped.add(Field::Reasoning);
  }
  if (!effort && !show) return;
  m_json.key("reasoning").beginObject();
  if (effort) m_json.member("effort", wordOf(*effort));
  if (show) m_json.member("summary", "auto");
  m_json.endObject();
  // So that the thoughts can come back: nothing is stored. Models that do not think refuse it.
  if (show && effort != Effort::None) {
    m_json.key("include").beginArray().string("reasoning.encrypted_content").endArray();
  }
}

void RequestWriter::nameOthers() {
  const Request& request = m_request;
  if (request.topK) m_dropped.add(Field::TopK);
  if (!request.stop.empty()) m_dropped.add(Field::Stop);
  if (request.seed) m_dropped.add(Field::Seed);
  if (request.choices && *request.choices > 1) m_dropped.add(Field::Choices);
  if (request.presencePenalty) m_dropped.add(Field::PresencePenalty);
  if (request.frequencyPenalty) m_dropped.add(Field::FrequencyPenalty);
}

void RequestWriter::write() {
  const Request& request = m_request;
  m_json.beginObject().member("model", request.model);
  writeInput();
  writeTools();
  if (request.maxTokens) m_json.memberCount("max_output_tokens", *request.maxTokens);
  if (m_rules.takesSampling(m_effort)) {
    if (request.temperature) m_json.key("temperature").number(*request.temperature);
    if (request.topP) m_json.key("top_p").number(*request.topP);
  } else {
    nameSampling(request, m_dropped);
  }
  writeTextSettings();
  writeReasoning();
  nameOthers();
  if (request.user.size() > openai::kLongestUser) {
    m_dropped.add(Field::User);
  } else if (!request.user.empty()) {
    m_json.member("user", request.user);
  }
  bool store = false;
  for (const RawField& field : request.openai) {
    store = store || field.name == "store";
    if (field.name != "verbosity") m_json.memberRaw(field.name, field.value);
  }
  // Not said it would be true here, and false in the other dialects.
  if (!store) m_json.key("store").boolean(false);
  if (request.stream) m_json.key("stream").boolean(true);
  m_json.endObject();
}

}  // namespace

void writeRequest(const Request& request, std::string& out, Dropped& dropped) {
  RequestWriter(request, out, dropped).write();
}

}  // namespace sluice::dialect::responses
