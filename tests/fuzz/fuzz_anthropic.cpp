// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's readers alone, and reading in place: a body that is accepted is accepted again once its
// model is replaced, with that model.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/request_peek.h"
#include "gateway/dialect/translate.h"

using namespace sluice::dialect;

namespace {

void readInPlace(Kind kind, std::string body) {
  static RequestPeek peek;
  const std::string before = body;
  const auto read = peek.read(kind, body, true);
  if (body != before) std::abort();
  const auto* request = std::get_if<ChatRequest>(&read);
  if (!request || request->modelSize == 0) return;
  if (request->modelAt + request->modelSize > body.size()) std::abort();
  const std::string token = jsonString("a \"model\"\n");
  const Splice splices[] = {{request->modelAt, request->modelSize, token}};
  std::string spliced;
  appendSpliced(spliced, body, splices);
  const auto again = peek.read(kind, spliced, true);
  const auto* other = std::get_if<ChatRequest>(&again);
  if (!other || other->model != "a \"model\"\n" || other->stream != request->stream ||
      other->promptTokens != request->promptTokens) {
    std::abort();
  }
}

struct Nowhere final : EventSink {
  void on(const StreamEvent&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const Kind kind : kKinds) readInPlace(kind, text);
  static JsonTree tree;
  if (const JsonValue body = tree.read(text)) {
    Request request;
    Dropped dropped;
    kAnthropicDialect.readRequest(body, request, dropped);
    Answer answer;
    kAnthropicDialect.readAnswer(body, answer);
    kAnthropicDialect.readError(400, body);
    kAnthropicDialect.readUsage(body);
  }
  TokenUsage usage;
  readUsageEventOf(Kind::Anthropic, text, usage);
  Nowhere nowhere;
  const auto reader = kAnthropicDialect.streamReader();
  if (!reader->read("", text, nowhere)) reader->finish(nowhere);
  return 0;
}
