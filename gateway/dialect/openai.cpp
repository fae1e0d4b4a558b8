// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/openai.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

namespace sluice::dialect {

namespace json = simdjson::ondemand;

struct ChatReader::Parser {
  json::parser parser;
};

ChatReader::ChatReader() : m_parser(std::make_unique<Parser>()) {}
ChatReader::~ChatReader() = default;

std::variant<ChatRequest, BodyFault> ChatReader::read(std::string& body) {
  const BodyFault notJson{"the request body is not valid JSON", ""};
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  json::document document;
  if (m_parser->parser.iterate(body.data(), body.size(), body.capacity()).get(document)) {
    return notJson;
  }
  json::object object;
  if (document.get_object().get(object)) {
    return BodyFault{"the request body must be a JSON object", ""};
  }
  ChatRequest request;
  bool hasModel = false;
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key)) return notJson;
    json::value value;
    if (field.value().get(value)) return notJson;
    if (key == "model") {
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
    }
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return BodyFault{"there is something behind the JSON object of the request body", ""};
  }
  if (!hasModel) return BodyFault{"you must provide a model parameter", "model"};
  if (request.model.empty()) return BodyFault{"'model' must not be empty", "model"};
  return request;
}

std::string jsonString(std::string_view text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void appendWithModel(std::string& out, std::string_view body, const ChatRequest& request,
                     std::string_view modelToken) {
  out.append(body.substr(0, request.modelAt));
  out.append(modelToken);
  out.append(body.substr(request.modelAt + request.modelSize));
}

std::string errorBody(const ErrorBody& error) {
  const auto orNull = [](std::string_view text) {
    return text.empty() ? std::string("null") : jsonString(text);
  };
  return R"({"error":{"message":)" + jsonString(error.message) + R"(,"type":)" +
         jsonString(error.type) + R"(,"param":)" + orNull(error.param) + R"(,"code":)" +
         orNull(error.code) + "}}";
}

std::string errorCode(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return {};
  const auto error = parsed.find("error");
  if (error == parsed.end() || !error->is_object()) return {};
  const auto message = error->find("message");
  if (message != error->end() && message->is_string() &&
      message->get_ref<const std::string&>().find("maximum context length") != std::string::npos) {
    return "context_length_exceeded";
  }
  const auto code = error->find("code");
  return code != error->end() && code->is_string() ? code->get<std::string>() : std::string();
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
