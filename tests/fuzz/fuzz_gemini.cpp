// SPDX-License-Identifier: GPL-3.0-or-later
// Gemini's readers alone: bytes as a body, and as one event of a stream. A schema in its own words
// becomes JSON again.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/gemini.h"
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
    kGeminiDialect.readRequest(body, request, dropped);
    Answer answer;
    kGeminiDialect.readAnswer(body, answer);
    kGeminiDialect.readError(400, body);
    kGeminiDialect.readUsage(body);
    if (!nlohmann::json::accept(gemini::jsonSchemaOf(body))) std::abort();
  }
  TokenUsage usage;
  readUsageEventOf(Kind::Gemini, text, usage);
  Nowhere nowhere;
  const auto reader = kGeminiDialect.streamReader();
  if (!reader->read("", text, nowhere)) reader->finish(nowhere);
  return 0;
}
