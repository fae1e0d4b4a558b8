// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/dialect/kind.h"
#include "gateway/dialect/openai.h"

/// Errors of the gateway itself, as the caller's dialect has them. Pure.
namespace sluice::exchange {

/// At most so many bytes of a text, cut between characters, with "..." behind what was cut.
std::string shortened(std::string_view text, std::size_t most);

/// The name of a model as it is told on: what a client calls one may be as long as its body.
std::string shownModel(std::string_view model);

/// `error`: in OpenAI's terms. `requestId`: Anthropic's bodies name it.
std::string errorText(dialect::Kind caller, int status, const dialect::ErrorBody& error,
                      std::string_view requestId);

/// Puts it into an error's body as Anthropic has it: beside `error`.
void addRequestId(std::string& body, std::string_view requestId);

/// The same as the last events of a stream that has begun. `sequence`: of the event, for Responses.
std::string errorEvents(dialect::Kind caller, int status, const dialect::ErrorBody& error,
                        std::string_view requestId, std::uint64_t sequence);

}  // namespace sluice::exchange
