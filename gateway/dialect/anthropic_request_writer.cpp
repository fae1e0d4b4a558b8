// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <compare>

#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/request_writing.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::anthropic {

namespace {

constexpr std::uint64_t kDefaultMaxTokens = 4096;
constexpr std::uint64_t kLeastBudget = 1024;

bool canCarry(const MediaPart& media) {
  return media.isImage() || media.mediaType == "application/pdf";
}

/// The API refuses texts in which there is nothing to read.
bool says(std::string_view text) {
  return text.find_first_not_of(" \t\n\v\f\r") != std::string_view::npos;
}

/// A model's generation, e.g. 4.7.
struct Generation {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const Generation&) const = default;
};

/// Claude has two samplers, and takes a setting for one of them.
constexpr Generation kOneSampler = {4, 1};
/// It takes none, and thinks as much as it finds right: more or less by `effort`, not by a budget.
constexpr Generation kAdaptive = {4, 7};
/// Thinking does not keep it from a call that it is told to make.
constexpr Generation kThinksAndCalls = {4, 8};
/// It thinks unless it is told not to.
constexpr Generation kThinksUnasked = {5, 0};
/// It is not to be told to make a call.
constexpr Generation kNeverForced = {5, 1};
/// What is newest.
constexpr Generation kLatest = {99, 0};

/// By the name, which vendors and clouds spell in their ways: "claude-opus-4-7", "claude-3-5-sonnet-20241022",
/// "anthropic.claude-opus-4-7-v1:0", "claude-4.7-opus", "claude-opus-latest". Empty: it is not Claude, or
/// the name does not tell.
std::optional<Generation> generationOf(std::string_view model) {
  constexpr std::string_view kClaude = "claude-";
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyz";
  const std::size_t at = model.find(kClaude);
  if (at == std::string_view::npos) return std::nullopt;
  model.remove_prefix(at + kClaude.size());
  // The first of its words that is a number, and the one behind it; more than two digits are a date.
  std::optional<Generation> found;
  while (!model.empty()) {
    const std::size_t end = std::min(model.find_first_not_of(kLetters), model.size());
    const std::string_view word = model.substr(0, end);
    model.remove_prefix(std::min(end + 1, model.size()));
    unsigned number = 0;
    const bool isNumber = !word.empty() && word.size() <= 2 &&
                          word.find_first_not_of(kDigits) == std::string_view::npos;
    if (isNumber) std::from_chars(word.data(), word.data() + word.size(), number);
    if (found) return Generation{found->major, number};
    if (isNumber) found = Generation{number, 0};
    if (word == "latest") return kLatest;
  }
  return found;
}

class RequestWriter {
 public:
  RequestWriter(const Request& request, std::string& out, Dropped& dropped)
      : m_request(request),
        m_json(out),
        m_dropped(dropped),
        m_generation(generationOf(request.model)) {}

  void write();

 private:
  bool isFrom(Generation first) const { return m_generation && *m_generation >= first; }
  void chooseLimits();
  void chooseEffort();
  bool thoughtsAreThere();
  void writeSystem();
  void writeMessages();
  void writeTurn(Role role, const std::vector<const Part*>& parts);
  void writePart(const Part& part);
  void writeText(std::string_view text);
  void writeMedia(const MediaPart& media);
  void writeResult(const ToolResultPart& result);
  void writeReasoning(const ReasoningPart& reasoning);
  void writeTools();
  void writeSampling();
  void writeOutputConfig();
  bool carries(const Part& part);

  const Request& m_request;
  JsonWriter m_json;
  Dropped& m_dropped;
  std::optional<Generation> m_generation;  // of Claude; empty: of another
  std::uint64_t m_maxTokens = kDefaultMaxTokens;
  std::uint64_t m_budget = 0;  // 0: none
  std::string_view m_effort;   // empty: not said
  bool m_thinks = false;       // it is asked to
};

