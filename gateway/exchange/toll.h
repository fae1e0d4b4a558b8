// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/core/time.h"
#include "gateway/core/token_reservation.h"
#include "gateway/route/runtime.h"

namespace sluice::exchange {

/// What one request has taken from the buckets of one who is limited: a client key, a route or a
/// provider. Dropped, it goes back, but for what was said to be used. Must not outlive the buckets.
class Toll {
 public:
  Toll() = default;

  /// The request was sent on: it counts.
  void useRequest() { m_request.setUsed(1); }
  void useTokens(std::uint64_t tokens) { m_tokens.setUsed(tokens); }

 private:
  friend struct TollGate;
  core::TokenReservation m_request;
  core::TokenReservation m_tokens;
};

/// Tokens a request will need: what is certain or asked for, and what is only guessed.
struct Need {
  std::uint64_t sure = 0;
  std::uint64_t guessed = 0;
  std::uint64_t total() const { return sure + guessed; }
};

struct TollRefusal {
  bool tokens = false;    ///< of the two buckets, that of tokens
  bool tooLarge = false;  ///< more than can be saved up: it will never pass
  core::Nanos retryIn = core::kNever;
};

/// The buckets of one who is limited, and by what.
struct TollGate {
  const config::Limits& limits;
  route::Buckets& buckets;

  bool open() const { return !limits.requestsPerMinute && !limits.tokensPerMinute; }

  /// More is asked for than can ever be saved up.
  bool neverLets(const Need& need) const {
    return limits.tokensPerMinute.value_or(0) > 0 && need.sure > limits.effectiveTokenBurst();
  }

  /// Takes one request and the tokens, both or nothing. A guess never makes a request too large: then
  /// as much is taken as can be saved up.
  std::variant<Toll, TollRefusal> take(const Need& need, core::Nanos now) const;
};

}  // namespace sluice::exchange
