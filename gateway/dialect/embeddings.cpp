// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/embeddings.h"

#include "gateway/dialect/json_tree.h"

#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gateway/dialect/gemini_names.h"

namespace sluice::dialect {

namespace {

using Json = nlohmann::ordered_json;

struct Wanted {
  std::vector<std::string> texts;
  Json dimensions;  // a number, or null
  Json taskType;    // Gemini's own
  Json title;
  bool base64 = false;
  Dropped dropped;
};

using Read = std::variant<Wanted, BodyFault>;

std::string textOf(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Read readOpenAi(const Json& body) {
  Wanted wanted;
  for (const auto& [key, value] : body.items()) {
    if (key == "input") {
      if (value.is_string()) {
        wanted.texts.push_back(value.get<std::string>());
      } else if (value.is_array() && !value.empty()) {
        for (const Json& one : value) {
          if (!one.is_string()) {
            return BodyFault{
                "'input' must be text for this model: its provider knows no token numbers",
                "input"};
          }
          wanted.texts.push_back(one.get<std::string>());
        }
      } else {
        return BodyFault{"'input' must be a text or a list of texts", "input"};
      }
    } else if (key == "dimensions") {
      if (!value.is_null() && !value.is_number_unsigned()) {
        return BodyFault{"'dimensions' must be a whole number", "dimensions"};
      }
      wanted.dimensions = value;
    } else if (key == "encoding_format") {
      if (value != "float" && value != "base64" && !value.is_null()) {
        return BodyFault{"'encoding_format' must be float or base64", "encoding_format"};
      }
      wanted.base64 = value == "base64";
    } else if (key != "model") {
      wanted.dropped.add(key);
    }
  }
  if (wanted.texts.empty()) return BodyFault{"you must provide an input", "input"};
  return wanted;
}

/// One request of Gemini's. Empty: it is sound.
BodyFault readOne(const Json& one, Wanted& wanted) {
  if (!one.is_object()) return {"each of 'requests' must be an object", "requests"};
  const auto content = one.find("content");
  if (content == one.end() || !content->is_object()) return {"'content' is missing", "content"};
  const auto parts = content->find("parts");
  if (parts == content->end() || !parts->is_array() || parts->empty()) {
    return {"'content.parts' must be a list of parts", "content.parts"};
  }
  std::string text;
  for (const Json& part : *parts) {
    const auto words = part.is_object() ? part.find("text") : part.end();
    if (!part.is_object() || words == part.end() || !words->is_string()) {
      return {"'content.parts' must be texts for this model: its provider embeds nothing else",
              "content.parts"};
    }
    text += words->get<std::string>();
  }
  wanted.texts.push_back(std::move(text));
  std::string room;
  for (const auto& [given, value] : one.items()) {
    const std::string_view key = gemini::camelOf(given, room);
    if (value.is_null()) continue;
    if (key == "outputDimensionality") {
      if (!value.is_number_unsigned()) {
        return {"'outputDimensionality' must be a whole number", "outputDimensionality"};
      }
      if (!wanted.dimensions.is_null() && wanted.dimensions != value) {
        return {"'outputDimensionality' must be the same for all", "outputDimensionality"};
      }
      wanted.dimensions = value;
    } else if (key == "taskType" || key == "title") {
      if (!value.is_string()) return {"'" + given + "' must be a string", given};
      (key == "title" ? wanted.title : wanted.taskType) = value;
    } else if (key != "model" && key != "content") {
      wanted.dropped.add(given);
    }
  }
  return {};
}

Read readGemini(const Json& body, bool many) {
  Wanted wanted;
  if (!many) {
    BodyFault fault = readOne(body, wanted);
    return fault.message.empty() ? Read(std::move(wanted)) : Read(std::move(fault));
  }
  const auto requests = body.find("requests");
  if (requests == body.end() || !requests->is_array() || requests->empty()) {
    return BodyFault{"'requests' must be a list with at least one request", "requests"};
  }
  for (const Json& one : *requests) {
    BodyFault fault = readOne(one, wanted);
    if (!fault.message.empty()) return fault;
  }
  return wanted;
}

/// Discarded: it is not JSON.
Json parsed(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  std::string mended(text);
  return mendSurrogates(mended) ? Json::parse(mended, nullptr, false) : json;
}

Read readWanted(EmbedForm form, std::string_view body) {
  const Json json = parsed(body);
  if (!json.is_object()) return BodyFault{"the request body must be a JSON object", ""};
  if (form == EmbedForm::OpenAi) return readOpenAi(json);
  return readGemini(json, form == EmbedForm::GeminiMany);
}

/// Numbers as little-endian binary32, in base64 (RFC 4648 4): what OpenAI's clients ask for unasked.
std::string base64Of(const Json& values) {
  static_assert(std::endian::native == std::endian::little);
  std::string bytes;
  for (const Json& value : values) {
    const float number = value.get<float>();
    char raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    bytes.append(raw, sizeof number);
  }
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(k <= n ? kDigits[group >> (18 - 6 * k) & 63] : '=');
    }
  }
  return out;
}

bool isVector(const Json& json) {
  if (!json.is_array()) return false;
  for (const Json& value : json) {
    if (!value.is_number()) return false;
  }
  return true;
}

/// The vectors of an answer, in order; a breach: what is wrong with it.
std::variant<std::vector<Json>, Breach> vectorsOf(EmbedForm form, const Json& answer,
                                                  std::size_t count) {
  std::vector<Json> vectors;
  const Breach breach{"it does not hold as many embeddings as there were texts"};
  if (form == EmbedForm::OpenAi) {
    vectors.resize(count);
    const auto data = answer.find("data");
    if (data == answer.end() || !data->is_array() || data->size() != count) return breach;
    std::size_t next = 0;
    for (const Json& one : *data) {
      if (!one.is_object() || !one.contains("embedding")) return breach;
      std::size_t place = next++;
      if (const auto index = one.find("index"); index != one.end()) {
        if (!index->is_number_unsigned()) return Breach{"an embedding's index in it is no number"};
        place = index->get<std::size_t>();
      }
      if (place >= count || !vectors[place].is_null()) return breach;
      vectors[place] = one["embedding"];
    }
  } else if (form == EmbedForm::GeminiOne) {
    if (!answer.contains("embedding") || !answer["embedding"].is_object()) return breach;
    vectors.push_back(answer["embedding"].value("values", Json()));
  } else {
    const auto all = answer.find("embeddings");
    if (all == answer.end() || !all->is_array()) return breach;
    for (const Json& one : *all) {
      vectors.push_back(one.is_object() ? one.value("values", Json()) : Json());
    }
  }
  if (vectors.size() != count) return breach;
  for (const Json& vector : vectors) {
    if (!isVector(vector)) return Breach{"an embedding in it is not a list of numbers"};
  }
  return vectors;
}

}  // namespace

