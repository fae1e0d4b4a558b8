// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sluice::dialect {

/// Why a request's body was refused: the text of a 400, and the field at fault (may be empty).
struct BodyFault {
  std::string message;
  std::string param;
};

}  // namespace sluice::dialect
