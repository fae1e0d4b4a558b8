// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/translate.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "gateway/dialect/half_joiner.h"
#include "gateway/dialect/openai.h"
#include "gateway/dialect/sse_text.h"

namespace sluice::dialect {

namespace {

JsonTree& tree() {
  thread_local JsonTree kept;
  return kept;
}

/// A body in another dialect is about as long.
std::string roomFor(std::string_view body) {
  std::string out;
  out.reserve(body.size() + body.size() / 4 + 256);
  return out;
}

std::vector<std::string> namesOf(const Dropped& dropped, const Dialect& caller) {
  Dropped names;
  for (const std::string& name : dropped.names()) names.add(name);
  for (std::size_t i = 0; i < caller.fieldNames.size(); ++i) {
    if (dropped.has(static_cast<Field>(i))) names.add(caller.fieldNames[i]);
  }
  return names.names();
}

/// A message for who gets an error that has none.
void complete(Error& error, int status) {
  if (!error.message.empty()) return;
  error.message = "the provider answered with status " + std::to_string(status) +
                  " and said nothing that can be read";
}

/// What is ours may repeat what others sent, and that is not always text: bytes that are not UTF-8 become
/// U+FFFD.
Error readable(Error error) {
  for (std::string* text : {&error.message, &error.code, &error.param}) {
    if (simdjson::validate_utf8(*text)) continue;
    *text = nlohmann::json::parse(jsonString(*text)).get<std::string>();
  }
  return error;
}

/// To OpenAI instructions may be sent alone; Anthropic and Gemini want somebody to speak.
void letSpeak(Request& request) {
  Turn turn;
  for (std::string& text : request.system) {
    if (!text.empty()) turn.parts.emplace_back(TextPart{std::move(text)});
  }
  if (turn.parts.empty()) return;
  request.system.clear();
  request.turns.push_back(std::move(turn));
}

}  // namespace

bool tellsOfError(std::string_view json) {
  const JsonValue told = tree().read(json)["error"];
  return told.isObject() || !told.text().empty();
}

std::variant<TranslatedRequest, BodyFault> translateRequest(Kind from, Kind to,
                                                            std::string_view body,
                                                            const RequestTask& task) {
  const Dialect& reader = dialectOf(from);
  const Dialect& writer = dialectOf(to);
  const JsonValue json = tree().read(body);
  if (!json) return BodyFault{"the request body is not valid JSON", ""};
  Request request;
  request.stream = task.stream;
  Dropped dropped;
  if (auto fault = reader.readRequest(json, request, dropped)) return *std::move(fault);
  request.model = task.model;
  request.stream = task.stream;
  request.includeUsage = task.askUsage;
  if (request.turns.empty() && (to == Kind::Anthropic || to == Kind::Gemini)) letSpeak(request);
  TranslatedRequest result;
  result.body = roomFor(body);
  writer.writeRequest(request, result.body, dropped);
  result.dropped = namesOf(dropped, reader);
  return result;
}

std::variant<TranslatedAnswer, Breach> translateAnswer(Kind from, Kind to, std::string_view body,
                                                       const AnswerContext& context) {
  const JsonValue json = tree().read(body);
  if (!json) return Breach{"the answer is not valid JSON"};
  Answer answer;
  if (auto breach = dialectOf(from).readAnswer(json, answer)) return *std::move(breach);
  TranslatedAnswer result;
  result.body = roomFor(body);
  result.usage = answer.usage;
  dialectOf(to).writeAnswer(answer, context, result.body);
  return result;
}

Error readErrorOf(Kind kind, int status, std::string_view body) {
  return dialectOf(kind).readError(status, tree().read(body));
}

TranslatedError translateError(Kind from, Kind to, int status, std::string_view body) {
  TranslatedError result;
  result.status = status == 529 && to != Kind::Anthropic ? 503 : status;
  result.error = dialectOf(from).readError(status, tree().read(body));
  complete(result.error, status);
  dialectOf(to).writeError(result.status, result.error, result.body);
  return result;
}

std::string errorBody(Kind to, int status, const Error& error) {
  std::string out;
  dialectOf(to).writeError(status, readable(error), out);
  return out;
}

std::string errorEvents(Kind to, int status, const Error& error, std::uint64_t sequence) {
  std::string out;
  dialectOf(to).writeErrorEvents(status, readable(error), sequence, out);
  return out;
}

std::optional<TokenUsage> readUsageOf(Kind kind, std::string_view body) {
  const UsageUpdate update = dialectOf(kind).readUsage(tree().read(body));
  if (!update.any()) return std::nullopt;
  TokenUsage usage;
  update.applyTo(usage);
  return usage;
}

bool readUsageEventOf(Kind kind, std::string_view event, TokenUsage& usage) {
  thread_local SseCutter cutter;
  bool told = false;
  while (const auto one = cutter.next(event)) {
    if (one->data.empty()) continue;
    const UsageUpdate update = dialectOf(kind).readUsage(tree().read(one->data));
    update.applyTo(usage);
    told = told || update.any();
  }
  return told;
}

// ---- streams

struct StreamTranslator::Impl final : EventSink {
  std::unique_ptr<StreamReader> reader;
  std::unique_ptr<StreamWriter> writer;
  HalfJoiner joiner{*this};  // between the two
  SseCutter cutter;
  std::string* out = nullptr;  // within a call
  std::optional<TokenUsage> usage;
  Error error;
  std::string breach;
  std::uint64_t pieces = 0;
  State state = State::Open;

