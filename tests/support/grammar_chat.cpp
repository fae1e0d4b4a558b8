// SPDX-License-Identifier: GPL-3.0-or-later
// Chat Completions: `data:` events only. Each chunk has the same id, created and model; the first delta
// has the role, and only it; finish_reason is null but in the last chunk with a choice; a call's id,
// type and name are in its first fragment only, and indices begin at 0 and go up by one; with the usage
// asked, each chunk has `usage`, null but in one chunk without choices behind the finish reason; the end
// is [DONE], or an error with nothing behind it.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/stream_grammar.h"

namespace sluice::test {

namespace {

using Json = nlohmann::json;

class ChatJudge {
 public:
  explicit ChatJudge(GrammarOptions options) : m_options(options) {}

  StreamVerdict judge(std::string_view stream) {
    for (const std::string& event : eventsOf(stream)) {
      if (!take(event)) return m_verdict;
    }
    if (!m_verdict.ended && !m_verdict.failed) refuse("there is no end");
    return m_verdict;
  }

 private:
  bool refuse(const std::string& why) {
    m_verdict.fault = why;
    return false;
  }

  bool take(const std::string& text) {
    if (m_verdict.ended || m_verdict.failed) return refuse("there is something behind the end");
    const auto event = strictEvent(text);
    if (!event || !event->name.empty()) return refuse("not a plain data event: " + text);
    if (event->data == "[DONE]") {
      if (!m_finished) return refuse("[DONE] without a finish reason");
      m_verdict.ended = true;
      return true;
    }
    const Json chunk = Json::parse(event->data, nullptr, false);
    if (!chunk.is_object()) return refuse("not a JSON object: " + event->data);
    if (chunk.contains("error")) return error(chunk["error"]);
    return header(chunk) && usage(chunk) && choices(chunk["choices"]);
  }

  bool error(const Json& told) {
    const std::set<std::string> known = {"message", "type", "param", "code"};
    if (!told.is_object() || !told.contains("message") || !told["message"].is_string() ||
        !told.contains("type") || !told["type"].is_string() || !told.contains("param") ||
        !told.contains("code")) {
      return refuse("an error of the wrong shape");
    }
    for (const auto& [key, value] : told.items()) {
      if (!known.contains(key)) return refuse("an error with " + key);
    }
    m_verdict.failed = true;
    m_verdict.errorMessage = told["message"];
    return true;
  }

  bool header(const Json& chunk) {
    const std::set<std::string> known = {"id", "object", "created", "model", "choices", "usage"};
    for (const auto& [key, value] : chunk.items()) {
      if (!known.contains(key)) return refuse("a chunk with " + key);
    }
    if (chunk.value("object", "") != "chat.completion.chunk") return refuse("object");
    if (!chunk.contains("created") || !chunk["created"].is_number_integer())
      return refuse("created");
    if (!chunk.contains("id") || !chunk["id"].is_string()) return refuse("id");
    if (!chunk.contains("model") || !chunk["model"].is_string()) return refuse("model");
    if (!chunk.contains("choices") || !chunk["choices"].is_array()) return refuse("choices");
    if (m_chunks++ == 0) {
      m_created = chunk["created"];
      m_verdict.id = chunk["id"];
      m_verdict.model = chunk["model"];
      return true;
    }
    if (chunk["id"] != m_verdict.id || chunk["model"] != m_verdict.model ||
        chunk["created"] != m_created) {
      return refuse("id, model or created changes");
    }
    return true;
  }

  bool usage(const Json& chunk) {
    const bool empty = chunk["choices"].empty();
    if (!m_options.usageAsked) {
      if (chunk.contains("usage") || empty) return refuse("usage that was not asked for");
      return true;
    }
    if (!chunk.contains("usage")) return refuse("a chunk without usage");
    const Json& told = chunk["usage"];
    if (!empty) return told.is_null() || refuse("usage in a chunk with a choice");
    if (!m_finished || m_hasUsage) return refuse("usage at the wrong place");
    m_hasUsage = true;
    for (const char* key : {"prompt_tokens", "completion_tokens", "total_tokens"}) {
      if (!told.is_object() || !told.contains(key) || !told[key].is_number_unsigned()) {
        return refuse(std::string("usage without ") + key);
      }
    }
    m_verdict.promptTokens = told["prompt_tokens"];
    m_verdict.completionTokens = told["completion_tokens"];
    if (told["total_tokens"] != *m_verdict.promptTokens + *m_verdict.completionTokens) {
      return refuse("the total is not the sum");
    }
    return true;
  }

