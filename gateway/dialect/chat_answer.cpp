// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "gateway/dialect/chat.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::chat {

namespace {

using Scope = FieldReader::Scope;

void readToolCalls(JsonValue list, JsonValue body, bool cut, FieldReader& fields, Answer& answer) {
  std::size_t index = 0;
  for (const JsonValue call : fields.array(list)) {
    const Scope scope(fields, "tool_calls", index++);
    if (!fields.isObject(call)) return;
    const JsonValue function = fields.object(call["function"]);
    ToolCallPart part;
    part.id = fields.string(call["id"]);
    if (part.id.empty()) part.id = madeCallId(body["id"].text(), body, index - 1);
    part.name = fields.string(function["name"]);
    part.arguments = fields.string(function["arguments"]);
    part.signature = signatureOf(call);
    fields.require("function.name", !part.name.empty());
    if (part.arguments.empty()) part.arguments = "{}";
    mendSurrogates(part.arguments);
    if (!isJsonObject(part.arguments)) {
      // Cut by the answer's length: nobody could call it, and the stop reason tells.
      if (cut) continue;
      fields.refuse("function.arguments", "must be JSON text of an object");
    }
    answer.parts.emplace_back(std::move(part));
  }
}

/// A string, or Mistral's parts with texts.
std::string thoughtsOf(JsonValue thinking) {
  std::string all(thinking.text());
  if (!thinking.isArray()) return all;
  for (const JsonValue part : thinking) all += part["text"].text();
  return all;
}

/// A string, or Mistral's parts, of models that think.
void readContent(JsonValue content, FieldReader& fields, Answer& answer) {
  if (!content.isArray()) {
    addText(answer.parts, fields.string(content));
    return;
  }
  for (const JsonValue part : content) {
    std::string thoughts = thoughtsOf(part["thinking"]);
    if (!thoughts.empty())
      answer.parts.emplace_back(ReasoningPart{std::move(thoughts), {}, {}, {}});
    addText(answer.parts, fields.string(part["text"]));
  }
}

void readMessage(JsonValue message, JsonValue body, bool cut, FieldReader& fields, Answer& answer) {
  const Scope scope(fields, "message");
  if (!fields.isObject(message)) return;
  JsonValue thoughts = message["reasoning_content"];
  if (thoughts.isNull()) thoughts = message["reasoning"];
  const std::string_view reasoning = fields.string(thoughts);
  if (!reasoning.empty()) {
    answer.parts.emplace_back(ReasoningPart{std::string(reasoning), {}, {}, {}});
  }
  readContent(message["content"], fields, answer);
  const std::string_view refusal = fields.string(message["refusal"]);
  if (!refusal.empty()) answer.parts.emplace_back(RefusalPart{std::string(refusal)});
  readToolCalls(message["tool_calls"], body, cut, fields, answer);
}

std::string_view typeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest:
    case ErrorKind::TooLarge:
      return "invalid_request_error";
    case ErrorKind::NotFound:
      return "not_found_error";
    case ErrorKind::Authentication:
      return "authentication_error";
    case ErrorKind::Billing:
      return "insufficient_quota";
    case ErrorKind::Permission:
      return "permission_error";
    case ErrorKind::RateLimit:
      return "rate_limit_error";
    case ErrorKind::Overloaded:
      return "server_error";
    case ErrorKind::Timeout:
      return "timeout";
    case ErrorKind::Server:
      break;
  }
  return "api_error";
}

/// What OpenAI says, and who speaks its dialect.
constexpr std::array<std::pair<std::string_view, ErrorKind>, 23> kErrorWords = {{
    {"rate_limit_error", ErrorKind::RateLimit},
    {"rate_limit_exceeded", ErrorKind::RateLimit},
    {"insufficient_quota", ErrorKind::Billing},
    {"billing_error", ErrorKind::Billing},
    {"billing_not_active", ErrorKind::Billing},
    {"overloaded_error", ErrorKind::Overloaded},
    {"server_overloaded", ErrorKind::Overloaded},
    {"server_is_overloaded", ErrorKind::Overloaded},
    {"engine_overloaded", ErrorKind::Overloaded},
    {"slow_down", ErrorKind::Overloaded},
    {"authentication_error", ErrorKind::Authentication},
    {"invalid_api_key", ErrorKind::Authentication},
    {"account_deactivated", ErrorKind::Authentication},
    {"permission_error", ErrorKind::Permission},
    {"not_found_error", ErrorKind::NotFound},
    {"model_not_found", ErrorKind::NotFound},
    {"timeout", ErrorKind::Timeout},
    {"timeout_error", ErrorKind::Timeout},
    {"request_too_large", ErrorKind::TooLarge},
    {"context_length_exceeded", ErrorKind::InvalidRequest},
    {"content_filter", ErrorKind::InvalidRequest},
    {"content_policy_violation", ErrorKind::InvalidRequest},
    {"invalid_request_error", ErrorKind::InvalidRequest},
}};

