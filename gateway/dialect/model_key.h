// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/body_fault.h"

namespace sluice::dialect {

/// Whether some reader of JSON takes a member of that name for `model`: those written in Go do not look
/// at the case (encoding/json), and of two they take the last.
inline bool readsAsModel(std::string_view name) {
  constexpr std::string_view kModel = "model";
  if (name.size() != kModel.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((name[i] | 0x20) != kModel[i]) return false;
  }
  return true;
}

/// Why a member is refused that only some readers take for `model`.
inline BodyFault otherModel(std::string_view name) {
  return {"'" + std::string(name) + "' must be written 'model'", std::string(name)};
}

}  // namespace sluice::dialect
