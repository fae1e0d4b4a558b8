// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/anthropic.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::anthropic {

namespace {

using Type = StreamEvent::Type;

class Writer final : public StreamWriter {
 public:
  explicit Writer(AnswerContext context) : m_context(std::move(context)) {}
  void write(const StreamEvent& event, std::string& out) override;
  void fail(const Error& error, std::string& out) override {
    writeErrorEvents(statusOf(error.kind), error, 0, out);
  }

 private:
  enum class Block : std::uint8_t { None, Text, Thinking, ToolUse };

  JsonWriter& begin(std::string_view type, std::string& out);
  void end(std::string& out);
  void writeStart(std::string& out);
  /// Opens a block of that kind, unless one is open; closes any other.
  void enter(Block block, std::string& out);
  void close(std::string& out);
  void writeDelta(std::string_view type, std::string_view name, std::string_view text,
                  std::string& out);
  void writeToolStart(const StreamEvent& event, std::string& out);
  void writeEncrypted(std::string_view data, std::string& out);
  void writeFinish(const StreamEvent& event, std::string& out);

  AnswerContext m_context;
  std::string m_scratch;
  JsonWriter m_json{m_scratch};
  TokenUsage m_usage;
  std::uint64_t m_index = 0;  // of the open block, or of the next
  Block m_block = Block::None;
  bool m_refused = false;
};

/// The Python SDK goes by the name of the event, others by the type in it.
JsonWriter& Writer::begin(std::string_view type, std::string& out) {
  out.append("event: ").append(type).append("\ndata: ");
  m_json.reset(out);
  return m_json.beginObject().member("type", type);
}

void Writer::end(std::string& out) {
  m_json.endObject();
  out.append("\n\n");
}

void Writer::writeStart(std::string& out) {
  JsonWriter& writer = begin("message_start", out).key("message").beginObject();
  writer.member("id", "msg_" + m_context.id).member("type", "message").member("role", "assistant");
  writer.member("model", m_context.model).key("content").beginArray().endArray();
  writer.key("stop_reason").null().key("stop_sequence").null().key("usage");
  writeUsage(m_usage, writer);
  writer.endObject();
  end(out);
}

void Writer::enter(Block block, std::string& out) {
  if (m_block == block) return;
  close(out);
  JsonWriter& writer = begin("content_block_start", out).memberCount("index", m_index);
  writer.key("content_block").beginObject();
  if (block == Block::Text) {
    writer.member("type", "text").member("text", "");
  } else {
    writer.member("type", "thinking").member("thinking", "").member("signature", "");
  }
  writer.endObject();
  end(out);
  m_block = block;
}

void Writer::close(std::string& out) {
  if (m_block == Block::None) return;
  begin("content_block_stop", out).memberCount("index", m_index);
  end(out);
  m_block = Block::None;
  ++m_index;
}

void Writer::writeDelta(std::string_view type, std::string_view name, std::string_view text,
                        std::string& out) {
  JsonWriter& writer = begin("content_block_delta", out).memberCount("index", m_index);
  writer.key("delta").beginObject().member("type", type).member(name, text).endObject();
  end(out);
}

void Writer::writeToolStart(const StreamEvent& event, std::string& out) {
  close(out);
  JsonWriter& writer = begin("content_block_start", out).memberCount("index", m_index);
  writer.key("content_block").beginObject().member("type", "tool_use");
  writer.member("id", toolIdOf(event.id)).member("name", event.name);
  writer.key("input").beginObject().endObject().endObject();
  end(out);
  m_block = Block::ToolUse;
}

void Writer::writeEncrypted(std::string_view data, std::string& out) {
  close(out);
  JsonWriter& writer = begin("content_block_start", out).memberCount("index", m_index);
  writer.key("content_block").beginObject().member("type", "redacted_thinking");
  writer.member("data", shownTo(Kind::Anthropic, data)).endObject();
  end(out);
  m_block = Block::Thinking;
  close(out);
}

void Writer::writeFinish(const StreamEvent& event, std::string& out) {
  close(out);
  const StopReason stop = m_refused ? StopReason::ContentFilter : event.stop;
  JsonWriter& writer = begin("message_delta", out).key("delta").beginObject();
  writer.member("stop_reason", stopReasonOf(stop)).key("stop_sequence");
  event.text.empty() ? writer.null() : writer.string(event.text);
  writer.endObject().key("usage");
  writeUsage(m_usage, writer);
  end(out);
  begin("message_stop", out);
  end(out);
}

void Writer::write(const StreamEvent& event, std::string& out) {
  switch (event.type) {
    case Type::Start:
      writeStart(out);
      break;
    case Type::Refusal:
      m_refused = true;
      [[fallthrough]];
    case Type::Text:
      enter(Block::Text, out);
      writeDelta("text_delta", "text", event.text, out);
      break;
    case Type::Reasoning:
      enter(Block::Thinking, out);
      writeDelta("thinking_delta", "thinking", event.text, out);
      break;
    case Type::Signature:
      enter(Block::Thinking, out);
      writeDelta("signature_delta", "signature", shownTo(Kind::Anthropic, event.text), out);
      close(out);
      break;
    case Type::Encrypted:
      writeEncrypted(event.text, out);
      break;
    case Type::ToolStart:
      // Here thoughts alone are signed.
      if (!event.signature.empty()) write({.type = Type::Signature, .text = event.signature}, out);
      writeToolStart(event, out);
      break;
    case Type::ToolArguments:
      writeDelta("input_json_delta", "partial_json", event.text, out);
      break;
    case Type::ToolEnd:
      close(out);
      break;
    case Type::Usage:
      m_usage = event.usage;
      break;
    case Type::Finish:
      writeFinish(event, out);
      break;
    case Type::Error:
      fail(*event.error, out);
      break;
  }
}

}  // namespace

std::unique_ptr<StreamWriter> streamWriter(AnswerContext context) {
  return std::make_unique<Writer>(std::move(context));
}

}  // namespace sluice::dialect::anthropic
