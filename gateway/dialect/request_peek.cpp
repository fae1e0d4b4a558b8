// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/request_peek.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "gateway/dialect/model_key.h"
#include "gateway/dialect/whole_number.h"

namespace sluice::dialect {

namespace json = simdjson::ondemand;

namespace {

constexpr std::uint64_t kBytesPerToken = 4;
constexpr std::uint64_t kTokensPerMessage = 4;
constexpr std::uint64_t kTokensPerMedium = 765;
/// Deeper is not looked at: the estimate is low, and the provider refuses it.
constexpr int kDeepest = 64;

/// Members that hold an image, a document or a sound, whatever its bytes.
constexpr std::array<std::string_view, 8> kMedia = {"source",      "image_url", "inlineData",
                                                    "inline_data", "fileData",  "file_data",
                                                    "input_audio", "file"};

struct Prompt {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t media = 0;

  std::uint64_t tokens() const {
    return (bytes + kBytesPerToken - 1) / kBytesPerToken + messages * kTokensPerMessage +
           media * kTokensPerMedium;
  }

  void add(json::value value, int depth = 0) {
    json::json_type type;
    if (depth > kDeepest || value.type().get(type)) return;
    if (type == json::json_type::object) {
      json::object object;
      if (value.get_object().get(object)) return;
      for (auto field : object) {
        std::string_view key;
        json::value member;
        if (field.unescaped_key().get(key) || field.value().get(member)) return;
        if (std::ranges::find(kMedia, key) != kMedia.end()) {
          ++media;
        } else {
          add(member, depth + 1);
        }
      }
    } else if (type == json::json_type::array) {
      json::array array;
      if (value.get_array().get(array)) return;
      for (auto element : array) {
        json::value one;
        if (element.get(one)) return;
        if (depth == 0) ++messages;
        add(one, depth + 1);
      }
    } else {
      bytes += value.raw_json_token().size();
    }
  }

  void addText(json::value value) {
    Prompt text;
    text.add(value);
    bytes += text.bytes;
    media += text.media;
  }
};

/// None where it is 0, which asks for nothing.
std::optional<std::uint64_t> countOf(json::value value) {
  const auto count = wholeNumber(value);
  return count == 0u ? std::nullopt : count;
}

/// What a dialect calls them.
struct Names {
  std::string_view messages;
  std::array<std::string_view, 5> texts;  ///< of the prompt, beside the messages
  std::string_view most;                  ///< of tokens in the answer
  std::string_view mostToo;               ///< the same in another spelling; or empty
  std::string_view settings;     ///< the member that holds `most` and `temperature`; or empty
  std::string_view settingsToo;  ///< the same in another spelling; or empty
};

constexpr Names kResponses = {
    "input", {"instructions", "tools", "text"}, "max_output_tokens", "", "", ""};
constexpr Names kAnthropic = {"messages", {"system", "tools"}, "max_tokens", "", "", ""};
// A whole request is what :countTokens may be asked for.
constexpr Names kGemini = {"contents",
                           {"systemInstruction", "system_instruction", "tools",
                            "generateContentRequest", "generate_content_request"},
                           "maxOutputTokens",
                           "max_output_tokens",
                           "generationConfig",
                           "generation_config"};

const Names& namesOfKind(Kind kind) {
  return kind == Kind::Responses ? kResponses : kind == Kind::Gemini ? kGemini : kAnthropic;
}

}  // namespace

struct RequestPeek::Parser {
  ChatReader chat;
  json::parser parser;

  std::variant<ChatRequest, BodyFault> read(Kind kind, std::string& body, bool countPrompt);
};

namespace {

class Reading {
 public:
  Reading(Kind kind, const std::string& body, bool countPrompt)
      : m_names(namesOfKind(kind)), m_body(body), m_kind(kind), m_count(countPrompt) {
    m_request.usageAsked = true;
  }

  std::optional<BodyFault> read(json::object object);
  std::variant<ChatRequest, BodyFault> result();

 private:
  std::optional<BodyFault> readModel(json::value value);
  bool readSetting(std::string_view key, json::value value);
  void readSettings(json::value value);

