// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/dialect/conversation.h"
#include "gateway/dialect/json_tree.h"
#include "gateway/dialect/kind.h"

/// What each dialect can do, as a table of functions. translate.h is the door for those outside.
///
/// Readers refuse what they do not understand and name it; what they understand and the inner form
/// does not hold they name in `dropped`. Writers append to `out`, and name in `dropped` what their
/// dialect cannot say.
namespace sluice::dialect {

/// What an answer's writer must know beyond the answer.
struct AnswerContext {
  std::string model;          ///< as the caller asked for it
  std::string id;             ///< unique, letters and digits; writers put their prefix before it
  std::int64_t created = 0;   ///< seconds of Unix time
  bool includeUsage = false;  ///< Chat: the stream's caller asked for its usage
};

/// The steps of one answer, from the events of one stream. One per answer. Texts may begin and end within a
/// character (half_joiner.h).
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  /// `name`: of the SSE event, may be empty. `data`: its data, lines joined by "\n"; not empty. After
  /// a Breach, or an Error given to the sink, it is not called again.
  virtual std::optional<Breach> read(std::string_view name, std::string_view data,
                                     EventSink& sink) = 0;
  /// The provider closed the stream in good order. Gives what is held back; a Breach: it was cut.
  virtual std::optional<Breach> finish(EventSink& sink) = 0;
};

/// A stream in a dialect, from the steps of an answer as StreamEvent promises them: whole SSE events,
/// appended to `out`. One per answer.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  virtual void write(const StreamEvent& event, std::string& out) = 0;
  /// The in-band error, and whatever makes the stream end in good order. Also before Start.
  virtual void fail(const Error& error, std::string& out) = 0;
  /// Bytes of the answer that it keeps, where its dialect tells things whole or once more at the end.
  virtual std::size_t kept() const { return 0; }
};

/// What usage an event or a body tells of. Cumulative, but that Anthropic's streams give the prompt at
/// the start and the completion later: fields not said keep their value.
struct UsageUpdate {
  std::optional<std::uint64_t> prompt;
  std::optional<std::uint64_t> uncached;  ///< Anthropic: the prompt but for cached and cacheWrite
  std::optional<std::uint64_t> cached;
  std::optional<std::uint64_t> cacheWrite;
  std::optional<std::uint64_t> completion;
  std::optional<std::uint64_t> reasoning;
  bool any() const { return prompt || uncached || cached || cacheWrite || completion || reasoning; }
  void applyTo(TokenUsage& usage) const;
};

struct Dialect {
  Kind kind;
  /// The caller's names for the fields of the inner form, by Field.
  std::array<std::string_view, static_cast<std::size_t>(Field::Count_)> fieldNames;

  /// `request.model` and `request.stream` are set before, where they stand in the path (Gemini).
  std::optional<BodyFault> (*readRequest)(JsonValue body, Request& request, Dropped& dropped);
  void (*writeRequest)(const Request& request, std::string& out, Dropped& dropped);

  std::optional<Breach> (*readAnswer)(JsonValue body, Answer& answer);
  void (*writeAnswer)(const Answer& answer, const AnswerContext& context, std::string& out);

  std::unique_ptr<StreamReader> (*streamReader)();
  std::unique_ptr<StreamWriter> (*streamWriter)(AnswerContext context);

  /// `body` may be absent: it was not JSON. Then the message says what the status does.
  /// `status` 0: none was told, as within a stream; the kind is what the body says.
  Error (*readError)(int status, JsonValue body);
  void (*writeError)(int status, const Error& error, std::string& out);
  /// What ends a stream that has failed. `sequence`: of the event, where events are numbered (Responses).
  void (*writeErrorEvents)(int status, const Error& error, std::uint64_t sequence,
                           std::string& out);

  /// `body`: a whole answer, or the data of one event.
  UsageUpdate (*readUsage)(JsonValue body);
};

const Dialect& dialectOf(Kind kind);

extern const Dialect kChatDialect;
extern const Dialect kResponsesDialect;
extern const Dialect kAnthropicDialect;
extern const Dialect kGeminiDialect;

}  // namespace sluice::dialect
