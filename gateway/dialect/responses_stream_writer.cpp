// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/responses.h"
#include "gateway/dialect/tool_order.h"

namespace sluice::dialect::responses {

namespace {

using Type = StreamEvent::Type;

class Writer final : public StreamWriter {
 public:
  explicit Writer(AnswerContext context) : m_context(std::move(context)) {}
  void write(const StreamEvent& event, std::string& out) override;
  void fail(const Error& error, std::string& out) override;
  std::size_t kept() const override {
    return m_output.size() + m_parts.size() + m_text.size() + m_call.arguments.size();
  }

 private:
  enum class Item : std::uint8_t { None, Message, Reasoning, Call };
  enum class Content : std::uint8_t { None, Text, Refusal, Summary };

  JsonWriter& begin(std::string_view type, std::string& out);
  void end(std::string& out);
  /// An event of the open item; of its open part, when it has one.
  JsonWriter& beginOfItem(std::string_view type, std::string& out);
  void tellResponse(std::string_view type, const ResponseState& state, std::string& out);

  void enter(Item item, Content content, std::string& out);
  void openItem(Item item, std::string& out);
  void openContent(Content content, std::string& out);
  void closeContent(std::string& out);
  void closeItem(std::string_view status, std::string& out);
  void closeCall(std::string& out);
  void writeItem(std::string_view status, JsonWriter& writer) const;
  void writeContent(Content content, std::string_view text, JsonWriter& writer) const;
  void delta(std::string_view type, std::string_view text, std::string& out);
  void writeEncrypted(const ReasoningPart& thoughts, std::string& out);
  void writeFinish(const StreamEvent& event, std::string& out);

