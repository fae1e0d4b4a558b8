// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/openai.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "gateway/core/line_end.h"
#include "gateway/dialect/json_tree.h"
#include "gateway/dialect/json_writer.h"
#include "gateway/dialect/model_key.h"
#include "gateway/dialect/whole_number.h"

namespace sluice::dialect {

namespace json = simdjson::ondemand;

namespace {

constexpr std::uint64_t kBytesPerToken = 4;
constexpr std::uint64_t kTokensPerMessage = 4;
constexpr std::uint64_t kTokensPerMedium = 765;

/// Bytes of a value as it is written.
std::uint64_t sizeOf(json::value value) {
  std::string_view raw;
  json::json_type type;
  if (value.type().get(type)) return 0;
  if (type == json::json_type::object) {
    json::object object;
    if (value.get_object().get(object) || object.raw_json().get(raw)) return 0;
  } else if (type == json::json_type::array) {
    json::array array;
    if (value.get_array().get(array) || array.raw_json().get(raw)) return 0;
  } else {
    raw = value.raw_json_token();
  }
  return raw.size();
}

/// The prompt, on its way through a body.
struct Prompt {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t media = 0;

  std::uint64_t tokens() const {
    return (bytes + kBytesPerToken - 1) / kBytesPerToken + messages * kTokensPerMessage +
           media * kTokensPerMedium;
  }

  void addPart(json::value part) {
    json::object object;
    if (part.get_object().get(object)) return;
    bool isText = false;
    std::uint64_t size = 0;
    for (auto field : object) {
      std::string_view key;
      json::value value;
      if (field.unescaped_key().get(key) || field.value().get(value)) return;
      if (key == "text") {
        isText = true;
        size += sizeOf(value);
      }
    }
    isText ? bytes += size : ++media;
  }

  void addMessage(json::value message) {
    ++messages;
    json::object object;
    if (message.get_object().get(object)) return;
    for (auto field : object) {
      std::string_view key;
      json::value value;
      if (field.unescaped_key().get(key) || field.value().get(value)) return;
      json::json_type type;
      if (value.type().get(type)) return;
      if (key == "content" && type == json::json_type::array) {
        json::array parts;
        if (value.get_array().get(parts)) return;
        for (auto part : parts) {
          json::value one;
          if (part.get(one)) return;
          addPart(one);
        }
      } else {
        bytes += sizeOf(value);
      }
    }
  }

