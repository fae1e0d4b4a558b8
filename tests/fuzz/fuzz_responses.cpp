// SPDX-License-Identifier: GPL-3.0-or-later
// The readers of Responses alone, on bytes as a body, and as one event of a stream that has begun.
#include <cstdint>
#include <string>

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/translate.h"

using namespace sluice::dialect;

namespace {

struct Nowhere final : EventSink {
  void on(const StreamEvent&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static JsonTree tree;
  if (const JsonValue body = tree.read(text)) {
    Request request;
    Dropped dropped;
    kResponsesDialect.readRequest(body, request, dropped);
    Answer answer;
    kResponsesDialect.readAnswer(body, answer);
    kResponsesDialect.readError(400, body);
    kResponsesDialect.readUsage(body);
  }
  TokenUsage usage;
  readUsageEventOf(Kind::Responses, text, usage);
  Nowhere nowhere;
  const auto reader = kResponsesDialect.streamReader();
  reader->read("", R"({"type":"response.created","response":{}})", nowhere);
  if (!reader->read("", text, nowhere)) reader->finish(nowhere);
  return 0;
}
