// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gateway/core/mutex.h"

using namespace sluice::core;

namespace {

LockContention of(LockRank rank) {
  return Mutex::contention()[static_cast<std::size_t>(rank)];
}

}  // namespace

class TestMutex : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    onLockFault = [](const std::string& fault) { throw std::logic_error(fault); };
  }

  void ranksMayRise() {
    Mutex first(LockRank::Config), second(LockRank::Address), third(LockRank::Events);
    for (int i = 0; i < 3; ++i) {
      const MutexLock a(first);
      const MutexLock b(second);
      const MutexLock c(third);
    }
    QCOMPARE(of(LockRank::Address).acquisitions, std::uint64_t{3});
  }

  /// R1: told before it is done, naming both locks and both places.
  void ranksMayNotFall() {
    Mutex config(LockRank::Config), events(LockRank::Events);
    const MutexLock held(events);
    std::string told;
    try {
      const MutexLock wanted(config);
    } catch (const std::logic_error& fault) {
      told = fault.what();
    }
    QVERIFY2(told.find("'config' is asked for in ranksMayNotFall") != std::string::npos,
             told.c_str());
    QVERIFY2(told.find("while 'events' is held, taken in ranksMayNotFall") != std::string::npos,
             told.c_str());
    QVERIFY2(told.find("test_mutex.cpp:") != std::string::npos, told.c_str());
    QVERIFY(config.tryLock());  // it was not taken
    config.unlock();
  }

  void equalsMayNotNest() {
    Mutex one(LockRank::Cache), other(LockRank::Cache);
    const MutexLock held(one);
    QVERIFY_EXCEPTION_THROWN(other.lock(), std::logic_error);
    QVERIFY_EXCEPTION_THROWN((void)other.tryLockFor(1), std::logic_error);
    QVERIFY(other.tryLock());  // does not wait, so it may
    other.unlock();
  }

  void lettingGoInAnyOrder() {
    Mutex config(LockRank::Config), table(LockRank::Table), queue(LockRank::Queue);
    config.lock();
    table.lock();
    config.unlock();
    queue.lock();
    table.unlock();
    queue.unlock();
    config.lock();  // nothing is held any more
    config.unlock();
  }

  /// R2: a thread that must wait is counted as such, once.
  void waitingIsCounted() {
    const LockContention before = of(LockRank::Table);
    Mutex mutex(LockRank::Table);
    mutex.lock();
    std::binary_semaphore about(0);
    std::thread other([&] {
      about.release();
      const MutexLock lock(mutex);
    });
    about.acquire();
    // Held until the other waits.
    while (mutex.waiting() == 0) std::this_thread::yield();
    mutex.unlock();
    other.join();
    const LockContention after = of(LockRank::Table);
    QCOMPARE(after.acquisitions - before.acquisitions, std::uint64_t{2});
    QCOMPARE(after.contended - before.contended, std::uint64_t{1});
    QVERIFY(after.waited > before.waited);
  }

  void timedAcquisitionGivesUp() {
    Mutex mutex(LockRank::Queue);
    mutex.lock();
    bool got = true;
    std::thread other([&] {
      got = mutex.tryLockFor(kMillisecond);
      if (got) mutex.unlock();
    });
    other.join();
    QVERIFY(!got);
    mutex.unlock();
    QVERIFY(mutex.tryLockFor(kMillisecond));
    mutex.unlock();
  }

  /// R3
  void countsOutliveTheLock() {
    const LockContention before = of(LockRank::Snapshot);
    std::vector<std::unique_ptr<Mutex>> all;
    for (int i = 0; i < 5; ++i) {
      all.push_back(std::make_unique<Mutex>(LockRank::Snapshot));
      const MutexLock lock(*all.back());
    }
    QCOMPARE(of(LockRank::Snapshot).acquisitions - before.acquisitions, std::uint64_t{5});
    all.erase(all.begin() + 2);
    all.clear();
    QCOMPARE(of(LockRank::Snapshot).acquisitions - before.acquisitions, std::uint64_t{5});
  }
};

QTEST_APPLESS_MAIN(TestMutex)
#include "test_mutex.moc"
