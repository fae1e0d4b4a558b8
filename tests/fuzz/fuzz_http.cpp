// SPDX-License-Identifier: GPL-3.0-or-later
// However a message is cut into pieces, the parser makes the same of it, and stays within its
// limits.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/net/http_parser.h"

using namespace sluice::net;

namespace {

struct Outcome {
  bool complete = false;
  int status = 0;
  std::string body;
  std::size_t taken = 0;
  bool operator==(const Outcome&) const = default;
};

constexpr std::uint32_t kHead = 512;
constexpr std::uint64_t kBody = 1024;

/// Feeds `step` bytes more at a time; 0: all at once.
template <class Parser>
Outcome parse(std::string_view input, std::size_t step) {
  Parser parser({kHead, kBody});
  Outcome outcome;
  std::size_t end = step == 0 ? input.size() : 0;
  for (;;) {
    const std::size_t n =
        parser.feed(input.substr(outcome.taken, end - outcome.taken), outcome.body);
    if (n > end - outcome.taken) std::abort();
    outcome.taken += n;
    if (parser.complete() || parser.failed() || end == input.size()) break;
    end = std::min(input.size(), end + step);
  }
  outcome.complete = parser.complete();
  if (parser.failed()) outcome = {false, parser.failure().status, {}, 0};
  if (outcome.body.size() > kBody) std::abort();
  return outcome;
}

template <class Parser>
void check(std::string_view input, std::size_t step) {
  const Outcome whole = parse<Parser>(input, 0);
  const Outcome pieces = parse<Parser>(input, step);
  // Beast holds its limit against what has been seen so far: pieces move it by a few bytes.
  if (whole.status == 431 || pieces.status == 431) return;
  // Which of several faults is seen first may depend on the pieces; what is accepted may not.
  if (whole.complete != pieces.complete) std::abort();
  if (whole.complete && !(whole == pieces)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t step = 1 + data[1] % 64;
  if (data[0] % 2 == 0) {
    check<RequestParser>(input, step);
  } else {
    check<ResponseParser>(input, step);
  }
  return 0;
}
