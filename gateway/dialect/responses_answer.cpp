// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/answer_writing.h"
#include "gateway/dialect/chat.h"
#include "gateway/dialect/responses.h"

namespace sluice::dialect::responses {

namespace {

using Scope = FieldReader::Scope;

/// Codes of which only Responses knows, and which say whose the fault is.
void judgeCode(Error& error) {
  if (error.kind != ErrorKind::Server) return;
  if (error.code.starts_with("invalid_") || error.code.find("image") != std::string::npos) {
    error.kind = ErrorKind::InvalidRequest;
  }
}

void readMessage(JsonValue item, FieldReader& fields, Answer& answer) {
  std::size_t index = 0;
  for (const JsonValue part : fields.array(item["content"])) {
    const Scope scope(fields, "content", index++);
    if (!fields.isObject(part)) return;
    const std::string_view type = fields.string(part["type"]);
    if (type == "output_text") {
      addText(answer.parts, fields.string(part["text"]));
    } else if (type == "refusal") {
      const std::string_view refusal = fields.string(part["refusal"]);
      if (!refusal.empty()) answer.parts.emplace_back(RefusalPart{std::string(refusal)});
    }
  }
}

void readCall(JsonValue item, bool cut, FieldReader& fields, Answer& answer) {
  ToolCallPart call;
  call.id = fields.string(item["call_id"]);
  call.name = fields.string(item["name"]);
  call.arguments = fields.string(item["arguments"]);
  fields.require("call_id", !call.id.empty());
  fields.require("name", !call.name.empty());
  if (call.arguments.empty()) call.arguments = "{}";
  mendSurrogates(call.arguments);
  if (!isJsonObject(call.arguments)) {
    // Cut by the answer's length: nobody could call it, and the stop reason tells.
    if (cut) return;
    fields.refuse("arguments", "must be JSON text of an object");
  }
  answer.parts.emplace_back(std::move(call));
}

void readReasoning(JsonValue item, FieldReader& fields, Answer& answer) {
  ReasoningPart thoughts = readThoughts(item, fields);
  std::string encrypted = std::move(thoughts.encrypted);
  if (!thoughts.text.empty() || !thoughts.signature.empty()) {
    answer.parts.emplace_back(ReasoningPart{thoughts.text, thoughts.signature, {}, {}});
  }
  // Thoughts of their own, as in a stream.
  if (!encrypted.empty()) {
    answer.parts.emplace_back(ReasoningPart{{}, {}, std::move(encrypted), {}});
  }
}

void readItem(JsonValue item, bool cut, FieldReader& fields, Answer& answer) {
  if (!fields.isObject(item)) return;
  const std::string_view type = fields.string(item["type"]);
  fields.require("type", !type.empty());
  if (type == "message") {
    readMessage(item, fields, answer);
  } else if (type == "function_call") {
    readCall(item, cut, fields, answer);
  } else if (type == "reasoning") {
    readReasoning(item, fields, answer);
  }
  // Others are for tools the provider runs, which are not asked for.
}

void writeUsage(const TokenUsage& usage, JsonWriter& writer) {
  writer.beginObject().memberCount("input_tokens", usage.prompt);
  writer.key("input_tokens_details").beginObject().memberCount("cached_tokens", usage.cached);
  if (usage.cacheWrite > 0) writer.memberCount("cache_write_tokens", usage.cacheWrite);
  writer.endObject().memberCount("output_tokens", usage.completion);
  writer.key("output_tokens_details").beginObject();
  writer.memberCount("reasoning_tokens", usage.reasoning).endObject();
  writer.memberCount("total_tokens", usage.total()).endObject();
}

std::string_view codeOf(const Error& error) {
  if (!error.code.empty()) return error.code;
  return error.kind == ErrorKind::RateLimit ? "rate_limit_exceeded" : "server_error";
}

}  // namespace

StopReason incompleteReasonOf(JsonValue response) {
  return response["incomplete_details"]["reason"].text() == "content_filter"
             ? StopReason::ContentFilter
             : StopReason::Length;
}

std::string_view statusOf(StopReason stop) {
  return stop == StopReason::Length || stop == StopReason::ContentFilter ? "incomplete"
                                                                         : "completed";
}

std::optional<Breach> readAnswer(JsonValue body, Answer& answer) {
  FieldReader fields;
  if (!fields.isObject(body)) return fields.breach();
  answer.id = fields.string(body["id"]);
  answer.model = fields.string(body["model"]);
  answer.created = fields.integer(body["created_at"]).value_or(0);
  const std::string_view status = fields.string(body["status"]);
  if (status == "failed") {
    return Breach{"the response failed: " + failureOf(body["error"]).message};
  }
  if (status == "incomplete") {
    answer.stop = incompleteReasonOf(body);
  } else if (status != "completed") {
    fields.refuse("status", "must be completed, incomplete or failed");
  }
  fields.require("output", !body["output"].isNull());
  std::size_t index = 0;
  for (const JsonValue item : fields.array(body["output"])) {
    const Scope scope(fields, "output", index++);
    readItem(item, answer.stop == StopReason::Length, fields, answer);
    if (fields.failed()) return fields.breach();
  }
  const bool calls = std::ranges::any_of(
      answer.parts, [](const Part& part) { return std::holds_alternative<ToolCallPart>(part); });
  if (calls && answer.stop == StopReason::Stop) answer.stop = StopReason::ToolCalls;
  const UsageUpdate update = readUsage(body);
  if (update.any()) update.applyTo(answer.usage.emplace());
  return fields.breach();
}

void writeResponse(const ResponseState& state, const AnswerContext& context, JsonWriter& writer) {
  writer.beginObject().member("id", "resp_" + context.id).member("object", "response");
  writer.key("created_at").integer(context.created).member("status", state.status);
  writer.key("background").boolean(false).key("error");
  if (state.error) {
    writer.beginObject().member("code", codeOf(*state.error));
    writer.member("message", state.error->message).endObject();
  } else {
    writer.null();
  }
  writer.key("incomplete_details");
  if (state.status == "incomplete") {
    const bool filter = state.stop == StopReason::ContentFilter;
    writer.beginObject().member("reason", filter ? "content_filter" : "max_output_tokens");
    writer.endObject();
  } else {
    writer.null();
  }
  writer.key("instructions").null().key("max_output_tokens").null();
  writer.key("metadata").beginObject().endObject().member("model", context.model);
  writer.key("output").beginArray();
  if (!state.output.empty()) writer.raw(state.output);
  writer.endArray().key("parallel_tool_calls").boolean(true).key("previous_response_id").null();
  writer.key("store").boolean(false).key("temperature").null();
  writer.key("text").beginObject().key("format").beginObject().member("type", "text");
  writer.endObject().endObject().member("tool_choice", "auto");
  writer.key("tools").beginArray().endArray().key("top_p").null();
  writer.member("truncation", "disabled").key("usage");
  state.usage ? writeUsage(*state.usage, writer) : static_cast<void>(writer.null());
  writer.endObject();
}

std::string itemIdOf(std::string_view prefix, const AnswerContext& context, std::uint64_t index) {
  std::string id(prefix);
  return id.append(context.id).append("_").append(std::to_string(index));
}

void writeMessageItem(std::string_view id, std::string_view status, std::string_view parts,
                      JsonWriter& writer) {
  writer.beginObject().member("id", id).member("type", "message").member("status", status);
  writer.member("role", "assistant").key("content").beginArray();
  if (!parts.empty()) writer.raw(parts);
  writer.endArray().endObject();
}

void writeTextPart(std::string_view text, JsonWriter& writer) {
  writer.beginObject().member("type", "output_text").member("text", text);
  writer.key("annotations").beginArray().endArray().key("logprobs").beginArray().endArray();
  writer.endObject();
}

void writeRefusalPart(std::string_view text, JsonWriter& writer) {
  writer.beginObject().member("type", "refusal").member("refusal", text).endObject();
}

void writeCallItem(std::string_view id, std::string_view status, const ToolCallPart& call,
                   JsonWriter& writer) {
  writer.beginObject().member("id", id).member("type", "function_call").member("status", status);
  writer.member("call_id", call.id).member("name", call.name);
  writer.member("arguments", call.arguments).endObject();
}

void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out) {
  std::vector<Part> room;
  std::string output;
  std::string parts;  // of a message that is not written yet
  std::uint64_t index = 0;
  const auto comma = [](std::string& list) -> std::string& {
    if (!list.empty()) list += ',';
    return list;
  };
  const auto message = [&](std::string_view status) {
    if (parts.empty()) return;
    JsonWriter writer(comma(output));
    writeMessageItem(itemIdOf("msg_", context, index++), status, parts, writer);
    parts.clear();
  };
  for (const Part& part : withSignedThoughts(answer.parts, room)) {
    if (const auto* text = std::get_if<TextPart>(&part)) {
      JsonWriter writer(comma(parts));
      writeTextPart(text->text, writer);
    } else if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
      JsonWriter writer(comma(parts));
      writeRefusalPart(refusal->text, writer);
    } else if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      message("completed");
      JsonWriter writer(comma(output));
      writeCallItem(itemIdOf("fc_", context, index++), "completed", *call, writer);
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
      message("completed");
      JsonWriter writer(comma(output));
      writeReasoningItem(itemIdOf("rs_", context, index++), *reasoning, writer);
    }
  }
  message(statusOf(answer.stop));
  JsonWriter writer(out);
  writeResponse({.status = statusOf(answer.stop),
                 .stop = answer.stop,
                 .output = output,
                 .usage = answer.usage ? &*answer.usage : nullptr},
                context, writer);
}

