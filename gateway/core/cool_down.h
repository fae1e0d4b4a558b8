// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// Until when a provider has asked to be left alone (429 with Retry-After). One word.
///
/// Thread safety: all operations from any thread, lock-free.
///
/// Invariant:
///   D1 a deadline is only ever moved further away, whoever is first
///   D2 one caller is told that a cool-down began
///
/// Memory order: loads acquire, CAS acq_rel.
namespace sluice::core {

template <class Sync>
class BasicCoolDown {
 public:
  BasicCoolDown() { m_until.store(0, std::memory_order_release); }

  /// True: this call began it, as none was under way at `now`.
  bool extend(Nanos until, Nanos now) {
    Nanos seen = m_until.load(std::memory_order_acquire);
    while (seen < until) {
      if (m_until.compare_exchange_weak(seen, until, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
        return seen <= now;
      }
    }
    return false;
  }
  /// Time left at `now`; 0: over.
  Nanos left(Nanos now) const {
    return std::max<Nanos>(m_until.load(std::memory_order_acquire) - now, 0);
  }
  /// By a person.
  void clear() { m_until.store(0, std::memory_order_release); }

 private:
  typename Sync::template atomic<Nanos> m_until;
};

using CoolDown = BasicCoolDown<StdSync>;

}  // namespace sluice::core
