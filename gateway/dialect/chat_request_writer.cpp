// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/chat.h"
#include "gateway/dialect/openai_fields.h"
#include "gateway/dialect/openai_model.h"
#include "gateway/dialect/request_writing.h"

namespace sluice::dialect::chat {

namespace {

class RequestWriter {
 public:
  RequestWriter(const Request& request, std::string& out, Dropped& dropped)
      : m_request(request),
        m_json(out),
        m_dropped(dropped),
        m_rules(openai::rulesOf(request.model)) {}

  void write();

 private:
  void writeTurn(const Turn& turn);
  void writeUser(const std::vector<const Part*>& parts);
  void writeAssistant(const Turn& turn);
  void writeResult(const ToolResultPart& result);
  void writeMedia(const MediaPart& media);
  void writeTools();
  void writeFormat(const ResponseFormat& format);
  void writeSampling(std::optional<Effort> effort);
  void beginMessage(std::string_view role) { m_json.beginObject().member("role", role); }
  void writeTextPart(std::string_view text) {
    m_json.beginObject().member("type", "text").member("text", text).endObject();
  }

  const Request& m_request;
  JsonWriter m_json;
  Dropped& m_dropped;
  openai::ModelRules m_rules;
};

bool canCarry(const MediaPart& media) {
  if (media.isImage()) return true;
  if (media.data.empty()) return false;
  return !media.mediaType.starts_with("audio/") || media.mediaType == "audio/mpeg" ||
         media.mediaType == "audio/mp3" || media.mediaType == "audio/wav";
}

std::string dataUrlOf(const MediaPart& media) {
  std::string url = "data:";
  url.append(media.mediaType).append(";base64,").append(media.data);
  return url;
}

void RequestWriter::writeMedia(const MediaPart& media) {
  m_json.beginObject();
  if (media.isImage()) {
    m_json.member("type", "image_url").key("image_url").beginObject();
    m_json.member("url", media.data.empty() ? media.url : dataUrlOf(media));
    if (!media.detail.empty()) m_json.member("detail", media.detail);
  } else if (media.mediaType.starts_with("audio/")) {
    m_json.member("type", "input_audio").key("input_audio").beginObject();
    m_json.member("data", media.data);
    m_json.member("format", media.mediaType == "audio/wav" ? "wav" : "mp3");
  } else {
    m_json.member("type", "file").key("file").beginObject();
    m_json.member("filename", media.fileName.empty() ? "document" : media.fileName);
    m_json.member("file_data", dataUrlOf(media));
  }
  m_json.endObject().endObject();
}

void RequestWriter::writeResult(const ToolResultPart& result) {
  beginMessage("tool");
  m_json.member("tool_call_id", result.callId);
  m_json.member("content", joinedText(result.content));
  m_json.endObject();
  if (result.isError) m_dropped.add(Field::ToolResultError);
}

void RequestWriter::writeUser(const std::vector<const Part*>& parts) {
  beginMessage("user");
  const auto* only = parts.size() == 1 ? std::get_if<TextPart>(parts.front()) : nullptr;
  if (only || parts.empty()) {
    m_json.member("content", only ? std::string_view(only->text) : std::string_view());
    m_json.endObject();
    return;
  }
  m_json.key("content").beginArray();
  for (const Part* part : parts) {
    if (const auto* text = std::get_if<TextPart>(part)) writeTextPart(text->text);
    if (const auto* media = std::get_if<MediaPart>(part)) writeMedia(*media);
  }
  m_json.endArray().endObject();
}

void RequestWriter::writeAssistant(const Turn& turn) {
  std::string text;
  std::string refusal;
  std::size_t calls = 0;
  for (const Part& part : turn.parts) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
    if (const auto* one = std::get_if<RefusalPart>(&part)) refusal += one->text;
    if (std::holds_alternative<ToolCallPart>(part)) ++calls;
    if (std::holds_alternative<ReasoningPart>(part)) m_dropped.add(Field::ReasoningParts);
    if (std::holds_alternative<MediaPart>(part)) m_dropped.add(Field::Media);
  }
  beginMessage("assistant");
  if (text.empty() && (calls > 0 || !refusal.empty())) {
    m_json.key("content").null();
  } else {
    m_json.member("content", text);
  }
  if (!refusal.empty()) m_json.member("refusal", refusal);
  if (calls > 0) {
    m_json.key("tool_calls").beginArray();
    for (const Part& part : turn.parts) {
      const auto* call = std::get_if<ToolCallPart>(&part);
      if (!call) continue;
      if (!call->signature.empty()) m_dropped.add(Field::ToolCallSignature);
      m_json.beginObject().member("id", call->id).member("type", "function");
      m_json.key("function").beginObject().member("name", call->name);
      m_json.member("arguments", call->arguments).endObject().endObject();
    }
    m_json.endArray();
  }
  m_json.endObject();
}

void RequestWriter::writeTurn(const Turn& turn) {
  if (turn.role == Role::Assistant) return writeAssistant(turn);
  std::vector<const Part*> rest;
  std::vector<Part>
      moved;  // a tool's message has text only: its pictures follow in the user's name
  bool results = false;
  for (const Part& part : turn.parts) {
    const auto* result = std::get_if<ToolResultPart>(&part);
    if (!result) continue;
    results = true;
    writeResult(*result);
    for (const ContentPart& content : result->content) {
      if (const auto* media = std::get_if<MediaPart>(&content)) {
        canCarry(*media) ? static_cast<void>(moved.emplace_back(*media))
                         : m_dropped.add(Field::ToolResultMedia);
      }
    }
  }
  for (const Part& part : moved) rest.push_back(&part);
  for (const Part& part : turn.parts) {
    const auto* media = std::get_if<MediaPart>(&part);
    if (media && !canCarry(*media)) {
      m_dropped.add(Field::Media);
    } else if (media || std::holds_alternative<TextPart>(part)) {
      rest.push_back(&part);
    }
  }
  if (!results || !rest.empty()) writeUser(rest);
}

void RequestWriter::writeTools() {
  if (m_request.tools.empty()) return;  // a choice among none is refused by the API
  m_json.key("tools").beginArray();
  for (const Tool& tool : m_request.tools) {
    m_json.beginObject().member("type", "function").key("function").beginObject();
    m_json.member("name", tool.name);
    if (!tool.description.empty()) m_json.member("description", tool.description);
    m_json.memberRaw("parameters", parametersOf(tool));
    if (tool.strict) m_json.key("strict").boolean(*tool.strict);
    m_json.endObject().endObject();
  }
  m_json.endArray();
  if (m_request.toolChoice) {
    m_json.key("tool_choice");
    switch (m_request.toolChoice->mode) {
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
        m_json.beginObject().member("type", "function").key("function").beginObject();
        m_json.member("name", m_request.toolChoice->name).endObject().endObject();
        break;
    }
  }
  if (m_request.parallelTools) {
    m_json.key("parallel_tool_calls").boolean(*m_request.parallelTools);
  }
}

void RequestWriter::writeFormat(const ResponseFormat& format) {
  m_json.key("response_format").beginObject();
  switch (format.type) {
    case ResponseFormat::Type::Text:
      m_json.member("type", "text");
      break;
    case ResponseFormat::Type::Json:
      m_json.member("type", "json_object");
      break;
    case ResponseFormat::Type::Schema:
      m_json.member("type", "json_schema").key("json_schema").beginObject();
      m_json.member("name", format.name.empty() ? "answer" : format.name);  // it must have one
      if (!format.description.empty()) m_json.member("description", format.description);
      m_json.memberRaw("schema", format.schema);
      if (format.strict) m_json.key("strict").boolean(*format.strict);
      m_json.endObject();
      break;
  }
  m_json.endObject();
}

void RequestWriter::writeSampling(std::optional<Effort> effort) {
  const Request& request = m_request;
  if (m_rules.takesSampling(effort)) {
    if (request.temperature) m_json.key("temperature").number(*request.temperature);
    if (request.topP) m_json.key("top_p").number(*request.topP);
  } else {
    nameSampling(request, m_dropped);
  }
  if (m_rules.penalties) {
    if (request.presencePenalty) m_json.key("presence_penalty").number(*request.presencePenalty);
    if (request.frequencyPenalty) m_json.key("frequency_penalty").number(*request.frequencyPenalty);
  } else {
    if (request.presencePenalty.value_or(0) != 0) m_dropped.add(Field::PresencePenalty);
    if (request.frequencyPenalty.value_or(0) != 0) m_dropped.add(Field::FrequencyPenalty);
  }
  if (request.stop.empty()) return;
  if (!m_rules.stop) return m_dropped.add(Field::Stop);
  m_json.key("stop").beginArray();
  for (const std::string& stop : request.stop) m_json.string(stop);
  m_json.endArray();
}

void RequestWriter::write() {
  const Request& request = m_request;
  m_json.beginObject().member("model", request.model);
  m_json.key("messages").beginArray();
  for (const std::string& text : request.system) {
    beginMessage("system");
    m_json.member("content", text).endObject();
  }
  for (const Turn& turn : request.turns) writeTurn(turn);
  m_json.endArray();
  writeTools();
  if (request.maxTokens) m_json.memberCount("max_completion_tokens", *request.maxTokens);
  const auto wanted = wantedEffort(request.reasoning);
  const auto effort = m_rules.effortFor(wanted);
  writeSampling(effort);
  if (request.topK) m_dropped.add(Field::TopK);
  if (request.seed) m_json.key("seed").integer(*request.seed);
  if (request.choices && *request.choices > 1) m_dropped.add(Field::Choices);
  if (request.format) writeFormat(*request.format);
  if (effort) m_json.member("reasoning_effort", wordOf(*effort));
  // For dynamic there is no word, and some do not think unasked.
  const bool dynamic = !wanted && request.reasoning && request.reasoning->dynamic;
  if (dynamic || effort.value_or(Effort::None) != wanted.value_or(Effort::None)) {
    m_dropped.add(Field::Reasoning);
  }
  if (request.user.size() > openai::kLongestUser) {
    m_dropped.add(Field::User);
  } else if (!request.user.empty()) {
    m_json.member("user", request.user);
  }
  for (const RawField& field : request.openai) m_json.memberRaw(field.name, field.value);
  if (request.stream) {
    m_json.key("stream").boolean(true);
    if (request.includeUsage) {
      m_json.key("stream_options").beginObject();
      m_json.key("include_usage").boolean(true).endObject();
    }
  }
  m_json.endObject();
}

}  // namespace

void writeRequest(const Request& request, std::string& out, Dropped& dropped) {
  RequestWriter(request, out, dropped).write();
}

}  // namespace sluice::dialect::chat
