// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::net {

/// Bytes that a peer has not taken yet. They lie in blocks of one size, so that a queue takes no more
/// memory than what is in it, though it may never be empty for hours: a block that has gone out is
/// freed at once, and nothing is moved. Not thread-safe.
class SendQueue final {
 public:
  static constexpr std::size_t kBlockBytes = 8 * 1024;
  /// So many blocks go out in one system call.
  static constexpr std::size_t kMostParts = 16;
  using Parts = std::array<iovec, kMostParts>;

  bool empty() const { return m_blocks.empty(); }
  std::size_t size() const {
    return empty() ? 0 : (m_blocks.size() - 1) * kBlockBytes + m_end - m_begin;
  }
  /// Bytes of memory that hold it; less than size() and two blocks.
  std::size_t memory() const { return m_blocks.size() * kBlockBytes; }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      if (empty() || m_end == kBlockBytes) {
        m_blocks.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
        m_end = 0;
      }
      const std::size_t taken = std::min(bytes.size(), kBlockBytes - m_end);
      std::memcpy(m_blocks.back().get() + m_end, bytes.data(), taken);
      m_end += taken;
      bytes.remove_prefix(taken);
    }
  }

  /// The first bytes, in order; valid until the queue changes.
  std::span<iovec> front(Parts& parts) const {
    const std::size_t count = std::min(m_blocks.size(), parts.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = i == 0 ? m_begin : 0;
      const std::size_t to = i + 1 == m_blocks.size() ? m_end : kBlockBytes;
      parts[i] = {m_blocks[i].get() + from, to - from};
    }
    return {parts.data(), count};
  }

  /// Takes them away; at most size().
  void dropFront(std::size_t bytes) {
    m_begin += bytes;
    const std::size_t gone = m_begin / kBlockBytes;
    m_begin %= kBlockBytes;
    m_blocks.erase(m_blocks.begin(), m_blocks.begin() + static_cast<std::ptrdiff_t>(gone));
    if (m_blocks.size() == 1 && m_begin == m_end) m_blocks.clear();
    if (empty()) m_begin = m_end = 0;
  }

  void clear() {
    m_blocks.clear();
    m_begin = m_end = 0;
  }

 private:
  std::vector<std::unique_ptr<char[]>> m_blocks;
  std::size_t m_begin = 0;  // in the first block
  std::size_t m_end = 0;    // in the last one
};

}  // namespace sluice::net
