// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <utility>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::gemini {

namespace {

using Scope = FieldReader::Scope;

void readCall(JsonValue call, std::string_view signature, JsonValue body, std::size_t& calls,
              FieldReader& fields, Answer& answer) {
  const Scope scope(fields, "functionCall");
  if (!fields.isObject(call)) return;
  ToolCallPart part;
  part.id = fields.string(call["id"]);
  part.name = fields.string(call["name"]);
  fields.require("name", !part.name.empty());
  const JsonValue arguments = fields.object(call["args"]);
  part.arguments = arguments ? arguments.raw() : "{}";
  part.signature = marked(Kind::Gemini, signature);
  if (part.id.empty()) part.id = madeCallId(body["responseId"].text(), body, calls);
  ++calls;
  answer.parts.emplace_back(std::move(part));
}

void readPart(JsonValue part, JsonValue body, std::size_t& calls, FieldReader& fields,
              Answer& answer) {
  if (!fields.isObject(part)) return;
  const std::string_view signature = fields.string(part["thoughtSignature"]);
  if (const JsonValue call = part["functionCall"]; !call.isNull()) {
    readCall(call, signature, body, calls, fields, answer);
    return;
  }
  const std::string_view text = fields.string(part["text"]);
  if (fields.boolean(part["thought"]).value_or(false)) {
    if (text.empty() && signature.empty()) return;
    answer.parts.emplace_back(
        ReasoningPart{std::string(text), marked(Kind::Gemini, signature), {}, {}});
    return;
  }
  addSignature(answer.parts, signature);
  addText(answer.parts, text);
  // Others are for what the provider runs, or draws, which is not asked for.
}

void readCandidate(JsonValue candidate, JsonValue body, FieldReader& fields, Answer& answer) {
  if (!fields.isObject(candidate)) return;
  std::size_t calls = 0;
  {
    const Scope scope(fields, "content");
    std::size_t index = 0;
    for (const JsonValue part : fields.array(fields.object(candidate["content"])["parts"])) {
      const Scope within(fields, "parts", index++);
      readPart(part, body, calls, fields, answer);
    }
  }
  const std::string_view reason = fields.string(candidate["finishReason"]);
  fields.require("finishReason", !reason.empty());
  const auto stop = stopReasonOf(reason);
  if (!stop)
    fields.refuse("finishReason", "tells of a call that cannot be read: " + std::string(reason));
  answer.stop = stop.value_or(StopReason::Stop);
  if (calls > 0 && answer.stop == StopReason::Stop) answer.stop = StopReason::ToolCalls;
}

/// The signature of a thought that is written with what stands behind it in the turn: with a text, or
/// with a call that has none. Empty: it stays where it is.
std::string_view movedSignature(const ReasoningPart& thought, const Part* behind) {
  if (!behind || ownOf(Kind::Gemini, thought.signature).empty()) return {};
  if (const auto* call = std::get_if<ToolCallPart>(behind)) {
    return call->signature.empty() ? std::string_view(thought.signature) : std::string_view();
  }
  return std::holds_alternative<TextPart>(*behind) ? std::string_view(thought.signature)
                                                   : std::string_view();
}

}  // namespace

std::optional<StopReason> stopReasonOf(std::string_view reason) {
  if (reason == "MAX_TOKENS") return StopReason::Length;
  constexpr std::array<std::string_view, 10> kFiltered = {"SAFETY",
                                                          "RECITATION",
                                                          "LANGUAGE",
                                                          "BLOCKLIST",
                                                          "PROHIBITED_CONTENT",
                                                          "SPII",
                                                          "IMAGE_SAFETY",
                                                          "IMAGE_PROHIBITED_CONTENT",
                                                          "IMAGE_RECITATION",
                                                          "MODEL_ARMOR"};
  for (const std::string_view one : kFiltered) {
    if (reason == one) return StopReason::ContentFilter;
  }
  constexpr std::array<std::string_view, 5> kUnreadable = {
      "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
      "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE"};
  for (const std::string_view one : kUnreadable) {
    if (reason == one) return std::nullopt;
  }
  return StopReason::Stop;  // "STOP", "OTHER"
}

std::string_view finishReasonOf(StopReason stop) {
  switch (stop) {
    case StopReason::Stop:
    case StopReason::StopSequence:
    case StopReason::ToolCalls:
      return "STOP";
    case StopReason::Length:
      return "MAX_TOKENS";
    case StopReason::ContentFilter:
      return "SAFETY";
  }
  return "STOP";
}

