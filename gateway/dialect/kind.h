// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::dialect {

/// The ways of asking a model that are spoken here.
enum class Kind : std::uint8_t {
  Chat,       ///< OpenAI Chat Completions: POST /v1/chat/completions
  Responses,  ///< OpenAI Responses: POST /v1/responses
  Anthropic,  ///< Anthropic Messages: POST /v1/messages
  Gemini,     ///< Gemini: POST /v1beta/models/{model}:generateContent, :streamGenerateContent
};

inline constexpr std::array kKinds = {Kind::Chat, Kind::Responses, Kind::Anthropic, Kind::Gemini};

/// For logs: "chat", "responses", "anthropic", "gemini".
constexpr std::string_view nameOf(Kind kind) {
  constexpr std::array<std::string_view, kKinds.size()> names = {"chat", "responses", "anthropic",
                                                                 "gemini"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace sluice::dialect