  void addMessages(json::value list) {
    json::array array;
    if (list.get_array().get(array)) return;
    for (auto element : array) {
      json::value message;
      if (element.get(message)) return;
      addMessage(message);
    }
  }
};

/// Where "include_usage": true is to be put.
void readStreamOptions(json::value value, const std::string& body, ChatRequest& request) {
  const auto offset = [&body](std::string_view token) {
    return static_cast<std::size_t>(token.data() - body.data());
  };
  json::json_type type;
  if (value.type().get(type)) return;
  const std::string_view token = value.raw_json_token();
  if (type == json::json_type::null) {
    request.askUsage = {offset(token), 4, R"({"include_usage":true})"};
    return;
  }
  json::object object;
  if (type != json::json_type::object || value.get_object().get(object)) {
    request.askUsage = {0, 0, {}};  // for the provider to refuse
    return;
  }
  bool any = false;
  request.askUsage = {offset(token) + 1, 0, {}};
  for (auto field : object) {
    any = true;
    std::string_view key;
    json::value member;
    if (field.unescaped_key().get(key) || field.value().get(member)) return;
    if (key != "include_usage") continue;
    const std::string_view given = member.raw_json_token();
    request.usageAsked = given.starts_with("true");
    const std::size_t size = given.starts_with("false") ? 5 : given.starts_with("null") ? 4 : 0;
    request.askUsage = {offset(given), size, size > 0 ? "true" : std::string_view{}};
    return;
  }
  request.askUsage.text = any ? R"("include_usage":true,)" : R"("include_usage":true)";
}

}  // namespace

struct ChatReader::Parser {
  json::parser parser;
};

ChatReader::ChatReader() : m_parser(std::make_unique<Parser>()) {}
ChatReader::~ChatReader() = default;

std::variant<ChatRequest, BodyFault> ChatReader::read(std::string& body, bool countPrompt) {
  const BodyFault notJson{"the request body is not valid JSON", ""};
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  json::document document;
  if (m_parser->parser.iterate(body.data(), body.size(), body.capacity()).get(document)) {
    return notJson;
  }
  json::json_type whole;
  if (document.type().get(whole)) return notJson;
  json::object object;
  if (document.get_object().get(object)) {
    return whole == json::json_type::object
               ? notJson
               : BodyFault{"the request body must be a JSON object", ""};
  }
  ChatRequest request;
  request.askUsage = {body.find('{') + 1, 0, R"("stream_options":{"include_usage":true},)"};
  Prompt prompt;
  bool hasModel = false;
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key)) return notJson;
    json::value value;
    if (field.value().get(value)) return notJson;
    if (readsAsModel(key)) {
      if (key != "model") return otherModel(key);
      if (hasModel) return BodyFault{"'model' is given twice", "model"};
      hasModel = true;
      json::json_type type;
      if (value.type().get(type)) return notJson;
      if (type != json::json_type::string) return BodyFault{"'model' must be a string", "model"};
      std::string_view token = value.raw_json_token();
      // The token is given with the blanks behind it.
      token = token.substr(0, token.rfind('"') + 1);
      request.modelAt = static_cast<std::size_t>(token.data() - body.data());
      request.modelSize = token.size();
      std::string_view model;
      if (value.get_string().get(model)) return notJson;
      request.model = model;
    } else if (key == "stream") {
      json::json_type type;
      if (value.type().get(type)) return notJson;
      if (type == json::json_type::null) continue;
      if (value.get_bool().get(request.stream)) {
        return BodyFault{"'stream' must be true or false", "stream"};
      }
    } else if (key == "stream_options") {
      readStreamOptions(value, body, request);
    } else if (key == "max_completion_tokens") {
      request.mostTokens = wholeNumber(value).value_or(request.mostTokens.value_or(0));
    } else if (key == "max_tokens") {
      if (!request.mostTokens) request.mostTokens = wholeNumber(value).value_or(0);
    } else if (key == "n") {
      request.choices = wholeNumber(value).value_or(1);
    } else if (key == "temperature") {
      double temperature = 1;
      json::json_type type;
      if (value.type().get(type)) return notJson;
      request.deterministic = type == json::json_type::number &&
                              value.get_double().get(temperature) == simdjson::SUCCESS &&
                              temperature == 0;
    } else if (countPrompt && key == "messages") {
      prompt.addMessages(value);
    } else if (countPrompt && key == "tools") {
      prompt.bytes += sizeOf(value);
    }
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return BodyFault{"there is something behind the JSON object of the request body", ""};
  }
  if (!hasModel) return BodyFault{"you must provide a model parameter", "model"};
  if (request.model.empty()) return BodyFault{"'model' must not be empty", "model"};
  if (request.mostTokens == 0u) request.mostTokens.reset();
  if (request.choices == 0) request.choices = 1;
  if (countPrompt) request.promptTokens = prompt.tokens();
  return request;
}

std::string jsonString(std::string_view text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void appendSpliced(std::string& out, std::string_view body, std::span<const Splice> splices) {
  std::size_t from = 0;
  for (const Splice& splice : splices) {
    out.append(body.substr(from, splice.at - from)).append(splice.text);
    from = splice.at + splice.size;
  }
  out.append(body.substr(from));
}

std::size_t splicedSize(std::string_view body, std::span<const Splice> splices) {
  std::size_t size = body.size();
  for (const Splice& splice : splices) size += splice.text.size() - splice.size;
  return size;
}

std::optional<Usage> readUsage(std::string_view text) {
  // Once for each answer: the parser and its memory are kept.
  thread_local json::parser parser;
  thread_local std::string padded;
  padded.assign(text);
  padded.reserve(padded.size() + simdjson::SIMDJSON_PADDING);
  json::document document;
  json::object object;
  if (parser.iterate(padded.data(), padded.size(), padded.capacity()).get(document) ||
      document.get_object().get(object)) {
    return std::nullopt;
  }
  Usage usage;
  for (auto field : object) {
    std::string_view key;
    json::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) return std::nullopt;
    if (key == "prompt_tokens") usage.prompt = wholeNumber(value).value_or(0);
    if (key == "completion_tokens") usage.completion = wholeNumber(value).value_or(0);
  }
  return usage.total() > 0 ? std::optional(usage) : std::nullopt;
}

