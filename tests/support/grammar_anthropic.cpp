// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic Messages: every event has a name, which is its type. message_start once; blocks one at a
// time, numbered from 0, each start, deltas of its own kind, stop; message_delta once with the stop
// reason and the usage; message_stop. `error` ends it anywhere, `ping` may be anywhere before.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/stream_grammar.h"

namespace sluice::test {

namespace {

using Json = nlohmann::json;

class AnthropicJudge {
 public:
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

  static bool isCount(const Json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_number_unsigned();
  }

  bool take(const std::string& text) {
    if (m_verdict.ended || m_verdict.failed) return refuse("there is something behind the end");
    const auto event = strictEvent(text);
    if (!event || event->name.empty()) return refuse("not an event with a name: " + text);
    const Json data = Json::parse(event->data, nullptr, false);
    if (!data.is_object()) return refuse("not a JSON object: " + event->data);
    if (data.value("type", "") != event->name) return refuse("the name is not the type");
    if (event->name == "ping") return true;
    if (event->name == "error") return error(data);
    if (event->name == "message_start") return start(data);
    if (!m_started) return refuse("no message_start");
    if (event->name == "message_delta") return messageDelta(data);
    if (event->name == "message_stop") {
      if (!m_hasDelta) return refuse("message_stop without message_delta");
      m_verdict.ended = true;
      return true;
    }
    if (m_hasDelta) return refuse("a block behind message_delta");
    if (!isCount(data, "index")) return refuse("no index");
    if (event->name == "content_block_start") return blockStart(data);
    if (m_block.empty() || data["index"] != m_index) return refuse("no such block is open");
    if (event->name == "content_block_delta") return blockDelta(data);
    if (event->name == "content_block_stop") return blockStop();
    return refuse("unknown event " + event->name);
  }

  bool error(const Json& data) {
    const std::set<std::string> types = {
        "invalid_request_error", "authentication_error", "billing_error",    "permission_error",
        "not_found_error",       "request_too_large",    "rate_limit_error", "api_error",
        "timeout_error",         "overloaded_error"};
    const Json told = data.value("error", Json());
    if (!told.is_object() || !types.contains(told.value("type", "")) || !told.contains("message") ||
        !told["message"].is_string()) {
      return refuse("an error of the wrong shape");
    }
    m_verdict.failed = true;
    m_verdict.errorMessage = told["message"];
    return true;
  }

  bool start(const Json& data) {
    if (m_started) return refuse("message_start twice");
    m_started = true;
    const Json message = data.value("message", Json());
    if (!message.is_object() || message.value("type", "") != "message" ||
        message.value("role", "") != "assistant" || !message.contains("content") ||
        !message["content"].is_array() || !message["content"].empty() ||
        !message.contains("stop_reason") || !message["stop_reason"].is_null() ||
        !message.contains("stop_sequence") || !message["stop_sequence"].is_null()) {
      return refuse("message_start of the wrong shape");
    }
    m_verdict.id = message.value("id", "");
    m_verdict.model = message.value("model", "");
    if (!m_verdict.id.starts_with("msg_")) return refuse("the id must begin with msg_");
    const Json usage = message.value("usage", Json());
    if (!isCount(usage, "input_tokens") || !isCount(usage, "output_tokens")) return refuse("usage");
    return true;
  }

  bool blockStart(const Json& data) {
    if (!m_block.empty()) return refuse("a block starts within a block");
    if (data["index"] != m_next) return refuse("the index is not the next");
    m_index = m_next++;
    const Json block = data.value("content_block", Json());
    if (!block.is_object()) return refuse("content_block");
    m_block = block.value("type", "");
    if (m_block == "text") {
      return (block.contains("text") && block["text"] == "") || refuse("text must begin empty");
    }
    if (m_block == "thinking") {
      return (block.contains("thinking") && block["thinking"] == "" &&
              block.contains("signature") && block["signature"] == "") ||
             refuse("thinking must begin empty");
    }
    if (m_block == "redacted_thinking") {
      if (!block.contains("data") || !block["data"].is_string()) return refuse("data");
      m_verdict.encrypted.push_back(block["data"]);
      return true;
    }
    if (m_block == "tool_use") {
      if (!block.contains("input") || block["input"] != Json::object()) return refuse("input");
      const std::string id = block.value("id", "");
      const auto other = [](char c) {
        return !(std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-');
      };
      if (id.empty() || std::any_of(id.begin(), id.end(), other)) return refuse("id");
      if (block.value("name", "").empty()) return refuse("name");
      m_verdict.calls.push_back({id, block["name"], ""});
      return true;
    }
    return refuse("unknown block " + m_block);
  }

  bool blockDelta(const Json& data) {
    const Json delta = data.value("delta", Json());
    if (!delta.is_object()) return refuse("delta");
    const std::string type = delta.value("type", "");
    const auto take = [&](const char* block, const char* key, std::string& into) {
      if (m_block != block || !delta.contains(key) || !delta[key].is_string() ||
          delta.size() != 2) {
        return refuse("the delta " + type + " does not fit");
      }
      into += delta[key].get<std::string>();
      return true;
    };
    if (m_signed) return refuse("a delta behind the signature");
    if (type == "text_delta") return take("text", "text", m_verdict.text);
    if (type == "thinking_delta") return take("thinking", "thinking", m_verdict.reasoning);
    if (type == "input_json_delta") {
      return m_block == "tool_use"
                 ? take("tool_use", "partial_json", m_verdict.calls.back().arguments)
                 : refuse("input_json_delta does not fit");
    }
    if (type == "signature_delta") {
      m_signed = true;
      return take("thinking", "signature", m_verdict.signatures.emplace_back());
    }
    return refuse("unknown delta " + type);
  }

  bool blockStop() {
    m_block.clear();
    m_signed = false;
    return true;
  }

  bool messageDelta(const Json& data) {
    if (m_hasDelta || !m_block.empty()) return refuse("message_delta at the wrong place");
    m_hasDelta = true;
    const Json delta = data.value("delta", Json());
    const std::set<std::string> reasons = {"end_turn", "max_tokens", "stop_sequence",
                                           "tool_use", "pause_turn", "refusal"};
    m_verdict.stop = delta.is_object() ? delta.value("stop_reason", "") : "";
    if (!reasons.contains(m_verdict.stop)) return refuse("stop_reason");
    if (!delta.contains("stop_sequence")) return refuse("stop_sequence");
    const Json usage = data.value("usage", Json());
    if (!isCount(usage, "output_tokens")) return refuse("usage");
    m_verdict.completionTokens = usage["output_tokens"];
    if (isCount(usage, "input_tokens")) m_verdict.promptTokens = usage["input_tokens"];
    return true;
  }

  StreamVerdict m_verdict;
  std::string m_block;  // type of the open one
  std::size_t m_next = 0;
  std::size_t m_index = 0;
  bool m_started = false;
  bool m_signed = false;
  bool m_hasDelta = false;
};

}  // namespace

StreamVerdict judgeAnthropic(std::string_view stream, GrammarOptions) {
  return AnthropicJudge().judge(stream);
}

}  // namespace sluice::test
