// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mock/mock_reply.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace sluice::mock {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 24> kWords = {
    "Water ",    "finds ", "its ",   "way ",    "through ", "the ",  "gate, ", "a ",
    "little ",   "at ",    "once, ", "and ",    "the ",     "mill ", "turns ", "as ",
    "steadily ", "as ",    "the ",   "keeper ", "lets ",    "it ",   "run. ",  "\n"};

constexpr std::size_t kMostCalls = 2;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string event(const Json& json) {
  return "data: " + text(json) + "\n\n";
}

/// A value that fits a JSON schema as far as a demonstration needs it.
Json exampleOf(const Json& schema, int depth) {
  if (!schema.is_object() || depth > 4) return Json::object();
  if (const auto options = schema.find("enum");
      options != schema.end() && options->is_array() && !options->empty()) {
    return options->front();
  }
  const auto type = schema.find("type");
  const std::string name =
      type != schema.end() && type->is_string() ? type->get<std::string>() : "";
  if (name == "string") return "example";
  if (name == "integer" || name == "number") return 1;
  if (name == "boolean") return true;
  if (name == "array") return Json::array();
  Json object = Json::object();
  if (const auto fields = schema.find("properties");
      fields != schema.end() && fields->is_object()) {
    for (const auto& [key, value] : fields->items()) object[key] = exampleOf(value, depth + 1);
  }
  return object;
}

}  // namespace

std::string mockError(int status, std::string_view message) {
  const char* type = status >= 500 ? "server_error" : "invalid_request_error";
  return text(
      {{"error", {{"message", message}, {"type", type}, {"param", nullptr}, {"code", nullptr}}}});
}

std::variant<MockReply, MockReply::Refusal> MockReply::make(std::string_view requestBody,
                                                            const config::Mock& temper,
                                                            std::uint64_t serial,
                                                            std::int64_t unixSeconds) {
  const Json request = Json::parse(requestBody, nullptr, false);
  if (!request.is_object()) return mockError(400, "the body is not a JSON object");
  const auto messages = request.find("messages");
  if (messages == request.end() || !messages->is_array() || messages->empty()) {
    return mockError(400, "'messages' must be a list with at least one message");
  }
  MockReply reply;
  reply.m_created = unixSeconds;
  reply.m_id = "chatcmpl-mock-" + std::to_string(serial);
  if (const auto model = request.find("model"); model != request.end() && model->is_string()) {
    reply.m_model = model->get<std::string>();
  }
  if (const auto stream = request.find("stream"); stream != request.end() && stream->is_boolean()) {
    reply.m_stream = stream->get<bool>();
  }
  if (const auto options = request.find("stream_options");
      options != request.end() && options->is_object()) {
    const auto usage = options->find("include_usage");
    reply.m_usage = usage != options->end() && usage->is_boolean() && usage->get<bool>();
  }
  // About four characters a token, as the common tokenizers have it for English.
  reply.m_promptTokens = static_cast<std::uint32_t>(text(*messages).size() / 4 + 1);
  reply.m_tokens = temper.replyTokens;
  for (const char* name : {"max_completion_tokens", "max_tokens"}) {
    const auto limit = request.find(name);
    if (limit == request.end() || !limit->is_number_unsigned()) continue;
    const auto most = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(limit->get<std::uint64_t>(), 1, UINT32_MAX));
    if (most < reply.m_tokens) {
      reply.m_tokens = most;
      reply.m_cut = true;
    }
    break;
  }
  const auto tools = request.find("tools");
  const Json& last = messages->back();
  const bool answered = last.is_object() && last.value("role", "") == "tool";
  const auto choice = request.find("tool_choice");
  const bool forbidden = choice != request.end() && *choice == "none";
  if (tools != request.end() && tools->is_array() && !answered && !forbidden) {
    std::string wanted;
    if (choice != request.end() && choice->is_object() && choice->contains("function") &&
        (*choice)["function"].is_object()) {
      wanted = (*choice)["function"].value("name", "");
    }
    const auto parallel = request.find("parallel_tool_calls");
    const bool one = parallel != request.end() && *parallel == false;
    for (const Json& tool : *tools) {
      const Json& function =
          tool.is_object() && tool.contains("function") ? tool["function"] : tool;
      if (!function.is_object() || !function.contains("name") || !function["name"].is_string()) {
        continue;
      }
      const auto name = function["name"].get<std::string>();
      if (!wanted.empty() && name != wanted) continue;
      std::string id = "call_" + reply.m_id;
      if (!reply.m_calls.empty()) id += "_" + std::to_string(reply.m_calls.size());
      reply.m_calls.push_back(
          {std::move(id), name,
           text(exampleOf(function.contains("parameters") ? function["parameters"] : Json(), 0))});
      if (one || reply.m_calls.size() == kMostCalls) break;
    }
    if (!reply.m_calls.empty()) {
      reply.m_tokens = static_cast<std::uint32_t>(reply.m_calls.size());
      reply.m_cut = false;
    }
  }
  return reply;
}