namespace {

/// What is nested deeper nobody means, and writing it again would recurse as deep.
constexpr int kDeepest = 512;

/// Discarded: it is not JSON, or too deep.
nlohmann::json writableJson(std::string_view text) {
  bool deep = false;
  auto json = nlohmann::json::parse(
      text,
      [&deep](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        deep = deep || depth > kDeepest;
        return !deep;
      },
      false);
  return deep ? nlohmann::json(nlohmann::json::value_t::discarded) : json;
}

}  // namespace

UsageEvent readUsageEvent(std::string_view event) {
  std::string data;
  while (!event.empty()) {
    const std::size_t end = core::lineEnd(event);
    std::string_view line = event.substr(0, end);
    event = end == std::string_view::npos ? std::string_view{} : event.substr(end + 1);
    constexpr std::string_view kData = "data:";
    if (line.starts_with(kData)) data.append(line.substr(kData.size())).append("\n");
  }
  const auto json = writableJson(data);
  if (!json.is_object()) return {};
  const auto usage = json.find("usage");
  const auto choices = json.find("choices");
  return {usage == json.end() ? std::nullopt : readUsage(usage->dump()),
          choices == json.end() || (choices->is_array() && choices->empty())};
}

namespace {

/// What only names the caller, or says how the answer is to be brought.
constexpr std::array<std::string_view, 7> kAside = {
    "stream",           "stream_options", "user", "metadata", "safety_identifier",
    "prompt_cache_key", "store"};

/// False: it has no canonical form.
bool writeCanonical(JsonValue value, JsonWriter& writer, bool outermost = false) {
  if (value.isString()) {
    writer.string(value.text());
  } else if (value.isArray()) {
    writer.beginArray();
    for (const JsonValue one : value) {
      if (!writeCanonical(one, writer)) return false;
    }
    writer.endArray();
  } else if (value.isObject()) {
    std::vector<JsonValue> members;
    for (const JsonValue member : value) {
      if (!outermost || std::ranges::find(kAside, member.key()) == kAside.end()) {
        members.push_back(member);
      }
    }
    std::ranges::sort(members, {}, &JsonValue::key);
    // Of two of one name some parsers take the first, and some the last.
    if (std::ranges::adjacent_find(members, {}, &JsonValue::key) != members.end()) return false;
    writer.beginObject();
    for (const JsonValue member : members) {
      writer.key(member.key());
      if (!writeCanonical(member, writer)) return false;
    }
    writer.endObject();
  } else {
    // A number stays as it is written: no type of ours tells apart all that others may.
    if (value.isNumber() && !value.number()) return false;
    writer.raw(value.raw());
  }
  return true;
}

}  // namespace

std::optional<std::string> canonicalRequest(std::string_view body) {
  thread_local JsonTree tree;
  const JsonValue request = tree.read(body);
  // Of texts that were mended nobody knows what they were.
  if (!request.isObject() || tree.mended()) return std::nullopt;
  std::string form;
  form.reserve(body.size());
  JsonWriter writer(form);
  if (!writeCanonical(request, writer, true)) return std::nullopt;
  return form;
}

std::string errorBody(const ErrorBody& error) {
  const auto orNull = [](std::string_view text) {
    return text.empty() ? std::string("null") : jsonString(text);
  };
  return R"({"error":{"message":)" + jsonString(error.message) + R"(,"type":)" +
         jsonString(error.type) + R"(,"param":)" + orNull(error.param) + R"(,"code":)" +
         orNull(error.code) + "}}";
}

std::string errorEvent(const ErrorBody& error) {
  return "data: " + errorBody(error) + "\n\n";
}

std::string modelObject(std::string_view model) {
  return R"({"id":)" + jsonString(model) + R"(,"object":"model","created":0,"owned_by":"sluice"})";
}

std::string modelList(const std::vector<std::string>& models) {
  std::string out = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (i > 0) out += ',';
    out += modelObject(models[i]);
  }
  return out + "]}";
}

}  // namespace sluice::dialect