/// The HTTP status that some tell in the `code` of an error, as a number or as its digits; 0: none.
int statusTold(JsonValue error) {
  const JsonValue code = error["code"];
  std::int64_t status = code.integer().value_or(0);
  if (constexpr std::size_t kDigits = 3; code.text().size() == kDigits) {  // LiteLLM
    std::from_chars(code.text().data(), code.text().data() + kDigits, status);
  }
  return status >= 400 && status < 600 ? static_cast<int>(status) : 0;
}

/// By what stands in `code`, or else in `type`. Empty: neither is known.
std::optional<ErrorKind> errorKindOf(std::string_view type, std::string_view code) {
  for (const std::string_view word : {code, type}) {  // the code says more
    const auto* known =
        std::ranges::find(kErrorWords, word, [](const auto& one) { return one.first; });
    if (known != kErrorWords.end()) return known->second;
  }
  return std::nullopt;
}

}  // namespace

std::string signatureOf(JsonValue call) {
  return marked(Kind::Gemini, call["extra_content"]["google"]["thought_signature"].text());
}

void writeSignature(std::string_view signature, JsonWriter& writer) {
  const std::string_view own = ownOf(Kind::Gemini, signature);
  if (own.empty()) return;
  writer.key("extra_content").beginObject().key("google").beginObject();
  writer.member("thought_signature", own).endObject().endObject();
}

StopReason stopReasonOf(std::string_view reason) {
  if (reason == "length" || reason == "model_length")
    return StopReason::Length;  // Mistral: the window
  if (reason == "tool_calls" || reason == "function_call") return StopReason::ToolCalls;
  if (reason == "content_filter") return StopReason::ContentFilter;
  return StopReason::Stop;  // "stop", and what some providers say for it: "eos", "end_turn"
}

std::string_view finishReasonOf(StopReason stop) {
  switch (stop) {
    case StopReason::Stop:
    case StopReason::StopSequence:
      return "stop";
    case StopReason::Length:
      return "length";
    case StopReason::ToolCalls:
      return "tool_calls";
    case StopReason::ContentFilter:
      return "content_filter";
  }
  return "stop";
}

std::optional<Breach> readAnswer(JsonValue body, Answer& answer) {
  FieldReader fields;
  if (!fields.isObject(body)) return fields.breach();
  answer.id = fields.string(body["id"]);
  answer.model = fields.string(body["model"]);
  answer.created = fields.integer(body["created"]).value_or(0);
  const JsonValue choices = fields.array(body["choices"]);
  fields.require("choices", !choices.empty());
  if (fields.failed()) return fields.breach();
  {
    const Scope scope(fields, "choices", 0);
    const JsonValue choice = *choices.begin();
    if (!fields.isObject(choice)) return fields.breach();
    const std::string_view reason = fields.string(choice["finish_reason"]);
    fields.require("finish_reason", !reason.empty());
    answer.stop = stopReasonOf(reason);
    readMessage(choice["message"], body, answer.stop == StopReason::Length, fields, answer);
  }
  // Some providers say "stop" behind calls.
  const bool calls = std::ranges::any_of(
      answer.parts, [](const Part& part) { return std::holds_alternative<ToolCallPart>(part); });
  if (calls && answer.stop == StopReason::Stop) answer.stop = StopReason::ToolCalls;
  const UsageUpdate update = readUsage(body);
  if (update.any()) update.applyTo(answer.usage.emplace());
  return fields.breach();
}

