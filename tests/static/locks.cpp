// SPDX-License-Identifier: GPL-3.0-or-later
// For clang's thread safety analysis: sound as it stands, wrong with any of the macros defined.
#include "gateway/core/concurrency_limiter.h"
#include "gateway/core/keyed_table.h"
#include "gateway/core/snapshot_cell.h"

using namespace sluice::core;

class Account {
 public:
  void add(int n) {
#ifndef FIELD_WITHOUT_LOCK
    const MutexLock lock(m_mutex);
#endif
    m_sum += n;
  }
  int take() {
    m_mutex.lock();
    const int all = m_sum;
    m_sum = 0;
#ifndef NEVER_RELEASED
    m_mutex.unlock();
#endif
    return all;
  }
  bool tryClear() {
#ifndef CALL_WITHOUT_LOCK
    if (!m_mutex.tryLockFor(kMillisecond)) return false;
    clear();
    m_mutex.unlock();
#else
    clear();
#endif
    return true;
  }

 private:
  void clear() SLUICE_REQUIRES(m_mutex) {
    m_sum = 0;
  }

  Mutex m_mutex{LockRank::Config};
  int m_sum SLUICE_GUARDED_BY(m_mutex) = 0;
};

template class sluice::core::BasicConcurrencyLimiter<StdSync>;
template class sluice::core::BasicKeyedTable<int, StdSync>;
template class sluice::core::BasicSnapshotCell<int, StdSync>;
