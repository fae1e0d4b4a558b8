// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/json_writer.h"

/// Anthropic Messages, to and from the inner form. The door is dialectOf(Kind::Anthropic).
///
/// Rules that shape requests, from the vendor's documents: `max_tokens` must be there; `temperature` is
/// 0 to 1; results of tools come first in the message of the user behind the calls, all in that one;
/// thinking has a budget of 1024 at least and below `max_tokens`, excludes temperature, top_p, top_k and
/// a forced choice of tools, and in a turn that goes on behind calls wants the thoughts that led to them,
/// signed. Claude, by the model's name: from 4.1 on takes temperature or top_p, not both; from 4.7 on none
/// of the three, and thinks without a budget, as much as `output_config.effort` says; from 4.8 on may think
/// and be told to make a call, and after 5 is not to be told.
namespace sluice::dialect::anthropic {

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped);
/// `request.maxTokens` absent: 4096, and the thinking budget, or what stands for the effort, on top.
void writeRequest(const Request& request, std::string& out, Dropped& dropped);

std::optional<Breach> readAnswer(JsonValue body, Answer& answer);
void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out);

std::unique_ptr<StreamReader> streamReader();
std::unique_ptr<StreamWriter> streamWriter(AnswerContext context);

Error readError(int status, JsonValue body);
void writeError(int status, const Error& error, std::string& out);
void writeErrorEvents(int status, const Error& error, std::uint64_t sequence, std::string& out);

/// Of an answer, a `message_start` or a `message_delta`.
UsageUpdate readUsage(JsonValue body);

// shared by plain and streamed answers
StopReason stopReasonOf(std::string_view reason);
std::string_view stopReasonOf(StopReason stop);
void writeUsage(const TokenUsage& usage, JsonWriter& writer);
/// An id that the API takes: letters, digits, _ and -; others become _.
std::string toolIdOf(std::string_view id);

}  // namespace sluice::dialect::anthropic
