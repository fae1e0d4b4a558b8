// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/core/sync.h"

/// A value that is replaced whole, and read without locks while it does not change: a shared_ptr
/// behind a mutex, and a version that readers compare with what they hold.
///
/// Thread safety: publish() and collect() from any thread; a Reader belongs to one thread.
///
/// Invariants:
///   A1 a reader whose version is v holds exactly what was published as v
///   A2 a reader never goes back
///   A3 a get() that happens after publish() returned sees that value or a newer one
///   A4 a pinned value lives until it is let go, whatever is published
///   A5 a value that was replaced dies in collect(), once no reader holds it: never in a reader
///
/// Memory order: the version is stored release under the lock and loaded acquire.
/// Cost: one load and a comparison a read; a lock and an allocation a reader at each change.
namespace sluice::core {

template <class T, class Sync>
class BasicSnapshotCell {
 public:
  using Pointer = std::shared_ptr<const T>;

  BasicSnapshotCell() { m_version.store(1, std::memory_order_release); }

  void publish(Pointer next) {
    const MutexLock lock(m_mutex);
    if (m_current) m_retired.push_back(std::move(m_current));
    m_current = std::move(next);
    m_version.store(m_version.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  /// Destroys the replaced values that no reader holds any more, here, outside the lock; how many.
  /// To be called now and then by a thread that may take its time.
  std::size_t collect() {
    std::vector<Pointer> gone;
    const MutexLock lock(m_mutex);
    // Nobody can come by a retired value but from a copy, so one that is ours alone stays so.
    std::erase_if(m_retired, [&](Pointer& value) {
      if (value.use_count() > 1) return false;
      gone.push_back(std::move(value));
      return true;
    });
    return gone.size();
  }

  /// One thread's view of the cell.
  class Reader {
   public:
    explicit Reader(BasicSnapshotCell& cell) : m_cell(cell) {}
    /// The newest value; stays alive until the next call at least.
    const T& get() {
      refresh();
      return *m_cached;
    }
    /// The same, kept alive by the caller. The count it changes is this reader's own.
    Pointer pin() {
      refresh();
      return m_cached;
    }
    std::uint64_t version() const { return m_seen; }

   private:
    void refresh() {
      if (m_cell.m_version.load(std::memory_order_acquire) == m_seen) return;
      Pointer shared = m_cell.current(m_seen);
      // A control block of our own around the shared one: pinning touches no line of other threads.
      const T* value = shared.get();
      m_cached = Pointer(std::make_shared<Pointer>(std::move(shared)), value);
    }

    BasicSnapshotCell& m_cell;
    Pointer m_cached;
    std::uint64_t m_seen = 0;
  };

 private:
  Pointer current(std::uint64_t& version) {
    const MutexLock lock(m_mutex);
    version = m_version.load(std::memory_order_relaxed);
    return m_current;
  }

  using Mutex = typename Sync::mutex;
  alignas(64) typename Sync::template atomic<std::uint64_t> m_version;
  alignas(64) Mutex m_mutex{LockRank::Snapshot};
  Pointer m_current SLUICE_GUARDED_BY(m_mutex);
  std::vector<Pointer> m_retired SLUICE_GUARDED_BY(m_mutex);
};

template <class T>
using SnapshotCell = BasicSnapshotCell<T, StdSync>;

}  // namespace sluice::core
