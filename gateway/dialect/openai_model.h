// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/dialect/conversation.h"

/// What OpenAI's models refuse of what its dialects know, by their names; of other names, which who speaks
/// those dialects has given, nothing is known, and everything is said. From OpenAI's guide to reasoning
/// models and its errors: gpt-4 and before do not think; o1, o3, o4 and gpt-5 always do, and have no
/// sampling; gpt-5.1 and later have it while they do not think, which from gpt-5.5 on they are to be told.
/// o3 and o4 have no stop sequences (o3-mini has), nor have gpt-5 and later.
namespace sluice::dialect::openai {

struct ModelRules {
  enum class Sampling : std::uint8_t {
    Always,
    AtRest,      ///< unless an effort to think is said
    ToldToRest,  ///< if the effort that is said is none
    Never,
  };
  bool thinks = true;                    ///< there are words about thinking
  Effort least = Effort::None;           ///< of what may be said
  bool minimal = true;                   ///< may be said, if it is not below the least
  Sampling sampling = Sampling::Always;  ///< temperature and top_p
  bool penalties = true;
  bool stop = true;

  /// The nearest effort that may be said. Empty: none may, or none is wanted.
  std::optional<Effort> effortFor(std::optional<Effort> wanted) const;
  /// `effort`: that is said.
  bool takesSampling(std::optional<Effort> effort) const;
};

/// "openai/gpt-4o" and "ft:gpt-4o:..." are what they name.
ModelRules rulesOf(std::string_view model);

}  // namespace sluice::dialect::openai
