// SPDX-License-Identifier: GPL-3.0-or-later
// Responses: each event has its type as its name and in its data, and the next sequence_number, from 0.
// response.created and response.in_progress come first; then items one at a time, numbered from 0, each
// with an id of its own that all its events have; in them parts, numbered from 0, whose deltas joined are
// what the done events tell; the end is response.completed or .incomplete with all items as they were
// told, or an error, behind which there may be response.failed and nothing else.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/stream_grammar.h"

namespace sluice::test {

namespace {

using Json = nlohmann::json;

class ResponsesJudge {
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

  /// Exactly these members, beside type and sequence_number.
  bool has(const std::set<std::string>& names) {
    std::set<std::string> wanted = names;
    wanted.insert({"type", "sequence_number"});
    for (const auto& [key, value] : m_event.items()) {
      if (wanted.erase(key) == 0) return refuse(m_type + " with " + key);
    }
    return wanted.empty() || refuse(m_type + " without " + *wanted.begin());
  }

  bool take(const std::string& text) {
    const auto event = strictEvent(text);
    if (!event) return refuse("not an event with a name and data: " + text);
    m_event = Json::parse(event->data, nullptr, false);
    if (!m_event.is_object()) return refuse("not a JSON object: " + event->data);
    m_type = m_event.contains("type") && m_event["type"].is_string() ? m_event["type"] : "";
    if (m_type.empty() || m_type != event->name) return refuse("the name is not the type");
    if (!m_event.contains("sequence_number") || m_event["sequence_number"] != m_sequence) {
      return refuse("the sequence_number is not the next");
    }
    ++m_sequence;
    if (m_verdict.ended || m_closed) return refuse("there is something behind the end");
    if (m_verdict.failed && m_type != "response.failed") return refuse("not the end of a failure");
    if (m_type == "error") return error();
    if (m_type == "response.failed") return terminal("failed");
    if (m_started < 2) return start();
    if (m_type == "response.completed") return terminal("completed");
    if (m_type == "response.incomplete") return terminal("incomplete");
    if (m_type == "response.output_item.added") return addItem();
    if (m_type == "response.output_item.done") return endItem();
    return ofItem();
  }

  bool error() {
    if (!has({"code", "message", "param", "error"})) return false;
    if (!m_event["message"].is_string()) return refuse("an error without message");
    const Json& told = m_event["error"];
    if (!told.is_object() || told.value("message", Json()) != m_event["message"] ||
        !told.contains("type") || told.value("code", Json(0)) != m_event["code"] ||
        told.value("param", Json(0)) != m_event["param"]) {
      return refuse("an error that says two things");
    }
    m_verdict.failed = true;
    m_closed = m_started == 0;
    m_verdict.errorMessage = m_event["message"];
    return true;
  }

  bool header(const std::string& status) {
    if (!has({"response"})) return false;
    const Json& told = m_event["response"];
    if (!told.is_object()) return refuse("response");
    const std::set<std::string> needed = {"id",
                                          "object",
                                          "created_at",
                                          "status",
                                          "error",
                                          "incomplete_details",
                                          "instructions",
                                          "metadata",
                                          "model",
                                          "output",
                                          "parallel_tool_calls",
                                          "temperature",
                                          "tool_choice",
                                          "tools",
                                          "top_p",
                                          "usage"};
    for (const std::string& name : needed) {
      if (!told.contains(name)) return refuse("a response without " + name);
    }
    if (told["object"] != "response" || told["status"] != status) return refuse("object or status");
    if (!told["id"].is_string() || !told["model"].is_string() ||
        !told["created_at"].is_number_integer() || !told["output"].is_array()) {
      return refuse("a response's members");
    }
    if (told["error"].is_null() == (status == "failed")) return refuse("error");
    if (told["incomplete_details"].is_null() == (status == "incomplete")) {
      return refuse("incomplete_details");
    }
    if (m_started == 0) {
      m_verdict.id = told["id"];
      m_verdict.model = told["model"];
      m_created = told["created_at"];
    }
    return (told["id"] == m_verdict.id && told["model"] == m_verdict.model &&
            told["created_at"] == m_created) ||
           refuse("id, model or created_at changes");
  }

  bool start() {
    const char* wanted = m_started == 0 ? "response.created" : "response.in_progress";
    if (m_type != wanted) return refuse(m_type + " instead of " + wanted);
    if (!header("in_progress")) return false;
    if (!m_event["response"]["output"].empty()) return refuse("output at the start");
    if (!m_event["response"]["usage"].is_null()) return refuse("usage at the start");
    ++m_started;
    return true;
  }

