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
  Unwilling,      ///< 402, 3xx: it does not do this; another may. Counts as a failure
  Declined,       ///< 403, or 401 for what the client said: the same, but counts against nobody
  HardDown,       ///< 401, and what says so: our own key was refused
  NotTheirs,      ///< the client was too slow, or we lack what is needed: counts against nobody
};

/// The error codes in a refusal (402, 403) that are about the key or its account.
constexpr bool isOfKey(std::string_view code) {
  return code == "invalid_api_key" || code == "account_deactivated" ||
         code == "billing_not_active" || code == "insufficient_quota";
}

/// The same, that are about what was asked for.
constexpr bool isOfRequest(std::string_view code) {
  return code == "model_not_found" || code == "content_policy_violation" ||
         code == "content_filter" || code == "moderation_blocked";
}

/// The same, in a 401: a key that is good, but not for this.
constexpr bool isOfRight(std::string_view code) {
  return code == "mismatched_organization" || code == "mismatched_project" ||
         code == "invalid_organization" || code == "missing_scope";
}

/// `code`: the error code in the body, in OpenAI's words, where it is known. `introduced`: the client
/// has said itself as whom to ask (forwardsIdentity). One request must not take a provider away from all
/// others: a refusal that the request may have brought upon itself, and that does not name the key, is
/// neither HardDown nor a failure.
constexpr Fault faultOf(int status, std::string_view code = {}, bool introduced = false) {
  if (status == 401) {
    const bool own = isOfRight(code) || (introduced && !isOfKey(code));
    return own ? Fault::Declined : Fault::HardDown;
  }
  if (status == 402 || status == 403) {
    if (isOfKey(code)) return Fault::HardDown;
    if (isOfRequest(code)) return Fault::Caller;
    return status == 402 ? Fault::Unwilling : Fault::Declined;
  }
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
    case Fault::Unwilling:
      return core::Outcome::Failure;
    case Fault::HardDown:
      return core::Outcome::HardDown;
    case Fault::Declined:
    case Fault::ContextLength:
    case Fault::RateLimited:
    case Fault::NotTheirs:
      break;
  }
  return core::Outcome::Neutral;
}

/// How long a provider that answers 429 is left alone when it does not say.
constexpr core::Nanos kCoolDown = core::kSecond;

/// A wait as Retry-After has it: whole seconds, rounded up, at least 1 and at most a day (RFC 9110
/// 10.2.3); an hour stands for "not by itself".
std::uint64_t retrySeconds(core::Nanos span);

/// A wait that was told in seconds; cut at a day.
core::Nanos waitOf(double seconds);

/// How long the provider asks to be left alone: Retry-After in seconds, whole or not, or as a date
/// (RFC 9110 10.2.3), or OpenAI's retry-after-ms; cut at a day. Empty: it does not say, or nonsense.
/// `unixNow`: the time of day, in seconds since 1970.
std::optional<core::Nanos> retryAfterOf(const net::HttpHead& head, std::int64_t unixNow);

/// A field such as x-ratelimit-remaining-requests: how many the provider will still take. Empty: it
/// does not say.
std::optional<std::uint64_t> remainingOf(const net::HttpHead& head, std::string_view field);

}  // namespace sluice::exchange
