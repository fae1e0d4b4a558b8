// SPDX-License-Identifier: GPL-3.0-or-later
// The timers of the gateway's own loop: when they fire, on whose thread, and who may stop them.
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <vector>

#include "tests/support/loop_thread.h"
#include "tests/support/semaphore.h"

using namespace sluice::net;
using sluice::test::LoopThread;
using sluice::test::Pair;
using sluice::test::Semaphore;

namespace {

/// Tells of its first tick on another thread than it was made on.
class TickingObject : public QObject {
 public:
  explicit TickingObject(Semaphore& done) : m_home(QThread::currentThread()) { m_done = &done; }

 protected:
  void timerEvent(QTimerEvent* event) override {
    Semaphore* done = m_done;  // acquires what its maker wrote
    killTimer(event->timerId());
    if (QThread::currentThread() != m_home) done->release();
  }

 private:
  QThread* const m_home;
  std::atomic<Semaphore*> m_done;
};

}  // namespace

class TestDispatcherTimers : public QObject {
  Q_OBJECT
 private slots:
  void timersFireInOrderAndNeverEarly() {
    LoopThread loop;
    Semaphore done;
    bool early = false, ordered = true;
    loop.run([&] {
      auto clock = std::make_shared<QElapsedTimer>();
      clock->start();
      // When the latest of those that have fired was due, at the least.
      auto latest = std::make_shared<qint64>(-1);
      auto left = std::make_shared<int>(10'000);
      for (int i = 0; i < 10'000; ++i) {
        auto* timer = new QTimer(loop.object());
        const qint64 ns = qint64((i * 7919) % 300) * 1'000'000;
        timer->setTimerType(Qt::PreciseTimer);
        timer->setSingleShot(true);
        const qint64 earliest = clock->nsecsElapsed() + ns;
        timer->start(static_cast<int>(ns / 1'000'000));
        const qint64 surely = clock->nsecsElapsed() + ns;
        connect(timer, &QTimer::timeout, timer, [&, clock, latest, left, earliest, surely] {
          if (clock->nsecsElapsed() < earliest) early = true;
          if (surely < *latest) ordered = false;
          *latest = std::max(*latest, earliest);
          if (--*left == 0) done.release();
        });
      }
    });
    QVERIFY(done.tryAcquire(1, 20'000));
    QVERIFY(!early);
    QVERIFY(ordered);
  }

  void timersOfAllKinds() {
    LoopThread loop;
    Semaphore done;
    std::array<int, 3> fired{};
    bool early = false;
    loop.run([&] {
      const std::array<Qt::TimerType, 3> types = {Qt::PreciseTimer, Qt::CoarseTimer,
                                                  Qt::VeryCoarseTimer};
      for (std::size_t i = 0; i < types.size(); ++i) {
        auto* timer = new QTimer(loop.object());
        auto clock = std::make_shared<QElapsedTimer>();
        clock->start();
        timer->setTimerType(types[i]);
        timer->setInterval(50);
        const int enough = types[i] == Qt::VeryCoarseTimer ? 1 : 3;
        connect(timer, &QTimer::timeout, timer, [&, i, timer, clock, enough] {
          if (clock->elapsed() < 50 * (fired[i] + 1)) early = true;
          if (++fired[i] == enough) {
            timer->stop();
            done.release();
          }
        });
        timer->start();
      }
    });
    QVERIFY(done.tryAcquire(3, 10'000));
    QVERIFY(!early);
  }

  void zeroTimersStarveNobody() {
    Pair pair;  // outlives the loop that watches it
    LoopThread loop;
    Semaphore read;
    int zeros = 0;
    loop.run([&] {
      auto* timer = new QTimer(loop.object());
      connect(timer, &QTimer::timeout, timer, [&] { ++zeros; });
      timer->start(0);
      auto* notifier = new QSocketNotifier(pair.a, QSocketNotifier::Read, loop.object());
      connect(notifier, &QSocketNotifier::activated, notifier, [&] {
        pair.drain();
        read.release();
      });
    });
    for (int i = 0; i < 50; ++i) {
      pair.poke();
      QVERIFY(read.tryAcquire(1, 5'000));
    }
    int counted = 0;
    loop.run([&] { counted = zeros; });
    QVERIFY(counted > 0);
    loop.run([&] { qDeleteAll(loop.object()->children()); });
  }

  void timersInTheirOwnSlots() {
    LoopThread loop;
    Semaphore done;
    int afterKill = 0, nested = 0, reentered = 0;
    loop.run([&] {
      auto* killed = new QTimer(loop.object());
      connect(killed, &QTimer::timeout, killed, [&, killed, n = 0]() mutable {
        if (n++ > 0) ++afterKill;
        killed->stop();
        done.release();
      });
      killed->start(1);

      auto* nesting = new QTimer(loop.object());
      connect(nesting, &QTimer::timeout, nesting, [&, nesting, inside = false]() mutable {
        if (inside) ++reentered;
        inside = true;
        QEventLoop inner;
        QTimer::singleShot(20, &inner, [&] {
          ++nested;
          inner.quit();
        });
        inner.exec();
        nesting->stop();
        done.release();
      });
      nesting->start(1);

      auto* changed = new QTimer(loop.object());
      connect(changed, &QTimer::timeout, changed, [&, changed, n = 0]() mutable {
        if (++n == 1) {
          changed->start(5);  // the same timer anew, from its slot
        } else {
          changed->stop();
          done.release();
        }
      });
      changed->start(1000);
      changed->setInterval(1);
    });
    QVERIFY(done.tryAcquire(3, 10'000));
    QCOMPARE(afterKill, 0);
    QCOMPARE(nested, 1);
    QCOMPARE(reentered, 0);
  }

  void remainingTime() {
    LoopThread loop;
    int left = -2, unknown = -2;
    loop.run([&] {
      QTimer timer;
      timer.setTimerType(Qt::PreciseTimer);
      timer.start(10'000);
      left = timer.remainingTime();
      const int id = timer.timerId();
      timer.stop();
      unknown = QAbstractEventDispatcher::instance()->remainingTime(id);
    });
    QVERIFY(left > 9'000 && left <= 10'000);
    QCOMPARE(unknown, -1);
  }

  void timersMoveWithTheirObjects() {
    LoopThread loop;
    Semaphore done;
    TickingObject object(done);
    object.startTimer(20);
    object.moveToThread(loop.thread());
    QVERIFY(done.tryAcquire(1, 5'000));
    loop.run([&] {
      QCOMPARE(object.thread(), QThread::currentThread());
      object.moveToThread(qApp->thread());
    });
  }
};

QTEST_GUILESS_MAIN(TestDispatcherTimers)
#include "test_dispatcher_timers.moc"
