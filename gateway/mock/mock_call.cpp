// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mock/mock_call.h"

#include <functional>
#include <nlohmann/json.hpp>

namespace sluice::mock {

using dialect::EmbedForm;
using dialect::Kind;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDimensions = 8;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::optional<MockCall> MockCall::at(config::Speech speaks, std::string_view path) {
  using config::Speech;
  MockCall call;
  path = path.substr(0, path.find('?'));
  switch (speaks) {
    case Speech::OpenAi:
    case Speech::Responses:
      call.m_kind = speaks == Speech::OpenAi ? Kind::Chat : Kind::Responses;
      if (path == "/embeddings") {
        call.m_what = What::Embed;
        return call;
      }
      if (path != (speaks == Speech::OpenAi ? "/chat/completions" : "/responses")) {
        return std::nullopt;
      }
      return call;
    case Speech::Anthropic:
      call.m_kind = Kind::Anthropic;
      if (path == "/messages/count_tokens") call.m_what = What::Count;
      if (path != "/messages" && call.m_what == What::Generate) return std::nullopt;
      return call;
    case Speech::Gemini:
      break;
  }
  call.m_kind = Kind::Gemini;
  constexpr std::string_view kModels = "/models/";
  const std::size_t colon = path.rfind(':');
  if (!path.starts_with(kModels) || colon == std::string_view::npos) return std::nullopt;
  call.m_model = path.substr(kModels.size(), colon - kModels.size());
  const std::string_view method = path.substr(colon + 1);
  call.m_streams = method == "streamGenerateContent";
  if (method == "generateContent" || call.m_streams) return call;
  if (method == "countTokens") {
    call.m_what = What::Count;
  } else if (method == "embedContent" || method == "batchEmbedContents") {
    call.m_what = What::Embed;
    call.m_form = method == "embedContent" ? EmbedForm::GeminiOne : EmbedForm::GeminiMany;
  } else {
    return std::nullopt;
  }
  return call;
}

std::variant<MockReply, MockCall::Ready, MockCall::Refusal> MockCall::read(
    std::string_view body, const config::Mock& temper, std::uint64_t serial,
    std::int64_t unixSeconds) {
  const auto refused = [this](const dialect::BodyFault& fault) {
    return Refusal{400, error(400, fault.message)};
  };
  if (m_what == What::Count) {
    const std::uint64_t tokens = body.size() / 4 + 1;
    return text(m_kind == Kind::Gemini ? Json{{"totalTokens", tokens}}
                                       : Json{{"input_tokens", tokens}});
  }
  if (m_what == What::Embed) {
    auto made = dialect::translateEmbedRequest(m_form, EmbedForm::OpenAi, body, m_model);
    if (const auto* fault = std::get_if<dialect::BodyFault>(&made)) return refused(*fault);
    return embeddings(body, std::get<dialect::TranslatedRequest>(made).body);
  }
  std::string chat(body);
  if (m_kind != Kind::Chat) {
    dialect::RequestTask task;
    task.model = m_model;
    task.stream = m_streams;
    if (m_kind != Kind::Gemini) {
      const Json request = Json::parse(body, nullptr, false);
      if (!request.is_object()) return refused({"the body is not a JSON object", ""});
      if (request.contains("model") && request["model"].is_string()) {
        m_model = request["model"].get<std::string>();
      }
      task.model = m_model;
      task.stream = request.contains("stream") && request["stream"] == true;
    }
    auto made = dialect::translateRequest(m_kind, Kind::Chat, body, task);
    if (const auto* fault = std::get_if<dialect::BodyFault>(&made)) return refused(*fault);
    chat = std::move(std::get<dialect::TranslatedRequest>(made).body);
  }
  auto made = MockReply::make(chat, temper, serial, unixSeconds);
  if (const auto* refusal = std::get_if<MockReply::Refusal>(&made)) {
    if (m_kind == Kind::Chat) return Refusal{400, *refusal};
    return Refusal{400, dialect::translateError(Kind::Chat, m_kind, 400, *refusal).body};
  }
  m_context.model = m_model;
  m_context.id = "mock" + std::to_string(serial);
  m_context.created = unixSeconds;
  m_context.includeUsage = true;
  m_stream.reset();
  return std::get<MockReply>(std::move(made));
}

std::string MockCall::error(int status, std::string_view message) const {
  if (m_kind == Kind::Chat || m_kind == Kind::Responses) return mockError(status, message);
  return dialect::errorBody(m_kind, status,
                            {dialect::errorKindOf(status), std::string(message), {}, {}});
}

std::string MockCall::whole(const MockReply& reply) const {
  std::string chat = reply.body();
  if (m_kind == Kind::Chat) return chat;
  auto made = dialect::translateAnswer(Kind::Chat, m_kind, chat, m_context);
  if (const auto* breach = std::get_if<dialect::Breach>(&made)) return error(500, breach->message);
  return std::move(std::get<dialect::TranslatedAnswer>(made).body);
}

std::string MockCall::events(const std::string& chatEvents) {
  if (m_kind == Kind::Chat) return chatEvents;
  if (!m_stream) m_stream.emplace(Kind::Chat, m_kind, m_context);
  std::string out;
  m_stream->feed(chatEvents, out);
  return out;
}

/// Vectors that depend on the text alone.
std::string MockCall::embeddings(std::string_view body, const std::string& openAiBody) const {
  const Json request = Json::parse(openAiBody);
  const std::size_t dimensions = request.value("dimensions", kDimensions);
  Json answer = {{"object", "list"}, {"data", Json::array()}, {"model", m_model}};
  std::size_t bytes = 0;
  for (const Json& one : request["input"]) {
    const auto words = one.get<std::string>();
    bytes += words.size();
    std::uint64_t state = std::hash<std::string>{}(words);
    Json vector = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(dimensions, 4096); ++i) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      vector.push_back(static_cast<double>(state >> 53) / 1024.0 - 1.0);
    }
    answer["data"].push_back({{"object", "embedding"},
                              {"index", answer["data"].size()},
                              {"embedding", std::move(vector)}});
  }
  answer["usage"] = {{"prompt_tokens", bytes / 4 + 1}, {"total_tokens", bytes / 4 + 1}};
  auto made = dialect::translateEmbedAnswer(EmbedForm::OpenAi, m_form, body, text(answer), m_model);
  if (const auto* breach = std::get_if<dialect::Breach>(&made)) return error(500, breach->message);
  return std::move(std::get<dialect::TranslatedAnswer>(made).body);
}

}  // namespace sluice::mock