  const Names& m_names;
  const std::string& m_body;
  ChatRequest m_request;
  Prompt m_prompt;
  Kind m_kind;
  bool m_count;
  bool m_hasModel = false;
};

const BodyFault& notJson() {
  static const BodyFault fault{"the request body is not valid JSON", ""};
  return fault;
}

std::optional<BodyFault> Reading::readModel(json::value value) {
  if (m_hasModel) return BodyFault{"'model' is given twice", "model"};
  m_hasModel = true;
  json::json_type type;
  if (value.type().get(type)) return notJson();
  if (type != json::json_type::string) return BodyFault{"'model' must be a string", "model"};
  std::string_view token = value.raw_json_token();
  token = token.substr(0, token.rfind('"') + 1);  // it is given with the blanks behind it
  m_request.modelAt = static_cast<std::size_t>(token.data() - m_body.data());
  m_request.modelSize = token.size();
  std::string_view model;
  if (value.get_string().get(model)) return notJson();
  m_request.model = model;
  return std::nullopt;
}

bool Reading::readSetting(std::string_view key, json::value value) {
  if (key == m_names.most || (!key.empty() && key == m_names.mostToo)) {
    m_request.mostTokens = countOf(value);
  } else if (key == "temperature") {
    double temperature = 1;
    m_request.deterministic =
        value.get_double().get(temperature) == simdjson::SUCCESS && temperature == 0;
  } else {
    return false;
  }
  return true;
}

void Reading::readSettings(json::value value) {
  json::object object;
  if (value.get_object().get(object)) return;
  for (auto field : object) {
    std::string_view key;
    json::value member;
    if (field.unescaped_key().get(key) || field.value().get(member)) return;
    readSetting(key, member);
  }
}

std::optional<BodyFault> Reading::read(json::object object) {
  const bool inPath = m_kind == Kind::Gemini;
  for (auto field : object) {
    std::string_view key;
    json::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) return notJson();
    if (readsAsModel(key) && !inPath) {
      if (key != "model") return otherModel(key);
      if (auto fault = readModel(value)) return fault;
    } else if (key == "stream" && !inPath) {
      json::json_type type;
      if (value.type().get(type)) return notJson();
      if (type == json::json_type::null) continue;
      if (value.get_bool().get(m_request.stream)) {
        return BodyFault{"'stream' must be true or false", "stream"};
      }
    } else if (!m_names.settings.empty()) {
      if (key == m_names.settings || key == m_names.settingsToo) readSettings(value);
    } else if (readSetting(key, value)) {
      continue;
    }
    if (!m_count) continue;
    if (key == m_names.messages) {
      m_prompt.add(value);
    } else if (!key.empty() && std::ranges::find(m_names.texts, key) != m_names.texts.end()) {
      m_prompt.addText(value);
    }
  }
  return std::nullopt;
}

std::variant<ChatRequest, BodyFault> Reading::result() {
  if (m_kind != Kind::Gemini) {
    if (!m_hasModel) return BodyFault{"you must provide a model parameter", "model"};
    if (m_request.model.empty()) return BodyFault{"'model' must not be empty", "model"};
  }
  if (m_count) m_request.promptTokens = m_prompt.tokens();
  return std::move(m_request);
}

}  // namespace

std::variant<ChatRequest, BodyFault> RequestPeek::Parser::read(Kind kind, std::string& body,
                                                               bool countPrompt) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  json::document document;
  if (parser.iterate(body.data(), body.size(), body.capacity()).get(document)) return notJson();
  json::object object;
  if (document.get_object().get(object)) {
    return BodyFault{"the request body must be a JSON object", ""};
  }
  Reading reading(kind, body, countPrompt);
  if (auto fault = reading.read(object)) return *std::move(fault);
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return BodyFault{"there is something behind the JSON object of the request body", ""};
  }
  return reading.result();
}

RequestPeek::RequestPeek() : m_parser(std::make_unique<Parser>()) {}
RequestPeek::~RequestPeek() = default;

std::variant<ChatRequest, BodyFault> RequestPeek::read(Kind kind, std::string& body,
                                                       bool countPrompt) {
  return kind == Kind::Chat ? m_parser->chat.read(body, countPrompt)
                            : m_parser->read(kind, body, countPrompt);
}

std::optional<GeminiPath> readGeminiPath(std::string_view path) {
  constexpr std::string_view kModels = "models/";
  if (!path.starts_with(kModels)) return std::nullopt;
  path.remove_prefix(kModels.size());
  const std::size_t colon = path.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == path.size()) {
    return std::nullopt;
  }
  return GeminiPath{path.substr(0, colon), path.substr(colon + 1)};
}

}  // namespace sluice::dialect
