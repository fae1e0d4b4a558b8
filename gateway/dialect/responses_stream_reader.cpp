// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/responses.h"
#include "gateway/dialect/tool_order.h"

namespace sluice::dialect::responses {

namespace {

using Type = StreamEvent::Type;

/// response.created, then items, each from output_item.added to output_item.done with its parts
/// between; the end is response.completed, .incomplete or .failed, or an error. Events that are not
/// known are of tools the provider runs, or new.
class Reader final : public StreamReader {
 public:
  std::optional<Breach> read(std::string_view name, std::string_view data,
                             EventSink& sink) override;
  std::optional<Breach> finish(EventSink& sink) override;

 private:
  struct Call {
    std::uint64_t key;
    bool hasArguments = false;
    bool done = false;
  };

  std::optional<Breach> addItem(JsonValue event, EventSink& sink);
  std::optional<Breach> endItem(JsonValue event, EventSink& sink);
  std::optional<Breach> endMessage(JsonValue event, EventSink& sink);
  std::optional<Breach> endCall(JsonValue item, std::optional<std::uint64_t> index,
                                EventSink& sink);
  std::optional<Breach> endReasoning(JsonValue item, EventSink& sink);
  std::optional<Breach> arguments(JsonValue event, std::string_view member, EventSink& sink);
  std::optional<Breach> delta(Type type, JsonValue event, EventSink& sink);
  std::optional<Breach> whole(Type type, std::string_view member, JsonValue event, EventSink& sink);
  std::optional<Breach> endResponse(JsonValue response, bool complete, EventSink& sink);
  void noteItem(Type type, JsonValue event);
  bool isTold(std::uint64_t message) const;
  Call* find(std::uint64_t key);