  bool terminal(const std::string& status) {
    if (m_started == 0) return refuse("the end of what did not start");
    if (status == "failed") {
      if (!m_verdict.failed) return refuse("response.failed without an error");
    } else if (!m_item.is_null()) {
      return refuse("the end while an item is open");
    }
    if (!header(status)) return false;
    const Json& told = m_event["response"];
    if (told["output"] != m_output) return refuse("the output is not what was told");
    m_closed = true;
    if (status == "failed") {
      return told["error"].value("message", "") == m_verdict.errorMessage ||
             refuse("two messages of one failure");
    }
    m_verdict.ended = true;
    m_verdict.stop = status;
    if (status == "incomplete") {
      m_verdict.stop = told["incomplete_details"].value("reason", "");
      if (m_verdict.stop != "max_output_tokens" && m_verdict.stop != "content_filter") {
        return refuse("incomplete_details.reason");
      }
    }
    return usage(told["usage"]);
  }

  bool usage(const Json& told) {
    if (told.is_null()) return true;
    for (const char* key : {"input_tokens", "output_tokens", "total_tokens"}) {
      if (!told.is_object() || !told.contains(key) || !told[key].is_number_unsigned()) {
        return refuse(std::string("usage without ") + key);
      }
    }
    if (!told.contains("input_tokens_details") ||
        !told["input_tokens_details"].contains("cached_tokens") ||
        !told.contains("output_tokens_details") ||
        !told["output_tokens_details"].contains("reasoning_tokens")) {
      return refuse("usage without details");
    }
    m_verdict.promptTokens = told["input_tokens"];
    m_verdict.completionTokens = told["output_tokens"];
    return told["total_tokens"] == *m_verdict.promptTokens + *m_verdict.completionTokens ||
           refuse("the total is not the sum");
  }

  bool addItem() {
    if (!has({"output_index", "item"})) return false;
    if (!m_item.is_null()) return refuse("an item begins before the last one is done");
    if (m_event["output_index"] != m_output.size()) return refuse("output_index");
    m_item = m_event["item"];
    if (!m_item.is_object() || !m_item.contains("id") || !m_item["id"].is_string() ||
        !m_ids.insert(m_item["id"]).second) {
      return refuse("an item without an id of its own");
    }
    const std::string type = m_item.value("type", "");
    Json wanted = {{"id", m_item["id"]}, {"type", type}};
    if (type == "message") {
      wanted.update({{"status", "in_progress"}, {"role", "assistant"}, {"content", Json::array()}});
    } else if (type == "reasoning") {
      wanted["summary"] = Json::array();
    } else if (type == "function_call") {
      for (const char* name : {"call_id", "name"}) {
        if (!m_item.contains(name) || !m_item[name].is_string()) return refuse(name);
        wanted[name] = m_item[name];
      }
      wanted.update({{"status", "in_progress"}, {"arguments", ""}});
    } else {
      return refuse("an item of type " + type);
    }
    m_argumentsDone = false;
    return m_item == wanted || refuse("an item that begins with content: " + m_item.dump());
  }

  bool endItem() {
    if (!has({"output_index", "item"})) return false;
    if (m_item.is_null() || m_event["output_index"] != m_output.size()) {
      return refuse("an item ends that is not open");
    }
    if (!m_part.is_null()) return refuse("an item ends while a part is open");
    const Json& told = m_event["item"];
    const std::string type = m_item["type"];
    if (type == "reasoning") {
      if (told.contains("encrypted_content")) {
        const std::string text = told["encrypted_content"];
        constexpr std::string_view kSignature = "signature:";
        if (text.starts_with(kSignature)) {
          m_verdict.signatures.push_back(text.substr(kSignature.size()));
        } else {
          m_verdict.encrypted.push_back(text);
        }
        m_item["encrypted_content"] = text;
      }
    } else {
      const std::string status = told.value("status", "");
      if (status != "completed" && status != "incomplete") return refuse("an item's status");
      m_item["status"] = status;
    }
    if (type == "function_call") {
      if (!m_argumentsDone) return refuse("a call ends without its arguments");
      m_verdict.calls.push_back({m_item["call_id"], m_item["name"], m_item["arguments"]});
      if (m_item["status"] == "completed" && !Json::accept(std::string(m_item["arguments"]))) {
        return refuse("arguments that are not JSON");
      }
    }
    if (told != m_item) return refuse("an item is not what was told: " + told.dump());
    m_output.push_back(m_item);
    m_item = nullptr;
    return true;
  }

