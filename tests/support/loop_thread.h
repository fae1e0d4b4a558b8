// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <QAbstractEventDispatcher>
#include <QTest>
#include <functional>
#include <memory>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/inbox.h"
#include "gateway/net/loop.h"
#include "tests/support/semaphore.h"

namespace sluice::test {

/// A thread on our loop; runs functions there and waits for them.
class LoopThread {
 public:
  LoopThread() {
    auto inbox = std::make_unique<net::Inbox>();
    m_inbox = inbox.get();
    m_loop = net::Loop::with("loop", std::move(inbox));
  }
  void run(const std::function<void()>& work) {
    Semaphore done;
    m_inbox->post([&] {
      work();
      done.release();
    });
    QVERIFY(done.tryAcquire(1, 60'000));
  }
  net::LoopStats stats() {
    net::LoopStats stats;
    run([&] { stats = net::loopStats(QAbstractEventDispatcher::instance()); });
    return stats;
  }
  QThread* thread() { return m_inbox->thread(); }
  /// Lives on the thread.
  net::Inbox* object() { return m_inbox; }

 private:
  std::unique_ptr<net::Loop> m_loop;
  net::Inbox* m_inbox;
};

/// Two ends of a connection that do not block.
struct Pair {
  int a = -1, b = -1;
  Pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0) a = fds[0], b = fds[1];
  }
  ~Pair() {
    if (a >= 0) ::close(a);
    if (b >= 0) ::close(b);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  void poke() { QVERIFY(::write(b, "x", 1) == 1); }
  void drain() {
    char buffer[64];
    while (::read(a, buffer, sizeof buffer) > 0) {
    }
  }
};

}  // namespace sluice::test
