// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// OpenAI Chat Completions: pure functions over bytes.
namespace sluice::dialect {

/// What the gateway must know of a chat request; the rest of the body is forwarded as it came.
struct ChatRequest {
  std::string model;
  std::size_t modelAt = 0;    ///< offset of the model's JSON token in the body, with its quotes
  std::size_t modelSize = 0;  ///< length of that token
  bool stream = false;
};

/// Why a body was refused: the text of a 400, and the field at fault (may be empty).
struct BodyFault {
  std::string message;
  std::string param;
};

/// Reads requests in place. Keeps the parser's memory between calls: one per thread.
class ChatReader {
 public:
  ChatReader();
  ~ChatReader();
  /// `body` keeps its content; its capacity may grow. Refuses what is not one JSON object, a
  /// missing, empty or repeated `model`, and a `stream` that is not a boolean.
  std::variant<ChatRequest, BodyFault> read(std::string& body);

 private:
  struct Parser;
  std::unique_ptr<Parser> m_parser;
};

/// `text` as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

/// Appends `body` to `out` with the model's token replaced by `modelToken` (a JSON string, made once
/// by jsonString()); all else byte for byte.
void appendWithModel(std::string& out, std::string_view body, const ChatRequest& request,
                     std::string_view modelToken);
/// Length of what appendWithModel() appends.
inline std::size_t sizeWithModel(std::string_view body, const ChatRequest& request,
                                 std::string_view modelToken) {
  return body.size() - request.modelSize + modelToken.size();
}

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

/// The `code` of an error body; "context_length_exceeded" also for those who say so in words only.
/// Empty: there is none, or it is not an error body.
std::string errorCode(std::string_view body);

/// The answer to GET /v1/models/{model}.
std::string modelObject(std::string_view model);
/// The answer to GET /v1/models.
std::string modelList(const std::vector<std::string>& models);

}  // namespace sluice::dialect