std::variant<TranslatedRequest, BodyFault> translateEmbedRequest(EmbedForm from, EmbedForm to,
                                                                 std::string_view body,
                                                                 std::string_view model) {
  Read read = readWanted(from, body);
  if (auto* fault = std::get_if<BodyFault>(&read)) return std::move(*fault);
  Wanted& wanted = std::get<Wanted>(read);
  if (to == EmbedForm::OpenAi) {
    if (!wanted.taskType.is_null()) wanted.dropped.add("taskType");
    if (!wanted.title.is_null()) wanted.dropped.add("title");
  }
  TranslatedRequest made;
  made.dropped = wanted.dropped.names();
  if (to == EmbedForm::OpenAi) {
    Json json = {{"model", model}, {"input", wanted.texts}, {"encoding_format", "float"}};
    if (!wanted.dimensions.is_null()) json["dimensions"] = wanted.dimensions;
    made.body = textOf(json);
    return made;
  }
  Json requests = Json::array();
  for (const std::string& text : wanted.texts) {
    Json one = {{"model", "models/" + std::string(model)},
                {"content", {{"parts", Json::array({{{"text", text}}})}}}};
    if (!wanted.dimensions.is_null()) one["outputDimensionality"] = wanted.dimensions;
    if (!wanted.taskType.is_null()) one["taskType"] = wanted.taskType;
    if (!wanted.title.is_null()) one["title"] = wanted.title;
    requests.push_back(std::move(one));
  }
  made.body = textOf(to == EmbedForm::GeminiOne ? requests[0] : Json{{"requests", requests}});
  return made;
}

std::variant<TranslatedAnswer, Breach> translateEmbedAnswer(EmbedForm from, EmbedForm to,
                                                            std::string_view request,
                                                            std::string_view answer,
                                                            std::string_view model) {
  const Read read = readWanted(to, request);
  const auto* wanted = std::get_if<Wanted>(&read);
  const Json json = parsed(answer);
  if (!wanted || !json.is_object()) return Breach{"it is not a JSON object"};
  auto found = vectorsOf(from, json, wanted->texts.size());
  if (auto* breach = std::get_if<Breach>(&found)) return std::move(*breach);
  std::vector<Json>& vectors = std::get<std::vector<Json>>(found);

  TokenUsage usage;
  std::size_t bytes = 0;
  for (const std::string& text : wanted->texts) bytes += text.size();
  usage.prompt = (bytes + 3) / 4;
  const char* member = from == EmbedForm::OpenAi ? "usage" : "usageMetadata";
  const char* count = from == EmbedForm::OpenAi ? "prompt_tokens" : "promptTokenCount";
  if (json.contains(member) && json[member].is_object() && json[member].contains(count) &&
      json[member][count].is_number_unsigned()) {
    usage.prompt = json[member][count].get<std::uint64_t>();
  }

  Json made;
  if (to == EmbedForm::OpenAi) {
    made = {{"object", "list"}, {"data", Json::array()}, {"model", model}};
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      Json vector = wanted->base64 ? Json(base64Of(vectors[i])) : std::move(vectors[i]);
      made["data"].push_back(
          {{"object", "embedding"}, {"index", i}, {"embedding", std::move(vector)}});
    }
    made["usage"] = {{"prompt_tokens", usage.prompt}, {"total_tokens", usage.prompt}};
  } else if (to == EmbedForm::GeminiOne) {
    made["embedding"]["values"] = std::move(vectors[0]);
  } else {
    made["embeddings"] = Json::array();
    for (Json& vector : vectors) made["embeddings"].push_back({{"values", std::move(vector)}});
  }
  return TranslatedAnswer{textOf(made), usage};
}

}  // namespace sluice::dialect
