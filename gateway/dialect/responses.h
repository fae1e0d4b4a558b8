// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/json_writer.h"

/// OpenAI Responses, to and from the inner form. The door is dialectOf(Kind::Responses).
///
/// What the provider would have to keep (previous_response_id, conversation, a stored prompt or item)
/// is refused: without it the request would mean something else. Nothing is asked to be stored.
///
/// Thoughts that are signed (Anthropic) travel as an item's summary with `encrypted_content` that says
/// "signature:" and the signature, so that they can go back unchanged.
namespace sluice::dialect::responses {

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped);
void writeRequest(const Request& request, std::string& out, Dropped& dropped);

std::optional<Breach> readAnswer(JsonValue body, Answer& answer);
void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out);

std::unique_ptr<StreamReader> streamReader();
/// Keeps the answer's text until its end, for the last events tell all of it once more.
std::unique_ptr<StreamWriter> streamWriter(AnswerContext context);

Error readError(int status, JsonValue body);
void writeError(int status, const Error& error, std::string& out);
/// The event that is documented has its members at the top; official clients throw at `error`, which the
/// API sends beside them.
void writeErrorEvents(int status, const Error& error, std::uint64_t sequence, std::string& out);

/// Of an answer, or of an event that has one in `response`.
UsageUpdate readUsage(JsonValue body);

// shared by plain and streamed answers, and by requests

/// Of a reasoning item: its text, and its signature or what is encrypted.
ReasoningPart readThoughts(JsonValue item, FieldReader& fields);
/// Of an answer that is `incomplete`.
StopReason incompleteReasonOf(JsonValue response);
/// What a response that failed, or an `error` event, tells: `told` has its code and message.
Error failureOf(JsonValue told);

struct ResponseState {
  std::string_view status;  ///< "in_progress", "completed", "incomplete", "failed"
  StopReason stop = StopReason::Stop;
  std::string_view output = {};  ///< JSON texts of its items, with commas between
  const TokenUsage* usage = nullptr;
  const Error* error = nullptr;
};
void writeResponse(const ResponseState& state, const AnswerContext& context, JsonWriter& writer);
/// "completed" or "incomplete": of an answer, or of its last item.
std::string_view statusOf(StopReason stop);

/// "msg_", "rs_" or "fc_", for the item at that place.
std::string itemIdOf(std::string_view prefix, const AnswerContext& context, std::uint64_t index);
void writeMessageItem(std::string_view id, std::string_view status, std::string_view parts,
                      JsonWriter& writer);
void writeTextPart(std::string_view text, JsonWriter& writer);
void writeRefusalPart(std::string_view text, JsonWriter& writer);
void writeCallItem(std::string_view id, std::string_view status, const ToolCallPart& call,
                   JsonWriter& writer);
void writeReasoningItem(std::string_view id, const ReasoningPart& reasoning, JsonWriter& writer);

}  // namespace sluice::dialect::responses
