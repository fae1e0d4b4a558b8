// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/toll.h"

#include <algorithm>

namespace sluice::exchange {

namespace {

TollRefusal refusalOf(const core::TokenBucket::Result& taken, bool tokens, core::Nanos now) {
  const bool tooLarge = taken.kind == core::TokenBucket::Result::Kind::TooLarge;
  if (taken.retryAt == core::kNever) return {tokens, tooLarge, core::kNever};
  return {tokens, tooLarge, std::max<core::Nanos>(taken.retryAt - now, 0)};
}

}  // namespace

std::variant<Toll, TollRefusal> TollGate::take(const Need& need, core::Nanos now) const {
  Toll toll;
  if (limits.requestsPerMinute) {
    const auto taken = buckets.requests.tryAcquire(1, now);
    // A request is never too large: a bucket of none is a limit of none.
    if (!taken.granted()) {
      TollRefusal refusal = refusalOf(taken, false, now);
      refusal.tooLarge = false;
      return refusal;
    }
    toll.m_request = core::TokenReservation(buckets.requests, 1);
  }
  if (limits.tokensPerMinute) {
    const std::uint64_t most = std::max<std::uint64_t>(limits.effectiveTokenBurst(), need.sure);
    const std::uint64_t tokens = std::min(need.total(), most);
    const auto taken = buckets.tokens.tryAcquire(tokens, now);
    if (!taken.granted()) {
      TollRefusal refusal = refusalOf(taken, true, now);
      if (limits.tokensPerMinute == 0u) refusal.tooLarge = false;
      return refusal;
    }
    toll.m_tokens = core::TokenReservation(buckets.tokens, tokens);
  }
  return toll;
}

}  // namespace sluice::exchange
