// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "gateway/core/time.h"

namespace sluice {

/// Something rare that a person may want to know. Requests are not events.
struct Event {
  enum class Kind : std::uint8_t {
    BreakerOpened,
    BreakerHalfOpen,
    BreakerClosed,
    BreakerForcedOpen,  ///< by hand, until it is reset
    BreakerForcedClosed,
    CoolDown,   ///< a provider asked to be left alone
    ProbeGood,  ///< a health probe is answered again
    ConfigApplied,
    ConfigRefused,
    Started,
    Stopped,
    Warning,  ///< works, but not as the person may expect
    Offer,    ///< a provider that could be used as it stands
  };
  Kind kind = Kind::Started;
  core::Nanos at = 0;   ///< engine time
  std::string subject;  ///< provider id, file, or address
  std::string text;     ///< one line, in words
};

}  // namespace sluice