  bool choices(const Json& list) {
    if (list.empty()) return true;
    if (list.size() != 1) return refuse("more than one choice");
    const Json& choice = list[0];
    if (!choice.is_object() || choice.value("index", -1) != 0) return refuse("choice");
    if (!choice.contains("delta") || !choice["delta"].is_object()) return refuse("delta");
    if (!choice.contains("finish_reason")) return refuse("no finish_reason");
    if (m_finished) return refuse("a choice behind the finish reason");
    if (!delta(choice["delta"])) return false;
    const Json& reason = choice["finish_reason"];
    if (reason.is_null()) return true;
    const std::set<std::string> reasons = {"stop", "length", "tool_calls", "content_filter"};
    if (!reason.is_string() || !reasons.contains(reason.get<std::string>())) {
      return refuse("finish_reason");
    }
    m_finished = true;
    m_verdict.stop = reason;
    return true;
  }

  bool delta(const Json& told) {
    const bool first = !m_hasRole;
    if (first != told.contains("role"))
      return refuse("the role is in the first delta and no other");
    if (first && told["role"] != "assistant") return refuse("role");
    m_hasRole = true;
    for (const auto& [key, value] : told.items()) {
      if (key == "role") continue;
      if (key == "tool_calls") {
        if (!calls(value)) return false;
        continue;
      }
      std::string* text = key == "content"             ? &m_verdict.text
                          : key == "reasoning_content" ? &m_verdict.reasoning
                          : key == "refusal"           ? &m_verdict.refusal
                                                       : nullptr;
      if (!text) return refuse("a delta with " + key);
      if (value.is_null()) continue;
      if (!value.is_string()) return refuse(key + " is not a string");
      *text += value.get<std::string>();
    }
    return true;
  }

  /// As Google has it where it speaks this dialect.
  bool signature(const Json& extra) {
    const Json::json_pointer at("/google/thought_signature");
    if (!extra.contains(at) || !extra[at].is_string() || extra[at] == "")
      return refuse("signature");
    m_verdict.signatures.push_back(extra[at]);
    return true;
  }

  bool calls(const Json& list) {
    if (!list.is_array() || list.empty()) return refuse("tool_calls");
    for (const Json& call : list) {
      if (!call.is_object() || !call.contains("index") || !call["index"].is_number_unsigned()) {
        return refuse("a call without index");
      }
      const std::size_t index = call["index"];
      const bool starts = index == m_verdict.calls.size();
      if (index > m_verdict.calls.size()) return refuse("a call's index is left out");
      if (starts != call.contains("id") || starts != call.contains("type")) {
        return refuse("id and type are in a call's first fragment and no other");
      }
      if (!call.contains("function") || !call["function"].is_object()) return refuse("function");
      const Json& function = call["function"];
      if (starts != function.contains("name")) return refuse("name");
      if (!function.contains("arguments") || !function["arguments"].is_string()) {
        return refuse("arguments");
      }
      if (starts) {
        if (!call["id"].is_string() || call["id"].empty() || call["type"] != "function" ||
            !function["name"].is_string()) {
          return refuse("a call's first fragment");
        }
        m_verdict.calls.push_back({call["id"], function["name"], ""});
        if (call.contains("extra_content") && !signature(call["extra_content"])) return false;
      } else if (call.contains("extra_content")) {
        return refuse("a signature behind a call's first fragment");
      }
      m_verdict.calls[index].arguments += function["arguments"].get<std::string>();
    }
    return true;
  }

  GrammarOptions m_options;
  StreamVerdict m_verdict;
  Json m_created;
  std::size_t m_chunks = 0;
  bool m_hasRole = false;
  bool m_finished = false;
  bool m_hasUsage = false;
};

}  // namespace

StreamVerdict judgeChat(std::string_view stream, GrammarOptions options) {
  return ChatJudge(options).judge(stream);
}

}  // namespace sluice::test
