// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace sluice {

/// What a person may do to a provider; part of the door.
enum class ProviderCommand : std::uint8_t {
  Trip,         ///< opens its breaker, which recovers as after failures
  Reset,        ///< closes its breaker and ends a cool-down, with nothing carried over
  Drain,        ///< no new requests; those under way end
  Ready,        ///< takes requests
  Disable,      ///< as Drain, and shown as switched off
  ForceOpen,    ///< holds its breaker open until Reset
  ForceClosed,  ///< holds its breaker closed until Reset, whatever fails
};

}  // namespace sluice
