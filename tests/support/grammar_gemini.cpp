// SPDX-License-Identifier: GPL-3.0-or-later
// Gemini: `data:` events only, each a whole GenerateContentResponse of one candidate with what is new.
// modelVersion and responseId are the same in all. A part has a text, perhaps a thought, or a call, whole;
// an empty text stands in the last chunk or has a signature. The last chunk, and no other, has the finish
// reason; the total of its usage is the sum. An error is an event with the error's object, and behind it
// the same object bare, which is what the vendor's own library raises.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/stream_grammar.h"

namespace sluice::test {

namespace {

using Json = nlohmann::json;

class GeminiJudge {
 public:
  StreamVerdict judge(std::string_view stream) {
    for (const std::string& event : eventsOf(stream)) {
      if (!take(event)) return m_verdict;
    }
    if (m_verdict.failed && !m_hasBare) refuse("the bare error is missing");
    if (!m_verdict.ended && !m_verdict.failed) refuse("there is no end");
    return m_verdict;
  }

 private:
  bool refuse(const std::string& why) {
    m_verdict.fault = why;
    return false;
  }

  bool onlyKeys(const Json& object, const std::set<std::string>& known, const std::string& what) {
    for (const auto& [key, value] : object.items()) {
      if (!known.contains(key)) return refuse(what + " with " + key);
    }
    return true;
  }

  bool take(const std::string& text) {
    if (m_verdict.failed && !m_hasBare && text == m_error) {
      m_hasBare = true;
      return true;
    }
    if (m_verdict.ended || m_verdict.failed) return refuse("there is something behind the end");
    const auto event = strictEvent(text);
    if (!event || !event->name.empty()) return refuse("not a plain data event: " + text);
    const Json chunk = Json::parse(event->data, nullptr, false);
    if (!chunk.is_object()) return refuse("not a JSON object: " + event->data);
    if (chunk.contains("error")) {
      m_error = event->data;
      return onlyKeys(chunk, {"error"}, "an error") && error(chunk["error"]);
    }
    return onlyKeys(chunk, {"candidates", "usageMetadata", "modelVersion", "responseId"},
                    "a chunk") &&
           header(chunk) && candidate(chunk) && usage(chunk);
  }

  bool error(const Json& told) {
    const std::set<std::string> words = {
        "INVALID_ARGUMENT",  "FAILED_PRECONDITION", "UNAUTHENTICATED",
        "PERMISSION_DENIED", "NOT_FOUND",           "RESOURCE_EXHAUSTED",
        "INTERNAL",          "UNAVAILABLE",         "DEADLINE_EXCEEDED"};
    if (!told.is_object() || !told.contains("code") || !told["code"].is_number_integer() ||
        !told.contains("message") || !told["message"].is_string() ||
        !words.contains(told.value("status", ""))) {
      return refuse("an error of the wrong shape");
    }
    m_verdict.failed = true;
    m_verdict.errorMessage = told["message"];
    return true;
  }

  bool header(const Json& chunk) {
    for (const char* key : {"modelVersion", "responseId"}) {
      if (!chunk.contains(key) || !chunk[key].is_string()) return refuse(key);
    }
    if (m_chunks++ == 0) {
      m_verdict.id = chunk["responseId"];
      m_verdict.model = chunk["modelVersion"];
      return true;
    }
    return (chunk["responseId"] == m_verdict.id && chunk["modelVersion"] == m_verdict.model) ||
           refuse("responseId or modelVersion changes");
  }

  bool candidate(const Json& chunk) {
    if (!chunk.contains("candidates") || !chunk["candidates"].is_array() ||
        chunk["candidates"].size() != 1) {
      return refuse("there must be one candidate");
    }
    const Json& one = chunk["candidates"][0];
    if (!one.is_object() || one.value("index", -1) != 0) return refuse("index");
    if (!onlyKeys(one, {"index", "content", "finishReason"}, "a candidate")) return false;
    const bool last = one.contains("finishReason");
    const Json content = one.value("content", Json());
    if (!content.is_object() || content.value("role", "") != "model" ||
        !content.contains("parts") || !content["parts"].is_array() || content["parts"].empty()) {
      return refuse("content");
    }
    for (const Json& item : content["parts"]) {
      if (!item.is_object() || !part(item, last)) return m_verdict.fault.empty() && refuse("part");
    }
    if (!last) return true;
    const std::set<std::string> reasons = {"STOP", "MAX_TOKENS", "SAFETY"};
    m_verdict.stop = one["finishReason"].is_string() ? one["finishReason"].get<std::string>() : "";
    if (!reasons.contains(m_verdict.stop)) return refuse("finishReason");
    m_verdict.ended = true;
    return true;
  }

  bool part(const Json& item, bool last) {
    if (!onlyKeys(item, {"text", "thought", "thoughtSignature", "functionCall"}, "a part")) {
      return false;
    }
    const bool isSigned = item.contains("thoughtSignature");
    if (isSigned) {
      const Json& signature = item["thoughtSignature"];
      if (!signature.is_string() || signature.get<std::string>().empty())
        return refuse("signature");
      m_verdict.signatures.push_back(signature);
    }
    if (item.contains("text") == item.contains("functionCall")) {
      return refuse("a part has a text, or a call");
    }
    if (item.contains("functionCall")) {
      return !item.contains("thought") ? call(item["functionCall"]) : refuse("a call as a thought");
    }
    if (!item["text"].is_string()) return refuse("text");
    const std::string text = item["text"];
    if (text.empty() && !last && !isSigned) return refuse("an empty text");
    if (item.contains("thought") && item["thought"] != true) return refuse("thought");
    (item.contains("thought") ? m_verdict.reasoning : m_verdict.text) += text;
    return true;
  }

  bool call(const Json& told) {
    if (!told.is_object() || !onlyKeys(told, {"id", "name", "args"}, "a call")) return false;
    if (!told.contains("name") || !told["name"].is_string() || told["name"] == "") {
      return refuse("a call without a name");
    }
    if (!told.contains("args") || !told["args"].is_object()) return refuse("args");
    if (!told.contains("id") || !told["id"].is_string() || told["id"] == "") return refuse("id");
    m_verdict.calls.push_back({told["id"], told["name"], told["args"].dump()});
    return true;
  }

  bool usage(const Json& chunk) {
    if (!chunk.contains("usageMetadata")) return true;
    const Json& told = chunk["usageMetadata"];
    if (!told.is_object()) return refuse("usageMetadata");
    const auto count = [&](const char* key) -> std::uint64_t {
      if (!told.contains(key)) return 0;
      if (!told[key].is_number_unsigned()) refuse(key);
      return told[key].is_number_unsigned() ? told[key].get<std::uint64_t>() : 0;
    };
    const std::uint64_t prompt = count("promptTokenCount");
    const std::uint64_t candidates = count("candidatesTokenCount");
    const std::uint64_t sum = prompt + candidates + count("thoughtsTokenCount");
    if (count("cachedContentTokenCount") > prompt) return refuse("more cached than asked");
    if (count("totalTokenCount") != sum) return refuse("the total is not the sum");
    m_verdict.promptTokens = prompt;
    m_verdict.completionTokens = candidates;
    return m_verdict.fault.empty();
  }

  StreamVerdict m_verdict;
  std::string m_error;
  std::size_t m_chunks = 0;
  bool m_hasBare = false;
};

}  // namespace

StreamVerdict judgeGemini(std::string_view stream, GrammarOptions) {
  return GeminiJudge().judge(stream);
}

}  // namespace sluice::test
