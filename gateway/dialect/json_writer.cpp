// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/json_writer.h"

#include <cmath>

namespace sluice::dialect {

JsonWriter& JsonWriter::number(double value) {
  // 1 rather than 1.0: some providers take a whole number only as such.
  constexpr double kExact = 9007199254740992.0;
  separate();
  if (value == std::trunc(value) && std::abs(value) < kExact) {
    m_text.integer(static_cast<std::int64_t>(value));
  } else {
    m_text.real(value);
  }
  return *this;
}

}  // namespace sluice::dialect
