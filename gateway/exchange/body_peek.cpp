// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/body_peek.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "gateway/dialect/model_key.h"
#include "gateway/net/http_head.h"

namespace sluice::exchange {

namespace {

using State = ModelPeek::State;

/// The end of the string that begins at `at`, behind its quote; npos: it goes on.
std::size_t endOfString(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

ModelPeek inJson(std::string_view body, State otherwise) {
  constexpr std::string_view kBlank = " \t\r\n";
  ModelPeek peek;
  peek.state = otherwise;
  peek.json = true;
  int depth = 0;
  bool named = false;      // the key before was "model"
  bool expectKey = false;  // of depth 1
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '"') {
      const std::size_t end = endOfString(body, i);
      if (end == std::string_view::npos) return peek;
      if (depth == 1 && expectKey) {
        named = body.substr(i, end - i) == "\"model\"";
        expectKey = false;
      } else if (depth == 1 && named) {
        const auto value = nlohmann::json::parse(body.substr(i, end - i), nullptr, false);
        if (!value.is_string()) return peek;
        peek.state = State::Found;
        peek.model = value.get<std::string>();
        peek.at = i;
        peek.size = end - i;
        return peek;
      }
      i = end - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
      expectKey = depth == 1 && c == '{';
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ',' && depth == 1) {
      expectKey = true;
      named = false;
    } else if (depth == 0 && kBlank.find(c) == std::string_view::npos) {
      peek.state = State::None;  // no object
      return peek;
    }
  }
  return peek;
}

/// A parameter of a field value such as `form-data; name="model"`; empty: it is not there.
std::string_view parameterOf(std::string_view value, std::string_view name) {
  while (!value.empty()) {
    const std::size_t semicolon = value.find(';');
    if (semicolon == std::string_view::npos) return {};
    value.remove_prefix(semicolon + 1);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return {};
    if (!net::equalsIgnoreCase(value.substr(0, equals), name)) continue;
    value.remove_prefix(equals + 1);
    if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
    return value.substr(0, value.find_first_of("; \t\r\n"));
  }
  return {};
}

ModelPeek inForm(std::string_view contentType, std::string_view body, State otherwise) {
  ModelPeek peek;
  const std::string_view boundary = parameterOf(contentType, "boundary");
  if (boundary.empty()) return peek;
  peek.state = otherwise;
  const std::string delimiter = "--" + std::string(boundary);
  const std::string next = "\r\n" + delimiter;
  std::size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    const std::size_t headAt = at + delimiter.size();
    if (body.substr(headAt).starts_with("--")) {
      peek.state = State::None;
      return peek;
    }
    const std::size_t headEnd = body.find("\r\n\r\n", headAt);
    if (headEnd == std::string_view::npos) return peek;
    const std::string_view head = body.substr(headAt, headEnd - headAt);
    const std::size_t valueAt = headEnd + 4;
    const std::size_t end = body.find(next, valueAt);
    if (end == std::string_view::npos) return peek;
    if (parameterOf(head, "name") == "model") {
      peek.state = State::Found;
      peek.at = valueAt;
      peek.size = end - valueAt;
      peek.model = body.substr(valueAt, peek.size);
      return peek;
    }
    at = end + 2;
  }
  return peek;
}

/// Counts the members of the outermost object that may be taken for `model`.
class ModelKeys final : public nlohmann::json_sax<nlohmann::json> {
 public:
  int count = 0;

  bool key(string_t& name) override {
    if (m_depth == 1 && dialect::readsAsModel(name)) ++count;
    return true;
  }
  bool start_object(std::size_t) override { return ++m_depth > 0; }
  bool end_object() override { return m_depth-- > 0; }
  bool start_array(std::size_t) override { return ++m_depth > 0; }
  bool end_array() override { return m_depth-- > 0; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  int m_depth = 0;
};

/// The head of a part says one name, and that plainly (RFC 7578 4.2 has no more). Lower case.
bool namesPlainly(std::string head) {
  // Of a file's name nothing is concluded.
  constexpr std::string_view kFile = "filename=\"";
  if (const std::size_t at = head.find(kFile); at != std::string::npos) {
    head.erase(at, head.find('"', at + kFile.size()) - at);
  }
  const std::size_t at = head.find("name");
  return head.find_first_of("\\*") == std::string::npos && at != std::string::npos &&
         head.find("name", at + 1) == std::string::npos;
}

bool formNamesOneModel(std::string_view contentType, std::string_view body) {
  const std::string_view boundary = parameterOf(contentType, "boundary");
  if (boundary.empty()) return false;
  const std::string delimiter = "--" + std::string(boundary);
  int count = 0;
  // Each delimiter counts, also where it stands in the middle of a line: some readers take it there.
  for (std::size_t at = 0;;) {
    if (!body.substr(at).starts_with(delimiter)) return false;
    at += delimiter.size();
    if (body.substr(at).starts_with("--")) break;
    const std::size_t headEnd = body.find("\r\n\r\n", at);
    if (!body.substr(at).starts_with("\r\n") || headEnd == std::string_view::npos) return false;
    std::string head(body.substr(at, headEnd - at));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!namesPlainly(head)) return false;
    if (parameterOf(head, "name") == "model") ++count;
    at = body.find(delimiter, headEnd + 2);
    if (at == std::string_view::npos || body.substr(at - 2, 2) != "\r\n") return false;
  }
  return count == 1;
}

std::string_view typeOf(std::string_view contentType) {
  return contentType.substr(0, contentType.find_first_of("; \t"));
}

}  // namespace

bool namesOneModel(std::string_view contentType, std::string_view body) {
  if (net::equalsIgnoreCase(typeOf(contentType), "multipart/form-data")) {
    return formNamesOneModel(contentType, body);
  }
  ModelKeys keys;
  return net::equalsIgnoreCase(typeOf(contentType), "application/json") &&
         nlohmann::json::sax_parse(body, &keys) && keys.count == 1;
}

ModelPeek peekModel(std::string_view contentType, std::string_view body, bool whole) {
  const State otherwise = whole ? State::None : State::More;
  if (net::equalsIgnoreCase(typeOf(contentType), "multipart/form-data")) {
    return inForm(contentType, body, otherwise);
  }
  if (net::equalsIgnoreCase(typeOf(contentType), "application/json"))
    return inJson(body, otherwise);
  return {};
}

}  // namespace sluice::exchange
