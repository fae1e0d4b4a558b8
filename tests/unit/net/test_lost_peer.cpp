// SPDX-License-Identifier: GPL-3.0-or-later
// A peer that has gone before its going was read: the next write finds it out, and no signal tells.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <functional>
#include <memory>
#include <string>

#include "gateway/net/http_connection.h"
#include "gateway/net/upstream.h"
#include "tests/support/asker.h"

using namespace sluice;
using namespace sluice::net;
using sluice::test::Asker;

namespace {

const QHostAddress kLoopback(QHostAddress::LocalHost);

/// The next close() resets the connection.
void resetAtClose(qintptr descriptor) {
  const linger now{1, 0};
  ::setsockopt(static_cast<int>(descriptor), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/// Until the system knows that the peer has gone. True: it does.
bool lost(qintptr descriptor) {
  pollfd at{static_cast<int>(descriptor), POLLIN, 0};
  return ::poll(&at, 1, 5000) == 1 && (at.revents & (POLLERR | POLLHUP)) != 0;
}

class AcceptingServer : public QTcpServer {
 public:
  std::function<void(qintptr)> accepted;

 protected:
  void incomingConnection(qintptr descriptor) override { accepted(descriptor); }
};

struct Told {
  bool asked = false;
  int gone = 0;
};

class Handler : public HttpConnection::Handler {
 public:
  explicit Handler(Told& told) : m_told(told) {}
  void onRequest() override { m_told.asked = true; }
  void onBadRequest(const ParseFailure&) override {}
  void onClientGone() override { ++m_told.gone; }

 private:
  Told& m_told;
};

}  // namespace

class TestLostPeer : public QObject {
  Q_OBJECT

  AcceptingServer m_server;

 private slots:
  void init() { QVERIFY(m_server.listen(kLoopback)); }
  void cleanup() { m_server.close(); }

  /// Nobody reads the answer any more: its handler is told, once, so that it lets the upstream go.
  void aClientLostWhileItIsAnswered() {
    QPointer<HttpConnection> connection;
    qintptr accepted = -1;
    Told told;
    m_server.accepted = [&](qintptr descriptor) {
      accepted = descriptor;
      connection = new HttpConnection(descriptor, {1024, 64});
      connection->setHandler(std::make_unique<Handler>(told));
    };
    QTcpSocket client;
    client.connectToHost(kLoopback, m_server.serverPort());
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY(told.asked);
    connection->beginHead(200);
    connection->endHead(HttpConnection::Framing::Stream);
    connection->flush();
    resetAtClose(client.socketDescriptor());
    client.abort();
    QVERIFY(lost(accepted));
    for (int i = 0; i < 3; ++i) {
      connection->write("more");
      connection->flush();
    }
    QCOMPARE(told.gone, 0);  // not from within: the handler is in the middle of its answer
    QTRY_COMPARE(told.gone, 1);
    QTRY_VERIFY(!connection);
  }

  /// As above, but the answer was whole with that write: the connection ends, and nobody is told.
  void aClientLostAsTheAnswerEnds() {
    QPointer<HttpConnection> connection;
    qintptr accepted = -1;
    Told told;
    m_server.accepted = [&](qintptr descriptor) {
      accepted = descriptor;
      connection = new HttpConnection(descriptor, {1024, 64});
      connection->setHandler(std::make_unique<Handler>(told));
    };
    QTcpSocket client;
    client.connectToHost(kLoopback, m_server.serverPort());
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY(told.asked);
    resetAtClose(client.socketDescriptor());
    client.abort();
    QVERIFY(lost(accepted));
    connection->respond(200, {}, "text/plain", "late");
    QTRY_VERIFY(!connection);
    QCOMPARE(told.gone, 0);
  }

  /// The provider let an idle connection go as it was taken: the request goes out on a new one.
  void anUpstreamLostAsItIsAsked() {
    QPointer<QTcpSocket> latest;
    int connections = 0;
    m_server.accepted = [&](qintptr descriptor) {
      latest = new QTcpSocket(&m_server);
      latest->setSocketDescriptor(descriptor);
      ++connections;
      connect(latest, &QTcpSocket::readyRead, latest, [socket = latest.data()] {
        socket->readAll();
        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    };
    UpstreamPool pool(this);
    Origin origin;
    origin.host = "127.0.0.1";
    origin.port = m_server.serverPort();
    origin.key = "a";
    const auto ask = [&](Asker& asker) {
      UpstreamConnection& connection = pool.acquire(origin);
      connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      connection.start(&asker);
    };
    Asker first, second;
    ask(first);
    QTRY_VERIFY(first.done);
    resetAtClose(latest->socketDescriptor());
    latest->abort();
    ask(second);  // in the same turn of the loop: the reset has come, and has not been read
    QTRY_VERIFY2(second.done, second.why.c_str());
    QCOMPARE(connections, 2);
  }

  /// One whose request goes out in pieces cannot be asked again: its client hears of the loss.
  void anUpstreamLostWhileItIsSentTo() {
    QPointer<QTcpSocket> latest;
    m_server.accepted = [&](qintptr descriptor) {
      latest = new QTcpSocket(&m_server);
      latest->setSocketDescriptor(descriptor);
    };
    UpstreamPool pool(this);
    Origin origin;
    origin.host = "127.0.0.1";
    origin.port = m_server.serverPort();
    origin.key = "a";
    UpstreamConnection& connection = pool.open(origin);
    connection.requestBuffer() = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n";
    Asker asker;
    connection.start(&asker, true);
    QTRY_VERIFY(latest && latest->bytesAvailable() > 0);
    resetAtClose(latest->socketDescriptor());
    latest->abort();
    connection.sendMore("1234", false);
    connection.sendMore("5678", true);
    QVERIFY(asker.why.empty());
    QTRY_COMPARE(asker.why, std::string("the connection broke before an answer came"));
  }
};

QTEST_GUILESS_MAIN(TestLostPeer)
#include "test_lost_peer.moc"
