// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/conversations.h"

#include <rapidcheck.h>

namespace sluice::test {

using namespace dialect;

namespace {

const std::string kAnthropics = "sluice0anthropic";
const std::string kGoogles = "sluice0000gemini";
const std::string kOpenAis = "sluice0responses";

/// Evenly, whatever RapidCheck's size.
int below(int end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}
bool chance(int percent) {
  return below(100) < percent;
}
int upTo(int most) {
  return below(most + 1);
}

template <class T>
T oneOf(std::initializer_list<T> values) {
  return *rc::gen::elementOf(std::vector<T>(values));
}

std::string anyId() {
  return "call_" + std::to_string(below(1000000));
}

std::string anyArguments() {
  return oneOf<std::string>({"{}", R"({"city":"Zürich"})",
                             R"({"a":[1,2.50,{"b":null}],"c":"\"}{"})",
                             R"({ "spaced" : 1e3 , "big":123456789012345678901234567890 })"});
}

std::string anySchema() {
  return oneOf<std::string>(
      {R"({"type":"object","properties":{}})",
       R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"});
}

MediaPart anyMedia() {
  switch (upTo(3)) {
    case 0:
      return {"image/png", "iVBORw0KGgo=", "", oneOf<std::string>({"", "low", "auto"}), ""};
    case 1:
      return {"", "", "https://example.com/cat.jpg", oneOf<std::string>({"", "high"}), ""};
    case 2:
      return {"application/pdf", "JVBERi0=", "", "", oneOf<std::string>({"", "a.pdf"})};
    default:
      return {"audio/wav", "UklGRg==", "", "", ""};
  }
}

void addAssistantParts(std::vector<Part>& parts) {
  if (chance(40)) {
    if (chance(30)) {
      const std::string mark = oneOf<std::string>({kAnthropics, kOpenAis});
      parts.emplace_back(ReasoningPart{"", "", mark + anyText(), ""});
    } else {
      const std::string mark = oneOf<std::string>({kAnthropics, kGoogles});
      parts.emplace_back(ReasoningPart{anyText(), chance(70) ? mark + anyId() : "", "", ""});
    }
  }
  if (chance(70)) parts.emplace_back(TextPart{anyText()});
  if (chance(8)) parts.emplace_back(RefusalPart{anyText()});
  const int calls = chance(50) ? upTo(3) : 0;
  for (int i = 0; i < calls; ++i) {
    const bool isSigned = chance(10);
    parts.emplace_back(ToolCallPart{anyId() + "_" + std::to_string(i),
                                    oneOf<std::string>({"weather", "now", "search"}),
                                    anyArguments(), isSigned ? kGoogles + anyId() : ""});
  }
  if (parts.empty()) parts.emplace_back(TextPart{anyText()});
}

void addUserParts(std::vector<Part>& parts) {
  const int count = 1 + upTo(2);
  for (int i = 0; i < count; ++i) {
    if (chance(25)) {
      parts.emplace_back(anyMedia());
    } else {
      parts.emplace_back(TextPart{anyText()});
    }
  }
}

Turn resultsOf(const Turn& calls) {
  Turn turn{Role::User, {}};
  for (const Part& part : calls.parts) {
    const auto* call = std::get_if<ToolCallPart>(&part);
    if (!call) continue;
    ToolResultPart result{call->id, call->name, {}, chance(15)};
    const int count = upTo(2);
    for (int i = 0; i < count; ++i) {
      if (chance(20)) {
        result.content.emplace_back(anyMedia());
      } else {
        result.content.emplace_back(TextPart{anyText()});
      }
    }
    turn.parts.emplace_back(std::move(result));
  }
  return turn;
}

std::vector<Turn> anyTurns() {
  std::vector<Turn> turns;
  const int rounds = 1 + upTo(2);
  for (int i = 0; i < rounds; ++i) {
    Turn user{Role::User, {}};
    addUserParts(user.parts);
    turns.push_back(std::move(user));
    if (i + 1 == rounds && chance(50)) break;
    Turn assistant{Role::Assistant, {}};
    addAssistantParts(assistant.parts);
    turns.push_back(assistant);
    Turn results = resultsOf(assistant);
    if (!results.parts.empty()) {
      if (chance(20)) addUserParts(results.parts);
      turns.push_back(std::move(results));
    }
  }
  return turns;
}

std::optional<ReasoningRequest> anyReasoning() {
  ReasoningRequest reasoning;
  switch (upTo(3)) {
    case 0:
      return std::nullopt;
    case 1:
      reasoning.effort =
          oneOf({Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High});
      break;
    case 2:
      reasoning.budget = oneOf<std::uint64_t>({0, 1, 1024, 5000, 50000});
      break;
    default:
      reasoning.dynamic = true;
      break;
  }
  reasoning.show = chance(50);
  return reasoning;
}

}  // namespace

std::string anyText() {
  std::string text;
  const int count = 1 + upTo(5);
  for (int i = 0; i < count; ++i) {
    text +=
        oneOf<std::string>({"a word ", "\"quoted\"", "back\\slash", "line\nend\r\n", "\té", "漢字",
                            "\x01", "🙂", "{\"not\":\"json\"", "data: x\n\n", "</s>", "0"});
  }
  return text;
}

Request anyRequest() {
  Request request;
  request.model = "some-model";
  for (int i = upTo(2); i > 0; --i) request.system.push_back(anyText());
  request.turns = anyTurns();
  for (int i = upTo(2); i > 0; --i) {
    Tool tool{"tool_" + std::to_string(i), chance(70) ? anyText() : "",
              chance(80) ? anySchema() : "", std::nullopt};
    if (chance(30)) tool.strict = chance(50);
    request.tools.push_back(std::move(tool));
  }
  if (chance(40)) {
    request.toolChoice = ToolChoice{oneOf({ToolChoice::Mode::Auto, ToolChoice::Mode::None,
                                           ToolChoice::Mode::Required, ToolChoice::Mode::Named}),
                                    ""};
    if (request.toolChoice->mode == ToolChoice::Mode::Named) request.toolChoice->name = "tool_1";
  }
  if (chance(30)) request.parallelTools = chance(50);
  if (chance(50)) request.maxTokens = oneOf<std::uint64_t>({1, 500, 2000, 4096, 30000});
  if (chance(40)) request.temperature = oneOf({0.0, 0.7, 1.0, 1.5, 2.0});
  if (chance(30)) request.topP = oneOf({0.1, 0.95, 1.0});
  if (chance(20)) request.topK = 40;
  for (int i = upTo(2); i > 0; --i) request.stop.push_back(anyText());
  if (chance(20)) request.seed = oneOf<std::int64_t>({-1, 0, 9007199254740993});
  if (chance(20)) request.choices = oneOf<std::uint64_t>({1, 3});
  if (chance(20)) request.presencePenalty = oneOf({-2.0, 0.25});
  if (chance(20)) request.frequencyPenalty = oneOf({-0.5, 2.0});
  if (chance(30)) {
    ResponseFormat format;
    format.type = oneOf(
        {ResponseFormat::Type::Text, ResponseFormat::Type::Json, ResponseFormat::Type::Schema});
    if (format.type == ResponseFormat::Type::Schema) {
      format.name = oneOf<std::string>({"", "city"});
      format.description = oneOf<std::string>({"", "A city."});
      format.schema = anySchema();
      if (chance(50)) format.strict = chance(50);
    }
    request.format = std::move(format);
  }
  request.reasoning = anyReasoning();
  if (chance(30)) request.user = anyText();
  request.stream = chance(50);
  if (chance(20)) request.openai.push_back({"metadata", R"({"k":"v"})"});
  return request;
}

Answer anyAnswer() {
  Answer answer;
  answer.id = "up_1";
  answer.model = "provider-model";
  addAssistantParts(answer.parts);
  const bool calls = std::ranges::any_of(
      answer.parts, [](const Part& part) { return std::holds_alternative<ToolCallPart>(part); });
  answer.stop = calls ? StopReason::ToolCalls
                      : oneOf({StopReason::Stop, StopReason::StopSequence, StopReason::Length,
                               StopReason::ContentFilter});
  if (answer.stop == StopReason::StopSequence && chance(50)) answer.stopSequence = "END";
  if (chance(80)) {
    TokenUsage usage{200, 0, 0, 50, 0};
    if (chance(50)) usage.cached = 120;
    if (chance(30)) usage.cacheWrite = 30;
    if (chance(50)) usage.reasoning = 20;
    answer.usage = usage;
  }
  return answer;
}

bool isOf(Kind kind, std::string_view text) {
  const std::string& mark = kind == Kind::Anthropic ? kAnthropics
                            : kind == Kind::Gemini  ? kGoogles
                                                    : kOpenAis;
  return kind != Kind::Chat && text.starts_with(mark);
}

std::string shownIn(Kind kind, const std::string& text) {
  // Chat has a place for Google's alone.
  const bool own = isOf(kind == Kind::Chat ? Kind::Gemini : kind, text);
  return own ? text.substr(kAnthropics.size()) : text;
}

std::vector<Part> signedThoughts(const std::vector<Part>& parts) {
  std::vector<Part> kept;
  for (const Part& part : parts) {
    const auto* call = std::get_if<ToolCallPart>(&part);
    if (!call || call->signature.empty()) {
      kept.push_back(part);
      continue;
    }
    auto* thought = kept.empty() ? nullptr : std::get_if<ReasoningPart>(&kept.back());
    const bool open = thought && thought->signature.empty() && thought->encrypted.empty();
    if (!open) thought = &std::get<ReasoningPart>(kept.emplace_back(ReasoningPart{}));
    thought->signature = call->signature;
    kept.emplace_back(ToolCallPart{call->id, call->name, call->arguments, ""});
  }
  return kept;
}

Request letSpeak(Request request) {
  if (!request.turns.empty()) return request;
  Turn turn{Role::User, {}};
  for (const std::string& text : request.system) {
    if (!text.empty()) turn.parts.emplace_back(TextPart{text});
  }
  if (turn.parts.empty()) return request;
  request.system.clear();
  request.turns = {turn};
  return request;
}

Request heldBy(Kind kind, const Request& request) {
  switch (kind) {
    case Kind::Chat:
      return heldByChat(request);
    case Kind::Anthropic:
      return heldByAnthropic(request);
    case Kind::Responses:
      return heldByResponses(request);
    case Kind::Gemini:
      return heldByGemini(request);
  }
  RC_FAIL("there is no such dialect");
}

Answer heldBy(Kind kind, const Answer& answer) {
  switch (kind) {
    case Kind::Chat:
      return heldByChat(answer);
    case Kind::Anthropic:
      return heldByAnthropic(answer);
    case Kind::Responses:
      return heldByResponses(answer);
    case Kind::Gemini:
      return heldByGemini(answer);
  }
  RC_FAIL("there is no such dialect");
}

}  // namespace sluice::test
