// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <utility>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/request_writing.h"
#include "tests/support/conversations.h"

namespace sluice::test {

using namespace dialect;

namespace {

MediaPart held(const MediaPart& media) {
  return {media.mediaType, media.data, media.url, "", ""};
}

/// Thoughts that are encrypted are not known; a signature of its own before a call is the call's.
std::vector<Part> heldThoughts(const std::vector<Part>& parts) {
  std::vector<Part> kept;
  for (const Part& part : parts) {
    const auto* reasoning = std::get_if<ReasoningPart>(&part);
    if (reasoning && (!reasoning->encrypted.empty() ||
                      (reasoning->text.empty() && reasoning->signature.empty()))) {
      continue;
    }
    if (reasoning) {
      kept.emplace_back(ReasoningPart{reasoning->text, reasoning->signature, "", ""});
      continue;
    }
    kept.push_back(part);
    auto* call = std::get_if<ToolCallPart>(&kept.back());
    if (!call || !call->signature.empty() || kept.size() < 2) continue;
    auto* before = std::get_if<ReasoningPart>(&kept[kept.size() - 2]);
    if (!before || !isOf(Kind::Gemini, before->signature)) continue;
    call->signature = std::exchange(before->signature, {});
    if (before->text.empty()) kept.erase(kept.end() - 2);
  }
  return kept;
}

/// Results first, and behind them their pictures.
std::vector<Part> heldResults(const std::vector<Part>& parts) {
  std::vector<Part> results;
  std::vector<Part> media;
  std::vector<Part> rest;
  for (const Part& part : parts) {
    const auto* result = std::get_if<ToolResultPart>(&part);
    if (!result) {
      rest.push_back(part);
      continue;
    }
    ToolResultPart one{result->callId, result->name, {}, result->isError};
    const std::string text = joinedText(result->content);
    if (!text.empty()) one.content.emplace_back(TextPart{text});
    results.emplace_back(std::move(one));
    for (const ContentPart& content : result->content) {
      const auto* picture = std::get_if<MediaPart>(&content);
      if (picture) media.emplace_back(held(*picture));
    }
  }
  results.insert(results.end(), media.begin(), media.end());
  results.insert(results.end(), rest.begin(), rest.end());
  return results;
}

std::optional<ReasoningRequest> held(const std::optional<ReasoningRequest>& reasoning) {
  if (!reasoning) return std::nullopt;
  ReasoningRequest kept;
  kept.budget = wantedBudget(reasoning);
  if (kept.budget.value_or(0) > 0) {
    kept.budget = std::clamp<std::uint64_t>(*kept.budget, 512, 24576);
  }
  kept.dynamic = reasoning->dynamic && !kept.budget;
  kept.show = reasoning->show;
  return kept == ReasoningRequest{} ? std::nullopt : std::optional(kept);
}

}  // namespace

Request heldByGemini(const Request& said) {
  const Request request = letSpeak(said);
  Request kept = request;
  std::erase(kept.system, "");
  kept.turns.clear();
  for (const Turn& turn : request.turns) {
    std::vector<Part> parts;
    for (const Part& part : turn.parts) {
      if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
        parts.emplace_back(TextPart{refusal->text});
      } else if (const auto* media = std::get_if<MediaPart>(&part)) {
        parts.emplace_back(held(*media));
      } else if (const auto* text = std::get_if<TextPart>(&part); !text || !text->text.empty()) {
        parts.push_back(part);
      }
    }
    std::erase_if(parts, [](const Part& part) {  // what another signed
      const auto* thought = std::get_if<ReasoningPart>(&part);
      return thought && !thought->signature.empty() && !isOf(Kind::Gemini, thought->signature);
    });
    parts = heldThoughts(parts);
    if (parts.empty()) continue;
    if (kept.turns.empty() || kept.turns.back().role != turn.role) {
      kept.turns.push_back({turn.role, {}});
    }
    auto& all = kept.turns.back().parts;
    all.insert(all.end(), parts.begin(), parts.end());
  }
  for (Turn& turn : kept.turns) turn.parts = heldResults(turn.parts);
  nameResults(kept.turns);
  for (Tool& tool : kept.tools) tool.strict.reset();
  if (kept.tools.empty()) kept.toolChoice.reset();
  kept.parallelTools.reset();
  if (kept.stop.size() > 5) kept.stop.resize(5);
  if (kept.seed && (*kept.seed < INT32_MIN || *kept.seed > INT32_MAX)) kept.seed.reset();
  kept.choices.reset();
  if (kept.format) {
    kept.format = ResponseFormat{request.format->type, "", "", request.format->schema, {}};
  }
  kept.reasoning = held(request.reasoning);
  kept.user.clear();
  kept.openai.clear();
  return kept;
}

Answer heldByGemini(const Answer& answer) {
  Answer kept;
  kept.stop = answer.stop == StopReason::StopSequence ? StopReason::Stop : answer.stop;
  std::vector<Part> parts;
  for (const Part& part : answer.parts) {
    const auto* refusal = std::get_if<RefusalPart>(&part);
    if (!refusal) {
      parts.push_back(part);
      continue;
    }
    // Not yet a text: a text takes the signature of the thoughts before it, words that decline do not.
    parts.emplace_back(*refusal);
    kept.stop = StopReason::ContentFilter;
  }
  kept.parts = heldThoughts(parts);
  for (Part& part : kept.parts) {
    if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
      part = TextPart{std::string(refusal->text)};
    }
  }
  kept.usage = answer.usage;
  if (kept.usage) kept.usage->cacheWrite = 0;
  return kept;
}

}  // namespace sluice::test
