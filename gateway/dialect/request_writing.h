// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/conversation.h"

/// What several writers of requests need.
namespace sluice::dialect {

/// The texts, without a separator.
std::string joinedText(const std::vector<ContentPart>& content);

/// The conversation as vendors want it whose roles take turns: neighbouring turns of one role are one, and
/// results of calls come first in it. Parts that `carries` says no to are left out, and a turn that is
/// empty then parts nobody. `write` gets each turn, with one part at least; the parts are of `turns`.
void eachTurn(const std::vector<Turn>& turns, const std::function<bool(const Part&)>& carries,
              const std::function<void(Role, const std::vector<const Part*>&)>& write);

/// The schema of a tool's parameters as OpenAI and Anthropic want it: of an object, with the members `type` and
/// `properties`. Of one that has them nothing changes.
std::string parametersOf(const Tool& tool);

/// "none", "minimal", "low", "medium", "high".
std::string_view wordOf(Effort effort);
/// The effort said, or that of a budget; absent: nothing was said, or it is up to the model.
std::optional<Effort> wantedEffort(const std::optional<ReasoningRequest>& reasoning);
/// Names temperature and top_p as dropped, where they ask for what they are not anyway.
void nameSampling(const Request& request, Dropped& dropped);
/// The budget said, or that of an effort, in tokens; 0: not to think.
std::optional<std::uint64_t> wantedBudget(const std::optional<ReasoningRequest>& reasoning);

}  // namespace sluice::dialect
