// SPDX-License-Identifier: GPL-3.0-or-later
// The model of a body that is passed on, as JSON and as a form: what is found stands where it is said to,
// and is found again when less has come, or not yet; never something else.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/exchange/body_peek.h"

using namespace sluice::exchange;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  using State = ModelPeek::State;
  for (const std::string_view type :
       {"application/json", "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=\"a b\"", "multipart/form-data", "text/plain"}) {
    const ModelPeek peek = peekModel(type, body, true);
    if (peek.state == State::More) std::abort();  // there is no more
    if (peek.state == State::Found) {
      if (peek.at + peek.size > body.size()) std::abort();
      if (!peek.json && body.substr(peek.at, peek.size) != peek.model) std::abort();
    }
    const ModelPeek part = peekModel(type, body.substr(0, size / 2), false);
    if (part.state == State::Found &&
        (peek.state != State::Found || peek.at != part.at || peek.model != part.model)) {
      std::abort();
    }
    if (part.state == State::None && peek.state == State::Found) std::abort();
  }
  // As the type too.
  peekModel(body.substr(0, size / 2), body.substr(size / 2), size % 2 == 0);
  return 0;
}
