// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::core {

/// Where the first CR or LF stands, from `at` (at most the size) on; npos: nowhere. Pure.
/// Twice a search that the C library does by vectors: find_first_of() calls it once for each byte.
inline std::size_t lineEnd(std::string_view text, std::size_t at = 0) {
  const std::size_t lf = text.find('\n', at);
  const std::size_t cr = text.substr(0, lf).find('\r', at);
  return cr == std::string_view::npos ? lf : cr;
}

}  // namespace sluice::core