void addSignature(std::vector<Part>& parts, std::string_view signature) {
  if (signature.empty()) return;
  auto* before = parts.empty() ? nullptr : std::get_if<ReasoningPart>(&parts.back());
  if (before && before->signature.empty() && before->encrypted.empty()) {
    before->signature = marked(Kind::Gemini, signature);
  } else {
    parts.emplace_back(ReasoningPart{{}, marked(Kind::Gemini, signature), {}, {}});
  }
}

std::optional<Breach> readAnswer(JsonValue body, Answer& answer) {
  FieldReader fields;
  if (!fields.isObject(body)) return fields.breach();
  answer.id = fields.string(body["responseId"]);
  answer.model = fields.string(body["modelVersion"]);
  const JsonValue candidates = fields.array(body["candidates"]);
  if (!candidates.empty()) {
    const Scope scope(fields, "candidates", 0);
    readCandidate(*candidates.begin(), body, fields, answer);
  } else if (!fields.string(fields.object(body["promptFeedback"])["blockReason"]).empty()) {
    answer.stop = StopReason::ContentFilter;
  } else {
    fields.require("candidates", false);
  }
  const UsageUpdate update = readUsage(body);
  if (update.any()) update.applyTo(answer.usage.emplace());
  return fields.breach();
}

void writeText(std::string_view text, std::string_view signature, JsonWriter& writer) {
  writer.beginObject().member("text", text);
  if (!signature.empty()) {
    writer.member("thoughtSignature", shownTo(Kind::Gemini, signature));
  }
  writer.endObject();
}

void writeThought(std::string_view text, std::string_view signature, JsonWriter& writer) {
  writer.beginObject().member("text", text).key("thought").boolean(true);
  if (!signature.empty()) {
    writer.member("thoughtSignature", shownTo(Kind::Gemini, signature));
  }
  writer.endObject();
}

void writeCall(std::string_view id, std::string_view name, std::string_view arguments,
               std::string_view signature, JsonWriter& writer) {
  writer.beginObject().key("functionCall").beginObject();
  if (!id.empty()) writer.member("id", id);
  writer.member("name", name).memberRaw("args", arguments).endObject();
  if (!signature.empty()) {
    writer.member("thoughtSignature", shownTo(Kind::Gemini, signature));
  }
  writer.endObject();
}

bool carries(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return !text->text.empty();
  if (const auto* refusal = std::get_if<RefusalPart>(&part)) return !refusal->text.empty();
  const auto* reasoning = std::get_if<ReasoningPart>(&part);
  if (!reasoning) return true;
  return reasoning->encrypted.empty() && !(reasoning->text.empty() && reasoning->signature.empty());
}

void PartWriter::write(const Part& part, const Part* behind) {
  const std::string_view signature = std::exchange(m_signature, {});
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    m_signature = movedSignature(*reasoning, behind);
    const std::string_view own = m_signature.empty() ? std::string_view(reasoning->signature) : "";
    if (!reasoning->text.empty()) {
      writeThought(reasoning->text, own, m_json);
    } else if (!own.empty()) {
      writeText("", own, m_json);
    }
  } else if (const auto* text = std::get_if<TextPart>(&part)) {
    writeText(text->text, signature, m_json);
  } else if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
    writeText(refusal->text, {}, m_json);
  } else if (const auto* call = std::get_if<ToolCallPart>(&part)) {
    const std::string_view fallback = std::exchange(m_unsignedCall, {});
    const std::string_view own = call->signature.empty() ? signature : call->signature;
    writeCall(call->id, call->name, call->arguments, own.empty() ? fallback : own, m_json);
  }
}

void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out) {
  std::vector<const Part*> parts;
  bool refused = false;
  for (const Part& part : answer.parts) {
    if (std::holds_alternative<MediaPart>(part) || std::holds_alternative<ToolResultPart>(part)) {
      continue;
    }
    refused = refused || std::holds_alternative<RefusalPart>(part);
    if (carries(part)) parts.push_back(&part);
  }
  JsonWriter writer(out);
  writer.beginObject().key("candidates").beginArray().beginObject();
  writer.key("content").beginObject().key("parts").beginArray();
  PartWriter partWriter(writer);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    partWriter.write(*parts[i], i + 1 < parts.size() ? parts[i + 1] : nullptr);
  }
  if (parts.empty()) writeText("", {}, writer);
  writer.endArray().member("role", "model").endObject();
  writer.member("finishReason", finishReasonOf(refused ? StopReason::ContentFilter : answer.stop));
  writer.memberCount("index", 0).endObject().endArray();
  if (answer.usage) {
    writer.key("usageMetadata");
    writeUsage(*answer.usage, writer);
  }
  writer.member("modelVersion", context.model).member("responseId", context.id).endObject();
}

}  // namespace sluice::dialect::gemini
