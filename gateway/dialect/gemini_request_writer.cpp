// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <variant>

#include "gateway/core/line_end.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/request_writing.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::gemini {

namespace {

// What all models that think take.
constexpr std::uint64_t kLeastBudget = 512;
constexpr std::uint64_t kMostBudget = 24576;
constexpr std::size_t kMostStops = 5;
constexpr std::string_view kUnsigned = "skip_thought_signature_validator";

/// "gemini-2.5-pro", "gemini-3-pro-preview".
bool isPro(std::string_view model) {
  constexpr std::string_view kPro = "-pro";
  const std::size_t at = model.find(kPro);
  return at != std::string_view::npos &&
         (model.size() == at + kPro.size() || model[at + kPro.size()] == '-');
}

class RequestWriter {
 public:
  RequestWriter(const Request& request, std::string& out, Dropped& dropped)
      : m_request(request), m_json(out), m_dropped(dropped) {}

  void write();

 private:
  void writeContents();
  void writeContent(Role role, const std::vector<const Part*>& parts);
  void writePart(const Part& part, const Part* behind, PartWriter& writer);
  void writeMedia(const MediaPart& media);
  void writeResult(const ToolResultPart& result);
  bool mayCarry(const Part& part);
  void writeTools();
  void writeConfig();
  void writeFormat(const ResponseFormat& format);
  void writeThinking(const ReasoningRequest& reasoning);

  const Request& m_request;
  JsonWriter m_json;
  Dropped& m_dropped;
  JsonTree m_tree;
};

void RequestWriter::writeMedia(const MediaPart& media) {
  if (!media.detail.empty() && media.detail != "auto") m_dropped.add(Field::MediaDetail);
  m_json.beginObject();
  if (media.data.empty()) {
    m_json.key("fileData").beginObject();
    if (!media.mediaType.empty()) m_json.member("mimeType", media.mediaType);
    m_json.member("fileUri", media.url);
  } else {
    m_json.key("inlineData").beginObject().member("mimeType", media.mediaType);
    m_json.member("data", media.data);
  }
  m_json.endObject().endObject();
}

/// Media in it follow as parts of their own: not all models take them within.
void RequestWriter::writeResult(const ToolResultPart& result) {
  const std::string text = joinedText(result.content);
  m_json.beginObject().key("functionResponse").beginObject().member("id", result.callId);
  m_json.member("name", result.name.empty() ? result.callId : result.name).key("response");
  const JsonValue object = m_tree.read(text);
  const bool asItIs = !result.isError && object.isObject() && object.raw().size() == text.size() &&
                      !object["output"].exists() && !object["error"].exists() &&
                      core::lineEnd(text) == std::string::npos;
  if (asItIs) {
    m_json.raw(text);
  } else {
    m_json.beginObject().member(result.isError ? "error" : "output", text).endObject();
  }
  m_json.endObject().endObject();
}

void RequestWriter::writePart(const Part& part, const Part* behind, PartWriter& writer) {
  if (const auto* media = std::get_if<MediaPart>(&part)) {
    writeMedia(*media);
  } else if (const auto* result = std::get_if<ToolResultPart>(&part)) {
    writeResult(*result);
  } else {
    writer.write(part, behind);
  }
}

void RequestWriter::writeContent(Role role, const std::vector<const Part*>& parts) {
  m_json.beginObject().member("role", role == Role::User ? "user" : "model");
  m_json.key("parts").beginArray();
  const auto isResult = [](const Part* part) {
    return std::holds_alternative<ToolResultPart>(*part);
  };
  const auto media = [&] {
    for (const Part* part : parts) {
      if (!isResult(part)) continue;
      for (const ContentPart& content : std::get<ToolResultPart>(*part).content) {
        if (const auto* one = std::get_if<MediaPart>(&content)) writeMedia(*one);
      }
    }
  };
  bool results = !parts.empty() && isResult(parts.front());
  const bool mustSign = m_request.model.find("gemini-3") != std::string::npos;
  PartWriter writer(m_json, mustSign ? kUnsigned : std::string_view());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (results && !isResult(parts[i])) {
      media();
      results = false;
    }
    writePart(*parts[i], i + 1 < parts.size() ? parts[i + 1] : nullptr, writer);
  }
  if (results) media();
  m_json.endArray().endObject();
}

/// Thoughts that another vendor signed or encrypted are refused.
bool RequestWriter::mayCarry(const Part& part) {
  const auto* thought = std::get_if<ReasoningPart>(&part);
  if (!thought) return carries(part);
  const bool foreign =
      !thought->signature.empty() && ownOf(Kind::Gemini, thought->signature).empty();
  if (foreign || !thought->encrypted.empty()) {
    m_dropped.add(Field::ReasoningParts);
    return false;
  }
  return carries(part);
}

void RequestWriter::writeContents() {
  m_json.key("contents").beginArray();
  eachTurn(
      m_request.turns, [this](const Part& part) { return mayCarry(part); },
      [this](Role role, const std::vector<const Part*>& parts) { writeContent(role, parts); });
  m_json.endArray();
}

