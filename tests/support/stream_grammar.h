// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/kind.h"

/// Judges streams by the rules their vendors wrote, strictly, and without any of the code under test:
/// its own cutting of events, its own JSON parser, its own state machine for each dialect.
namespace sluice::test {

struct StreamedCall {
  std::string id;
  std::string name;
  std::string arguments;  ///< joined; of Gemini, where they are no text: as plainJson()
  bool operator==(const StreamedCall&) const = default;
};

struct StreamVerdict {
  std::string fault;    ///< empty: the stream is by the rules
  bool ended = false;   ///< with the end of a good answer
  bool failed = false;  ///< with an error
  std::string id;
  std::string model;
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<std::string> signatures;  ///< of thoughts, and of what Gemini signs instead
  std::vector<std::string> encrypted;
  std::vector<StreamedCall> calls;
  std::string stop;                           ///< in the dialect's own word
  std::optional<std::uint64_t> promptTokens;  ///< as the dialect counts them
  std::optional<std::uint64_t> completionTokens;
  std::string errorMessage;
};

struct GrammarOptions {
  bool usageAsked = false;  ///< Chat: stream_options.include_usage
};

StreamVerdict judgeStream(dialect::Kind kind, std::string_view stream, GrammarOptions options = {});

/// The events of a stream with their ends; what is behind the last end is one more.
std::vector<std::string> eventsOf(std::string_view stream);

// One for each dialect.
StreamVerdict judgeChat(std::string_view stream, GrammarOptions options);
StreamVerdict judgeResponses(std::string_view stream, GrammarOptions options);
StreamVerdict judgeAnthropic(std::string_view stream, GrammarOptions options);
StreamVerdict judgeGemini(std::string_view stream, GrammarOptions options);

/// The same JSON value in one way of writing it; "": it is none.
std::string plainJson(std::string_view text);

/// An event, strictly: "event: NAME\n"? "data: TEXT\n" and an empty line. Empty: it is something else.
struct StrictEvent {
  std::string name;
  std::string data;
};
std::optional<StrictEvent> strictEvent(std::string_view event);

}  // namespace sluice::test