UsageUpdate readUsage(JsonValue body) {
  JsonValue usage = body["usage"];
  if (usage.isNull()) usage = body["response"]["usage"];
  UsageUpdate update;
  update.prompt = usage["input_tokens"].count();
  update.completion = usage["output_tokens"].count();
  const JsonValue input = usage["input_tokens_details"];
  update.cached = input["cached_tokens"].count();
  update.cacheWrite = input["cache_write_tokens"].count();
  update.reasoning = usage["output_tokens_details"]["reasoning_tokens"].count();
  return update;
}

Error readError(int status, JsonValue body) {
  Error error = chat::readError(status, body);
  if (status == 0) judgeCode(error);
  return error;
}

void writeError(int status, const Error& error, std::string& out) {
  chat::writeError(status, error, out);
}

void writeErrorEvents(int, const Error& error, std::uint64_t sequence, std::string& out) {
  out.append("event: error\ndata: ");
  JsonWriter writer(out);
  writer.beginObject().member("type", "error").memberCount("sequence_number", sequence);
  writer.memberOrNull("code", error.code).member("message", error.message);
  writer.memberOrNull("param", error.param).key("error");
  chat::writeErrorObject(error, writer);
  writer.endObject();
  out.append("\n\n");
}

Error failureOf(JsonValue told) {
  Error error = chat::readErrorObject(0, told);
  judgeCode(error);
  if (error.message.empty()) {
    error.message = error.code.empty() ? "the provider says no more" : error.code;
  }
  return error;
}

}  // namespace sluice::dialect::responses
