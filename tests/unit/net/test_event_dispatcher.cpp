// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QEventLoop>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryFile>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <thread>

#include "gateway/net/event_dispatcher.h"
#include "tests/support/loop_thread.h"
#include "tests/support/semaphore.h"

using namespace sluice::net;
using sluice::test::LoopThread;
using sluice::test::Pair;
using sluice::test::Semaphore;

class TestEventDispatcher : public QObject {
  Q_OBJECT
 private slots:
  /// QThread::quit() may come after the loop has looked whether to go on, and before it waits.
  void anInterruptBeforeTheWaitIsNotLost() {
    LoopThread loop;
    bool timedOut = false;
    loop.run([&] {
      QAbstractEventDispatcher* dispatcher = QAbstractEventDispatcher::instance();
      QTimer guard;
      guard.setSingleShot(true);
      QObject::connect(&guard, &QTimer::timeout, &guard, [&] { timedOut = true; });
      guard.start(5'000);
      std::thread([&] { dispatcher->interrupt(); }).join();
      dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
    });
    QVERIFY(!timedOut);
  }

  void wakeUpsUnderFire() {
    LoopThread loop;
    constexpr int kSenders = 4, kEach = 50'000;
    std::array<int, kSenders> next{};
    bool ordered = true;
    Semaphore done;
    std::vector<std::thread> senders;
    for (int s = 0; s < kSenders; ++s) {
      senders.emplace_back([&, s] {
        for (int i = 0; i < kEach; ++i) {
          loop.object()->post([&, s, i] {
            ordered = ordered && next[static_cast<std::size_t>(s)] == i;
            if (++next[static_cast<std::size_t>(s)] == kEach) done.release();
          });
        }
      });
    }
    QVERIFY(done.tryAcquire(kSenders, 60'000));
    for (auto& sender : senders) sender.join();
    bool inOrder = false;
    loop.run([&] { inOrder = ordered; });
    QVERIFY(inOrder);
    // And then it sleeps: a pass or two for our asking, not a spin.
    const auto before = loop.stats();
    QTest::qWait(200);
    const auto after = loop.stats();
    QVERIFY2(after.passes - before.passes <= 4,
             qPrintable(QString::number(after.passes - before.passes)));
  }

  void postsFromItsOwnThreadNeedNoSystemCall() {
    LoopThread loop;
    Semaphore done;
    const auto before = loop.stats();
    std::function<void(int)> hop = [&](int left) {
      if (left == 0) return done.release();
      loop.object()->post([&hop, left] { hop(left - 1); });
    };
    loop.run([&] { hop(1000); });
    QVERIFY(done.tryAcquire(1, 10'000));
    QVERIFY(loop.stats().wakeWrites - before.wakeWrites <= 3);
  }

  /// All are ready at once; the first to be served removes the others, which must stay untouched.
  void removalWhileDispatching() {
    std::array<Pair, 8> pairs;
    LoopThread loop;
    Semaphore served;
    std::vector<QSocketNotifier*> notifiers;
    int count = 0;
    loop.run([&] {
      for (auto& pair : pairs) {
        auto* notifier = new QSocketNotifier(pair.a, QSocketNotifier::Read);
        notifiers.push_back(notifier);
        connect(notifier, &QSocketNotifier::activated, notifier, [&, notifier] {
          ++count;
          for (auto* other : notifiers) {
            if (other != notifier) delete other;
          }
          notifiers = {notifier};
          notifier->setEnabled(false);
          served.release();
        });
      }
      for (auto& pair : pairs) pair.poke();
    });
    QVERIFY(served.tryAcquire(1, 5'000));
    loop.run([&] { qDeleteAll(notifiers); });
    QCOMPARE(count, 1);
  }

  /// A descriptor closed and opened again within one pass, its notifiers perhaps at the same
  /// address.
  void reusedDescriptors() {
    LoopThread loop;
    Semaphore served;
    for (int round = 0; round < 20; ++round) {
      Pair second;
      loop.run([&] {
        auto first = std::make_unique<Pair>();
        const int fd = first->a;
        auto notifier = std::make_unique<QSocketNotifier>(fd, QSocketNotifier::Read);
        QCoreApplication::processEvents();  // applied
        notifier.reset();
        first.reset();
        QCOMPARE(::dup2(second.a, fd), fd);
        auto* reused = new QSocketNotifier(fd, QSocketNotifier::Read, loop.object());
        connect(reused, &QSocketNotifier::activated, reused, [&, reused, fd] {
          char c;
          if (::read(fd, &c, 1) == 1) served.release();
          reused->deleteLater();
          ::close(fd);
        });
      });
      second.poke();
      QVERIFY2(served.tryAcquire(1, 5'000), qPrintable(QString::number(round)));
    }
  }

  /// One call each for those that are opened, none for those that are closed, and the number serves
  /// again.
  void closingCostsNoCall() {
    LoopThread loop;
    Semaphore served;
    const auto before = loop.stats();
    int number = -1;
    for (int round = 0; round < 20; ++round) {
      Pair pair;
      const int fd = std::exchange(pair.a, -1);
      loop.run([&] {
        auto* notifier = new QSocketNotifier(fd, QSocketNotifier::Read, loop.object());
        connect(notifier, &QSocketNotifier::activated, notifier, [&served, notifier, fd] {
          notifier->setEnabled(false);
          closeWatched(fd);
          notifier->deleteLater();
          served.release();
        });
      });
      if (round == 0) number = fd;
      QCOMPARE(fd, number);
      pair.poke();
      QVERIFY2(served.tryAcquire(1, 5'000), qPrintable(QString::number(round)));
    }
    QCOMPARE(loop.stats().controlCalls, before.controlCalls + 20);
  }

  void offAndOnCostsNothing() {
    Pair pair;  // outlives the loop that watches it
    LoopThread loop;
    QSocketNotifier* notifier = nullptr;
    loop.run([&] { notifier = new QSocketNotifier(pair.a, QSocketNotifier::Read, loop.object()); });
    const auto before = loop.stats();
    for (int i = 0; i < 100; ++i) {
      loop.run([&] {
        notifier->setEnabled(false);
        notifier->setEnabled(true);
      });
    }
    QCOMPARE(loop.stats().controlCalls, before.controlCalls);
    loop.run([&] { delete notifier; });
  }

  /// Who watches edges is told of what comes, not of what lies there, and again for the asking.
  void edgesAreToldOfOnce() {
    Pair pair;  // outlives the loop that watches it
    LoopThread loop;
    Semaphore told;
    QSocketNotifier* notifier = nullptr;
    const auto pass = [&] {
      for (int i = 0; i < 10; ++i) loop.run([] { QCoreApplication::processEvents(); });
    };
    loop.run([&] {
      notifier = new QSocketNotifier(pair.a, QSocketNotifier::Read, loop.object());
      watchEdges(*notifier);
      connect(notifier, &QSocketNotifier::activated, notifier, [&] { told.release(); });
    });
    pair.poke();
    QVERIFY(told.tryAcquire(1, 5'000));
    pass();
    QCOMPARE(told.available(), 0);
    pair.poke();
    QVERIFY(told.tryAcquire(1, 5'000));
    loop.run([&] { tellAgain(pair.a); });
    QVERIFY(told.tryAcquire(1, 5'000));
    pass();
    QCOMPARE(told.available(), 0);
    // Off and on: what lies there is told of.
    loop.run([&] { notifier->setEnabled(false); });
    loop.run([&] { notifier->setEnabled(true); });
    QVERIFY(told.tryAcquire(1, 5'000));
    // An end lasts.
    pair.drain();
    ::close(std::exchange(pair.b, -1));
    QVERIFY(told.tryAcquire(3, 5'000));
    loop.run([&] { delete notifier; });
  }

  /// While something waits to write, and for whoever else watches the descriptor later.
  void edgesAreForWhoAsked() {
    Pair pair;
    LoopThread loop;
    Semaphore told;
    QSocketNotifier* write = nullptr;
    loop.run([&] {
      auto* read = new QSocketNotifier(pair.a, QSocketNotifier::Read, loop.object());
      watchEdges(*read);
      connect(read, &QSocketNotifier::activated, read, [&] { told.release(); });
      write = new QSocketNotifier(pair.a, QSocketNotifier::Write, loop.object());
    });
    pair.poke();
    QVERIFY(told.tryAcquire(3, 5'000));
    loop.run([&] { write->setEnabled(false); });
    while (told.tryAcquire(1, 0)) {
    }
    for (int i = 0; i < 10; ++i) loop.run([] { QCoreApplication::processEvents(); });
    while (told.tryAcquire(1, 0)) {
    }
    for (int i = 0; i < 10; ++i) loop.run([] { QCoreApplication::processEvents(); });
    QCOMPARE(told.available(), 0);
    loop.run([&] {
      qDeleteAll(loop.object()->children());
      auto* another = new QSocketNotifier(pair.a, QSocketNotifier::Read, loop.object());
      connect(another, &QSocketNotifier::activated, another, [&] { told.release(); });
    });
    QVERIFY(told.tryAcquire(3, 5'000));
    loop.run([&] { qDeleteAll(loop.object()->children()); });
  }

  void writeNotifiersAndHangUps() {
    auto pair = std::make_unique<Pair>();
    LoopThread loop;
    Semaphore writable, hungUp;
    loop.run([&] {
      auto* write = new QSocketNotifier(pair->a, QSocketNotifier::Write, loop.object());
      connect(write, &QSocketNotifier::activated, write, [&, write] {
        write->setEnabled(false);
        writable.release();
      });
      auto* read = new QSocketNotifier(pair->a, QSocketNotifier::Read, loop.object());
      connect(read, &QSocketNotifier::activated, read, [&, read] {
        char c;
        if (::read(pair->a, &c, 1) == 0) hungUp.release();
        read->setEnabled(false);
      });
    });
    QVERIFY(writable.tryAcquire(1, 5'000));
    ::close(std::exchange(pair->b, -1));
    QVERIFY(hungUp.tryAcquire(1, 5'000));
    loop.run([&] { qDeleteAll(loop.object()->children()); });
  }

  void plainFilesAreAlwaysReady() {
    QTemporaryFile file;
    QVERIFY(file.open());
    LoopThread loop;
    Semaphore ready;
    loop.run([&] {
      auto* notifier = new QSocketNotifier(file.handle(), QSocketNotifier::Read, loop.object());
      connect(notifier, &QSocketNotifier::activated, notifier, [&, notifier] {
        ready.release();
        if (ready.available() >= 3) notifier->deleteLater();
      });
    });
    QVERIFY(ready.tryAcquire(3, 5'000));
  }

  void tenThousandIdleSockets() {
    rlimit limit{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::size_t kIdle = 10'000;
    QVERIFY2(limit.rlim_cur >= kIdle + 100, "the system allows too few descriptors");
    std::vector<std::unique_ptr<Pair>> idle;  // both ends are watched
    for (std::size_t i = 0; i < kIdle / 2; ++i) idle.push_back(std::make_unique<Pair>());
    Pair busy;
    LoopThread loop;
    Semaphore read;
    int wrong = 0;
    loop.run([&] {
      for (auto& pair : idle) {
        for (const int fd : {pair->a, pair->b}) {
          auto* notifier = new QSocketNotifier(fd, QSocketNotifier::Read, loop.object());
          connect(notifier, &QSocketNotifier::activated, notifier, [&] { ++wrong; });
        }
      }
      auto* notifier = new QSocketNotifier(busy.a, QSocketNotifier::Read, loop.object());
      connect(notifier, &QSocketNotifier::activated, notifier, [&] {
        busy.drain();
        read.release();
      });
    });
    const auto before = loop.stats();
    for (int i = 0; i < 200; ++i) {
      busy.poke();
      QVERIFY(read.tryAcquire(1, 5'000));
    }
    const auto after = loop.stats();
    QCOMPARE(after.controlCalls, before.controlCalls);
    loop.run([&] {
      QCOMPARE(wrong, 0);
      qDeleteAll(loop.object()->children());
    });
  }

  void socketsCarryMegabytes() {
    LoopThread loop;
    QTcpServer* server = nullptr;
    quint16 port = 0;
    loop.run([&] {
      server = new QTcpServer(loop.object());
      connect(server, &QTcpServer::newConnection, server, [server] {
        QTcpSocket* socket = server->nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket,
                [socket] { socket->write(socket->readAll()); });
      });
      server->listen(QHostAddress::LocalHost);
      port = server->serverPort();
    });
    for (const QIODevice::OpenMode mode : {QIODevice::OpenMode(QIODevice::ReadWrite),
                                           QIODevice::ReadWrite | QIODevice::Unbuffered}) {
      QByteArray sent(1 << 20, Qt::Uninitialized);
      for (qsizetype i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31);
      QByteArray received;
      Semaphore done;
      loop.run([&] {
        auto* socket = new QTcpSocket(loop.object());
        connect(socket, &QTcpSocket::connected, socket, [&, socket] { socket->write(sent); });
        connect(socket, &QTcpSocket::readyRead, socket, [&, socket] {
          char buffer[8192];
          for (qint64 n = socket->read(buffer, sizeof buffer); n > 0;
               n = socket->read(buffer, sizeof buffer)) {
            received.append(buffer, n);
          }
          if (received.size() == sent.size()) {
            socket->deleteLater();
            done.release();
          }
        });
        socket->connectToHost(QHostAddress(QHostAddress::LocalHost), port, mode);
      });
      QVERIFY(done.tryAcquire(1, 20'000));
      QVERIFY(received == sent);
    }
    loop.run([&] { delete server; });
  }

  void threadsComeAndGo() {
    for (int i = 0; i < 200; ++i) {
      LoopThread loop;
      bool deleted = false;
      loop.run([&] {
        auto* object = new QObject;
        connect(object, &QObject::destroyed, object, [&] { deleted = true; });
        object->deleteLater();
      });
      loop.run([] {});
      QVERIFY(deleted);
    }
  }
};

QTEST_GUILESS_MAIN(TestEventDispatcher)
#include "test_event_dispatcher.moc"
