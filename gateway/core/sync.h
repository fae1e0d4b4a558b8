// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "gateway/core/mutex.h"

namespace sluice::core {

/// The atomics policy of the program. Every word in core is a template over such a policy, so that
/// the code that ships is the code that is model-checked: tests pass a policy over Relacy's types.
///
/// A policy offers `atomic<T>` with load(order), store(value, order), exchange(value, order),
/// fetch_add(value, order), compare_exchange_weak(expected, desired, success order, failure order),
/// and a `mutex` that is made of a LockRank, with lock(site) and unlock().
struct StdSync {
  template <class T>
  using atomic = std::atomic<T>;
  using mutex = Mutex;
};

}  // namespace sluice::core
