// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/json_writer.h"

/// OpenAI Chat Completions, to and from the inner form. The door is dialectOf(Kind::Chat).
///
/// Thoughts are `reasoning_content`, as several providers of this dialect have it; in requests they are
/// read but not written, for OpenAI refuses fields it does not know. So it is with a call's signature,
/// which stands in `extra_content.google.thought_signature` where Google speaks this dialect.
namespace sluice::dialect::chat {

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped);
void writeRequest(const Request& request, std::string& out, Dropped& dropped);

std::optional<Breach> readAnswer(JsonValue body, Answer& answer);
void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out);

std::unique_ptr<StreamReader> streamReader();
std::unique_ptr<StreamWriter> streamWriter(AnswerContext context);

Error readError(int status, JsonValue body);
/// Of the object itself: what stands in the member `error`.
Error readErrorObject(int status, JsonValue told);
void writeError(int status, const Error& error, std::string& out);
void writeErrorEvents(int status, const Error& error, std::uint64_t sequence, std::string& out);

UsageUpdate readUsage(JsonValue body);

// shared by requests, plain and streamed answers
/// What is in `error`; so it is in Responses.
void writeErrorObject(const Error& error, JsonWriter& writer);
/// Empty: the call has none.
std::string signatureOf(JsonValue call);
void writeSignature(std::string_view signature, JsonWriter& writer);
StopReason stopReasonOf(std::string_view finishReason);
std::string_view finishReasonOf(StopReason stop);
void writeUsage(const TokenUsage& usage, JsonWriter& writer);

}  // namespace sluice::dialect::chat
