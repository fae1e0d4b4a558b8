// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sluice::net {

/// Empties a buffer that is going to be used again. Its memory is kept, unless one large message made
/// it larger than most need: the next may be long in coming.
inline void emptyForReuse(std::string& buffer) {
  constexpr std::size_t kUsualBytes = 16 * 1024;
  if (buffer.capacity() > kUsualBytes) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace sluice::net
