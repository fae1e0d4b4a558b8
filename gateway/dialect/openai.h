// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/dialect/body_fault.h"

/// OpenAI Chat Completions: pure functions over bytes.
namespace sluice::dialect {

/// Text that takes the place of a part of a body.
struct Splice {
  std::size_t at = 0;    ///< offset in the body
  std::size_t size = 0;  ///< bytes replaced; 0: inserted before `at`
  std::string_view text;
};

/// What the gateway must know of a chat request; the rest of the body is forwarded as it came.
struct ChatRequest {
  std::string model;
  std::size_t modelAt = 0;    ///< offset of the model's JSON token in the body, with its quotes
  std::size_t modelSize = 0;  ///< length of that token
  bool stream = false;
  bool usageAsked = false;         ///< stream_options.include_usage
  Splice askUsage;                 ///< makes it so
  bool deterministic = false;      ///< temperature is 0
  std::uint64_t choices = 1;       ///< n
  std::uint64_t promptTokens = 0;  ///< estimated; 0 when it was not to be counted
  /// max_completion_tokens, or max_tokens.
  std::optional<std::uint64_t> mostTokens;
};

/// Reads requests in place. Keeps the parser's memory between calls: one per thread.
class ChatReader {
 public:
  ChatReader();
  ~ChatReader();
  /// `body` keeps its content; its capacity may grow. Refuses what is not one JSON object, a
  /// missing, empty or repeated `model`, and a `stream` that is not a boolean; of other fields, what
  /// does not fit is left for the provider to refuse.
  ///
  /// `countPrompt`: the prompt's tokens are estimated: a quarter of the bytes of texts, tool calls and
  /// tools, 4 for each message, 765 for each image or other medium (a 1024 x 1024 image at high
  /// detail, by OpenAI's pricing rules).
  ///
  /// Measured against OpenAI's o200k_base (tests/e2e/estimate.test.mjs): English and German prose, code
  /// and JSON within 10 %; Russian 1.7 times too many; Chinese a quarter too few, lists of numbers less
  /// than half. An exact count would need its table of 200 000 ranks, which no Debian package has.
  std::variant<ChatRequest, BodyFault> read(std::string& body, bool countPrompt = false);

 private:
  struct Parser;
  std::unique_ptr<Parser> m_parser;
};

/// `text` as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

/// Appends `body` to `out` with the splices made, which are in order and apart; all else byte for
/// byte.
void appendSpliced(std::string& out, std::string_view body, std::span<const Splice> splices);
/// Length of what appendSpliced() appends.
std::size_t splicedSize(std::string_view body, std::span<const Splice> splices);

/// What decides the answer to a request, in one form for all ways of writing it: without `stream`,
/// `stream_options`, `user`, `metadata` and what else only names the caller, its keys in order, its numbers
/// digit for digit. Nothing: it is not a JSON object that says one thing to everybody, so nobody knows what
/// it is equal to.
std::optional<std::string> canonicalRequest(std::string_view body);

/// Tokens that a provider says a request used.
struct Usage {
  std::uint64_t prompt = 0;
  std::uint64_t completion = 0;
  std::uint64_t total() const { return prompt + completion; }
  bool operator==(const Usage&) const = default;
};
/// Of the JSON text of a `usage` object. Empty: it is none.
std::optional<Usage> readUsage(std::string_view json);

/// One event of a chat stream that tells of usage.
struct UsageEvent {
  std::optional<Usage> usage;
  bool usageOnly = false;  ///< it has no choices: it is there for nothing else
};
/// `event`: whole, with its "data:". Nothing is known of an event that is not JSON.
UsageEvent readUsageEvent(std::string_view event);

struct ErrorBody {
  std::string_view message;
  std::string_view type;   ///< e.g. "invalid_request_error"
  std::string_view param;  ///< empty: null
  std::string_view code;   ///< empty: null
};
/// {"error":{"message","type","param","code"}}
std::string errorBody(const ErrorBody& error);
/// The same as one event of a stream, for a failure after the stream has begun.
std::string errorEvent(const ErrorBody& error);

/// The answer to GET /v1/models/{model}.
std::string modelObject(std::string_view model);
/// The answer to GET /v1/models.
std::string modelList(const std::vector<std::string>& models);

}  // namespace sluice::dialect
