// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/answer_writing.h"
#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::anthropic {

namespace {

using Scope = FieldReader::Scope;

void readBlock(JsonValue block, FieldReader& fields, Answer& answer) {
  if (!fields.isObject(block)) return;
  const std::string_view type = fields.string(block["type"]);
  fields.require("type", !type.empty());
  if (type == "text") {
    addText(answer.parts, fields.string(block["text"]));
  } else if (type == "thinking") {
    ReasoningPart reasoning;
    reasoning.text = fields.string(block["thinking"]);
    reasoning.signature = marked(Kind::Anthropic, fields.string(block["signature"]));
    answer.parts.emplace_back(std::move(reasoning));
  } else if (type == "redacted_thinking") {
    ReasoningPart reasoning;
    reasoning.encrypted = marked(Kind::Anthropic, fields.string(block["data"]));
    answer.parts.emplace_back(std::move(reasoning));
  } else if (type == "tool_use") {
    ToolCallPart call;
    call.id = fields.string(block["id"]);
    call.name = fields.string(block["name"]);
    fields.require("id", !call.id.empty());
    fields.require("name", !call.name.empty());
    const JsonValue input = fields.object(block["input"]);
    fields.require("input", input.exists());
    call.arguments = input.raw();
    answer.parts.emplace_back(std::move(call));
  }
  // Others are for tools the provider runs, which are not asked for.
}

std::string_view typeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest:
      return "invalid_request_error";
    case ErrorKind::Authentication:
      return "authentication_error";
    case ErrorKind::Billing:
      return "billing_error";
    case ErrorKind::Permission:
      return "permission_error";
    case ErrorKind::NotFound:
      return "not_found_error";
    case ErrorKind::TooLarge:
      return "request_too_large";
    case ErrorKind::RateLimit:
      return "rate_limit_error";
    case ErrorKind::Overloaded:
      return "overloaded_error";
    case ErrorKind::Timeout:
      return "timeout_error";
    case ErrorKind::Server:
      break;
  }
  return "api_error";
}

ErrorKind kindOf(std::string_view type, int status) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::Server); ++kind) {
    if (typeOf(static_cast<ErrorKind>(kind)) == type) return static_cast<ErrorKind>(kind);
  }
  return errorKindOf(status);
}

void writePart(const Part& part, JsonWriter& writer) {
  writer.beginObject();
  if (const auto* text = std::get_if<TextPart>(&part)) {
    writer.member("type", "text").member("text", text->text);
  } else if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
    writer.member("type", "text").member("text", refusal->text);
  } else if (const auto* call = std::get_if<ToolCallPart>(&part)) {
    writer.member("type", "tool_use").member("id", toolIdOf(call->id)).member("name", call->name);
    writer.memberRaw("input", call->arguments);
  } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    if (reasoning->encrypted.empty()) {
      writer.member("type", "thinking").member("thinking", reasoning->text);
      writer.member("signature", shownTo(Kind::Anthropic, reasoning->signature));
    } else {
      writer.member("type", "redacted_thinking");
      writer.member("data", shownTo(Kind::Anthropic, reasoning->encrypted));
    }
  }
  writer.endObject();
}

}  // namespace

std::string toolIdOf(std::string_view id) {
  std::string out(id);
  for (char& c : out) {
    const bool taken = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-';
    if (!taken) c = '_';
  }
  return out;
}

StopReason stopReasonOf(std::string_view reason) {
  if (reason == "stop_sequence") return StopReason::StopSequence;
  if (reason == "max_tokens" || reason == "model_context_window_exceeded")
    return StopReason::Length;
  if (reason == "tool_use") return StopReason::ToolCalls;
  if (reason == "refusal") return StopReason::ContentFilter;
  return StopReason::Stop;  // "end_turn", "pause_turn"
}

std::string_view stopReasonOf(StopReason stop) {
  switch (stop) {
    case StopReason::Stop:
      return "end_turn";
    case StopReason::StopSequence:
      return "stop_sequence";
    case StopReason::Length:
      return "max_tokens";
    case StopReason::ToolCalls:
      return "tool_use";
    case StopReason::ContentFilter:
      return "refusal";
  }
  return "end_turn";
}

