// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/dialect/body_fault.h"
#include "gateway/dialect/kind.h"
#include "gateway/dialect/openai.h"

namespace sluice::dialect {

/// Reads requests of any dialect in place, on the way to a provider of the same: as ChatReader does,
/// and through it for Chat. Keeps the parser's memory between calls: one per thread.
class RequestPeek {
 public:
  RequestPeek();
  ~RequestPeek();

  /// What ChatReader::read() says holds, with each dialect's own names. `modelSize` is 0 where the
  /// model is not in the body (Gemini): then `model` and `stream` are left empty, for they stand in the
  /// path. `askUsage` is empty but for Chat; `usageAsked` is true for the rest, whose streams always
  /// tell.
  std::variant<ChatRequest, BodyFault> read(Kind kind, std::string& body, bool countPrompt = false);

 private:
  struct Parser;
  std::unique_ptr<Parser> m_parser;
};

/// "models/{model}:{method}" of a Gemini path, the part behind "/v1beta/".
struct GeminiPath {
  std::string_view model;   ///< as it is in the path, percent-encoding and all
  std::string_view method;  ///< "generateContent", "streamGenerateContent", "countTokens", ...
};
std::optional<GeminiPath> readGeminiPath(std::string_view path);

}  // namespace sluice::dialect
