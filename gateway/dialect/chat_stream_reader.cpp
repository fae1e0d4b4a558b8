// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/chat.h"
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
  std::optional<Breach> text(Type type, JsonValue value, EventSink& sink);

  JsonTree m_tree;
  ToolOrder m_order;
  std::optional<StopReason> m_stop;
  bool m_started = false;
};

std::optional<Breach> Reader::text(Type type, JsonValue value, EventSink& sink) {
  if (value.isNull()) return std::nullopt;
  if (!value.isString()) {
    return Breach{"'choices[0].delta." + std::string(value.key()) + "' must be a string"};
  }
  if (!value.text().empty() && m_stop) return Breach{"there is text behind the finish reason"};
  return m_order.text(type, value.text(), sink);
}

std::optional<Breach> Reader::readToolCall(JsonValue call, EventSink& sink) {
  const auto index = call["index"].count();
  if (!index) return Breach{"'choices[0].delta.tool_calls[].index' must be a number"};
  if (m_stop) return Breach{"there is a call behind the finish reason"};
  const JsonValue function = call["function"];
  if (!m_order.knows(*index)) {
    const std::string_view id = call["id"].text();
    const std::string_view name = function["name"].text();
    if (id.empty() || name.empty()) {
      return Breach{"the first fragment of a call must have its id and the function's name"};
    }
    if (auto breach = m_order.start(*index, id, name, signatureOf(call), sink)) return breach;
  }
  const JsonValue arguments = function["arguments"];
  if (!arguments.isNull() && !arguments.isString()) {
    return Breach{"'choices[0].delta.tool_calls[].function.arguments' must be a string"};
  }
  return m_order.arguments(*index, arguments.text(), sink);
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
  if (reason.isNull()) return std::nullopt;
  if (!reason.isString() || reason.text().empty()) {
    return Breach{"'choices[0].finish_reason' must be a string that is not empty, or null"};
  }
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
    Error error = readError(static_cast<int>(told["code"].integer().value_or(500)), chunk);
    if (error.message.empty()) error.message = told.raw();
    sink.on({.type = Type::Error, .error = &error});
    return std::nullopt;
  }
  if (!m_started) {
    m_started = true;
    sink.on({.type = Type::Start, .id = chunk["id"].text(), .model = chunk["model"].text()});
  }
  const JsonValue choices = chunk["choices"];
  if (!choices.isArray()) return Breach{"'choices' must be an array"};
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
  if (auto breach = m_order.finish(*m_stop == StopReason::Length, sink)) return breach;
  sink.on({.type = Type::Finish, .stop = *m_stop});
  return std::nullopt;
}

}  // namespace

std::unique_ptr<StreamReader> streamReader() {
  return std::make_unique<Reader>();
}

}  // namespace sluice::dialect::chat