  void on(const StreamEvent& event) override {
    if (state != State::Open) return;
    switch (event.type) {
      case StreamEvent::Type::Usage:
        usage = event.usage;
        break;
      case StreamEvent::Type::Text:
      case StreamEvent::Type::Refusal:
      case StreamEvent::Type::Reasoning:
      case StreamEvent::Type::ToolArguments:
        ++pieces;
        break;
      case StreamEvent::Type::Finish:
        state = State::Ended;
        break;
      case StreamEvent::Type::Error:
        state = State::Failed;
        error = *event.error;
        complete(error, statusOf(error.kind));
        writer->fail(error, *out);
        return;
      default:
        break;
    }
    writer->write(event, *out);
    if (writer->kept() > kMostKept) settle(Breach{"it is too long for who asked"});
  }

  void settle(std::optional<Breach> told) {
    if (!told || state != State::Open) return;
    state = State::Broken;
    breach = std::move(told->message);
    writer->fail(
        {ErrorKind::Server, "the provider's stream is broken: " + breach, "upstream_protocol", {}},
        *out);
  }
};

StreamTranslator::StreamTranslator(Kind from, Kind to, AnswerContext context)
    : m_impl(std::make_unique<Impl>()) {
  m_impl->reader = dialectOf(from).streamReader();
  m_impl->writer = dialectOf(to).streamWriter(std::move(context));
}
StreamTranslator::~StreamTranslator() = default;
StreamTranslator::StreamTranslator(StreamTranslator&&) noexcept = default;
StreamTranslator& StreamTranslator::operator=(StreamTranslator&&) noexcept = default;

StreamTranslator::State StreamTranslator::feed(std::string_view events, std::string& out) {
  m_impl->out = &out;
  while (m_impl->state == State::Open) {
    const auto event = m_impl->cutter.next(events);
    if (!event) break;
    if (event->data.empty()) continue;
    m_impl->settle(m_impl->reader->read(event->name, event->data, m_impl->joiner));
  }
  return m_impl->state;
}

StreamTranslator::State StreamTranslator::finish(std::string& out) {
  m_impl->out = &out;
  if (m_impl->state == State::Open) m_impl->settle(m_impl->reader->finish(m_impl->joiner));
  return m_impl->state;
}

void StreamTranslator::fail(const Error& error, std::string& out) {
  if (m_impl->state != State::Open) return;
  m_impl->state = State::Failed;
  m_impl->error = readable(error);
  m_impl->writer->fail(m_impl->error, out);
}

StreamTranslator::State StreamTranslator::state() const {
  return m_impl->state;
}
const std::optional<TokenUsage>& StreamTranslator::usage() const {
  return m_impl->usage;
}
const Error& StreamTranslator::error() const {
  return m_impl->error;
}
const std::string& StreamTranslator::breach() const {
  return m_impl->breach;
}
std::uint64_t StreamTranslator::pieces() const {
  return m_impl->pieces;
}

}  // namespace sluice::dialect
