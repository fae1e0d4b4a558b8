// SPDX-License-Identifier: GPL-3.0-or-later
// How a connection ends tells whether an answer is whole that goes on until then: who cuts it on its
// way must not be able to pass it off as that (RFC 9112 9.8, RFC 8446 6.1).
#include <sys/socket.h>

#include <QFile>
#include <QPointer>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTest>
#include <memory>
#include <string>

#include "gateway/net/upstream.h"
#include "tests/support/asker.h"

using namespace sluice;
using namespace sluice::net;
using sluice::test::Asker;

namespace {

enum class End : std::uint8_t { Orderly, Fin, Reset };
enum class Framing : std::uint8_t { Close, Length, Chunked };

const QString kPem = QStringLiteral(SLUICE_SOURCE_DIR "/tests/e2e/self_signed.pem");

/// Answers the first thing it hears with what it was given, and ends as it was told.
class Server : public QTcpServer {
 public:
  bool tls = false;
  End end = End::Orderly;
  std::string answer;
  bool ended = false;

 protected:
  void incomingConnection(qintptr descriptor) override {
    m_socket = std::make_unique<QSslSocket>();
    m_told = false;
    m_socket->setSocketDescriptor(descriptor);
    connect(m_socket.get(), &QSslSocket::readyRead, this, &Server::reply);
    // Later: what has just been encrypted is on its way between the two counts.
    using Written = void (QSslSocket::*)(qint64);
    for (const Written written :
         {static_cast<Written>(&QSslSocket::bytesWritten), &QSslSocket::encryptedBytesWritten}) {
      connect(m_socket.get(), written, this, &Server::endOnceSent, Qt::QueuedConnection);
    }
    if (!tls) return;
    QFile file(kPem);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray pem = file.readAll();
    m_socket->setLocalCertificate(QSslCertificate(pem, QSsl::Pem));
    m_socket->setPrivateKey(QSslKey(pem, QSsl::Ec, QSsl::Pem));
    m_socket->startServerEncryption();
  }

 private:
  void reply() {
    m_socket->readAll();
    if (std::exchange(m_told, true)) return;
    m_socket->write(answer.data(), static_cast<qint64>(answer.size()));
  }
  void endOnceSent() {
    if (ended || !m_told || m_socket->bytesToWrite() + m_socket->encryptedBytesToWrite() > 0)
      return;
    ended = true;
    const int descriptor = static_cast<int>(m_socket->socketDescriptor());
    switch (end) {
      case End::Orderly:
        m_socket->disconnectFromHost();
        return;
      case End::Fin:
        ::shutdown(descriptor, SHUT_WR);
        return;
      case End::Reset:
        const linger now{1, 0};
        ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        m_socket->abort();
    }
  }

  std::unique_ptr<QSslSocket> m_socket;
  bool m_told = false;
};

std::string answerOf(Framing framing, const std::string& body) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  switch (framing) {
    case Framing::Close:
      return answer + "\r\n" + body;
    case Framing::Length:
      return answer + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    case Framing::Chunked:
      break;
  }
  answer += "Transfer-Encoding: chunked\r\n\r\n";
  return answer + QByteArray::number(qulonglong{body.size()}, 16).toStdString() + "\r\n" + body +
         "\r\n0\r\n\r\n";
}

Resolver findsLoopback() {
  return [](const QString&, QObject* context, std::function<void(const QHostInfo&)> answer) {
    QMetaObject::invokeMethod(
        context,
        [answer] {
          QHostInfo info;
          info.setAddresses({QHostAddress(QHostAddress::LocalHost)});
          answer(info);
        },
        Qt::QueuedConnection);
  };
}

}  // namespace

class TestUpstreamEnds : public QObject {
  Q_OBJECT

  std::unique_ptr<Server> m_server;
  std::unique_ptr<UpstreamPool> m_pool;

  void ask(Asker& asker) {
    Origin origin;
    origin.host = "localhost";
    origin.port = m_server->serverPort();
    origin.tls = m_server->tls;
    origin.key = "a";
    if (origin.tls) origin.trust(kPem.toStdString(), "1");
    UpstreamConnection& connection = m_pool->acquire(origin);
    asker.connection = &connection;
    connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.start(&asker);
  }