namespace {

Json usageOf(std::uint32_t prompt, std::uint32_t completion) {
  return {{"prompt_tokens", prompt},
          {"completion_tokens", completion},
          {"total_tokens", std::uint64_t{prompt} + completion}};
}

Json chunk(const std::string& id, std::int64_t created, const std::string& model) {
  return {{"id", id}, {"object", "chat.completion.chunk"}, {"created", created}, {"model", model}};
}

Json withDelta(Json head, Json delta, Json finish) {
  head["choices"] = Json::array(
      {{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(finish)}}});
  return head;
}

}  // namespace

std::string MockReply::body() const {
  Json message = {{"role", "assistant"}};
  if (m_calls.empty()) {
    std::string words;
    for (std::uint32_t i = 0; i < m_tokens; ++i) words += kWords[i % kWords.size()];
    message["content"] = words;
  } else {
    message["content"] = nullptr;
    message["tool_calls"] = Json::array();
    for (const Call& call : m_calls) {
      message["tool_calls"].push_back(
          {{"id", call.id},
           {"type", "function"},
           {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    }
  }
  const char* finish = !m_calls.empty() ? "tool_calls" : m_cut ? "length" : "stop";
  return text(
      {{"id", m_id},
       {"object", "chat.completion"},
       {"created", m_created},
       {"model", m_model},
       {"choices",
        Json::array({{{"index", 0}, {"message", std::move(message)}, {"finish_reason", finish}}})},
       {"usage", usageOf(m_promptTokens, m_tokens)}});
}

std::string MockReply::firstEvent() const {
  return event(withDelta(chunk(m_id, m_created, m_model), {{"role", "assistant"}, {"content", ""}},
                         nullptr));
}

std::string MockReply::tokenEvent(std::uint32_t i) const {
  if (m_calls.empty()) {
    return event(withDelta(chunk(m_id, m_created, m_model),
                           {{"content", kWords[i % kWords.size()]}}, nullptr));
  }
  const Call& call = m_calls[i];
  const Json told = {{"index", i},
                     {"id", call.id},
                     {"type", "function"},
                     {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
  return event(
      withDelta(chunk(m_id, m_created, m_model), {{"tool_calls", Json::array({told})}}, nullptr));
}

std::string MockReply::lastEvents() const {
  const char* finish = !m_calls.empty() ? "tool_calls" : m_cut ? "length" : "stop";
  std::string out = event(withDelta(chunk(m_id, m_created, m_model), Json::object(), finish));
  if (m_usage) {
    Json usage = chunk(m_id, m_created, m_model);
    usage["choices"] = Json::array();
    usage["usage"] = usageOf(m_promptTokens, m_tokens);
    out += event(usage);
  }
  return out + "data: [DONE]\n\n";
}

}  // namespace sluice::mock
