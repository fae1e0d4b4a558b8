// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "gateway/core/sync.h"

/// Hands whole values from one writer to one reader, neither ever waiting: three buffers, of which
/// the writer and the reader own one each and the third goes between them.
///
/// Thread safety: writer() and publish() on one thread, fetch() on one thread at a time.
///
/// Word: [fresh:1 | index:2], the buffer in between.
///
/// Invariants:
///   M1 writer's, middle and reader's buffers are always three different ones
///   M2 the reader sees whole publications, and never an older one than before
///
/// Memory order: exchange acq_rel hands the buffer over with what is in it.
namespace sluice::core {

template <class T, class Sync>
class BasicTripleBuffer {
 public:
  BasicTripleBuffer() { m_middle.store(1, std::memory_order_release); }

  /// The writer's buffer; holds some old value.
  T& writer() { return m_buffers[m_writer]; }
  void publish() {
    m_writer =
        m_middle.exchange(static_cast<std::uint8_t>(m_writer | kFresh), std::memory_order_acq_rel) &
        kIndex;
  }

  /// The newest publication; a default T before the first. Valid until the next call.
  T& fetch() {
    if (m_middle.load(std::memory_order_acquire) & kFresh) {
      m_reader = m_middle.exchange(m_reader, std::memory_order_acq_rel) & kIndex;
    }
    return m_buffers[m_reader];
  }

 private:
  static constexpr std::uint8_t kFresh = 4;
  static constexpr std::uint8_t kIndex = 3;

  std::array<T, 3> m_buffers{};
  alignas(64) typename Sync::template atomic<std::uint8_t> m_middle;
  alignas(64) std::uint8_t m_writer = 0;
  alignas(64) std::uint8_t m_reader = 2;
};

template <class T>
using TripleBuffer = BasicTripleBuffer<T, StdSync>;

}  // namespace sluice::core
