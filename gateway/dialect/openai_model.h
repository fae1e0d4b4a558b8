// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/dialect/conversation.h"

/// What OpenAI's models refuse of what its dialects know, by their names; of other names, which who speaks
/// those dialects has given, nothing is known, and everything is said. From OpenAI's guide to reasoning
/// models and its errors: gpt-4 and before do not think; o1, o3, o4 and gpt-5 always do, and have neither
/// sampling nor stop sequences; gpt-5.1 and later have them as long as they do not think.
namespace sluice::dialect::openai {

enum class Family : std::uint8_t {
  Other,
  Plain,    ///< gpt-3.5, gpt-4, gpt-5-chat: no word about thinking
  Thinker,  ///< o1, o3, o4: low, medium, high
  Five,     ///< gpt-5: minimal to high
  Later,    ///< gpt-5.1 and on: none, low, medium, high
};
/// "openai/gpt-4o" and "ft:gpt-4o:..." are what they name.
Family familyOf(std::string_view model);

/// The nearest effort that may be said. Empty: none may, or none is wanted.
std::optional<Effort> effortFor(Family family, std::optional<Effort> wanted);
/// Whether temperature, top_p and the penalties may be said. `effort`: that is said.
bool takesSampling(Family family, std::optional<Effort> effort);
bool takesStop(Family family);

}  // namespace sluice::dialect::openai