/// Whether a turn that goes on behind calls has the signed thoughts that led to them: thinking cannot
/// be on without.
bool RequestWriter::thoughtsAreThere() {
  bool goesOn = false;    // results end the conversation
  bool inAnswer = false;  // within the turns of the assistant before them
  for (auto turn = m_request.turns.rbegin(); turn != m_request.turns.rend(); ++turn) {
    for (const Part& part : turn->parts) {
      if (!carries(part)) continue;  // a turn may vanish, and its neighbours meet
      if (turn->role == Role::User) {
        if (inAnswer) return false;
        goesOn = goesOn || std::holds_alternative<ToolResultPart>(part);
      } else {
        if (!goesOn) return true;
        inAnswer = true;
        if (std::holds_alternative<ReasoningPart>(part)) return true;  // carried: it is signed
      }
    }
  }
  return !inAnswer;
}

/// Of a model that is adaptive.
void RequestWriter::chooseEffort() {
  const auto effort = wantedEffort(m_request.reasoning);
  m_thinks = m_request.reasoning && effort != Effort::None &&
             (effort || m_request.reasoning->dynamic || m_request.reasoning->show);
  if (m_thinks && effort) m_effort = *effort == Effort::Minimal ? "low" : wordOf(*effort);
  if (m_request.reasoning && m_request.reasoning->budget.value_or(0) > 0) {
    m_dropped.add(Field::Reasoning);
  }
  // Some models refuse to be told.
  if (effort == Effort::None && isFrom(kThinksUnasked)) m_dropped.add(Field::Reasoning);
  m_maxTokens = kDefaultMaxTokens;
  if (m_thinks || isFrom(kThinksUnasked)) m_maxTokens += budgetOf(effort.value_or(Effort::High));
  m_maxTokens = m_request.maxTokens.value_or(m_maxTokens);
}

void RequestWriter::chooseLimits() {
  if (isFrom(kAdaptive)) return chooseEffort();
  const std::uint64_t wanted = wantedBudget(m_request.reasoning).value_or(0);
  m_maxTokens = m_request.maxTokens.value_or(kDefaultMaxTokens);
  if (wanted == 0) {
    if (m_request.reasoning && m_request.reasoning->dynamic) m_dropped.add(Field::Reasoning);
    return;
  }
  m_budget = std::max(wanted, kLeastBudget);
  if (!m_request.maxTokens) {
    m_maxTokens += m_budget;
  } else if (m_budget >= m_maxTokens) {
    // Thoughts count against max_tokens: half is left for the answer.
    m_budget = m_maxTokens / 2;
    if (m_budget < kLeastBudget || m_request.reasoning->budget) m_dropped.add(Field::Reasoning);
    if (m_budget < kLeastBudget) m_budget = 0;
  }
  if (m_budget > 0 && !thoughtsAreThere()) {
    m_budget = 0;
    m_dropped.add(Field::Reasoning);
  }
  m_thinks = m_budget > 0;
}

void RequestWriter::writeText(std::string_view text) {
  m_json.beginObject().member("type", "text").member("text", text).endObject();
}

void RequestWriter::writeMedia(const MediaPart& media) {
  if (!media.detail.empty() && media.detail != "auto") m_dropped.add(Field::MediaDetail);
  m_json.beginObject().member("type", media.isImage() ? "image" : "document");
  m_json.key("source").beginObject();
  if (media.data.empty()) {
    m_json.member("type", "url").member("url", media.url);
  } else {
    m_json.member("type", "base64").member("media_type", media.mediaType);
    m_json.member("data", media.data);
  }
  m_json.endObject();
  if (!media.isImage() && !media.fileName.empty()) m_json.member("title", media.fileName);
  m_json.endObject();
}

void RequestWriter::writeResult(const ToolResultPart& result) {
  m_json.beginObject().member("type", "tool_result");
  m_json.member("tool_use_id", toolIdOf(result.callId));
  const bool plain = std::ranges::all_of(result.content, [](const ContentPart& part) {
    return std::holds_alternative<TextPart>(part);
  });
  if (plain && result.content.size() == 1) {
    m_json.member("content", std::get<TextPart>(result.content.front()).text);
  } else if (!result.content.empty()) {
    m_json.key("content").beginArray();
    for (const ContentPart& part : result.content) {
      if (const auto* text = std::get_if<TextPart>(&part)) {
        if (says(text->text)) writeText(text->text);
      } else if (const auto& media = std::get<MediaPart>(part); canCarry(media)) {
        writeMedia(media);
      } else {
        m_dropped.add(Field::ToolResultMedia);
      }
    }
    m_json.endArray();
  }
  if (result.isError) m_json.key("is_error").boolean(true);
  m_json.endObject();
}

