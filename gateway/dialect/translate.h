// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/dialect/body_fault.h"
#include "gateway/dialect/conversation.h"
#include "gateway/dialect/dialect.h"
#include "gateway/dialect/kind.h"

/// Any dialect to any other. Pure functions and state machines over bytes: no I/O, no clock, no
/// randomness. The same dialect in and out is not for here: those bytes are forwarded.
///
/// Each function keeps a parser and its memory per thread.
namespace sluice::dialect {

/// What the gateway knows of a request beyond its body.
struct RequestTask {
  std::string_view model;  ///< the provider's name for it
  bool askUsage = true;  ///< Chat: whether a stream is asked for its usage; some servers refuse it
  bool stream = false;   ///< as the caller asked, in the body or, with Gemini, by the path
};

struct TranslatedRequest {
  std::string body;
  /// Names of what could not be carried, or not unchanged, each once, in the caller's dialect.
  std::vector<std::string> dropped;
};

/// `from`: of the caller; `to`: of the provider. A stream is always asked for its usage.
std::variant<TranslatedRequest, BodyFault> translateRequest(Kind from, Kind to,
                                                            std::string_view body,
                                                            const RequestTask& task);

struct TranslatedAnswer {
  std::string body;
  std::optional<TokenUsage> usage;
};

/// A good answer that is one JSON body. `from`: of the provider; `to`: of the caller.
std::variant<TranslatedAnswer, Breach> translateAnswer(Kind from, Kind to, std::string_view body,
                                                       const AnswerContext& context);

struct TranslatedError {
  int status;  ///< as it came, but that 529 is Anthropic's alone
  std::string body;
  Error error;  ///< what it said
};

/// An answer that is no good one. `body` may be anything.
TranslatedError translateError(Kind from, Kind to, int status, std::string_view body);

/// What such an answer says, in OpenAI's codes. The message may be empty.
Error readErrorOf(Kind kind, int status, std::string_view body);

/// Whether an object has a member `error` that is an object, or a text with something in it.
bool tellsOfError(std::string_view json);

/// An error of the gateway itself, in the caller's dialect: the body.
std::string errorBody(Kind to, int status, const Error& error);
/// The same as what ends a stream that has begun. `sequence`: of the event, for Responses.
std::string errorEvents(Kind to, int status, const Error& error, std::uint64_t sequence);

/// A stream on its way. Keeps nothing of what has passed but the state of its grammar, so that memory
/// does not grow with the stream; but to Responses, whose last event tells the whole answer once more.
/// Confined to one thread.
class StreamTranslator {
 public:
  /// Of an answer, in bytes, where the caller's dialect wants it once more; longer ones are Broken.
  static constexpr std::size_t kMostKept = 64 * 1024 * 1024;

  /// `from`: of the provider; `to`: of the caller.
  StreamTranslator(Kind from, Kind to, AnswerContext context);
  ~StreamTranslator();
  StreamTranslator(StreamTranslator&&) noexcept;
  StreamTranslator& operator=(StreamTranslator&&) noexcept;

  enum class State : std::uint8_t {
    Open,
    Ended,   ///< the answer is whole, and its end has been written
    Failed,  ///< the provider said so in the stream: error()
    Broken,  ///< the provider broke its own grammar, or cut the stream: breach()
  };

  /// One whole event of the provider, with its line ends and the empty line, or several: what of them
  /// is for the client is appended to `out`, which may be nothing. Failed, Broken: the caller's in-band
  /// error has been appended, and the stream's end. What comes once it is not Open is ignored.
  State feed(std::string_view events, std::string& out);

  /// The provider closed in good order. Where the grammar has no end of its own the answer is whole;
  /// else it was cut, and Broken.
  State finish(std::string& out);

  /// A failure that is ours (a time limit, a lost connection): the in-band error and the stream's end,
  /// unless it has ended.
  void fail(const Error& error, std::string& out);

  State state() const;
  const std::optional<TokenUsage>& usage() const;
  const Error& error() const;         ///< Failed
  const std::string& breach() const;  ///< Broken: what was wrong
  std::uint64_t pieces() const;       ///< deltas that have passed: about as many tokens

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// The forwarded path: the usage in a whole answer of a dialect.
std::optional<TokenUsage> readUsageOf(Kind kind, std::string_view body);
/// The usage in one whole event of a stream, with its "data:" lines; applied to `usage` as far as it
/// tells. True: it told something.
bool readUsageEventOf(Kind kind, std::string_view event, TokenUsage& usage);

}  // namespace sluice::dialect
