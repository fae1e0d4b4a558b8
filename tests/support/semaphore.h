// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sluice::test {

/// As QSemaphore, of standard parts, so that the thread sanitizer sees what it orders.
class Semaphore {
 public:
  void release(int n = 1) {
    const std::scoped_lock lock(m_mutex);
    m_count += n;
    m_changed.notify_all();
  }
  /// False when `timeoutMs` have passed first.
  bool tryAcquire(int n, int timeoutMs) {
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, std::chrono::milliseconds(timeoutMs),
                            [&] { return m_count >= n; })) {
      return false;
    }
    m_count -= n;
    return true;
  }
  int available() {
    const std::scoped_lock lock(m_mutex);
    return m_count;
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  int m_count = 0;
};

}  // namespace sluice::test
