// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "gateway/dialect/body_fault.h"
#include "gateway/dialect/translate.h"

/// Embeddings between OpenAI (POST /v1/embeddings) and Gemini (:embedContent for one text,
/// :batchEmbedContents for several). Pure.
namespace sluice::dialect {

enum class EmbedForm : std::uint8_t { OpenAi, GeminiOne, GeminiMany };

/// `model`: the provider's name for it; written into the body in every form. Refuses what is not text:
/// OpenAI's inputs of token numbers, and Gemini's media, exist on one side only. To GeminiOne only from
/// GeminiOne.
std::variant<TranslatedRequest, BodyFault> translateEmbedRequest(EmbedForm from, EmbedForm to,
                                                                 std::string_view body,
                                                                 std::string_view model);

/// `from`: of the provider. `request`: the caller's body, which tells how it wants its numbers
/// (OpenAI's encoding_format). A breach too when there are not as many vectors as texts. Gemini tells
/// of no usage: then it is estimated as ChatReader estimates prompts, a quarter of the texts' bytes.
std::variant<TranslatedAnswer, Breach> translateEmbedAnswer(EmbedForm from, EmbedForm to,
                                                            std::string_view request,
                                                            std::string_view answer,
                                                            std::string_view model);

}  // namespace sluice::dialect