std::optional<Breach> readAnswer(JsonValue body, Answer& answer) {
  FieldReader fields;
  if (!fields.isObject(body)) return fields.breach();
  if (fields.string(body["type"]) != "message") fields.refuse("type", "must be message");
  answer.id = fields.string(body["id"]);
  answer.model = fields.string(body["model"]);
  const JsonValue content = fields.array(body["content"]);
  fields.require("content", content.exists());
  std::size_t index = 0;
  for (const JsonValue block : content) {
    const Scope scope(fields, "content", index++);
    readBlock(block, fields, answer);
  }
  const std::string_view reason = fields.string(body["stop_reason"]);
  fields.require("stop_reason", !reason.empty());
  answer.stop = stopReasonOf(reason);
  answer.stopSequence = fields.string(body["stop_sequence"]);
  const UsageUpdate update = readUsage(body);
  if (update.any()) update.applyTo(answer.usage.emplace());
  return fields.breach();
}

void writeUsage(const TokenUsage& usage, JsonWriter& writer) {
  // Here what was cached, or is to be, is told apart from the rest of the prompt.
  const std::uint64_t apart = usage.cached + usage.cacheWrite;
  writer.beginObject();
  writer.memberCount("input_tokens", usage.prompt > apart ? usage.prompt - apart : 0);
  writer.memberCount("cache_creation_input_tokens", usage.cacheWrite);
  writer.memberCount("cache_read_input_tokens", usage.cached);
  writer.memberCount("output_tokens", usage.completion).endObject();
}

void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out) {
  std::vector<Part> room;
  JsonWriter writer(out);
  writer.beginObject().member("id", "msg_" + context.id).member("type", "message");
  writer.member("role", "assistant").member("model", context.model);
  writer.key("content").beginArray();
  bool refused = false;
  for (const Part& part : withSignedThoughts(answer.parts, room)) {
    if (std::holds_alternative<MediaPart>(part) || std::holds_alternative<ToolResultPart>(part)) {
      continue;
    }
    refused = refused || std::holds_alternative<RefusalPart>(part);
    writePart(part, writer);
  }
  writer.endArray();
  const StopReason stop = refused ? StopReason::ContentFilter : answer.stop;
  writer.member("stop_reason", stopReasonOf(stop)).key("stop_sequence");
  answer.stopSequence.empty() ? writer.null() : writer.string(answer.stopSequence);
  writer.key("usage");
  writeUsage(answer.usage.value_or(TokenUsage{}), writer);
  writer.endObject();
}

UsageUpdate readUsage(JsonValue body) {
  UsageUpdate update;
  JsonValue usage = body["usage"];
  if (usage.isNull()) usage = body["message"]["usage"];
  update.uncached = usage["input_tokens"].count();
  update.cached = usage["cache_read_input_tokens"].count();
  update.cacheWrite = usage["cache_creation_input_tokens"].count();
  update.completion = usage["output_tokens"].count();
  update.reasoning = usage["output_tokens_details"]["thinking_tokens"].count();
  return update;
}

Error readError(int status, JsonValue body) {
  Error error;
  const JsonValue told = body["error"];
  error.kind = kindOf(told["type"].text(), status);
  error.message = told["message"].text();
  if (error.message.find("prompt is too long") != std::string::npos) {
    error.code = "context_length_exceeded";
  }
  return error;
}

void writeError(int, const Error& error, std::string& out) {
  JsonWriter writer(out);
  writer.beginObject().member("type", "error").key("error").beginObject();
  writer.member("type", typeOf(error.kind)).member("message", error.message);
  writer.endObject().endObject();
}

void writeErrorEvents(int status, const Error& error, std::uint64_t, std::string& out) {
  out.append("event: error\ndata: ");
  writeError(status, error, out);
  out.append("\n\n");
}

}  // namespace sluice::dialect::anthropic