  bool ofItem() {
    if (m_item.is_null()) return refuse(m_type + " without an item");
    if (m_event.value("item_id", Json()) != m_item["id"]) return refuse("item_id");
    if (m_event.value("output_index", Json()) != m_output.size()) return refuse("output_index");
    const std::string type = m_item["type"];
    if (type == "function_call") return ofCall();
    const bool summary = type == "reasoning";
    const std::string index = summary ? "summary_index" : "content_index";
    Json& parts = summary ? m_item["summary"] : m_item["content"];
    if (m_event.value(index, Json()) != parts.size()) return refuse(index);
    const std::string part = summary ? "response.reasoning_summary_part" : "response.content_part";
    if (m_type == part + ".added") {
      if (!has({"item_id", "output_index", index, "part"})) return false;
      if (!m_part.is_null()) return refuse("a part begins before the last one is done");
      return addPart(summary);
    }
    if (m_part.is_null()) return refuse(m_type + " without a part");
    if (m_type == part + ".done") {
      if (!has({"item_id", "output_index", index, "part"})) return false;
      if (!m_textDone || m_event["part"] != m_part) return refuse("a part is not what was told");
      parts.push_back(m_part);
      m_part = nullptr;
      return true;
    }
    return ofPart(index);
  }

  bool addPart(bool summary) {
    m_part = m_event["part"];
    m_textDone = false;
    const std::string type = m_part.is_object() ? m_part.value("type", "") : "";
    m_member = type == "refusal" ? "refusal" : "text";
    const Json wanted = summary             ? Json{{"type", "summary_text"}, {"text", ""}}
                        : type == "refusal" ? Json{{"type", type}, {"refusal", ""}}
                                            : Json{{"type", "output_text"},
                                                   {"text", ""},
                                                   {"annotations", Json::array()},
                                                   {"logprobs", Json::array()}};
    return m_part == wanted || refuse("a part that begins with content: " + m_part.dump());
  }

  bool ofPart(const std::string& index) {
    const std::string type = m_part["type"];
    const std::string name = type == "output_text"    ? "response.output_text"
                             : type == "summary_text" ? "response.reasoning_summary_text"
                                                      : "response.refusal";
    const bool isDelta = m_type == name + ".delta";
    if (!isDelta && m_type != name + ".done") return refuse(m_type + " in a part of type " + type);
    if (m_textDone) return refuse("text behind its end");
    std::set<std::string> members = {"item_id", "output_index", index,
                                     isDelta ? "delta" : m_member};
    if (type == "output_text") members.insert("logprobs");
    if (!has(members)) return false;
    if (!isDelta) {
      m_textDone = true;
      return m_event[m_member] == m_part[m_member] || refuse("a text is not its deltas");
    }
    if (!m_event["delta"].is_string() || m_event["delta"] == "") return refuse("delta");
    const std::string text = m_event["delta"];
    m_part[m_member] = m_part[m_member].get<std::string>() + text;
    (type == "output_text"    ? m_verdict.text
     : type == "summary_text" ? m_verdict.reasoning
                              : m_verdict.refusal) += text;
    return true;
  }

  bool ofCall() {
    if (m_argumentsDone) return refuse("arguments behind their end");
    if (m_type == "response.function_call_arguments.delta") {
      if (!has({"item_id", "output_index", "delta"})) return false;
      if (!m_event["delta"].is_string()) return refuse("delta");
      m_item["arguments"] =
          m_item["arguments"].get<std::string>() + m_event["delta"].get<std::string>();
      return true;
    }
    if (m_type != "response.function_call_arguments.done") return refuse(m_type + " in a call");
    if (!has({"item_id", "output_index", "name", "arguments"})) return false;
    m_argumentsDone = true;
    return (m_event["name"] == m_item["name"] && m_event["arguments"] == m_item["arguments"]) ||
           refuse("a call is not its deltas");
  }

  StreamVerdict m_verdict;
  Json m_event;
  std::string m_type;
  Json m_output = Json::array();  // items that are done
  Json m_item;                    // the open one, as told so far
  Json m_part;
  Json m_created;
  std::string m_member;  // of the open part, that holds its text
  std::set<std::string> m_ids;
  std::size_t m_sequence = 0;
  int m_started = 0;
  bool m_textDone = false;
  bool m_argumentsDone = false;
  bool m_closed = false;
};

}  // namespace

StreamVerdict judgeResponses(std::string_view stream, GrammarOptions) {
  return ResponsesJudge().judge(stream);
}

}  // namespace sluice::test
