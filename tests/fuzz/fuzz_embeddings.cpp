// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes as a request for embeddings in each form, and as an answer to a sound one. What is given out is
// read again. The first byte chooses the forms.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/dialect/embeddings.h"

using namespace sluice::dialect;

namespace {

constexpr std::string_view kAsked[] = {
    R"({"input":["a","b"],"encoding_format":"base64"})", R"({"content":{"parts":[{"text":"a"}]}})",
    R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})"};

bool hasPair(EmbedForm from, EmbedForm to) {
  return to != EmbedForm::GeminiOne || from == EmbedForm::GeminiOne;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0] - 'A';
  const auto from = static_cast<EmbedForm>(choice % 3);
  const auto to = static_cast<EmbedForm>(choice / 3 % 3);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (hasPair(from, to)) {
    const auto made = translateEmbedRequest(from, to, text, "m");
    if (const auto* request = std::get_if<TranslatedRequest>(&made)) {
      for (const std::string& name : request->dropped) {
        if (name.find_first_of("\r\n") != std::string::npos) std::abort();
      }
      if (std::holds_alternative<BodyFault>(translateEmbedRequest(to, to, request->body, "m"))) {
        std::abort();
      }
    }
  }
  // The caller's form is `to`: the answer goes back to it.
  const std::string_view asked = kAsked[static_cast<std::size_t>(to)];
  const auto answer = translateEmbedAnswer(from, to, asked, text, "m");
  if (const auto* one = std::get_if<TranslatedAnswer>(&answer)) {
    const bool base64 = to == EmbedForm::OpenAi;  // which Gemini's callers cannot read
    if (!base64 &&
        std::holds_alternative<Breach>(translateEmbedAnswer(to, to, asked, one->body, "m"))) {
      std::abort();
    }
  }
  return 0;
}