  AnswerContext m_context;
  std::string m_scratch;
  JsonWriter m_json{m_scratch};
  std::optional<TokenUsage> m_usage;
  std::string m_output;       // items that are done, as JSON
  std::string m_parts;        // of the open message, those that are done
  std::string m_text;         // of the open part
  std::string m_id;           // of the open item
  ToolCallPart m_call;        // the open one
  ReasoningPart m_reasoning;  // the open one
  JsonShape m_arguments;
  std::uint64_t m_sequence = 0;
  std::uint64_t m_index = 0;  // of the open item, or of the next
  std::uint64_t m_part = 0;   // of the open part, or of the next
  Item m_item = Item::None;
  Content m_content = Content::None;
  bool m_started = false;
};

JsonWriter& Writer::begin(std::string_view type, std::string& out) {
  out.append("event: ").append(type).append("\ndata: ");
  m_json.reset(out);
  return m_json.beginObject().member("type", type).memberCount("sequence_number", m_sequence++);
}

void Writer::end(std::string& out) {
  m_json.endObject();
  out.append("\n\n");
}

JsonWriter& Writer::beginOfItem(std::string_view type, std::string& out) {
  JsonWriter& writer = begin(type, out).member("item_id", m_id);
  writer.memberCount("output_index", m_index);
  if (m_content == Content::Summary) {
    writer.memberCount("summary_index", m_part);
  } else if (m_content != Content::None) {
    writer.memberCount("content_index", m_part);
  }
  return writer;
}

void Writer::tellResponse(std::string_view type, const ResponseState& state, std::string& out) {
  writeResponse(state, m_context, begin(type, out).key("response"));
  end(out);
}

void Writer::writeItem(std::string_view status, JsonWriter& writer) const {
  switch (m_item) {
    case Item::Message:
      return writeMessageItem(m_id, status, m_parts, writer);
    case Item::Call:
      return writeCallItem(m_id, status, m_call, writer);
    case Item::Reasoning:
      return writeReasoningItem(m_id, m_reasoning, writer);
    case Item::None:
      break;
  }
}

void Writer::writeContent(Content content, std::string_view text, JsonWriter& writer) const {
  if (content == Content::Text) return writeTextPart(text, writer);
  if (content == Content::Refusal) return writeRefusalPart(text, writer);
  writer.beginObject().member("type", "summary_text").member("text", text).endObject();
}

void Writer::openItem(Item item, std::string& out) {
  m_item = item;
  m_part = 0;
  const std::string_view prefix = item == Item::Message ? "msg_"
                                  : item == Item::Call  ? "fc_"
                                                        : "rs_";
  m_id = itemIdOf(prefix, m_context, m_index);
  JsonWriter& writer = begin("response.output_item.added", out);
  writeItem("in_progress", writer.memberCount("output_index", m_index).key("item"));
  end(out);
}

void Writer::openContent(Content content, std::string& out) {
  m_content = content;
  JsonWriter& writer =
      beginOfItem(content == Content::Summary ? "response.reasoning_summary_part.added"
                                              : "response.content_part.added",
                  out);
  writeContent(content, "", writer.key("part"));
  end(out);
}

void Writer::enter(Item item, Content content, std::string& out) {
  if (m_item != item) {
    closeItem("completed", out);
    openItem(item, out);
  }
  if (m_content != content) {
    closeContent(out);
    openContent(content, out);
  }
}

void Writer::closeContent(std::string& out) {
  if (m_content == Content::None) return;
  const bool summary = m_content == Content::Summary;
  if (m_content == Content::Text) {
    beginOfItem("response.output_text.done", out).member("text", m_text);
    m_json.key("logprobs").beginArray().endArray();
  } else if (m_content == Content::Refusal) {
    beginOfItem("response.refusal.done", out).member("refusal", m_text);
  } else {
    beginOfItem("response.reasoning_summary_text.done", out).member("text", m_text);
  }
  end(out);
  JsonWriter& writer = beginOfItem(
      summary ? "response.reasoning_summary_part.done" : "response.content_part.done", out);
  writeContent(m_content, m_text, writer.key("part"));
  end(out);
  if (summary) {
    m_reasoning.text = m_text;
  } else {
    if (!m_parts.empty()) m_parts += ',';
    m_json.reset(m_parts);
    writeContent(m_content, m_text, m_json);
  }
  m_text.clear();
  ++m_part;
  m_content = Content::None;
}

void Writer::closeItem(std::string_view status, std::string& out) {
  if (m_item == Item::None) return;
  closeContent(out);
  JsonWriter& writer = begin("response.output_item.done", out);
  writeItem(status, writer.memberCount("output_index", m_index).key("item"));
  end(out);
  if (!m_output.empty()) m_output += ',';
  m_json.reset(m_output);
  writeItem(status, m_json);
  m_parts.clear();
  m_reasoning = {};
  ++m_index;
  m_item = Item::None;
}

void Writer::delta(std::string_view type, std::string_view text, std::string& out) {
  beginOfItem(type, out).member("delta", text);
  if (m_content == Content::Text) m_json.key("logprobs").beginArray().endArray();
  end(out);
}

void Writer::closeCall(std::string& out) {
  if (m_call.arguments.empty()) {  // clients parse what they joined
    m_call.arguments = "{}";
    m_arguments.feed("{}");
    delta("response.function_call_arguments.delta", "{}", out);
  }
  beginOfItem("response.function_call_arguments.done", out).member("name", m_call.name);
  m_json.member("arguments", m_call.arguments);
  end(out);
  const bool whole = m_arguments.state() == JsonShape::State::Complete;
  closeItem(whole ? "completed" : "incomplete", out);
}

void Writer::writeEncrypted(const ReasoningPart& thoughts, std::string& out) {
  const bool ends = !thoughts.signature.empty() && m_item == Item::Reasoning;
  if (!ends) {
    closeItem("completed", out);
    openItem(Item::Reasoning, out);
  }
  closeContent(out);
  m_reasoning.signature = thoughts.signature;
  m_reasoning.encrypted = thoughts.encrypted;
  closeItem("completed", out);
}

void Writer::writeFinish(const StreamEvent& event, std::string& out) {
  const std::string_view status = statusOf(event.stop);
  closeItem(status, out);
  tellResponse(status == "completed" ? "response.completed" : "response.incomplete",
               {.status = status,
                .stop = event.stop,
                .output = m_output,
                .usage = m_usage ? &*m_usage : nullptr},
               out);
}

void Writer::write(const StreamEvent& event, std::string& out) {
  switch (event.type) {
    case Type::Start:
      m_started = true;
      tellResponse("response.created", {.status = "in_progress"}, out);
      tellResponse("response.in_progress", {.status = "in_progress"}, out);
      break;
    case Type::Text:
      enter(Item::Message, Content::Text, out);
      m_text += event.text;
      delta("response.output_text.delta", event.text, out);
      break;
    case Type::Refusal:
      enter(Item::Message, Content::Refusal, out);
      m_text += event.text;
      delta("response.refusal.delta", event.text, out);
      break;
    case Type::Reasoning:
      enter(Item::Reasoning, Content::Summary, out);
      m_text += event.text;
      delta("response.reasoning_summary_text.delta", event.text, out);
      break;
    case Type::Signature:
      writeEncrypted({{}, std::string(event.text), {}, {}}, out);
      break;
    case Type::Encrypted:
      writeEncrypted({{}, {}, std::string(event.text), {}}, out);
      break;
    case Type::ToolStart:
      // Here thoughts alone are signed.
      if (!event.signature.empty()) write({.type = Type::Signature, .text = event.signature}, out);
      closeItem("completed", out);
      m_call = {std::string(event.id), std::string(event.name), {}, {}};
      m_arguments = JsonShape();
      openItem(Item::Call, out);
      break;
    case Type::ToolArguments:
      m_call.arguments += event.text;
      m_arguments.feed(event.text);
      delta("response.function_call_arguments.delta", event.text, out);
      break;
    case Type::ToolEnd:
      closeCall(out);
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

/// Some clients only know response.failed.
void Writer::fail(const Error& error, std::string& out) {
  writeErrorEvents(sluice::dialect::statusOf(error.kind), error, m_sequence++, out);
  if (!m_started) return;
  tellResponse("response.failed",
               {.status = "failed",
                .output = m_output,
                .usage = m_usage ? &*m_usage : nullptr,
                .error = &error},
               out);
}

}  // namespace

std::unique_ptr<StreamWriter> streamWriter(AnswerContext context) {
  return std::make_unique<Writer>(std::move(context));
}

}  // namespace sluice::dialect::responses