void RequestWriter::writeTools() {
  if (!m_request.parallelTools.value_or(true)) m_dropped.add(Field::ParallelTools);
  if (m_request.tools.empty()) return;  // a choice among none is refused by the API
  m_json.key("tools").beginArray().beginObject().key("functionDeclarations").beginArray();
  for (const Tool& tool : m_request.tools) {
    m_json.beginObject().member("name", tool.name);
    if (!tool.description.empty()) m_json.member("description", tool.description);
    if (!tool.parameters.empty()) m_json.memberRaw("parametersJsonSchema", tool.parameters);
    if (tool.strict.value_or(false)) m_dropped.add(Field::ToolStrict);
    m_json.endObject();
  }
  m_json.endArray().endObject().endArray();
  if (!m_request.toolChoice) return;
  const ToolChoice& choice = *m_request.toolChoice;
  m_json.key("toolConfig").beginObject().key("functionCallingConfig").beginObject();
  const bool any =
      choice.mode == ToolChoice::Mode::Required || choice.mode == ToolChoice::Mode::Named;
  m_json.member("mode", any ? "ANY" : choice.mode == ToolChoice::Mode::None ? "NONE" : "AUTO");
  if (choice.mode == ToolChoice::Mode::Named) {
    m_json.key("allowedFunctionNames").beginArray().string(choice.name).endArray();
  }
  m_json.endObject().endObject();
}

void RequestWriter::writeFormat(const ResponseFormat& format) {
  m_json.member("responseMimeType",
                format.type == ResponseFormat::Type::Text ? "text/plain" : "application/json");
  if (format.type == ResponseFormat::Type::Schema) {
    m_json.memberRaw("responseJsonSchema", format.schema);
    if (!format.description.empty()) m_dropped.add(Field::FormatDescription);
  }
}

void RequestWriter::writeThinking(const ReasoningRequest& reasoning) {
  const auto wanted = wantedBudget(reasoning);
  if (!wanted && !reasoning.dynamic && !reasoning.show) return;
  m_json.key("thinkingConfig").beginObject();
  if (wanted) {
    const bool mayRest = !isPro(m_request.model);  // these always think
    const std::uint64_t budget =
        *wanted == 0 && mayRest ? 0 : std::clamp(*wanted, kLeastBudget, kMostBudget);
    if (budget != *wanted) m_dropped.add(Field::Reasoning);
    m_json.memberCount("thinkingBudget", budget);
  } else if (reasoning.dynamic) {
    m_json.key("thinkingBudget").integer(-1);
  }
  if (reasoning.show) m_json.key("includeThoughts").boolean(true);
  m_json.endObject();
}

void RequestWriter::writeConfig() {
  const Request& request = m_request;
  m_json.key("generationConfig").beginObject();
  if (request.maxTokens) m_json.memberCount("maxOutputTokens", *request.maxTokens);
  if (request.temperature) m_json.key("temperature").number(*request.temperature);
  if (request.topP) m_json.key("topP").number(*request.topP);
  if (request.topK) m_json.memberCount("topK", *request.topK);
  if (request.presencePenalty) m_json.key("presencePenalty").number(*request.presencePenalty);
  if (request.frequencyPenalty) m_json.key("frequencyPenalty").number(*request.frequencyPenalty);
  if (!request.stop.empty()) {
    m_json.key("stopSequences").beginArray();
    const std::size_t count = std::min(request.stop.size(), kMostStops);
    for (std::size_t i = 0; i < count; ++i) m_json.string(request.stop[i]);
    m_json.endArray();
    if (count < request.stop.size()) m_dropped.add(Field::Stop);
  }
  if (request.seed) {
    if (*request.seed >= INT32_MIN && *request.seed <= INT32_MAX) {
      m_json.key("seed").integer(*request.seed);
    } else {
      m_dropped.add(Field::Seed);
    }
  }
  if (request.choices && *request.choices > 1) m_dropped.add(Field::Choices);
  if (request.format) writeFormat(*request.format);
  if (request.reasoning) writeThinking(*request.reasoning);
  m_json.endObject();
}

void RequestWriter::write() {
  const Request& request = m_request;
  m_json.beginObject();
  writeContents();
  const bool hasSystem =
      std::ranges::any_of(request.system, [](const std::string& text) { return !text.empty(); });
  if (hasSystem) {
    m_json.key("systemInstruction").beginObject().key("parts").beginArray();
    for (const std::string& text : request.system) {
      if (!text.empty()) writeText(text, {}, m_json);
    }
    m_json.endArray().endObject();
  }
  writeTools();
  writeConfig();
  if (!request.user.empty()) m_dropped.add(Field::User);
  for (const RawField& field : request.openai) m_dropped.add(field.name);
  m_json.endObject();
}

}  // namespace

void writeRequest(const Request& request, std::string& out, Dropped& dropped) {
  RequestWriter(request, out, dropped).write();
}

}  // namespace sluice::dialect::gemini
