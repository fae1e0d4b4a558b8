// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/field_reader.h"
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::gemini {

namespace {

using Type = StreamEvent::Type;

/// Each event is a whole response with what is new: parts, the usage so far, and in the last one the
/// finish reason. Older models tell a reason in each: the last one holds, and the provider's closing is
/// the end.
class Reader final : public StreamReader {
 public:
  std::optional<Breach> read(std::string_view name, std::string_view data,
                             EventSink& sink) override;
  std::optional<Breach> finish(EventSink& sink) override;

 private:
  std::optional<Breach> readCandidate(JsonValue candidate, JsonValue chunk, EventSink& sink);
  std::optional<Breach> readPart(JsonValue part, JsonValue chunk, EventSink& sink);
  std::optional<Breach> readCall(JsonValue call, std::string_view signature, JsonValue chunk,
                                 EventSink& sink);

  JsonTree m_tree;
  TokenUsage m_usage;
  std::optional<StopReason> m_stop;
  std::size_t m_calls = 0;
  bool m_started = false;
};

std::optional<Breach> Reader::readCall(JsonValue call, std::string_view signature, JsonValue chunk,
                                       EventSink& sink) {
  const std::string_view name = call["name"].text();
  if (name.empty()) return Breach{"a functionCall has no name"};
  const JsonValue arguments = call["args"];
  if (!arguments.isNull() && !arguments.isObject()) {
    return Breach{"the args of '" + std::string(name) + "' are not a JSON object"};
  }
  const std::string_view given = call["id"].text();
  const std::string made =
      given.empty() ? madeCallId(chunk["responseId"].text(), chunk, m_calls) : std::string();
  ++m_calls;
  sink.on({.type = Type::ToolStart,
           .id = given.empty() ? std::string_view(made) : given,
           .name = name,
           .signature = signature});
  if (!arguments.empty()) sink.on({.type = Type::ToolArguments, .text = arguments.raw()});
  sink.on({.type = Type::ToolEnd});
  return std::nullopt;
}

std::optional<Breach> Reader::readPart(JsonValue part, JsonValue chunk, EventSink& sink) {
  if (!part.isObject()) return Breach{"a part is not a JSON object"};
  const std::string signature = marked(Kind::Gemini, part["thoughtSignature"].text());
  if (const JsonValue call = part["functionCall"]; !call.isNull()) {
    return readCall(call, signature, chunk, sink);
  }
  const JsonValue text = part["text"];
  if (!text.isNull() && !text.isString()) return Breach{"the text of a part must be a string"};
  const bool isThought = part["thought"].isTrue();
  if (isThought && !text.text().empty()) sink.on({.type = Type::Reasoning, .text = text.piece()});
  if (!signature.empty()) sink.on({.type = Type::Signature, .text = signature});
  if (!isThought && !text.text().empty()) sink.on({.type = Type::Text, .text = text.piece()});
  return std::nullopt;
}

std::optional<Breach> Reader::readCandidate(JsonValue candidate, JsonValue chunk, EventSink& sink) {
  if (candidate["index"].count().value_or(0) != 0) {
    return Breach{"there is a second candidate, and one was asked for"};
  }
  const JsonValue parts = candidate["content"]["parts"];
  if (!parts.isNull() && !parts.isArray()) return Breach{"'parts' must be an array"};
  for (const JsonValue part : parts) {
    if (auto breach = readPart(part, chunk, sink)) return breach;
  }
  const JsonValue reason = candidate["finishReason"];
  if (reason.isNull()) return std::nullopt;
  const auto stop = stopReasonOf(reason.text());
  if (!stop) {
    return Breach{"the model made a call that cannot be read: " + std::string(reason.text())};
  }
  m_stop = stop;
  return std::nullopt;
}

std::optional<Breach> Reader::read(std::string_view, std::string_view data, EventSink& sink) {
  const JsonValue chunk = m_tree.read(data);
  if (!chunk.isObject()) return Breach{"a chunk is not a JSON object"};
  if (const JsonValue told = chunk["error"]; !told.isNull()) {
    Error error = readError(0, chunk);
    if (error.message.empty()) error.message = told.raw();
    sink.on({.type = Type::Error, .error = &error});
    return std::nullopt;
  }
  if (!m_started) {
    m_started = true;
    sink.on({.type = Type::Start,
             .id = chunk["responseId"].text(),
             .model = chunk["modelVersion"].text()});
  }
  const JsonValue candidates = chunk["candidates"];
  if (!candidates.isNull() && !candidates.isArray()) return Breach{"'candidates' must be an array"};
  for (const JsonValue candidate : candidates) {
    if (auto breach = readCandidate(candidate, chunk, sink)) return breach;
  }
  if (candidates.empty() && !chunk["promptFeedback"]["blockReason"].isNull()) {
    m_stop = StopReason::ContentFilter;
  }
  const UsageUpdate update = readUsage(chunk);
  if (update.any()) {
    update.applyTo(m_usage);
    StreamEvent event{.type = Type::Usage};
    event.usage = m_usage;
    sink.on(event);
  }
  return std::nullopt;
}

std::optional<Breach> Reader::finish(EventSink& sink) {
  if (!m_stop) return Breach{"the stream ended without a finish reason"};
  if (m_calls > 0 && *m_stop == StopReason::Stop) m_stop = StopReason::ToolCalls;
  sink.on({.type = Type::Finish, .stop = *m_stop});
  return std::nullopt;
}

}  // namespace

std::unique_ptr<StreamReader> streamReader() {
  return std::make_unique<Reader>();
}

}  // namespace sluice::dialect::gemini
