// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/request_writing.h"
#include "tests/support/conversations.h"

namespace sluice::test {

using namespace dialect;

namespace {

/// Pictures keep no media type with a URL; documents must have a file's name.
std::optional<MediaPart> held(const MediaPart& media) {
  MediaPart kept = media;
  kept.fileName.clear();
  if (media.isImage()) {
    if (!media.url.empty()) kept.mediaType.clear();
    return kept;
  }
  kept.detail.clear();
  if (media.data.empty()) return std::nullopt;
  if (media.mediaType == "application/pdf") {
    kept.fileName = media.fileName.empty() ? "document" : media.fileName;
  }
  return kept;
}

Turn heldAssistant(const Turn& turn) {
  Turn kept{Role::Assistant, {}};
  std::string text;
  std::string refusal;
  for (const Part& part : turn.parts) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
    if (const auto* one = std::get_if<RefusalPart>(&part)) refusal += one->text;
  }
  addText(kept.parts, text);
  if (!refusal.empty()) kept.parts.emplace_back(RefusalPart{refusal});
  for (const Part& part : turn.parts) {
    if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      kept.parts.emplace_back(ToolCallPart{call->id, call->name, call->arguments, ""});
    }
  }
  return kept;
}

}  // namespace

Request heldByChat(const Request& request) {
  Request kept = request;
  kept.turns.clear();
  bool afterResult = false;
  for (const Turn& turn : request.turns) {
    if (turn.role == Role::Assistant) {
      kept.turns.push_back(heldAssistant(turn));
      afterResult = false;
      continue;
    }
    Turn rest{Role::User, {}};
    bool results = false;
    for (const Part& part : turn.parts) {
      const auto* result = std::get_if<ToolResultPart>(&part);
      if (!result) continue;
      if (!afterResult) kept.turns.push_back({Role::User, {}});
      afterResult = results = true;
      ToolResultPart one{result->callId, "", {}, false};
      std::string text = joinedText(result->content);
      if (!text.empty()) one.content.emplace_back(TextPart{std::move(text)});
      kept.turns.back().parts.emplace_back(std::move(one));
      for (const ContentPart& content : result->content) {
        const auto* media = std::get_if<MediaPart>(&content);
        if (!media) continue;
        if (const auto moved = held(*media)) rest.parts.emplace_back(*moved);
      }
    }
    for (const Part& part : turn.parts) {
      if (std::holds_alternative<TextPart>(part)) rest.parts.push_back(part);
      if (const auto* media = std::get_if<MediaPart>(&part)) {
        if (const auto one = held(*media)) rest.parts.emplace_back(*one);
      }
    }
    if (!rest.parts.empty() || !results) {
      kept.turns.push_back(std::move(rest));
      afterResult = false;
    }
  }
  nameResults(kept.turns);
  for (Tool& tool : kept.tools) {
    if (tool.parameters.empty()) tool.parameters = R"({"type":"object","properties":{}})";
  }
  if (kept.tools.empty()) {
    kept.toolChoice.reset();
    kept.parallelTools.reset();
  }
  kept.topK.reset();
  kept.choices.reset();
  if (kept.format && kept.format->type == ResponseFormat::Type::Schema &&
      kept.format->name.empty()) {
    kept.format->name = "answer";
  }
  if (kept.user.size() > 64) kept.user.clear();
  const auto effort = wantedEffort(request.reasoning);
  kept.reasoning.reset();
  if (effort) kept.reasoning = ReasoningRequest{effort, std::nullopt, false, false};
  kept.includeUsage = kept.stream;
  return kept;
}

Answer heldByChat(const Answer& answer) {
  Answer kept;
  std::string text;
  std::string reasoning;
  std::string refusal;
  for (const Part& part : answer.parts) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
    if (const auto* one = std::get_if<ReasoningPart>(&part)) reasoning += one->text;
    if (const auto* one = std::get_if<RefusalPart>(&part)) refusal += one->text;
  }
  if (!reasoning.empty()) kept.parts.emplace_back(ReasoningPart{reasoning, "", "", ""});
  addText(kept.parts, text);
  if (!refusal.empty()) kept.parts.emplace_back(RefusalPart{refusal});
  for (const Part& part : answer.parts) {
    if (std::holds_alternative<ToolCallPart>(part)) kept.parts.push_back(part);
  }
  kept.stop = answer.stop == StopReason::StopSequence ? StopReason::Stop : answer.stop;
  kept.usage = answer.usage;
  return kept;
}

}  // namespace sluice::test
