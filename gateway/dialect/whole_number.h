// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <optional>

namespace sluice::dialect {

/// A JSON number that is whole and not negative, however it is written: 1000, 1000.0, 1e3. Nothing: it is
/// another, or beyond 2^53, or no number. Reads the value.
inline std::optional<std::uint64_t> wholeNumber(simdjson::ondemand::value value) {
  constexpr double kMost = 9007199254740992.0;
  simdjson::ondemand::json_type type;
  double number = 0;
  if (value.type().get(type) || type != simdjson::ondemand::json_type::number ||
      value.get_double().get(number) || !(number >= 0 && number <= kMost) ||
      std::floor(number) != number) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number);
}

}  // namespace sluice::dialect
