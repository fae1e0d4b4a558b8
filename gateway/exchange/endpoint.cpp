// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/endpoint.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace sluice::exchange {

namespace {

struct Fixed {
  std::string_view path;
  Kind caller;
  Operation operation;
};
constexpr std::array kFixed = {
    Fixed{"/v1/chat/completions", Kind::Chat, Operation::Generate},
    Fixed{"/v1/messages", Kind::Anthropic, Operation::Generate},
    Fixed{"/v1/responses", Kind::Responses, Operation::Generate},
    Fixed{"/v1/embeddings", Kind::Chat, Operation::Embed},
    Fixed{"/v1/completions", Kind::Chat, Operation::Complete},
    Fixed{"/v1/messages/count_tokens", Kind::Anthropic, Operation::CountTokens},
};

constexpr std::string_view kModels = "/v1/models";
constexpr std::string_view kGemini = "/v1beta/";
constexpr std::string_view kGeminiModels = "/v1beta/models";

struct GeminiMethod {
  std::string_view name;
  Operation operation;
  bool stream;
};
constexpr std::array kGeminiMethods = {
    GeminiMethod{"generateContent", Operation::Generate, false},
    GeminiMethod{"streamGenerateContent", Operation::Generate, true},
    GeminiMethod{"countTokens", Operation::CountTokens, false},
    GeminiMethod{"embedContent", Operation::Embed, false},
    GeminiMethod{"batchEmbedContents", Operation::EmbedMany, false},
};

/// `rest`: what follows ".../models/", and holds a colon. Nothing: it is none of the methods known here.
std::optional<Endpoint> geminiMethodOf(std::string_view rest, std::string_view query) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (const GeminiMethod& method : kGeminiMethods) {
    if (rest.substr(colon + 1) != method.name) continue;
    const bool array = method.stream && parameter(query, "alt") != "sse";
    return Endpoint{Kind::Gemini,          method.operation, "POST",
                    rest.substr(0, colon), method.stream,    array};
  }
  return std::nullopt;
}

Endpoint geminiOf(std::string_view path, std::string_view query) {
  Endpoint endpoint{Kind::Gemini, Operation::Pass, {}, {}, false, false};
  if (path == kGeminiModels) {
    endpoint.operation = Operation::ListModels;
    endpoint.method = "GET";
    return endpoint;
  }
  if (!path.starts_with(kGeminiModels) || path[kGeminiModels.size()] != '/') return endpoint;
  const std::string_view rest = path.substr(kGeminiModels.size() + 1);
  if (const auto method = geminiMethodOf(rest, query)) return *method;
  const std::size_t colon = rest.rfind(':');
  endpoint.model = rest.substr(0, colon);
  if (colon == std::string_view::npos) {
    endpoint.operation = Operation::ShowModel;
    endpoint.method = "GET";
  }
  return endpoint;
}

constexpr std::string_view kHex = "0123456789ABCDEF";

}  // namespace

Endpoint endpointOf(std::string_view path, std::string_view query, bool anthropic) {
  for (const Fixed& fixed : kFixed) {
    if (path == fixed.path) return {fixed.caller, fixed.operation, "POST", {}, false, false};
  }
  if (path.starts_with(kGemini)) return geminiOf(path, query);
  Endpoint endpoint;
  if (anthropic || path.starts_with("/v1/messages/")) {
    endpoint.caller = Kind::Anthropic;
  } else if (path.starts_with("/v1/responses/")) {
    endpoint.caller = Kind::Responses;
  }
  if (!path.starts_with("/v1/")) return endpoint;
  endpoint.method = {};
  endpoint.operation = Operation::Pass;
  if (path == kModels) {
    endpoint.operation = Operation::ListModels;
    endpoint.method = "GET";
  } else if (path.starts_with(kModels) && path[kModels.size()] == '/') {
    // Gemini's SDKs can be told to speak v1, which has the same methods.
    const std::string_view rest = path.substr(kModels.size() + 1);
    if (const auto method = geminiMethodOf(rest, query)) return *method;
    endpoint.operation = Operation::ShowModel;
    endpoint.method = "GET";
    endpoint.model = rest;
  }
  return endpoint;
}

