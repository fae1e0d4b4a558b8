// SPDX-License-Identifier: GPL-3.0-or-later
// Connections are accepted, also after there was no descriptor for one.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QAbstractEventDispatcher>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>
#include <cerrno>
#include <memory>
#include <vector>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/listener.h"
#include "gateway/net/loop.h"
#include "tests/support/semaphore.h"

using namespace sluice::net;

namespace {

const QHostAddress kLoopback(QHostAddress::LocalHost);

/// The process may open no more descriptors, until this is gone.
class Shortage {
 public:
  Shortage() {
    ::getrlimit(RLIMIT_NOFILE, &m_before);
    rlimit few = m_before;
    few.rlim_cur = std::min<rlim_t>(few.rlim_cur, 256);
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int held = 0; (held = ::dup(0)) >= 0;) m_held.push_back(held);
  }
  ~Shortage() {
    for (const int held : m_held) ::close(held);
    ::setrlimit(RLIMIT_NOFILE, &m_before);
  }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;

 private:
  rlimit m_before{};
  std::vector<int> m_held;
};

class Client {
 public:
  Client() : m_socket(::socket(AF_INET, SOCK_STREAM, 0)) {}
  ~Client() { ::close(m_socket); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  bool connectTo(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(m_socket, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  }

 private:
  int m_socket;
};

/// Until a timer has fired that often: what the loop has done meanwhile.
std::uint64_t passesDuring(int ticks) {
  QTimer timer;
  int fired = 0;
  QObject::connect(&timer, &QTimer::timeout, &timer, [&fired] { ++fired; });
  timer.start(10);
  const auto* dispatcher = QAbstractEventDispatcher::instance();
  const std::uint64_t before = loopStats(dispatcher).passes;
  while (fired < ticks) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
  return loopStats(dispatcher).passes - before;
}

}  // namespace

class TestListener : public QObject {
  Q_OBJECT

  std::vector<int> m_accepted;
  std::unique_ptr<Listener> m_listener;

 private slots:
  void init() {
    m_listener = std::make_unique<Listener>(
        [this](qintptr descriptor) { m_accepted.push_back(static_cast<int>(descriptor)); });
  }
  void cleanup() {
    m_listener.reset();
    for (const int descriptor : m_accepted) ::close(descriptor);
    m_accepted.clear();
  }

  void acceptsWhatDoesNotBlockAndIsNotInherited() {
    QVERIFY(m_listener->listen(kLoopback, 0));
    QVERIFY(m_listener->port() > 0);
    std::vector<std::unique_ptr<Client>> clients(100);
    for (auto& client : clients) {
      client = std::make_unique<Client>();
      QVERIFY(client->connectTo(m_listener->port()));
    }
    QTRY_COMPARE(m_accepted.size(), clients.size());
    for (const int descriptor : m_accepted) {
      QVERIFY(::fcntl(descriptor, F_GETFL) & O_NONBLOCK);
      QVERIFY(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
    }
  }

  /// The queue is full of connections that cannot be taken: the loop sleeps all the same, says once
  /// why they wait, and takes them when it can.
  void restsWhileThereAreNoDescriptors() {
    QVERIFY(m_listener->listen(kLoopback, 0));
    Client first, second;
    passesDuring(1);  // UBSan opens descriptors when it meets a type for the first time
    {
      const Shortage shortage;
      QVERIFY(first.connectTo(m_listener->port()));
      QVERIFY(second.connectTo(m_listener->port()));
      QTest::ignoreMessage(
          QtWarningMsg,
          QRegularExpression(QStringLiteral("^connections to port \\d+ have to wait: Too many")));
      QTest::failOnWarning(QRegularExpression(QStringLiteral("have to wait")));
      constexpr int kTicks = 50;
      const std::uint64_t passes = passesDuring(kTicks);
      // Besides the ticks, some ten rests are over in that time; each is a pass or two.
      QVERIFY2(passes < 4 * kTicks, qPrintable(QString::number(passes)));
      QVERIFY(m_accepted.empty());
    }
    QTRY_COMPARE(m_accepted.size(), std::size_t{2});
    Client third;
    QVERIFY(third.connectTo(m_listener->port()));
    QTRY_COMPARE(m_accepted.size(), std::size_t{3});
  }

  void listensBeforeItIsMoved() {
    sluice::test::Semaphore accepted;
    auto listener = std::make_unique<Listener>([&](qintptr descriptor) {
      Listener::drop(descriptor);
      accepted.release();
    });
    QVERIFY(listener->listen(kLoopback, 0));
    const std::uint16_t port = listener->port();
    const auto loop = Loop::with("listener", std::move(listener));
    Client client;
    QVERIFY(client.connectTo(port));
    QVERIFY(accepted.tryAcquire(1, 60'000));
  }

  void saysWhyItDoesNotListen() {
    QVERIFY(m_listener->listen(kLoopback, 0));
    Listener second([](qintptr) {});
    QVERIFY(!second.listen(kLoopback, m_listener->port()));
    QCOMPARE(second.error(), EADDRINUSE);
    Listener third([](qintptr) {});
    QVERIFY(!third.listen(QHostAddress(QStringLiteral("192.0.2.1")), 0));
    QCOMPARE(third.error(), EADDRNOTAVAIL);
    QCOMPARE(third.errorString(), QStringLiteral("Cannot assign requested address"));
    Listener fourth([](qintptr) {});
    QVERIFY(!fourth.listen(QHostAddress(QStringLiteral("no address")), 0));
  }

  void findsAFreePort() {
    QVERIFY(m_listener->listen(kLoopback, 0));
    const std::uint16_t free = nextFreePort("127.0.0.1", m_listener->port());
    QVERIFY(free != m_listener->port());
    Listener next([](qintptr) {});
    QVERIFY(free == 0 || next.listen(kLoopback, free));
  }
};

// On our loop, whose passes can be counted.
int main(int argc, char** argv) {
  QCoreApplication::setEventDispatcher(makeEventDispatcher().release());
  const QCoreApplication app(argc, argv);
  TestListener test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_listener.moc"
