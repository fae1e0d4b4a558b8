// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace sluice::exchange {

/// Whether they are equal, in a time that does not tell how much of `given` is right.
inline bool sameSecret(std::string_view given, std::string_view expected) {
  unsigned difference = given.size() == expected.size() ? 0 : 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const char c = i < given.size() ? given[i] : '\0';
    difference |= static_cast<unsigned>(static_cast<unsigned char>(c) ^
                                        static_cast<unsigned char>(expected[i]));
  }
  return difference == 0;
}

}  // namespace sluice::exchange
