// SPDX-License-Identifier: GPL-3.0-or-later
// What a connection keeps of a message once it has been used: streams last for minutes, and idle
// connections for hours.
#include <sys/socket.h>
#include <unistd.h>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <string>

#include "gateway/net/http_connection.h"
#include "gateway/net/upstream.h"

using namespace sluice;
using namespace sluice::net;

namespace {

constexpr std::size_t kLarge = 1024 * 1024;
constexpr std::size_t kUsual = 16 * 1024;

class Handler : public HttpConnection::Handler {
 public:
  explicit Handler(std::size_t& asked) : m_asked(asked) {}
  void onRequest() override { ++m_asked; }
  void onBadRequest(const ParseFailure&) override {}
  void onClientGone() override {}

 private:
  std::size_t& m_asked;
};

class Asker : public UpstreamConnection::Client {
 public:
  void onUpstreamSent() override { ++sent; }
  void onUpstreamPart(const UpstreamConnection::Part& part) override {
    ++parts;
    done = part.last;
  }
  void onUpstreamFailure(const UpstreamFailure& failure) override { why = failure.text; }
  int sent = 0;
  int parts = 0;
  bool done = false;
  std::string why;
};

std::string request(std::size_t bytes) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
         std::string(bytes, 'x');
}

}  // namespace

class TestKeptMemory : public QObject {
  Q_OBJECT

  int m_peer = -1;
  QPointer<HttpConnection> m_connection;
  std::size_t m_asked = 0;

  void ask(const std::string& text) {
    const std::size_t before = m_asked;
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t n = ::send(m_peer, text.data() + at, text.size() - at, MSG_DONTWAIT);
      if (n > 0) at += static_cast<std::size_t>(n);
      QCoreApplication::processEvents();
    }
    QTRY_COMPARE(m_asked, before + 1);
  }

 private slots:
  void init() {
    int pair[2];
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    m_peer = pair[1];
    m_asked = 0;
    m_connection = new HttpConnection(pair[0], {1024, 2 * kLarge}, this);
    m_connection->setHandler(std::make_unique<Handler>(m_asked));
  }
  void cleanup() {
    delete m_connection;
    ::close(m_peer);
  }

  void anIdleClientKeepsNoLargeBody() {
    ask(request(kLarge));
    QCOMPARE(m_connection->body().size(), kLarge);
    m_connection->respond(200, {}, "text/plain", "ok");
    QVERIFY(m_connection->body().capacity() <= kUsual);
    ask(request(100));  // and goes on
    QCOMPARE(m_connection->body().size(), std::size_t{100});
  }

  void aBodyThatIsUsedIsGivenBack() {
    ask(request(kLarge));
    m_connection->releaseBody();
    QVERIFY(m_connection->body().empty());
    QVERIFY(m_connection->body().capacity() <= kUsual);
    m_connection->respond(200, {}, "text/plain", "ok");
    ask(request(100));
    QCOMPARE(m_connection->body().size(), std::size_t{100});
  }

  /// From the first byte of the answer on, the request is not sent again.
  void aStreamKeepsNoLargeRequest() {
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    UpstreamPool pool(this);
    Origin origin;
    origin.host = "127.0.0.1";
    origin.port = server.serverPort();
    origin.key = "a";
    UpstreamConnection& connection = pool.acquire(origin);
    connection.requestBuffer() = request(kLarge);
    const std::size_t whole = connection.requestBuffer().size();
    Asker asker;
    connection.start(&asker);
    QTRY_VERIFY(server.hasPendingConnections());
    QTcpSocket* provider = server.nextPendingConnection();
    QTRY_COMPARE(static_cast<std::size_t>(provider->bytesAvailable()), whole);
    QCOMPARE(connection.requestBuffer().size(), whole);  // it may have to go out anew
    provider->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    QTRY_VERIFY2(asker.parts > 0, asker.why.c_str());
    QVERIFY(!asker.done);
    QVERIFY(connection.requestBuffer().capacity() <= kUsual);
    provider->write("0\r\n\r\n");
    QTRY_VERIFY2(asker.done, asker.why.c_str());
    UpstreamConnection& again = pool.acquire(origin);
    QCOMPARE(&again, &connection);
    QVERIFY(again.requestBuffer().empty());
    again.cancel();
  }
};

QTEST_GUILESS_MAIN(TestKeptMemory)
#include "test_kept_memory.moc"