  JsonTree m_tree;
  ToolOrder m_order;
  std::vector<Call> m_calls;
  bool m_started = false;
  bool m_hasText = false;                 // the part that was added last
  bool m_hasThoughts = false;             // the reasoning item that was added last
  std::uint64_t m_item = 0;               // output_index of the item that was added last
  std::vector<std::uint64_t> m_messages;  // those that have a text or a refusal
};

Reader::Call* Reader::find(std::uint64_t key) {
  const auto call =
      std::ranges::find_if(m_calls, [key](const Call& one) { return one.key == key; });
  return call == m_calls.end() ? nullptr : &*call;
}

/// What the item has, once its part has text.
void Reader::noteItem(Type type, JsonValue event) {
  if (!m_hasText) return;
  if (type == Type::Reasoning) {
    m_hasThoughts = true;
  } else if (const std::uint64_t item = event["output_index"].count().value_or(m_item);
             !isTold(item)) {
    m_messages.push_back(item);
  }
}

bool Reader::isTold(std::uint64_t message) const {
  return std::ranges::find(m_messages, message) != m_messages.end();
}

std::optional<Breach> Reader::delta(Type type, JsonValue event, EventSink& sink) {
  const JsonValue text = event["delta"];
  if (!text.isString()) return Breach{"a delta has no text"};
  m_hasText = m_hasText || !text.text().empty();
  noteItem(type, event);
  return m_order.text(type, text.piece(), sink);
}

/// Some tell a short text at its end only.
std::optional<Breach> Reader::whole(Type type, std::string_view member, JsonValue event,
                                    EventSink& sink) {
  const JsonValue text = event[member];
  if (m_hasText) return std::nullopt;
  m_hasText = !text.text().empty();
  noteItem(type, event);
  return m_order.text(type, text.text(), sink);
}

std::optional<Breach> Reader::addItem(JsonValue event, EventSink& sink) {
  const JsonValue item = event["item"];
  const auto index = event["output_index"].count();
  const std::string_view type = item["type"].text();
  if (!index || type.empty()) return Breach{"an item has no output_index or no type"};
  m_hasText = false;
  m_hasThoughts = false;
  m_item = *index;
  if (type != "function_call") return std::nullopt;
  if (find(*index)) return Breach{"two items have the same output_index"};
  const std::string_view id = item["call_id"].text();
  const std::string_view name = item["name"].text();
  if (id.empty() || name.empty()) return Breach{"a function_call must have a call_id and a name"};
  if (auto breach = m_order.start(*index, id, name, {}, sink)) return breach;
  m_calls.push_back({*index, !item["arguments"].text().empty()});
  return m_order.arguments(*index, item["arguments"].text(), sink);
}

std::optional<Breach> Reader::arguments(JsonValue event, std::string_view member, EventSink& sink) {
  const auto index = event["output_index"].count();
  Call* call = index ? find(*index) : nullptr;
  if (!call || call->done) return Breach{"arguments are for a call that is not open"};
  const JsonValue text = event[member];
  if (!text.isString()) return Breach{"'" + std::string(member) + "' must be a string"};
  if (member == "arguments" && call->hasArguments) return std::nullopt;
  call->hasArguments = call->hasArguments || !text.text().empty();
  return m_order.arguments(call->key, text.piece(), sink);
}

std::optional<Breach> Reader::endReasoning(JsonValue item, EventSink& sink) {
  FieldReader fields;
  const ReasoningPart thoughts = readThoughts(item, fields);
  if (fields.failed()) return fields.breach();
  if (!m_hasThoughts) {
    if (auto breach = m_order.text(Type::Reasoning, thoughts.text, sink)) return breach;
  }
  if (thoughts.signature.empty() && thoughts.encrypted.empty()) return std::nullopt;
  if (std::ranges::any_of(m_calls, [](const Call& call) { return !call.done; })) {
    return Breach{"thoughts end while a call is open"};
  }
  if (!thoughts.signature.empty()) sink.on({.type = Type::Signature, .text = thoughts.signature});
  if (!thoughts.encrypted.empty()) sink.on({.type = Type::Encrypted, .text = thoughts.encrypted});
  return std::nullopt;
}

/// Some tell a message whole, where it ends.
std::optional<Breach> Reader::endMessage(JsonValue event, EventSink& sink) {
  if (isTold(event["output_index"].count().value_or(m_item))) return std::nullopt;
  for (const JsonValue part : event["item"]["content"]) {
    const bool refuses = part["type"].text() == "refusal";
    const JsonValue text = part[refuses ? "refusal" : "text"];
    if (auto breach = m_order.text(refuses ? Type::Refusal : Type::Text, text.text(), sink)) {
      return breach;
    }
  }
  return std::nullopt;
}

std::optional<Breach> Reader::endCall(JsonValue item, std::optional<std::uint64_t> index,
                                      EventSink& sink) {
  Call* call = index ? find(*index) : nullptr;
  if (!call || call->done) return Breach{"a function_call ends that is not open"};
  if (!call->hasArguments) {  // some tell them here only
    if (auto breach = m_order.arguments(call->key, item["arguments"].text(), sink)) return breach;
  }
  // Cut by the answer's length: it stays open to the end, which tells.
  if (item["status"].text() == "incomplete") return std::nullopt;
  call->done = true;
  return m_order.end(call->key, sink);
}

std::optional<Breach> Reader::endItem(JsonValue event, EventSink& sink) {
  const JsonValue item = event["item"];
  const std::string_view type = item["type"].text();
  if (type == "reasoning") return endReasoning(item, sink);
  if (type == "message") return endMessage(event, sink);
  return type == "function_call" ? endCall(item, event["output_index"].count(), sink)
                                 : std::nullopt;
}

std::optional<Breach> Reader::endResponse(JsonValue response, bool complete, EventSink& sink) {
  const UsageUpdate update = readUsage(response);
  if (update.any()) {
    StreamEvent event{.type = Type::Usage};
    update.applyTo(event.usage);
    sink.on(event);
  }
  StopReason stop = complete ? StopReason::Stop : incompleteReasonOf(response);
  if (auto breach = m_order.finish(stop == StopReason::Length, sink)) return breach;
  if (complete && !m_calls.empty()) stop = StopReason::ToolCalls;
  sink.on({.type = Type::Finish, .stop = stop});
  return std::nullopt;
}

std::optional<Breach> Reader::read(std::string_view name, std::string_view data, EventSink& sink) {
  if (data == "[DONE]") return finish(sink);
  const JsonValue event = m_tree.read(data);
  if (!event.isObject()) return Breach{"an event is not a JSON object"};
  std::string_view type = event["type"].text();
  if (type.empty()) type = name;
  const JsonValue response = event["response"];
  const bool failed = type == "response.failed" || type == "response.cancelled";
  if (type == "error" || failed || (type.empty() && event["error"].isObject())) {
    JsonValue told = failed ? response["error"] : event["error"];
    if (!failed && !told.isObject()) told = event;
    const Error error = failureOf(told);
    sink.on({.type = Type::Error, .error = &error});
    return std::nullopt;
  }
  if (type == "response.created") {
    if (m_started) return Breach{"the response starts twice"};
    m_started = true;
    sink.on({.type = Type::Start, .id = response["id"].text(), .model = response["model"].text()});
    return std::nullopt;
  }
  if (type.empty()) return Breach{"an event has no type"};
  if (!type.starts_with("response.")) return std::nullopt;  // keepalive, and what is new
  if (!m_started) return Breach{"the response does not start"};
  if (type == "response.output_text.delta") return delta(Type::Text, event, sink);
  if (type == "response.function_call_arguments.delta") return arguments(event, "delta", sink);
  if (type == "response.reasoning_summary_text.delta" || type == "response.reasoning_text.delta") {
    return delta(Type::Reasoning, event, sink);
  }
  if (type == "response.refusal.delta") return delta(Type::Refusal, event, sink);
  if (type == "response.output_item.added") return addItem(event, sink);
  if (type == "response.output_item.done") return endItem(event, sink);
  if (type == "response.content_part.added" || type == "response.reasoning_summary_part.added") {
    m_hasText = false;
    return type.find("summary") != std::string_view::npos && m_hasThoughts
               ? m_order.text(Type::Reasoning, "\n\n", sink)
               : std::nullopt;
  }
  if (type == "response.output_text.done") return whole(Type::Text, "text", event, sink);
  if (type == "response.refusal.done") return whole(Type::Refusal, "refusal", event, sink);
  if (type == "response.reasoning_summary_text.done" || type == "response.reasoning_text.done") {
    return whole(Type::Reasoning, "text", event, sink);
  }
  if (type == "response.function_call_arguments.done") return arguments(event, "arguments", sink);
  if (type == "response.completed") return endResponse(response, true, sink);
  if (type == "response.incomplete") return endResponse(response, false, sink);
  return std::nullopt;
}

std::optional<Breach> Reader::finish(EventSink&) {
  return Breach{"the stream ended without response.completed"};
}

}  // namespace

std::unique_ptr<StreamReader> streamReader() {
  return std::make_unique<Reader>();
}

}  // namespace sluice::dialect::responses
