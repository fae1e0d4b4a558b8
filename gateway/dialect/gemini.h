// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/json_writer.h"

/// Gemini generateContent, to and from the inner form. The door is dialectOf(Kind::Gemini).
///
/// Rules that shape it, from the vendor's documents: the model and whether to stream stand in the path;
/// results of calls are in the turn behind them, all in that one; requests may be written in camelCase or
/// in snake_case; `parameters` and `responseSchema` are of OpenAPI's kind, `parametersJsonSchema` and
/// `responseJsonSchema` take any JSON Schema and are what is written here; a call comes whole; no finish
/// reason stands for calls; `seed` has 32 bits, and there are 5 stop sequences at most.
///
/// Signatures: Gemini signs a call or a text, behind the thoughts that led to it, and wants the
/// signature back where it was. One beside a text is read as the end of the thoughts before it, or as a
/// thought of its own; one beside a call stays with the call. A signed thought directly before a call
/// that has no signature of its own is written the other way round: callers of dialects that keep
/// signatures with thoughts bring it back there. Gemini 3 refuses a turn whose first call is not signed;
/// where that comes from elsewhere, the vendor has a word to be written instead.
namespace sluice::dialect::gemini {

std::optional<BodyFault> readRequest(JsonValue body, Request& request, Dropped& dropped);
void writeRequest(const Request& request, std::string& out, Dropped& dropped);

std::optional<Breach> readAnswer(JsonValue body, Answer& answer);
void writeAnswer(const Answer& answer, const AnswerContext& context, std::string& out);

std::unique_ptr<StreamReader> streamReader();
std::unique_ptr<StreamWriter> streamWriter(AnswerContext context);

/// A bad key is told with status 400 and the reason API_KEY_INVALID: an Authentication error, with the
/// code invalid_api_key.
Error readError(int status, JsonValue body);
/// In the words of google.rpc.Code.
void writeError(int status, const Error& error, std::string& out);
/// The end of a stream that failed: an event with the error, and behind it, as Google sends it, the
/// bare object, for Google's own library takes no notice of the event.
void writeErrorEvents(int status, const Error& error, std::uint64_t sequence, std::string& out);

/// Of an answer or a chunk. `candidatesTokenCount` leaves thoughts out; the sum holds them.
UsageUpdate readUsage(JsonValue body);

// shared by requests, plain and streamed answers

/// Why a candidate, or the prompt, was stopped. Absent: the model made a call that cannot be read.
std::optional<StopReason> stopReasonOf(std::string_view finishReason);
std::string_view finishReasonOf(StopReason stop);
void writeUsage(const TokenUsage& usage, JsonWriter& writer);
/// `{"functionCall":{...},"thoughtSignature":...}`. `signature` may be empty.
void writeCall(std::string_view id, std::string_view name, std::string_view arguments,
               std::string_view signature, JsonWriter& writer);
/// `{"text":...,"thoughtSignature":...}`. `signature` may be empty.
void writeText(std::string_view text, std::string_view signature, JsonWriter& writer);
void writeThought(std::string_view text, std::string_view signature, JsonWriter& writer);
/// Adds what a signature beside a text stands for. As the caller or provider gave it.
void addSignature(std::vector<Part>& parts, std::string_view signature);

/// Whether there is a part for it: the API refuses those that are empty, and knows no encrypted thoughts.
bool carries(const Part& part);
/// Writes what a model says, part by part, each with its signature. Only what is carried.
class PartWriter {
 public:
  /// `unsignedCall`: for a call without a signature, if it is the turn's first; may be empty.
  explicit PartWriter(JsonWriter& json, std::string_view unsignedCall = {})
      : m_json(json), m_unsignedCall(unsignedCall) {}
  /// `behind`: the next part of the turn, or null. Media and results are not for here.
  void write(const Part& part, const Part* behind);

 private:
  JsonWriter& m_json;
  std::string_view m_unsignedCall;
  std::string_view m_signature;  // of the thought before, to be written with this part
};

/// JSON Schema from Gemini's own Schema: types in lower case, `nullable` as a type, limits as numbers.
std::string jsonSchemaOf(JsonValue schema);

}  // namespace sluice::dialect::gemini
