// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/request_writing.h"
#include "tests/support/conversations.h"

namespace sluice::test {

using namespace dialect;

namespace {

std::optional<MediaPart> held(const MediaPart& media) {
  if (!media.isImage() && media.mediaType != "application/pdf") return std::nullopt;
  MediaPart kept = media;
  kept.detail.clear();
  if (media.isImage()) kept.fileName.clear();
  if (media.isImage() && !media.url.empty()) kept.mediaType.clear();
  return kept;
}

std::optional<Part> held(const Part& part) {
  if (const auto* refusal = std::get_if<RefusalPart>(&part)) return TextPart{refusal->text};
  if (const auto* media = std::get_if<MediaPart>(&part)) {
    const auto kept = held(*media);
    return kept ? std::optional<Part>(*kept) : std::nullopt;
  }
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    if (isOf(Kind::Anthropic, reasoning->encrypted)) {
      return ReasoningPart{"", "", reasoning->encrypted, ""};
    }
    if (!isOf(Kind::Anthropic, reasoning->signature)) return std::nullopt;
    return ReasoningPart{reasoning->text, reasoning->signature, "", ""};
  }
  if (const auto* call = std::get_if<ToolCallPart>(&part)) {
    return ToolCallPart{call->id, call->name, call->arguments, ""};
  }
  if (const auto* result = std::get_if<ToolResultPart>(&part)) {
    ToolResultPart kept{result->callId, "", {}, result->isError};
    for (const ContentPart& content : result->content) {
      const auto* media = std::get_if<MediaPart>(&content);
      if (!media) {
        kept.content.push_back(content);
      } else if (const auto one = held(*media)) {
        kept.content.emplace_back(*one);
      }
    }
    return kept;
  }
  return part;
}

/// Results that end the conversation want the thoughts that led to their calls.
bool mayThink(const std::vector<Turn>& turns) {
  const auto calls = std::find_if(turns.rbegin(), turns.rend(),
                                  [](const Turn& turn) { return turn.role == Role::Assistant; });
  const bool results = std::any_of(turns.rbegin(), calls, [](const Turn& turn) {
    return std::ranges::any_of(
        turn.parts, [](const Part& part) { return std::holds_alternative<ToolResultPart>(part); });
  });
  if (!results || calls == turns.rend()) return true;
  return std::ranges::any_of(calls->parts, [](const Part& part) {
    const auto* one = std::get_if<ReasoningPart>(&part);
    return one && (!one->signature.empty() || !one->encrypted.empty());
  });
}

}  // namespace

Request heldByAnthropic(const Request& said) {
  const Request request = letSpeak(said);
  Request kept = request;
  kept.system.clear();
  std::ranges::copy_if(request.system, std::back_inserter(kept.system),
                       [](const std::string& text) { return !text.empty(); });
  kept.turns.clear();
  for (const Turn& turn : request.turns) {
    std::vector<Part> parts;
    for (const Part& part : turn.parts) {
      if (const auto one = held(part)) parts.push_back(*one);
    }
    if (parts.empty()) continue;
    if (kept.turns.empty() || kept.turns.back().role != turn.role) {
      kept.turns.push_back({turn.role, {}});
    }
    auto& all = kept.turns.back().parts;
    all.insert(all.end(), parts.begin(), parts.end());
  }
  for (Turn& turn : kept.turns) {
    std::ranges::stable_partition(
        turn.parts, [](const Part& part) { return std::holds_alternative<ToolResultPart>(part); });
  }
  nameResults(kept.turns);

  const std::uint64_t wanted = wantedBudget(request.reasoning).value_or(0);
  std::uint64_t budget = wanted == 0 ? 0 : std::max<std::uint64_t>(wanted, 1024);
  kept.maxTokens = request.maxTokens.value_or(4096 + budget);
  if (budget >= *kept.maxTokens) budget = *kept.maxTokens / 2;
  if (budget < 1024 || !mayThink(kept.turns)) budget = 0;
  kept.reasoning.reset();
  if (budget > 0) {
    kept.reasoning = ReasoningRequest{std::nullopt, budget, false, true};
    kept.temperature.reset();
    kept.topP.reset();
    kept.topK.reset();
  }
  if (kept.temperature) kept.temperature = std::min(*kept.temperature, 1.0);

  for (Tool& tool : kept.tools) {
    if (tool.parameters.empty()) tool.parameters = R"({"type":"object","properties":{}})";
    tool.strict.reset();
  }
  const bool one = !request.parallelTools.value_or(true);
  kept.parallelTools.reset();
  if (kept.tools.empty()) {
    kept.toolChoice.reset();
  } else {
    if (one && !kept.toolChoice) kept.toolChoice = ToolChoice{};
    const auto mode = kept.toolChoice ? kept.toolChoice->mode : ToolChoice::Mode::Auto;
    if (budget > 0 && (mode == ToolChoice::Mode::Required || mode == ToolChoice::Mode::Named)) {
      kept.toolChoice = ToolChoice{};
    }
    if (one && mode != ToolChoice::Mode::None) kept.parallelTools = false;
  }
  kept.seed.reset();
  kept.choices.reset();
  kept.presencePenalty.reset();
  kept.frequencyPenalty.reset();
  if (kept.format && kept.format->type == ResponseFormat::Type::Schema) {
    kept.format = ResponseFormat{ResponseFormat::Type::Schema, "", "", request.format->schema, {}};
  } else {
    kept.format.reset();
  }
  kept.openai.clear();
  kept.includeUsage = false;
  return kept;
}

Answer heldByAnthropic(const Answer& answer) {
  Answer kept;
  kept.stop = answer.stop;
  for (const Part& part : signedThoughts(answer.parts)) {
    if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
      kept.parts.emplace_back(TextPart{refusal->text});
      kept.stop = StopReason::ContentFilter;
    } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
      kept.parts.emplace_back(reasoning->encrypted.empty()
                                  ? ReasoningPart{reasoning->text, reasoning->signature, "", ""}
                                  : ReasoningPart{"", "", reasoning->encrypted, ""});
    } else {
      kept.parts.push_back(part);
    }
  }
  kept.stopSequence = answer.stopSequence;
  kept.usage = answer.usage.value_or(TokenUsage{});  // it always says something
  kept.usage->reasoning = 0;
  return kept;
}

}  // namespace sluice::test
