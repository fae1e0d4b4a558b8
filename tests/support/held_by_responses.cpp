// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/request_writing.h"
#include "tests/support/conversations.h"

namespace sluice::test {

using namespace dialect;

namespace {

/// Pictures keep no media type with a URL, documents by URL are PDF; there is no sound.
std::optional<MediaPart> held(const MediaPart& media) {
  if (media.mediaType.starts_with("audio/") || media.mediaType.starts_with("video/")) {
    return std::nullopt;
  }
  MediaPart kept = media;
  if (media.isImage()) {
    kept.fileName.clear();
    if (!media.url.empty()) kept.mediaType.clear();
    return kept;
  }
  kept.detail.clear();
  if (media.data.empty()) {
    kept.mediaType = "application/pdf";
    kept.fileName.clear();
  } else if (media.fileName.empty()) {
    kept.fileName = "document";
  }
  return kept;
}

ToolResultPart held(const ToolResultPart& result) {
  ToolResultPart kept{result.callId, "", {}, false};
  bool plain = true;
  for (const ContentPart& content : result.content) {
    const auto* media = std::get_if<MediaPart>(&content);
    if (!media) {
      kept.content.push_back(content);
    } else if (const auto one = held(*media)) {
      kept.content.emplace_back(*one);
      plain = false;
    }
  }
  if (plain) {
    const std::string text = joinedText(kept.content);
    kept.content.clear();
    if (!text.empty()) kept.content.emplace_back(TextPart{text});
  }
  return kept;
}

void addAssistant(const Turn& turn, std::vector<Turn>& turns) {
  std::vector<Part> parts;
  for (const Part& part : turn.parts) {
    if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      parts.emplace_back(ToolCallPart{call->id, call->name, call->arguments, ""});
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
      if (isOf(Kind::Responses, reasoning->encrypted)) parts.push_back(part);
    } else if (!std::holds_alternative<MediaPart>(part)) {
      parts.push_back(part);
    }
  }
  if (parts.empty()) return;
  if (turns.empty() || turns.back().role != Role::Assistant) turns.push_back({Role::Assistant, {}});
  auto& all = turns.back().parts;
  all.insert(all.end(), parts.begin(), parts.end());
}

void addUser(const Turn& turn, std::vector<Turn>& turns) {
  std::vector<Part> results;
  std::vector<Part> rest;
  for (const Part& part : turn.parts) {
    if (const auto* result = std::get_if<ToolResultPart>(&part)) {
      results.emplace_back(held(*result));
    } else if (const auto* media = std::get_if<MediaPart>(&part)) {
      if (const auto one = held(*media)) rest.emplace_back(*one);
    } else if (std::holds_alternative<TextPart>(part)) {
      rest.push_back(part);
    }
  }
  const bool had = !results.empty();
  if (had) {
    const bool behindResults = !turns.empty() && turns.back().role == Role::User &&
                               !turns.back().parts.empty() &&
                               std::holds_alternative<ToolResultPart>(turns.back().parts.back());
    if (!behindResults) turns.push_back({Role::User, {}});
    auto& all = turns.back().parts;
    all.insert(all.end(), results.begin(), results.end());
  }
  if (!rest.empty() || !had) turns.push_back({Role::User, std::move(rest)});
}

}  // namespace

Request heldByResponses(const Request& request) {
  Request kept = request;
  std::erase(kept.system, "");
  kept.turns.clear();
  for (const Turn& turn : request.turns) {
    turn.role == Role::Assistant ? addAssistant(turn, kept.turns) : addUser(turn, kept.turns);
  }
  nameResults(kept.turns);
  for (Tool& tool : kept.tools) {
    if (tool.parameters.empty()) tool.parameters = R"({"type":"object","properties":{}})";
    tool.strict = tool.strict.value_or(false);
  }
  if (kept.tools.empty()) {
    kept.toolChoice.reset();
    kept.parallelTools.reset();
  }
  kept.stop.clear();
  kept.seed.reset();
  kept.topK.reset();
  kept.choices.reset();
  kept.presencePenalty.reset();
  kept.frequencyPenalty.reset();
  if (kept.format && kept.format->type == ResponseFormat::Type::Schema) {
    if (kept.format->name.empty()) kept.format->name = "answer";
  }
  if (kept.user.size() > 64) kept.user.clear();
  const auto effort = wantedEffort(request.reasoning);
  const bool show = request.reasoning && request.reasoning->show;
  kept.reasoning.reset();
  if (effort || show) kept.reasoning = ReasoningRequest{effort, std::nullopt, false, show};
  std::erase_if(kept.openai, [](const RawField& field) { return field.name == "metadata"; });
  kept.includeUsage = false;
  return kept;
}

Answer heldByResponses(const Answer& answer) {
  Answer kept;
  kept.parts = signedThoughts(answer.parts);
  kept.stop = answer.stop == StopReason::StopSequence ? StopReason::Stop : answer.stop;
  kept.usage = answer.usage;
  return kept;
}

}  // namespace sluice::test