void RequestWriter::writeReasoning(const ReasoningPart& reasoning) {
  m_json.beginObject();
  const std::string_view encrypted = ownOf(Kind::Anthropic, reasoning.encrypted);
  if (!encrypted.empty()) {
    m_json.member("type", "redacted_thinking").member("data", encrypted);
  } else {
    m_json.member("type", "thinking").member("thinking", reasoning.text);
    m_json.member("signature", ownOf(Kind::Anthropic, reasoning.signature));
  }
  m_json.endObject();
}

/// Whether there is a block for it. The API refuses thoughts that it has not signed, too.
bool RequestWriter::carries(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return says(text->text);
  if (const auto* refusal = std::get_if<RefusalPart>(&part)) return says(refusal->text);
  if (const auto* media = std::get_if<MediaPart>(&part)) {
    if (!canCarry(*media)) m_dropped.add(Field::Media);
    return canCarry(*media);
  }
  if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    const bool kept = !ownOf(Kind::Anthropic, reasoning->signature).empty() ||
                      !ownOf(Kind::Anthropic, reasoning->encrypted).empty();
    if (!kept) m_dropped.add(Field::ReasoningParts);
    return kept;
  }
  return true;
}

void RequestWriter::writePart(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) {
    writeText(text->text);
  } else if (const auto* refusal = std::get_if<RefusalPart>(&part)) {
    writeText(refusal->text);
  } else if (const auto* media = std::get_if<MediaPart>(&part)) {
    writeMedia(*media);
  } else if (const auto* reasoning = std::get_if<ReasoningPart>(&part)) {
    writeReasoning(*reasoning);
  } else if (const auto* result = std::get_if<ToolResultPart>(&part)) {
    writeResult(*result);
  } else if (const auto* call = std::get_if<ToolCallPart>(&part)) {
    if (!call->signature.empty()) m_dropped.add(Field::ToolCallSignature);
    m_json.beginObject().member("type", "tool_use").member("id", toolIdOf(call->id));
    m_json.member("name", call->name).memberRaw("input", call->arguments).endObject();
  }
}

void RequestWriter::writeTurn(Role role, const std::vector<const Part*>& parts) {
  m_json.beginObject().member("role", role == Role::User ? "user" : "assistant");
  const auto* only = parts.size() == 1 ? std::get_if<TextPart>(parts.front()) : nullptr;
  if (only) {
    m_json.member("content", only->text);
  } else {
    m_json.key("content").beginArray();
    for (const Part* part : parts) writePart(*part);
    m_json.endArray();
  }
  m_json.endObject();
}

void RequestWriter::writeMessages() {
  m_json.key("messages").beginArray();
  eachTurn(
      m_request.turns, [this](const Part& part) { return carries(part); },
      [this](Role role, const std::vector<const Part*>& parts) { writeTurn(role, parts); });
  m_json.endArray();
}

void RequestWriter::writeSystem() {
  const auto texts = std::ranges::count_if(m_request.system, says);
  if (texts == 1) {
    m_json.member("system", *std::ranges::find_if(m_request.system, says));
  } else if (texts > 1) {
    m_json.key("system").beginArray();
    for (const std::string& text : m_request.system) {
      if (says(text)) writeText(text);
    }
    m_json.endArray();
  }
}

