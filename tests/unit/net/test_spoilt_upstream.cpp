// SPDX-License-Identifier: GPL-3.0-or-later
// An idle connection to a provider that has ended, or says what nobody asked for, is not used again,
// though the loop has not told of it yet when the next request comes: both came in one wait.
#include <sys/socket.h>
#include <unistd.h>

#include <QSocketNotifier>
#include <QTest>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/listener.h"
#include "gateway/net/stream_socket.h"
#include "gateway/net/upstream.h"
#include "tests/support/asker.h"

using namespace sluice;
using namespace sluice::net;
using sluice::test::Asker;

namespace {

/// Answers whatever it hears.
class Provided final : public StreamSocket::Owner {
 public:
  explicit Provided(qintptr accepted)
      : descriptor(static_cast<int>(accepted)), m_socket(descriptor, *this) {}
  void onSocketReadable() override {
    std::array<char, 4096> buffer;
    const std::int64_t n = m_socket.read(buffer.data(), buffer.size());
    if (n > 0) m_socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
    if (n < 0) m_socket.close();
  }
  void onSocketWritten() override {}
  void onSocketLost() override {}
  const int descriptor;

 private:
  StreamSocket m_socket;
};

}  // namespace

class TestSpoiltUpstream : public QObject {
  Q_OBJECT

  std::vector<std::unique_ptr<Provided>> m_provided;
  std::unique_ptr<Listener> m_listener;
  std::unique_ptr<UpstreamPool> m_pool;

  UpstreamConnection* ask(Asker& asker) {
    Origin origin;
    origin.host = "127.0.0.1";
    origin.port = m_listener->serverPort();
    origin.key = "a";
    UpstreamConnection& connection = m_pool->acquire(origin);
    connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    connection.start(&asker);
    return &connection;
  }

 private slots:
  void init() {
    m_listener = std::make_unique<Listener>([this](qintptr descriptor) {
      m_provided.push_back(std::make_unique<Provided>(descriptor));
    });
    QVERIFY(m_listener->listen(QHostAddress(QHostAddress::LocalHost), 0));
    m_pool = std::make_unique<UpstreamPool>(this);
  }
  void cleanup() {
    m_pool.reset();
    m_listener.reset();
    m_provided.clear();
  }

  void isNotUsed_data() {
    QTest::addColumn<std::string>("says");
    QTest::addColumn<bool>("ends");
    QTest::newRow("an answer nobody asked for")
        << std::string("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil") << false;
    QTest::newRow("the end") << std::string() << true;
    QTest::newRow("a last word") << std::string("HTTP/1.1 408 Timeout\r\n\r\n") << true;
  }
  void isNotUsed() {
    QFETCH(std::string, says);
    QFETCH(bool, ends);
    Asker first, second;
    ask(first);
    QTRY_VERIFY2(first.done, first.why.c_str());
    QCOMPARE(m_pool->idle(), std::size_t{1});

    std::array<int, 2> pair;
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    QSocketNotifier request(pair[0], QSocketNotifier::Read);
    connect(&request, &QSocketNotifier::activated, this, [&] {
      request.setEnabled(false);
      ask(second);
    });
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();  // is being watched
    // Both before the loop waits again, in this order.
    QCOMPARE(::send(pair[1], "x", 1, 0), ssize_t{1});
    const int provider = m_provided.back()->descriptor;
    if (!says.empty()) {
      QCOMPARE(::send(provider, says.data(), says.size(), 0), static_cast<ssize_t>(says.size()));
    }
    if (ends) QCOMPARE(::shutdown(provider, SHUT_WR), 0);
    QTRY_VERIFY2(second.done, second.why.c_str());
    QCOMPARE(second.body, std::string("good"));
    QCOMPARE(second.sent, 1);
    QCOMPARE(second.reconnects, 0);
    QCOMPARE(m_provided.size(), std::size_t{2});
    QCOMPARE(m_pool->idle(), std::size_t{1});
    request.setEnabled(false);
    ::close(pair[0]);
    ::close(pair[1]);
  }

  /// One of which nothing is pending is used, in whatever batch the request comes.
  void isUsedWhenItIsNone() {
    Asker first, second, third;
    UpstreamConnection* connection = ask(first);
    QTRY_VERIFY2(first.done, first.why.c_str());
    QCOMPARE(ask(second), connection);
    QTRY_VERIFY2(second.done, second.why.c_str());
    QCOMPARE(ask(third), connection);
    QTRY_VERIFY2(third.done, third.why.c_str());
    QCOMPARE(m_provided.size(), std::size_t{1});
  }
};

// On our loop, which knows what is pending.
int main(int argc, char** argv) {
  QCoreApplication::setEventDispatcher(makeEventDispatcher().release());
  const QCoreApplication app(argc, argv);
  TestSpoiltUpstream test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_spoilt_upstream.moc"
