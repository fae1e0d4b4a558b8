// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/translate.h"
#include "gateway/net/http_head.h"

/// What a provider's answer gives away before any of it is relayed. Pure.
namespace sluice::exchange {

/// Why an answer of status 2xx to a call in a dialect is none; empty: nothing speaks against it.
/// `body`: its first bytes; `whole`: there are no more. `streamAsked`: events were to come.
std::string flawOf(dialect::Kind spoken, const net::HttpHead& head, std::string_view body,
                   bool whole, bool streamAsked);

/// Whether that of a body, its first bytes, is of an answer for all one knows: neither only blanks, nor an
/// object that begins with an error, as of servers that know no status but 200.
bool beginsAnswer(std::string_view body);

/// The error event that is among these whole events, as its dialect means it. Without a message: it
/// cannot be read.
dialect::Error errorTold(dialect::Kind spoken, std::string_view events);

/// Words of a provider, fit for a line of ours: in one line, not long, and without `secret`, as some
/// repeat the key that they refuse.
std::string quoted(std::string_view words, std::string_view secret);

}  // namespace sluice::exchange
