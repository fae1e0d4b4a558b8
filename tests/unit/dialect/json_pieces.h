// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "gateway/dialect/translate.h"

/// Translations as text, and parts of JSON.
namespace sluice::test {

using dialect::Kind;
using Json = nlohmann::json;

inline const dialect::AnswerContext kContext{"asked", "77", 1700000000, true};
inline constexpr Kind kChat = Kind::Chat;
inline constexpr Kind kAnthropic = Kind::Anthropic;
inline constexpr Kind kResponses = Kind::Responses;
inline constexpr Kind kGemini = Kind::Gemini;

/// A fault: "FAULT param: message".
inline dialect::TranslatedRequest request(Kind from, Kind to, std::string_view body) {
  dialect::RequestTask task;
  task.model = "upstream";
  auto result = dialect::translateRequest(from, to, body, task);
  if (const auto* fault = std::get_if<dialect::BodyFault>(&result)) {
    return {"FAULT " + fault->param + ": " + fault->message, {}};
  }
  return std::get<dialect::TranslatedRequest>(std::move(result));
}

inline std::string answer(Kind from, Kind to, std::string_view body) {
  auto result = dialect::translateAnswer(from, to, body, kContext);
  if (const auto* breach = std::get_if<dialect::Breach>(&result))
    return "BREACH " + breach->message;
  return std::get<dialect::TranslatedAnswer>(std::move(result)).body;
}

/// The member at a JSON pointer, as text; "none": there is none.
inline std::string at(const std::string& body, const std::string& path) {
  const Json json = Json::parse(body);
  const Json::json_pointer pointer(path);
  return json.contains(pointer) ? json[pointer].dump() : "none";
}

/// The same text for the same JSON.
inline std::string plain(const std::string& json) {
  return json == "none" ? "none" : Json::parse(json).dump();
}

inline std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

}  // namespace sluice::test
