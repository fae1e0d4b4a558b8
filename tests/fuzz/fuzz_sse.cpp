// SPDX-License-Identifier: GPL-3.0-or-later
// What is given out is what came in, in whole events, however the stream is cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/net/sse.h"

using namespace sluice::net;

namespace {

std::string relay(std::string_view input, std::size_t step, SseSplitter& splitter) {
  std::string out;
  for (std::size_t at = 0; at < input.size(); at += step) {
    out += splitter.feed(input.substr(at, step));
    if (out.size() + splitter.pending() > at + step) std::abort();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  SseSplitter whole, pieces;
  const std::string a = relay(input, input.size(), whole);
  const std::string b = relay(input, 1 + data[0] % 32, pieces);
  if (a != b || whole.done() != pieces.done() || whole.pending() != pieces.pending()) std::abort();
  if (!input.starts_with(a)) std::abort();
  return 0;
}
