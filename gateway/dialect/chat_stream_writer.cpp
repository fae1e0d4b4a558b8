// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/chat.h"

namespace sluice::dialect::chat {

namespace {

using Type = StreamEvent::Type;

class Writer final : public StreamWriter {
 public:
  explicit Writer(AnswerContext context);
  void write(const StreamEvent& event, std::string& out) override;
  void fail(const Error& error, std::string& out) override {
    writeErrorEvents(statusOf(error.kind), error, 0, out);
  }

 private:
  void writeText(std::string_view name, std::string_view text, std::string& out);
  void writeToolStart(const StreamEvent& event, std::string& out);
  void writeArguments(std::string_view text, std::string& out);
  void writeFinish(const StreamEvent& event, std::string& out);
  /// A JSON text of its own behind what `out` holds.
  JsonWriter& json(std::string& out) {
    m_json.reset(out);
    return m_json;
  }

  std::string m_before;  // of each chunk, up to the delta
  std::string m_after;   // from behind the delta, with no finish reason
  std::string m_usageEnd;
  std::string m_scratch;
  JsonWriter m_json{m_scratch};
  std::optional<TokenUsage> m_usage;
  std::uint64_t m_calls = 0;
  bool m_includeUsage;
  bool m_hasArguments = false;
};

Writer::Writer(AnswerContext context) : m_includeUsage(context.includeUsage) {
  // What is the same in all chunks is written once.
  JsonWriter& head = json(m_before);
  head.beginObject().member("id", "chatcmpl-" + context.id);
  head.member("object", "chat.completion.chunk").key("created").integer(context.created);
  head.member("model", context.model).endObject();
  m_before.pop_back();
  m_before = "data: " + m_before + R"(,"choices":[)";
  m_usageEnd = m_includeUsage ? R"(],"usage":null})" : "]}";
  m_usageEnd += "\n\n";
  m_after = R"(,"logprobs":null,"finish_reason":null})" + m_usageEnd;
}

constexpr std::string_view kDelta = R"({"index":0,"delta":)";

void Writer::writeText(std::string_view name, std::string_view text, std::string& out) {
  out.append(m_before).append(kDelta);
  json(out).beginObject().member(name, text).endObject();
  out.append(m_after);
}

void Writer::writeToolStart(const StreamEvent& event, std::string& out) {
  out.append(m_before).append(kDelta);
  JsonWriter& writer = json(out);
  writer.beginObject().key("tool_calls").beginArray().beginObject();
  writer.memberCount("index", m_calls).member("id", event.id).member("type", "function");
  writer.key("function").beginObject().member("name", event.name).member("arguments", "");
  writer.endObject();
  writeSignature(event.signature, writer);
  writer.endObject().endArray().endObject();
  out.append(m_after);
  m_hasArguments = false;
}

void Writer::writeArguments(std::string_view text, std::string& out) {
  out.append(m_before).append(kDelta);
  JsonWriter& writer = json(out);
  writer.beginObject().key("tool_calls").beginArray().beginObject().memberCount("index", m_calls);
  writer.key("function").beginObject().member("arguments", text).endObject();
  writer.endObject().endArray().endObject();
  out.append(m_after);
  m_hasArguments = true;
}

void Writer::writeFinish(const StreamEvent& event, std::string& out) {
  out.append(m_before).append(kDelta).append(R"({},"logprobs":null,"finish_reason":")");
  out.append(finishReasonOf(event.stop)).append("\"}").append(m_usageEnd);
  if (m_includeUsage && m_usage) {
    out.append(m_before).append(R"(],"usage":)");
    writeUsage(*m_usage, json(out));
    out.append("}\n\n");
  }
  out.append("data: [DONE]\n\n");
}

void Writer::write(const StreamEvent& event, std::string& out) {
  switch (event.type) {
    case Type::Start:
      out.append(m_before).append(kDelta);
      out.append(R"({"role":"assistant","content":""})").append(m_after);
      break;
    case Type::Text:
      writeText("content", event.text, out);
      break;
    case Type::Refusal:
      writeText("refusal", event.text, out);
      break;
    case Type::Reasoning:
      writeText("reasoning_content", event.text, out);
      break;
    case Type::Signature:
    case Type::Encrypted:
      break;  // there is no place for them
    case Type::ToolStart:
      writeToolStart(event, out);
      break;
    case Type::ToolArguments:
      writeArguments(event.text, out);
      break;
    case Type::ToolEnd:
      if (!m_hasArguments) writeArguments("{}", out);  // clients parse what they joined
      ++m_calls;
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

}  // namespace sluice::dialect::chat
