// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/signature.h"
#include "gateway/dialect/tool_order.h"

namespace sluice::dialect::anthropic {

namespace {

using Type = StreamEvent::Type;

/// message_start { content_block_start content_block_delta* content_block_stop } message_delta
/// message_stop, with ping and unknown events anywhere: blocks are one at a time, numbered from 0.
class Reader final : public StreamReader {
 public:
  std::optional<Breach> read(std::string_view name, std::string_view data,
                             EventSink& sink) override;
  std::optional<Breach> finish(EventSink& sink) override;

 private:
  enum class Block : std::uint8_t { None, Text, Thinking, ToolUse, Passed };

  std::optional<Breach> startBlock(JsonValue event, EventSink& sink);
  std::optional<Breach> delta(JsonValue event, EventSink& sink);
  std::optional<Breach> stopBlock(JsonValue event, EventSink& sink);
  std::optional<Breach> endMessage(EventSink& sink);
  void tellUsage(JsonValue event, EventSink& sink);
  static std::optional<Breach> text(Type type, JsonValue value, EventSink& sink);
  /// A signature, or thoughts that are encrypted: whole.
  static std::optional<Breach> sealed(Type type, JsonValue value, EventSink& sink);

  JsonTree m_tree;
  JsonShape m_arguments;
  TokenUsage m_usage;
  std::string m_stopSequence;
  std::string m_toolName;
  std::optional<StopReason> m_stop;
  std::uint64_t m_next = 0;  // index of the next block; of the open one, plus 1
  Block m_block = Block::None;
  bool m_started = false;
  bool m_cut = false;  // a call's arguments were not complete
};

std::optional<Breach> Reader::text(Type type, JsonValue value, EventSink& sink) {
  if (!value.isString()) return Breach{"a delta has no text"};
  if (!value.text().empty()) sink.on({.type = type, .text = value.piece()});
  return std::nullopt;
}

std::optional<Breach> Reader::sealed(Type type, JsonValue value, EventSink& sink) {
  if (!value.isString()) return Breach{"a delta has no text"};
  const std::string own = marked(Kind::Anthropic, value.text());
  if (!own.empty()) sink.on({.type = type, .text = own});
  return std::nullopt;
}

void Reader::tellUsage(JsonValue event, EventSink& sink) {
  const UsageUpdate update = readUsage(event);
  if (!update.any()) return;
  update.applyTo(m_usage);
  StreamEvent told{.type = Type::Usage};
  told.usage = m_usage;
  sink.on(told);
}

std::optional<Breach> Reader::startBlock(JsonValue event, EventSink& sink) {
  if (m_block != Block::None) return Breach{"a content block starts before the last one stopped"};
  if (m_stop) return Breach{"a content block starts behind the stop reason"};
  if (m_cut) return Breach{"a content block follows a call whose input is not complete"};
  if (event["index"].count() != m_next) return Breach{"content blocks are not numbered in order"};
  ++m_next;
  const JsonValue block = event["content_block"];
  const std::string_view type = block["type"].text();
  if (type == "text") {
    m_block = Block::Text;
    return block["text"].isNull() ? std::nullopt : text(Type::Text, block["text"], sink);
  }
  if (type == "thinking") {
    m_block = Block::Thinking;
    return block["thinking"].isNull() ? std::nullopt
                                      : text(Type::Reasoning, block["thinking"], sink);
  }
  if (type == "redacted_thinking") {
    m_block = Block::Passed;
    return sealed(Type::Encrypted, block["data"], sink);
  }
  if (type == "tool_use") {
    const std::string_view id = block["id"].text();
    const std::string_view name = block["name"].text();
    if (id.empty() || name.empty()) return Breach{"a tool_use block must have an id and a name"};
    m_block = Block::ToolUse;
    m_arguments = JsonShape();
    m_toolName = name;
    sink.on({.type = Type::ToolStart, .id = id, .name = name});
    // As a rule it is {}, and the input comes in deltas.
    const JsonValue input = block["input"];
    if (input.isObject() && !input.empty()) {
      m_arguments.feed(input.raw());
      sink.on({.type = Type::ToolArguments, .text = input.raw()});
    }
    return std::nullopt;
  }
  if (type.empty()) return Breach{"a content block has no type"};
  m_block = Block::Passed;
  return std::nullopt;
}

std::optional<Breach> Reader::delta(JsonValue event, EventSink& sink) {
  if (m_block == Block::None || event["index"].count() != m_next - 1) {
    return Breach{"a delta is for a content block that is not open"};
  }
  const JsonValue delta = event["delta"];
  const std::string_view type = delta["type"].text();
  if (m_block == Block::Passed || type == "citations_delta") return std::nullopt;
  if (type == "text_delta" && m_block == Block::Text) return text(Type::Text, delta["text"], sink);
  if (type == "thinking_delta" && m_block == Block::Thinking) {
    return text(Type::Reasoning, delta["thinking"], sink);
  }
  if (type == "signature_delta" && m_block == Block::Thinking) {
    return sealed(Type::Signature, delta["signature"], sink);
  }
  if (type == "input_json_delta" && m_block == Block::ToolUse) {
    const JsonValue fragment = delta["partial_json"];
    m_arguments.feed(fragment.piece());
    if (m_arguments.state() == JsonShape::State::Wrong) {
      return Breach{"the input of '" + m_toolName + "' is not a JSON object"};
    }
    return text(Type::ToolArguments, fragment, sink);
  }
  return Breach{"a delta '" + std::string(type) + "' does not fit its content block"};
}

std::optional<Breach> Reader::stopBlock(JsonValue event, EventSink& sink) {
  if (m_block == Block::None || event["index"].count() != m_next - 1) {
    return Breach{"a content block stops that is not open"};
  }
  if (m_block == Block::ToolUse) {
    m_cut = m_arguments.state() == JsonShape::State::Within;
    sink.on({.type = Type::ToolEnd});
  }
  m_block = Block::None;
  return std::nullopt;
}

std::optional<Breach> Reader::endMessage(EventSink& sink) {
  if (m_block != Block::None) return Breach{"the message stops while a content block is open"};
  if (!m_stop) return Breach{"the message stops without a stop reason"};
  if (m_cut && *m_stop != StopReason::Length) {
    return Breach{"the input of '" + m_toolName + "' is not a JSON object"};
  }
  sink.on({.type = Type::Finish, .stop = *m_stop, .text = m_stopSequence});
  return std::nullopt;
}

std::optional<Breach> Reader::read(std::string_view, std::string_view data, EventSink& sink) {
  const JsonValue event = m_tree.read(data);
  if (!event.isObject()) return Breach{"an event is not a JSON object"};
  const std::string_view type = event["type"].text();
  if (type == "error" || (type.empty() && event["error"].isObject())) {
    Error error = readError(0, event);
    if (error.message.empty()) error.message = event["error"].raw();
    sink.on({.type = Type::Error, .error = &error});
    return std::nullopt;
  }
  if (type.empty()) return Breach{"an event has no type"};
  if (type == "message_start") {
    if (m_started) return Breach{"the message starts twice"};
    m_started = true;
    const JsonValue message = event["message"];
    sink.on({.type = Type::Start, .id = message["id"].text(), .model = message["model"].text()});
    tellUsage(event, sink);
    return std::nullopt;
  }
  const bool known = type.starts_with("content_block_") || type.starts_with("message_");
  if (!known) return std::nullopt;  // ping, and what is new
  if (!m_started) return Breach{"the message does not start"};
  if (type == "content_block_start") return startBlock(event, sink);
  if (type == "content_block_delta") return delta(event, sink);
  if (type == "content_block_stop") return stopBlock(event, sink);
  if (type == "message_delta") {
    const JsonValue told = event["delta"];
    if (!told["stop_reason"].isNull()) m_stop = stopReasonOf(told["stop_reason"].text());
    m_stopSequence = told["stop_sequence"].text();
    tellUsage(event, sink);
    return std::nullopt;
  }
  return type == "message_stop" ? endMessage(sink) : std::nullopt;
}

std::optional<Breach> Reader::finish(EventSink&) {
  return Breach{"the stream ended without message_stop"};
}

}  // namespace

std::unique_ptr<StreamReader> streamReader() {
  return std::make_unique<Reader>();
}

}  // namespace sluice::dialect::anthropic
