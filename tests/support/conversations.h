// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/conversation.h"
#include "gateway/dialect/kind.h"

/// Random conversations for properties (RapidCheck: to be called within a property), and what each
/// dialect can hold of one.
namespace sluice::test {

/// Every field may be set; calls have results behind them, in the next turn.
dialect::Request anyRequest();
/// Texts, thoughts, calls (parallel, without arguments), refusals; usage or none.
dialect::Answer anyAnswer();
/// 1 to 60 characters: words, quotes, line ends, other scripts.
std::string anyText();

/// What a request still says once it has been written in a dialect and read again.
dialect::Request heldBy(dialect::Kind kind, const dialect::Request& request);
/// The same of an answer; without id, model and created, which are the gateway's.
dialect::Answer heldBy(dialect::Kind kind, const dialect::Answer& answer);

// One for each dialect.
dialect::Request heldByChat(const dialect::Request& request);
dialect::Answer heldByChat(const dialect::Answer& answer);
dialect::Request heldByResponses(const dialect::Request& request);
dialect::Answer heldByResponses(const dialect::Answer& answer);
dialect::Request heldByAnthropic(const dialect::Request& request);
dialect::Answer heldByAnthropic(const dialect::Answer& answer);
dialect::Request heldByGemini(const dialect::Request& request);
dialect::Answer heldByGemini(const dialect::Answer& answer);

/// Instructions alone, as the user's turn: for dialects in which somebody has to speak.
dialect::Request letSpeak(dialect::Request request);

/// Whether a signature, or thoughts that are encrypted, have the mark of that vendor.
bool isOf(dialect::Kind kind, std::string_view text);
/// As a stream or an answer of that dialect shows it: one's own has no mark.
std::string shownIn(dialect::Kind kind, const std::string& text);

/// A call's signature as that of the thoughts before it, or of a thought of its own.
std::vector<dialect::Part> signedThoughts(const std::vector<dialect::Part>& parts);

}  // namespace sluice::test
