// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::gemini {

namespace {

using Type = StreamEvent::Type;

/// One event for each piece of text, one for each call once it is whole, and a last one with the finish
/// reason and the usage.
class Writer final : public StreamWriter {
 public:
  explicit Writer(AnswerContext context);
  void write(const StreamEvent& event, std::string& out) override;
  void fail(const Error& error, std::string& out) override {
    writeErrorEvents(statusOf(error.kind), error, 0, out);
  }
  std::size_t kept() const override { return m_arguments.size(); }

 private:
  JsonWriter& begin(std::string& out);
  void end(std::string& out) { out.append(m_after); }
  /// A signature that waited for what stands behind it, and finds nothing it goes with.
  void settleSignature(std::string& out);
  void writeToolEnd(std::string& out);
  void writeFinish(const StreamEvent& event, std::string& out);

  std::string m_tail;   // of each chunk, from behind the candidate
  std::string m_after;  // of a chunk without a finish reason, from behind the parts
  std::string m_scratch;
  JsonWriter m_json{m_scratch};
  std::optional<TokenUsage> m_usage;
  std::string m_signature;  // waits for the next text or call
  std::string m_callId;
  std::string m_callName;
  std::string m_callSignature;
  std::string m_arguments;  // of the open call
  bool m_refused = false;
};

Writer::Writer(AnswerContext context) {
  // What is the same in all chunks is written once.
  m_json.reset(m_tail);
  m_json.beginObject().member("modelVersion", context.model).member("responseId", context.id);
  m_json.endObject();
  m_tail.front() = ',';
  m_tail += "\n\n";
  m_after = R"(],"role":"model"},"index":0}])" + m_tail;
}

JsonWriter& Writer::begin(std::string& out) {
  out.append(R"(data: {"candidates":[{"content":{"parts":[)");
  m_json.reset(out);
  return m_json;
}

void Writer::settleSignature(std::string& out) {
  if (m_signature.empty()) return;
  writeText("", m_signature, begin(out));
  end(out);
  m_signature.clear();
}

void Writer::writeToolEnd(std::string& out) {
  if (m_arguments.empty()) m_arguments = "{}";
  // Cut by the answer's length: nobody could call it, and the finish reason tells.
  if (!isJsonObject(m_arguments)) return;
  // A line's end would end the event's data.
  std::ranges::replace_if(
      m_arguments, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  writeCall(m_callId, m_callName, m_arguments, m_callSignature, begin(out));
  end(out);
}

void Writer::writeFinish(const StreamEvent& event, std::string& out) {
  writeText("", m_signature, begin(out));
  out.append(R"(],"role":"model"},"finishReason":")");
  out.append(finishReasonOf(m_refused ? StopReason::ContentFilter : event.stop));
  out.append(R"(","index":0}])");
  if (m_usage) {
    out.append(R"(,"usageMetadata":)");
    m_json.reset(out);
    writeUsage(*m_usage, m_json);
  }
  out.append(m_tail);
}

void Writer::write(const StreamEvent& event, std::string& out) {
  switch (event.type) {
    case Type::Start:
    case Type::Encrypted:  // there is no place for it
      break;
    case Type::Refusal:
      m_refused = true;
      settleSignature(out);
      [[fallthrough]];
    case Type::Text:
      writeText(event.text, m_signature, begin(out));
      end(out);
      m_signature.clear();
      break;
    case Type::Reasoning:
      settleSignature(out);
      writeThought(event.text, {}, begin(out));
      end(out);
      break;
    case Type::Signature:
      settleSignature(out);
      m_signature = event.text;
      // Another vendor's is of the thoughts, not of what stands behind them.
      if (ownOf(Kind::Gemini, m_signature).empty()) settleSignature(out);
      break;
    case Type::ToolStart:
      if (!event.signature.empty()) settleSignature(out);
      m_callId = event.id;
      m_callName = event.name;
      m_callSignature = event.signature.empty() ? m_signature : std::string(event.signature);
      m_signature.clear();
      m_arguments.clear();
      break;
    case Type::ToolArguments:
      m_arguments += event.text;
      break;
    case Type::ToolEnd:
      writeToolEnd(out);
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

}  // namespace sluice::dialect::gemini
