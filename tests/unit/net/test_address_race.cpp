// SPDX-License-Identifier: GPL-3.0-or-later
// A name with several addresses: an upstream is reached by whichever of them answers.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QTest>
#include <string>
#include <vector>

#include "gateway/net/upstream.h"
#include "tests/support/asker.h"

using namespace sluice;
using namespace sluice::net;
using sluice::test::Asker;

namespace {

const QHostAddress kGood(QStringLiteral("127.0.0.1"));
const QHostAddress kOther(QStringLiteral("127.0.0.2"));

/// An address that swallows what is sent to it: its queue of connections is full and stays so.
class Silence {
 public:
  Silence(const QHostAddress& address, quint16 port) {
    m_address.sin_family = AF_INET;
    m_address.sin_port = htons(port);
    m_address.sin_addr.s_addr = htonl(address.toIPv4Address());
    const int listener = open();
    m_ok = ::bind(listener, reinterpret_cast<sockaddr*>(&m_address), sizeof m_address) == 0 &&
           ::listen(listener, 0) == 0;
    for (int i = 0; i < 4; ++i) {
      const int socket = open();
      ::fcntl(socket, F_SETFL, O_NONBLOCK);
      (void)::connect(socket, reinterpret_cast<sockaddr*>(&m_address), sizeof m_address);
    }
  }
  ~Silence() {
    for (const int socket : m_sockets) ::close(socket);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  bool ok() const { return m_ok; }

 private:
  int open() {
    m_sockets.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    return m_sockets.back();
  }
  sockaddr_in m_address{};
  std::vector<int> m_sockets;
  bool m_ok = false;
};

Resolver finds(QList<QHostAddress> addresses) {
  return
      [addresses](const QString&, QObject* context, std::function<void(const QHostInfo&)> answer) {
        QMetaObject::invokeMethod(
            context,
            [addresses, answer] {
              QHostInfo info;
              info.setAddresses(addresses);
              if (addresses.isEmpty()) info.setErrorString(QStringLiteral("Host not found"));
              answer(info);
            },
            Qt::QueuedConnection);
      };
}

Origin originAt(quint16 port) {
  Origin origin;
  origin.host = "provider.test";
  origin.port = port;
  origin.key = "http://provider.test";
  return origin;
}

void ask(UpstreamPool& pool, const Origin& origin, Asker& asker) {
  UpstreamConnection& connection = pool.acquire(origin);
  connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: provider.test\r\n\r\n";
  connection.start(&asker);
}

}  // namespace

class TestAddressRace : public QObject {
  Q_OBJECT

  QTcpServer m_server;

 private slots:
  void initTestCase() {
    QVERIFY(m_server.listen(kGood));
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* socket = m_server.nextPendingConnection();
      connect(socket, &QTcpSocket::readyRead, socket, [socket] {
        socket->readAll();
        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
  }

  void familiesTakeTurns() {
    const QHostAddress a(QStringLiteral("2001:db8::1")), b(QStringLiteral("2001:db8::2")),
        c(QStringLiteral("192.0.2.1")), d(QStringLiteral("192.0.2.2")),
        e(QStringLiteral("192.0.2.3"));
    QCOMPARE(interleaved({a, b, c, d, e}), (QList<QHostAddress>{a, c, b, d, e}));
    QCOMPARE(interleaved({c, d, a}), (QList<QHostAddress>{c, a, d}));
    QCOMPARE(interleaved({c}), (QList<QHostAddress>{c}));
    QVERIFY(interleaved({}).isEmpty());
  }

  /// The connect timeout is the caller's and long; the second address is asked meanwhile.
  void aSilentAddressHoldsNobodyUp() {
    const Silence silence(kOther, m_server.serverPort());
    QVERIFY(silence.ok());
    UpstreamPool pool(this, finds({kOther, kGood}));
    Asker asker;
    ask(pool, originAt(m_server.serverPort()), asker);
    QTRY_VERIFY(asker.done);
    QCOMPARE(asker.body, std::string("ok"));
    QCOMPARE(asker.sent, 1);
    QCOMPARE(pool.idle(), std::size_t{1});
  }

  void theNextIsAskedWhenOneRefuses() {
    UpstreamPool pool(this, finds({kOther, kGood}));
    Asker asker;
    ask(pool, originAt(m_server.serverPort()), asker);
    QTRY_VERIFY(asker.done);
  }

  void whenAllRefuseTheFirstReasonIsTold() {
    QTcpServer gone;
    QVERIFY(gone.listen(kGood));
    const quint16 port = gone.serverPort();
    gone.close();
    UpstreamPool pool(this, finds({kOther, kGood}));
    Asker asker;
    ask(pool, originAt(port), asker);
    QTRY_COMPARE(asker.why, std::string("Connection refused"));
    QCOMPARE(asker.sent, 0);
  }

  void aNameNobodyKnows() {
    UpstreamPool pool(this, finds({}));
    Asker asker;
    ask(pool, originAt(1), asker);
    QTRY_COMPARE(asker.why, std::string("Host not found"));
  }

  /// An address needs no name to be found, and is told of later, not from within start().
  void anAddressIsTakenAsItIs() {
    UpstreamPool pool(this, [](const QString&, QObject*, auto) { qFatal("asked for a name"); });
    Asker asker;
    Origin origin = originAt(m_server.serverPort());
    origin.host = "127.0.0.1";
    ask(pool, origin, asker);
    QCOMPARE(asker.sent, 0);
    QTRY_VERIFY(asker.done);
  }

  void bothFamilies() {
    QTcpServer six;
    if (!six.listen(QHostAddress::LocalHostIPv6)) QSKIP("this machine has no IPv6");
    connect(&six, &QTcpServer::newConnection, &six, [&six] {
      six.nextPendingConnection()->write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nsix");
    });
    UpstreamPool pool(this, finds({kOther, QHostAddress(QHostAddress::LocalHostIPv6)}));
    Asker asker;
    ask(pool, originAt(six.serverPort()), asker);
    QTRY_VERIFY(asker.done);
    QCOMPARE(asker.body, std::string("six"));
  }

  /// Whoever leaves while it is being connected hears nothing more.
  void cancelledWhileRacing() {
    const Silence silence(kOther, m_server.serverPort());
    UpstreamPool pool(this, finds({kOther, kGood}));
    Asker gone, next;
    UpstreamConnection& connection = pool.acquire(originAt(m_server.serverPort()));
    connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: provider.test\r\n\r\n";
    connection.start(&gone);
    QCoreApplication::processEvents();
    connection.cancel();
    ask(pool, originAt(m_server.serverPort()), next);
    QTRY_VERIFY(next.done);
    QCOMPARE(gone.sent, 0);
    QVERIFY(gone.why.empty());
  }
};

QTEST_GUILESS_MAIN(TestAddressRace)
#include "test_address_race.moc"