void writeUsage(const TokenUsage& usage, JsonWriter& writer) {
  writer.beginObject().memberCount("prompt_tokens", usage.prompt);
  writer.memberCount("completion_tokens", usage.completion);
  writer.memberCount("total_tokens", usage.total());
  writer.key("prompt_tokens_details").beginObject().memberCount("cached_tokens", usage.cached);
  if (usage.cacheWrite > 0) writer.memberCount("cache_write_tokens", usage.cacheWrite);
  writer.endObject();
  writer.key("completion_tokens_details").beginObject();
  writer.memberCount("reasoning_tokens", usage.reasoning).endObject().endObject();
}

void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out) {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::size_t calls = 0;
  for (const Part& part : answer.parts) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
    if (const auto* one = std::get_if<ReasoningPart>(&part)) reasoning += one->text;
    if (const auto* one = std::get_if<RefusalPart>(&part)) refusal += one->text;
    if (std::holds_alternative<ToolCallPart>(part)) ++calls;
  }
  JsonWriter writer(out);
  writer.beginObject().member("id", "chatcmpl-" + context.id).member("object", "chat.completion");
  writer.key("created").integer(context.created).member("model", context.model);
  writer.key("choices").beginArray().beginObject().memberCount("index", 0);
  writer.key("message").beginObject().member("role", "assistant");
  if (text.empty() && (calls > 0 || !refusal.empty())) {
    writer.key("content").null();
  } else {
    writer.member("content", text);
  }
  if (!reasoning.empty()) writer.member("reasoning_content", reasoning);
  writer.key("refusal");
  refusal.empty() ? writer.null() : writer.string(refusal);
  if (calls > 0) {
    writer.key("tool_calls").beginArray();
    for (const Part& part : answer.parts) {
      const auto* call = std::get_if<ToolCallPart>(&part);
      if (!call) continue;
      writer.beginObject().member("id", call->id).member("type", "function");
      writer.key("function").beginObject().member("name", call->name);
      writer.member("arguments", call->arguments).endObject();
      writeSignature(call->signature, writer);
      writer.endObject();
    }
    writer.endArray();
  }
  writer.endObject().key("logprobs").null();
  writer.member("finish_reason", finishReasonOf(answer.stop)).endObject().endArray();
  if (answer.usage) {
    writer.key("usage");
    writeUsage(*answer.usage, writer);
  }
  writer.endObject();
}

UsageUpdate readUsage(JsonValue body) {
  UsageUpdate update;
  const JsonValue usage = body["usage"];
  update.prompt = usage["prompt_tokens"].count();
  update.completion = usage["completion_tokens"].count();
  const JsonValue prompt = usage["prompt_tokens_details"];
  update.cached = prompt["cached_tokens"].count();
  update.cacheWrite = prompt["cache_write_tokens"].count();
  update.reasoning = usage["completion_tokens_details"]["reasoning_tokens"].count();
  return update;
}

Error readError(int status, JsonValue body) {
  return readErrorObject(status, body["error"]);
}

Error readErrorObject(int status, JsonValue told) {
  if (status == 0) status = statusTold(told);
  Error error{dialect::errorKindOf(status), {}, {}, {}};
  if (told.isString()) {  // some providers
    error.message = told.text();
    return error;
  }
  error.message = told["message"].text();
  error.code = told["code"].text();
  error.param = told["param"].text();
  const std::string_view type = told["type"].text();
  if (error.message.find("maximum context length") != std::string::npos) {
    error.code = "context_length_exceeded";
  }
  if (error.code.empty() && told["metadata"]["flagged_input"]) error.code = "moderation_blocked";
  if (status == 0) error.kind = errorKindOf(type, error.code).value_or(error.kind);
  if (type == "insufficient_quota" || error.code == "insufficient_quota") {
    error.kind = ErrorKind::Billing;
  }
  return error;
}

void writeErrorObject(const Error& error, JsonWriter& writer) {
  writer.beginObject().member("message", error.message).member("type", typeOf(error.kind));
  writer.memberOrNull("param", error.param).memberOrNull("code", error.code).endObject();
}

void writeError(int, const Error& error, std::string& out) {
  JsonWriter writer(out);
  writeErrorObject(error, writer.beginObject().key("error"));
  writer.endObject();
}

void writeErrorEvents(int status, const Error& error, std::uint64_t, std::string& out) {
  out.append("data: ");
  writeError(status, error, out);
  out.append("\n\n");
}

}  // namespace sluice::dialect::chat
