// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/stream_grammar.h"

#include <nlohmann/json.hpp>

namespace sluice::test {

std::vector<std::string> eventsOf(std::string_view stream) {
  std::vector<std::string> events;
  while (!stream.empty()) {
    const std::size_t end = stream.find("\n\n");
    const std::size_t size = end == std::string_view::npos ? stream.size() : end + 2;
    events.emplace_back(stream.substr(0, size));
    stream.remove_prefix(size);
  }
  return events;
}

std::optional<StrictEvent> strictEvent(std::string_view event) {
  constexpr std::string_view kEvent = "event: ";
  constexpr std::string_view kData = "data: ";
  StrictEvent result;
  if (event.starts_with(kEvent)) {
    const std::size_t end = event.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    result.name = event.substr(kEvent.size(), end - kEvent.size());
    event.remove_prefix(end + 1);
  }
  if (!event.starts_with(kData) || !event.ends_with("\n\n")) return std::nullopt;
  event.remove_prefix(kData.size());
  event.remove_suffix(2);
  if (event.empty() || event.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
  result.data = event;
  return result;
}

std::string plainJson(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_discarded() ? std::string() : json.dump();
}

StreamVerdict judgeStream(dialect::Kind kind, std::string_view stream, GrammarOptions options) {
  switch (kind) {
    case dialect::Kind::Chat:
      return judgeChat(stream, options);
    case dialect::Kind::Anthropic:
      return judgeAnthropic(stream, options);
    case dialect::Kind::Responses:
      return judgeResponses(stream, options);
    case dialect::Kind::Gemini:
      return judgeGemini(stream, options);
  }
  StreamVerdict verdict;
  verdict.fault = "there are no rules for this dialect";
  return verdict;
}

}  // namespace sluice::test