 private slots:
  void init() {
    m_server = std::make_unique<Server>();
    QVERIFY(m_server->listen(QHostAddress(QHostAddress::LocalHost)));
    m_pool = std::make_unique<UpstreamPool>(this, findsLoopback());
  }
  void cleanup() {
    m_pool.reset();
    m_server.reset();
  }

  void anAnswer_data() {
    QTest::addColumn<bool>("tls");
    QTest::addColumn<Framing>("framing");
    QTest::addColumn<End>("end");
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("whole");
    const auto row = [](const char* name, bool tls, Framing framing, End end, int size,
                        bool whole) {
      QTest::newRow(name) << tls << framing << end << size << whole;
    };
    row("plain, until FIN", false, Framing::Close, End::Fin, 100, true);
    row("plain, until FIN, long", false, Framing::Close, End::Fin, 1'000'000, true);
    row("plain, until a reset", false, Framing::Close, End::Reset, 100, false);
    row("plain, length, reset", false, Framing::Length, End::Reset, 100, true);
    row("plain, chunked, reset", false, Framing::Chunked, End::Reset, 100, true);
    row("TLS, until close_notify", true, Framing::Close, End::Orderly, 100, true);
    row("TLS, until close_notify, long", true, Framing::Close, End::Orderly, 1'000'000, true);
    row("TLS, until FIN", true, Framing::Close, End::Fin, 100, false);
    row("TLS, until FIN, long", true, Framing::Close, End::Fin, 1'000'000, false);
    row("TLS, until a reset", true, Framing::Close, End::Reset, 100, false);
    row("TLS, length, FIN", true, Framing::Length, End::Fin, 100, true);
    row("TLS, chunked, FIN", true, Framing::Chunked, End::Fin, 100, true);
    row("TLS, length, reset", true, Framing::Length, End::Reset, 100, true);
  }
  void anAnswer() {
    QFETCH(bool, tls);
    QFETCH(Framing, framing);
    QFETCH(End, end);
    QFETCH(int, size);
    QFETCH(bool, whole);
    const std::string body(static_cast<std::size_t>(size), 'x');
    m_server->tls = tls;
    m_server->end = end;
    m_server->answer = answerOf(framing, body);
    Asker asker;
    ask(asker);
    QTRY_VERIFY(asker.done || !asker.why.empty());
    QVERIFY2(asker.done == whole, asker.why.c_str());
    if (whole) {
      QCOMPARE(asker.body.size(), body.size());
    } else {
      QCOMPARE(asker.kind, UpstreamFailure::Kind::Closed);
      QVERIFY2(asker.why.find("in the middle of the answer") != std::string::npos,
               asker.why.c_str());
      QVERIFY2(end != End::Fin || asker.why.ends_with("without the close_notify that ends TLS"),
               asker.why.c_str());
    }
  }

  /// The end comes while nobody reads: what it was is still known when the rest is read.
  void theEndIsRemembered_data() {
    QTest::addColumn<End>("end");
    QTest::newRow("close_notify") << End::Orderly;
    QTest::newRow("FIN") << End::Fin;
  }
  void theEndIsRemembered() {
    QFETCH(End, end);
    const std::string body(300'000, 'x');
    m_server->tls = true;
    m_server->end = end;
    m_server->answer = answerOf(Framing::Close, body);
    Asker asker;
    asker.pauses = true;
    ask(asker);
    QTRY_VERIFY(m_server->ended);
    for (int turn = 0; turn < 50; ++turn) QCoreApplication::processEvents();
    QVERIFY(!asker.done && asker.why.empty());
    for (int turn = 0; turn < 10'000 && !asker.done && asker.why.empty(); ++turn) {
      asker.connection->resume();
      QCoreApplication::processEvents();
    }
    QVERIFY2(asker.done == (end == End::Orderly), asker.why.c_str());
    QCOMPARE(asker.body.size(), body.size());
  }
};

QTEST_GUILESS_MAIN(TestUpstreamEnds)
#include "test_upstream_ends.moc"
