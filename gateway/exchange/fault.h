// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/core/circuit_breaker.h"
#include "gateway/core/time.h"
#include "gateway/net/http_head.h"

/// What a provider's answer says about the provider. Pure.
namespace sluice::exchange {

enum class Fault : std::uint8_t {
  None,
  Caller,         ///< the request is wrong: relayed as it came, counts against nobody
  ContextLength,  ///< too long for this model: another may take it, counts against nobody
  RateLimited,    ///< 429: feeds the cool-down, not the breaker
  Transient,      ///< 408, 5xx, and every break of the connection
  HardDown,       ///< 401, 402, 403: our own key was refused
};

/// `code`: the error code in the body, where it is known.
constexpr Fault faultOf(int status, std::string_view code = {}) {
  if (status == 401 || status == 402 || status == 403) return Fault::HardDown;
  if (status == 429) return Fault::RateLimited;
  if (status == 408 || status >= 500) return Fault::Transient;
  if (status < 400) return Fault::None;
  if (code == "invalid_api_key") return Fault::HardDown;  // Gemini's 400
  return code == "context_length_exceeded" ? Fault::ContextLength : Fault::Caller;
}

/// What the breaker is told.
constexpr core::Outcome outcomeOf(Fault fault) {
  switch (fault) {
    case Fault::None:
    case Fault::Caller:  // it answered, so it works
      return core::Outcome::Success;
    case Fault::Transient:
      return core::Outcome::Failure;
    case Fault::HardDown:
      return core::Outcome::HardDown;
    case Fault::ContextLength:
    case Fault::RateLimited:
      break;
  }
  return core::Outcome::Neutral;
}

/// How long the provider asks to be left alone: Retry-After in seconds, whole or not, or as a date
/// (RFC 9110 10.2.3), or OpenAI's retry-after-ms; cut at a day. Empty: it does not say, or nonsense.
/// `unixNow`: the time of day, in seconds since 1970.
std::optional<core::Nanos> retryAfterOf(const net::HttpHead& head, std::int64_t unixNow);

/// A field such as x-ratelimit-remaining-requests: how many the provider will still take. Empty: it
/// does not say.
std::optional<std::uint64_t> remainingOf(const net::HttpHead& head, std::string_view field);

}  // namespace sluice::exchange
