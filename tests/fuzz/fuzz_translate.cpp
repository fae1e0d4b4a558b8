// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes as a request, an answer, an error and a stream, of each dialect to each other. The first byte
// chooses. What is given out is valid JSON, or a stream its rules accept; a broken one ends with an error.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/translate.h"
#include "tests/support/stream_grammar.h"

using namespace sluice;
using namespace sluice::dialect;

namespace {

const AnswerContext kContext{"m", "1", 1700000000, true};

void require(bool holds, std::string_view what, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "%.*s:\n%.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(text.size()), text.data());
  std::abort();
}

void requireJson(const std::string& text) {
  require(nlohmann::json::accept(text), "not JSON", text);
}

void stream(Kind from, Kind to, std::string_view bytes, bool inOne) {
  StreamTranslator translator(from, to, kContext);
  std::string out;
  if (inOne) {
    translator.feed(bytes, out);
  } else {
    for (const std::string& event : test::eventsOf(bytes)) translator.feed(event, out);
  }
  translator.finish(out);
  require(translator.state() != StreamTranslator::State::Open, "still open", out);
  const auto verdict = test::judgeStream(to, out, {.usageAsked = true});
  require(verdict.fault.empty(), verdict.fault, out);
  const bool ended = translator.state() == StreamTranslator::State::Ended;
  require(ended == verdict.ended && ended != verdict.failed, "the wrong end", out);
}

void plain(Kind from, Kind to, std::string_view bytes, bool asks) {
  const auto request = translateRequest(from, to, bytes, {.model = "m", .stream = asks});
  if (const auto* one = std::get_if<TranslatedRequest>(&request)) {
    requireJson(one->body);
    // What was written is read again by the same dialect.
    const auto again = translateRequest(to, from, one->body, {.model = "m", .stream = asks});
    const auto* fault = std::get_if<BodyFault>(&again);
    require(!fault, fault ? fault->message : "", one->body);
  }
  const auto answer = translateAnswer(from, to, bytes, kContext);
  if (const auto* one = std::get_if<TranslatedAnswer>(&answer)) {
    requireJson(one->body);
    require(
        std::holds_alternative<TranslatedAnswer>(translateAnswer(to, from, one->body, kContext)),
        "not read again", one->body);
  }
  requireJson(translateError(from, to, 400, bytes).body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0] - 'A';
  const Kind from = kKinds[choice % kKinds.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Kind to : kKinds) {
    if (to == from) continue;
    plain(from, to, bytes, size % 2 == 0);
    stream(from, to, bytes, size % 3 == 0);
  }
  return 0;
}
