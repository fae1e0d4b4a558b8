// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/chat.h"
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/tool_order.h"

namespace sluice::dialect::chat {

namespace {

using Type = StreamEvent::Type;

/// Events are `data:` with a chunk each; the end is `data: [DONE]`, behind the chunk with the finish
/// reason and perhaps one with the usage.
class Reader final : public StreamReader {
 public:
  std::optional<Breach> read(std::string_view name, std::string_view data,
                             EventSink& sink) override;
  std::optional<Breach> finish(EventSink& sink) override;

 private:
  std::optional<Breach> readChoice(JsonValue choice, EventSink& sink);
  std::optional<Breach> readDelta(JsonValue delta, EventSink& sink);
  std::optional<Breach> readToolCall(JsonValue call, EventSink& sink);
  std::optional<Breach> arguments(std::size_t key, JsonValue text, EventSink& sink);
  std::size_t keyOf(JsonValue call) const;
  std::optional<Breach> text(Type type, JsonValue value, EventSink& sink);

  struct Call {
    std::optional<std::uint64_t> index;
    std::string id;    // as the provider gave it; empty: it gave none
    std::string held;  // arguments that came before the name
    bool started = false;
  };

  JsonTree m_tree;
  ToolOrder m_order;
  std::vector<Call> m_calls;  // by the key they have in m_order
  std::string m_id;           // the answer's
  std::optional<StopReason> m_stop;
  bool m_started = false;
};

std::optional<Breach> Reader::text(Type type, JsonValue value, EventSink& sink) {
  if (value.isNull()) return std::nullopt;
  if (value.isArray()) {  // Mistral's, of models that think
    for (const JsonValue part : value) {
      const bool thinks = part["type"].text() == "thinking";
      auto breach =
          thinks ? text(Type::Reasoning, part["thinking"], sink) : text(type, part["text"], sink);
      if (breach) return breach;
    }
    return std::nullopt;
  }
  if (!value.isString()) {
    return Breach{"'choices[0].delta." + std::string(value.key()) + "' must be a string"};
  }
  if (!value.text().empty() && m_stop) return Breach{"there is text behind the finish reason"};
  return m_order.text(type, value.piece(), sink);
}

/// Of the call that a fragment is of; m_calls.size(): of a new one. Some give all calls the index 0, and
/// some none; there an id and a name begin a call. An id that changes without a name begins nothing.
std::size_t Reader::keyOf(JsonValue call) const {
  const auto index = call["index"].count();
  const std::string_view id = call["id"].text();
  const bool named = !call["function"]["name"].text().empty();
  for (std::size_t key = m_calls.size(); key-- > 0;) {
    const Call& one = m_calls[key];
    const bool other = named && one.started && (id.empty() ? !index : id != one.id);
    if (index ? one.index == index : id.empty() || id == one.id)
      return other ? m_calls.size() : key;
  }
  return m_calls.size();
}

std::optional<Breach> Reader::arguments(std::size_t key, JsonValue text, EventSink& sink) {
  if (!text.isNull() && !text.isString()) {
    return Breach{"'choices[0].delta.tool_calls[].function.arguments' must be a string"};
  }
  Call& call = m_calls[key];
  if (call.started) return m_order.arguments(key, text.piece(), sink);
  if (call.held.size() + text.piece().size() > ToolOrder::kMostHeld) {
    return Breach{"a call has arguments and no name"};
  }
  call.held += text.piece();
  return std::nullopt;
}

std::optional<Breach> Reader::readToolCall(JsonValue call, EventSink& sink) {
  const JsonValue index = call["index"];
  if (!index.isNull() && !index.count()) {
    return Breach{"'choices[0].delta.tool_calls[].index' must be a number"};
  }
  if (m_stop) return Breach{"there is a call behind the finish reason"};
  const JsonValue function = call["function"];
  const std::string_view name = function["name"].text();
  const std::size_t key = keyOf(call);
  if (key == m_calls.size()) {
    if (key >= ToolOrder::kMostCalls) return Breach{"there are too many calls of tools"};
    m_calls.push_back({index.count(), std::string(call["id"].text()), {}, false});
  }
  Call& one = m_calls[key];
  if (!one.started && !name.empty()) {
    one.started = true;
    const std::string id = one.id.empty() ? madeCallId(m_id, call, key) : one.id;
    if (auto breach = m_order.start(key, id, name, signatureOf(call), sink)) return breach;
    if (auto breach = m_order.arguments(key, one.held, sink)) return breach;
    std::string().swap(one.held);
  }
  return arguments(key, function["arguments"], sink);
}

std::optional<Breach> Reader::readDelta(JsonValue delta, EventSink& sink) {
  // As a rule there is one member.
  for (const JsonValue member : delta) {
    const std::string_view key = member.key();
    std::optional<Breach> breach;
    if (key == "content") {
      breach = text(Type::Text, member, sink);
    } else if (key == "reasoning_content" ||
               (key == "reasoning" && delta["reasoning_content"].isNull())) {
      breach = text(Type::Reasoning, member, sink);
    } else if (key == "refusal") {
      breach = text(Type::Refusal, member, sink);
    } else if (key == "tool_calls" && !member.isNull()) {
      if (!member.isArray()) return Breach{"'choices[0].delta.tool_calls' must be an array"};
      for (const JsonValue call : member) {
        if ((breach = readToolCall(call, sink))) return breach;
      }
    }
    if (breach) return breach;
  }
  return std::nullopt;
}

std::optional<Breach> Reader::readChoice(JsonValue choice, EventSink& sink) {
  if (choice["index"].count().value_or(0) != 0) {
    return Breach{"there is a second choice, and one was asked for"};
  }
  if (auto breach = readDelta(choice["delta"], sink)) return breach;
  const JsonValue reason = choice["finish_reason"];
  if (!reason.isNull() && !reason.isString()) {
    return Breach{"'choices[0].finish_reason' must be a string, or null"};
  }
  if (reason.text().empty()) return std::nullopt;  // some say "" for null
  if (reason.text() == "error") return Breach{"a choice ended with the finish_reason 'error'"};
  m_stop = stopReasonOf(reason.text());
  if (m_order.any() && *m_stop == StopReason::Stop) m_stop = StopReason::ToolCalls;
  return std::nullopt;
}

std::optional<Breach> Reader::read(std::string_view, std::string_view data, EventSink& sink) {
  if (data == "[DONE]") return finish(sink);
  const JsonValue chunk = m_tree.read(data);
  if (!chunk.isObject()) return Breach{"a chunk is not a JSON object"};
  const JsonValue told = chunk["error"];
  if (!told.isNull()) {
    Error error = readError(0, chunk);
    if (error.message.empty()) error.message = told.raw();
    sink.on({.type = Type::Error, .error = &error});
    return std::nullopt;
  }
  if (!m_started) {
    m_started = true;
    m_id = chunk["id"].text();
    sink.on({.type = Type::Start, .id = chunk["id"].text(), .model = chunk["model"].text()});
  }
  const JsonValue choices = chunk["choices"];
  // Where usage is told some leave them out.
  if (!choices.isNull() && !choices.isArray()) return Breach{"'choices' must be an array"};
  for (const JsonValue choice : choices) {
    if (auto breach = readChoice(choice, sink)) return breach;
  }
  const UsageUpdate update = readUsage(chunk);
  if (update.any()) {
    StreamEvent event{.type = Type::Usage};
    update.applyTo(event.usage);
    sink.on(event);
  }
  return std::nullopt;
}

std::optional<Breach> Reader::finish(EventSink& sink) {
  if (!m_stop) return Breach{"the stream ended without a finish reason"};
  if (!std::ranges::all_of(m_calls, &Call::started)) return Breach{"a call has no name"};
  if (auto breach = m_order.finish(*m_stop == StopReason::Length, sink)) return breach;
  sink.on({.type = Type::Finish, .stop = *m_stop});
  return std::nullopt;
}

}  // namespace

std::unique_ptr<StreamReader> streamReader() {
  return std::make_unique<Reader>();
}

}  // namespace sluice::dialect::chat