std::string pathFault(std::string_view path) {
  std::string plain = percentDecoded(path);
  for (char& c : plain) {
    if (c == '\\') c = '/';
    if (static_cast<unsigned char>(c) < 0x20 || c == '#' || c == '?') {
      return "the path holds a character that no path has";
    }
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (plain.ends_with('/')) plain.pop_back();
  for (std::size_t at = 0; at != std::string::npos; at = plain.find('/', at + 1)) {
    const std::size_t end = plain.find('/', at + 1);
    std::string_view segment = std::string_view(plain).substr(
        at + 1, end == std::string::npos ? std::string::npos : end - at - 1);
    segment = segment.substr(0, segment.find(';'));
    if (segment.empty() || segment == "." || segment == "..") {
      return "the path has a segment that is empty, '.' or '..'";
    }
  }
  for (const Fixed& fixed : kFixed) {
    if (plain == fixed.path) return "write " + std::string(fixed.path);
  }
  const Endpoint endpoint = plain == path ? Endpoint{} : endpointOf(plain, {}, false);
  if (endpoint.operation != Operation::Unknown && endpoint.operation != Operation::Pass) {
    return "write " + plain;
  }
  return {};
}

Target targetOf(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::size_t end = rest.find_first_of("/?");
    if (end == std::string_view::npos) return {rest, "/"};
    return {rest.substr(0, end), rest.substr(end)};
  }
  return {{}, target};
}

Kind spokenTo(const config::Provider& provider, Kind caller) {
  using config::Dialect;
  using config::ResponsesApi;
  using config::Speech;
  switch (provider.dialect) {
    case Dialect::Anthropic:
      return Kind::Anthropic;
    case Dialect::Gemini:
      return Kind::Gemini;
    case Dialect::OpenAi:
      if (provider.responses == ResponsesApi::Only) return Kind::Responses;
      return provider.responses == ResponsesApi::Yes && caller == Kind::Responses ? Kind::Responses
                                                                                  : Kind::Chat;
    case Dialect::Mock:
      break;
  }
  switch (provider.mock.speaks) {
    case Speech::Responses:
      return Kind::Responses;
    case Speech::Anthropic:
      return Kind::Anthropic;
    case Speech::Gemini:
      return Kind::Gemini;
    case Speech::OpenAi:
      break;
  }
  return Kind::Chat;
}

bool serves(const config::Provider& provider, const Endpoint& endpoint) {
  const Kind kind = spokenTo(provider, endpoint.caller);
  const bool openAi = kind == Kind::Chat || kind == Kind::Responses;
  const bool mock = provider.dialect == config::Dialect::Mock;
  switch (endpoint.operation) {
    case Operation::Complete:
      return openAi && !mock;
    case Operation::Embed:
    case Operation::EmbedMany:
      return openAi || kind == Kind::Gemini;
    case Operation::CountTokens:
      return kind == endpoint.caller;
    case Operation::Pass:
      if (mock) return false;
      return openAi ? endpoint.caller == Kind::Chat || endpoint.caller == Kind::Responses
                    : kind == endpoint.caller;
    default:
      return true;
  }
}

void appendPath(std::string& out, const Endpoint& endpoint, Kind to, std::string_view model,
                bool stream) {
  const auto gemini = [&](std::string_view method) {
    out.append("/models/").append(model).append(":").append(method);
  };
  switch (endpoint.operation) {
    case Operation::Embed:
    case Operation::EmbedMany:
      if (to != Kind::Gemini) {
        out.append("/embeddings");
      } else {
        // Of the two forms, the one for several holds all that OpenAI's can.
        const bool one = endpoint.caller == Kind::Gemini && endpoint.operation == Operation::Embed;
        gemini(one ? "embedContent" : "batchEmbedContents");
      }
      return;
    case Operation::Complete:
      out.append("/completions");
      return;
    case Operation::CountTokens:
      to == Kind::Gemini ? gemini("countTokens") : void(out.append("/messages/count_tokens"));
      return;
    default:
      break;
  }
  switch (to) {
    case Kind::Chat:
      out.append("/chat/completions");
      return;
    case Kind::Responses:
      out.append("/responses");
      return;
    case Kind::Anthropic:
      out.append("/messages");
      return;
    case Kind::Gemini:
      // As events also for who wants an array: that is made here, so that each piece can be looked at.
      gemini(stream ? "streamGenerateContent?alt=sse" : "generateContent");
      return;
  }
}

namespace {

/// Calls `take(name, whole)` for each parameter.
template <class Take>
void forEachParameter(std::string_view query, Take take) {
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), whole.size() + 1));
    if (!whole.empty()) take(whole.substr(0, whole.find('=')), whole);
  }
}

}  // namespace

std::string withoutSecrets(std::string_view query) {
  std::string out;
  forEachParameter(query, [&out](std::string_view name, std::string_view whole) {
    if (name == "key" || name == "alt") return;
    out.append(out.empty() ? "?" : "&").append(whole);
  });
  return out;
}

std::string_view parameter(std::string_view query, std::string_view wanted) {
  std::string_view value;
  forEachParameter(query, [&](std::string_view name, std::string_view whole) {
    if (name == wanted) value = whole.substr(std::min(whole.size(), name.size() + 1));
  });
  return value;
}

std::string percentDecoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr ==
            text.data() + i + 3) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string percentEncoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~/@").find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace sluice::exchange
