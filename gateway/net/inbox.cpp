// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/inbox.h"

#include <QCoreApplication>
#include <QEvent>
#include <atomic>

namespace sluice::net {

namespace {

/// Qt's queue orders the poster's writes before the receiver's reads. It is said here once more,
/// where a race detector that does not see into Qt can see it.
class Work final : public QEvent {
 public:
  explicit Work(std::function<void()> work) : QEvent(QEvent::User), m_work(std::move(work)) {
    m_made.store(true, std::memory_order_release);
  }
  void run() {
    if (m_made.load(std::memory_order_acquire)) m_work();
  }

 private:
  std::function<void()> m_work;
  std::atomic<bool> m_made = false;
};

}  // namespace

Inbox::Inbox(QObject* parent) : QObject(parent) {
  const core::MutexLock lock(m_address->m_mutex);
  m_address->m_inbox = this;
}

Inbox::~Inbox() {
  const core::MutexLock lock(m_address->m_mutex);
  m_address->m_inbox = nullptr;
}

void Inbox::Address::post(std::function<void()> work) {
  const core::MutexLock lock(m_mutex);
  if (m_inbox) m_inbox->post(std::move(work));
}

void Inbox::post(std::function<void()> work) {
  QCoreApplication::postEvent(this, new Work(std::move(work)));
}

void Inbox::customEvent(QEvent* event) {
  static_cast<Work*>(event)->run();
}

}  // namespace sluice::net