void RequestWriter::writeTools() {
  if (m_request.tools.empty()) return;  // a choice among none is refused by the API
  m_json.key("tools").beginArray();
  for (const Tool& tool : m_request.tools) {
    m_json.beginObject().member("name", tool.name);
    if (!tool.description.empty()) m_json.member("description", tool.description);
    m_json.memberRaw("input_schema", parametersOf(tool));
    if (tool.strict.value_or(false)) m_dropped.add(Field::ToolStrict);
    m_json.endObject();
  }
  m_json.endArray();
  const bool oneAtATime = !m_request.parallelTools.value_or(true);
  if (!m_request.toolChoice && !oneAtATime) return;
  const ToolChoice choice = m_request.toolChoice.value_or(ToolChoice{});
  const bool forced =
      choice.mode == ToolChoice::Mode::Required || choice.mode == ToolChoice::Mode::Named;
  m_json.key("tool_choice").beginObject();
  if (forced && (isFrom(kNeverForced) || (m_thinks && !isFrom(kThinksAndCalls)))) {
    m_dropped.add(Field::ToolChoice);
    m_json.member("type", "auto");
  } else if (choice.mode == ToolChoice::Mode::Named) {
    m_json.member("type", "tool").member("name", choice.name);
  } else {
    m_json.member("type", choice.mode == ToolChoice::Mode::Required ? "any"
                          : choice.mode == ToolChoice::Mode::None   ? "none"
                                                                    : "auto");
  }
  if (oneAtATime && choice.mode != ToolChoice::Mode::None) {
    m_json.key("disable_parallel_tool_use").boolean(true);
  }
  m_json.endObject();
}

void RequestWriter::writeSampling() {
  const Request& request = m_request;
  if (m_thinks) {
    m_json.key("thinking").beginObject().member("type", m_budget > 0 ? "enabled" : "adaptive");
    if (m_budget > 0) m_json.memberCount("budget_tokens", m_budget);
    if (m_budget == 0 && request.reasoning->show) m_json.member("display", "summarized");
    m_json.endObject();
  }
  if (m_thinks || isFrom(kAdaptive)) {
    nameSampling(request, m_dropped);
    if (request.topK) m_dropped.add(Field::TopK);
    return;
  }
  // Of two the one that says something; of two that do, the temperature.
  const bool tempers = request.temperature.value_or(1) != 1;
  const bool cuts = request.topP.value_or(1) != 1;
  const bool both = isFrom(kOneSampler) && request.temperature && request.topP;
  const bool tempered = request.temperature && !(both && !tempers && cuts);
  const bool cut = request.topP && !(both && tempered);
  if (cuts && !cut) m_dropped.add(Field::TopP);
  if (tempered) {
    const double clamped = std::clamp(*request.temperature, 0.0, 1.0);
    if (clamped != *request.temperature) m_dropped.add(Field::Temperature);
    m_json.key("temperature").number(clamped);
  }
  if (cut) m_json.key("top_p").number(*request.topP);
  if (request.topK) m_json.memberCount("top_k", *request.topK);
}

void RequestWriter::writeOutputConfig() {
  const auto& format = m_request.format;
  const bool schema = format && format->type == ResponseFormat::Type::Schema;
  if (format && format->type == ResponseFormat::Type::Json) m_dropped.add(Field::ResponseFormat);
  if (!schema && m_effort.empty()) return;
  m_json.key("output_config").beginObject();
  if (!m_effort.empty()) m_json.member("effort", m_effort);
  if (schema) {
    m_json.key("format").beginObject().member("type", "json_schema");
    m_json.memberRaw("schema", format->schema).endObject();
    if (!format->description.empty()) m_dropped.add(Field::FormatDescription);
  }
  m_json.endObject();
}

void RequestWriter::write() {
  const Request& request = m_request;
  chooseLimits();
  m_json.beginObject().member("model", request.model);
  m_json.memberCount("max_tokens", m_maxTokens);
  writeSystem();
  writeMessages();
  writeTools();
  writeSampling();
  if (!request.stop.empty()) {
    m_json.key("stop_sequences").beginArray();
    for (const std::string& stop : request.stop) m_json.string(stop);
    m_json.endArray();
  }
  writeOutputConfig();
  if (!request.user.empty()) {
    m_json.key("metadata").beginObject().member("user_id", request.user).endObject();
  }
  if (request.choices && *request.choices > 1) m_dropped.add(Field::Choices);
  if (request.seed) m_dropped.add(Field::Seed);
  if (request.presencePenalty) m_dropped.add(Field::PresencePenalty);
  if (request.frequencyPenalty) m_dropped.add(Field::FrequencyPenalty);
  for (const RawField& field : request.openai) m_dropped.add(field.name);
  if (request.stream) m_json.key("stream").boolean(true);
  m_json.endObject();
}

}  // namespace

void writeRequest(const Request& request, std::string& out, Dropped& dropped) {
  RequestWriter(request, out, dropped).write();
}

}  // namespace sluice::dialect::anthropic
