// SPDX-License-Identifier: GPL-3.0-or-later
// However the words of a proxy are cut into pieces, the tunnel makes the same of them, takes none of the
// origin's, and tells nobody its password.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/net/tunnel.h"

using namespace sluice::net;

namespace {

constexpr const char* kPassword = "Xs3cr3tX";

struct Outcome {
  bool open = false;
  std::string failure;
  std::string out;
  std::size_t taken = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome talk(const Proxy& proxy, std::string_view input, std::size_t step) {
  Tunnel tunnel(proxy, "llm.test", 443);
  Outcome outcome;
  outcome.out = tunnel.takeOutput();
  while (outcome.taken < input.size()) {
    const std::string_view piece = input.substr(outcome.taken, step);
    const std::size_t n = tunnel.feed(piece);
    if (n > piece.size()) std::abort();
    outcome.taken += n;
    outcome.out += tunnel.takeOutput();
    if (tunnel.open() || tunnel.failed()) break;
    if (n != piece.size()) std::abort();
  }
  if (tunnel.open() && tunnel.failed()) std::abort();
  if (tunnel.failed() == tunnel.failure().empty()) std::abort();
  if (outcome.taken > Tunnel::kMostHeard + 1) std::abort();
  if ((tunnel.open() || tunnel.failed()) && tunnel.feed("more") != 0) std::abort();
  if (!tunnel.takeOutput().empty()) std::abort();
  outcome.open = tunnel.open();
  outcome.failure = tunnel.failure();
  if (outcome.failure.find(kPassword) != std::string::npos) std::abort();
  // What was still to be said when the proxy refused depends on the pieces, and nobody is told.
  if (tunnel.failed()) outcome.out.clear();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  Proxy proxy{Proxy::Kind::Http, "proxy.test", 3128, {}, {}};
  if (data[0] & 1) proxy.kind = Proxy::Kind::Socks5;
  if (data[0] & 2) proxy.user = "me", proxy.password = kPassword;
  if (!(talk(proxy, input, input.size()) == talk(proxy, input, 1 + data[1] % 64))) std::abort();
  return 0;
}
