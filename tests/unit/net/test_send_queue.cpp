// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of unsent bytes beside a plain string that does the same.
#include <rapidcheck.h>
#include <QTest>
#include <string>

#include "gateway/net/send_queue.h"

using sluice::net::SendQueue;

class TestSendQueue : public QObject {
  Q_OBJECT

  static std::string frontOf(const SendQueue& queue) {
    SendQueue::Parts parts;
    std::string all;
    for (const iovec& part : queue.front(parts)) {
      RC_ASSERT(part.iov_len > 0u);
      all.append(static_cast<const char*>(part.iov_base), part.iov_len);
    }
    return all;
  }

 private slots:
  void holdsWhatAStringWouldHold() {
    QVERIFY(rc::check("append and dropFront, as a string has them", [] {
      SendQueue queue;
      std::string model;
      const int steps = *rc::gen::inRange(1, 60);
      for (int step = 0; step < steps; ++step) {
        if (*rc::gen::arbitrary<bool>()) {
          const std::size_t bytes =
              *rc::gen::elementOf(std::vector<std::size_t>{0, 1, 100, 8191, 8192, 8193, 70'000});
          std::string part(bytes, static_cast<char>('a' + step % 26));
          if (bytes > 0) part.back() = '.';
          queue.append(part);
          model += part;
        } else {
          const std::size_t most = std::min(model.size(), frontOf(queue).size());
          const std::size_t bytes =
              *rc::gen::elementOf(std::vector<std::size_t>{0, most / 2, most});
          queue.dropFront(bytes);
          model.erase(0, bytes);
        }
        RC_ASSERT(queue.size() == model.size());
        RC_ASSERT(queue.empty() == model.empty());
        const std::string front = frontOf(queue);
        RC_ASSERT(front == model.substr(0, front.size()));
        RC_ASSERT(front.empty() == model.empty());
        RC_ASSERT(queue.memory() < queue.size() + 2 * SendQueue::kBlockBytes);
        if (model.empty()) RC_ASSERT(queue.memory() == 0u);
      }
    }));
  }
};

QTEST_GUILESS_MAIN(TestSendQueue)
#include "test_send_queue.moc"
