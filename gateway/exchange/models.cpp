// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of models without asking a provider: which there are, and how many tokens a prompt has.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kJson = "application/json";

/// When a model was made is not known; Anthropic's clients want a time.
constexpr std::string_view kNoTime = "1970-01-01T00:00:00Z";

Json anthropicModel(std::string_view model) {
  return {{"type", "model"}, {"id", model}, {"display_name", model}, {"created_at", kNoTime}};
}

Json geminiModel(std::string_view model) {
  return {{"name", "models/" + std::string(model)},
          {"displayName", model},
          {"supportedGenerationMethods",
           {"generateContent", "streamGenerateContent", "countTokens", "embedContent",
            "batchEmbedContents"}}};
}

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

/// Where all models go to who serves '*', its list is ours.
bool Exchange::passesLists() {
  m_route = m_table->match({});
  m_endpoint.operation = Operation::Pass;
  if (m_route && anyServes()) return true;
  m_route = nullptr;
  m_endpoint.operation = Operation::ListModels;
  return false;
}

void Exchange::listModels() {
  std::vector<std::string> models;
  for (const route::RouteEntry& route : m_table->routes) {
    if (route.model.ends_with('*') || (m_client && !m_client->mayUse(route.model))) continue;
    models.push_back(route.model);
  }
  if (isLimitedToModels()) {
    // Those it may use by name are known also where only a route such as '*' leads to them.
    for (const std::string& model : m_client->config.models) {
      if (model.ends_with('*') || !m_table->match(model)) continue;
      if (std::ranges::find(models, model) == models.end()) models.push_back(model);
    }
  } else if (models.empty() && passesLists()) {
    pass();
    return;
  }
  if (m_endpoint.caller == Kind::Anthropic) {
    Json list = {{"data", Json::array()}, {"has_more", false}};
    for (const std::string& model : models) list["data"].push_back(anthropicModel(model));
    list["first_id"] = models.empty() ? Json() : Json(models.front());
    list["last_id"] = models.empty() ? Json() : Json(models.back());
    respondJson(text(list));
  } else if (m_endpoint.caller == Kind::Gemini) {
    Json list = {{"models", Json::array()}};
    for (const std::string& model : models) list["models"].push_back(geminiModel(model));
    respondJson(text(list));
  } else {
    respondJson(dialect::modelList(models));
  }
}

void Exchange::showModel() {
  const std::string model = percentDecoded(m_endpoint.model);
  if (!m_table->match(model) || (m_client && !m_client->mayUse(model))) {
    answerError(404, {"the model '" + shownModel(model) + "' is not known to this gateway",
                      "invalid_request_error", "model", "model_not_found"});
    return;
  }
  switch (m_endpoint.caller) {
    case Kind::Anthropic:
      respondJson(text(anthropicModel(model)));
      return;
    case Kind::Gemini:
      respondJson(text(geminiModel(model)));
      return;
    default:
      respondJson(dialect::modelObject(model));
      return;
  }
}

void Exchange::answerCount() {
  const std::uint64_t tokens = m_request.promptTokens;
  m_answered = 200;
  endRequest(Ending::Ok);
  respondJson(text(m_endpoint.caller == Kind::Gemini ? Json{{"totalTokens", tokens}}
                                                     : Json{{"input_tokens", tokens}}),
              "x-sluice-estimated: true\r\n");
}

void Exchange::respondJson(const std::string& body, std::string_view moreFields) {
  std::string fields(moreFields);
  appendOwnFields(fields);
  reset();
  m_connection.respond(200, fields, kJson, body);
}

std::string Exchange::droppedText() const {
  if (!m_translation) return m_keptDropped;
  std::string names;
  for (const std::string& name : m_translation->dropped) {
    names += names.empty() ? "" : ", ";
    // A client may name a field as it likes; a header must not break on it.
    for (const char c : name.substr(0, 64)) names += c > ' ' && c < 0x7f && c != ',' ? c : '?';
    if (names.size() > 2048) return names + ", ...";
  }
  return names;
}

}  // namespace sluice::exchange
