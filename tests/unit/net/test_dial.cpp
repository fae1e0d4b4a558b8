// SPDX-License-Identifier: GPL-3.0-or-later
// Connections through a proxy are as any other once they are made; until then, it is a proxy that
// refuses, is silent, or talks nonsense.
#include <fcntl.h>
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
#include <utility>
#include <vector>

#include "gateway/net/dial.h"
#include "gateway/net/upstream.h"
#include "tests/support/asker.h"

using namespace sluice;
using namespace sluice::net;
using sluice::test::Asker;
using namespace std::string_literals;

namespace {

const QHostAddress kLoopback(QHostAddress::LocalHost);
const QString kPem = QStringLiteral(SLUICE_SOURCE_DIR "/tests/e2e/self_signed.pem");
const std::string kHead = "HTTP/1.1 200 Connection established\r\nVia: 1.1 p\r\n\r\n";

/// Says what it is to say, and hears what it is told.
class Script : public QTcpServer {
 public:
  std::string heard;
  int connections = 0;
  bool closed = false;
  QPointer<QSslSocket> socket;
  /// Called with each that comes.
  std::function<void()> on;
  void say(const std::string& text) {
    socket->write(text.data(), static_cast<qint64>(text.size()));
  }

 protected:
  void incomingConnection(qintptr descriptor) override {
    ++connections;
    socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    connect(socket, &QSslSocket::disconnected, this, [this] { closed = true; });
    connect(socket, &QSslSocket::readyRead, this, [this] {
      heard += socket->readAll().toStdString();
      if (on) on();
    });
  }
};

Resolver findsLoopback() {
  return [](const QString& name, QObject* context, std::function<void(const QHostInfo&)> answer) {
    if (name != QLatin1String("proxy.test")) qFatal("a name was asked for that the proxy finds");
    QMetaObject::invokeMethod(
        context,
        [answer] {
          QHostInfo info;
          info.setAddresses({kLoopback});
          answer(info);
        },
        Qt::QueuedConnection);
  };
}

}  // namespace

class TestDial : public QObject {
  Q_OBJECT

  std::unique_ptr<Script> m_proxy;
  std::unique_ptr<UpstreamPool> m_pool;
  Origin m_origin;

  void use(const char* scheme, const char* login = "") {
    const QByteArray url = QByteArray(scheme) + "://" + login +
                           "proxy.test:" + QByteArray::number(m_proxy->serverPort());
    qputenv("all_proxy", url);
  }
  void ask(Asker& asker) {
    UpstreamConnection& connection = m_pool->acquire(m_origin);
    asker.connection = &connection;
    connection.requestBuffer() = "GET / HTTP/1.1\r\nHost: llm.test\r\n\r\n";
    connection.start(&asker);
  }

 private slots:
  void initTestCase() {
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY",
                             "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}) {
      qunsetenv(name);
    }
  }
  void init() {
    m_proxy = std::make_unique<Script>();
    QVERIFY(m_proxy->listen(kLoopback));
    m_pool = std::make_unique<UpstreamPool>(this, findsLoopback());
    m_origin = {};
    m_origin.host = "llm.test";
    m_origin.port = 8000;
    m_origin.key = "http://llm.test:8000";
    use("http");
  }
  void cleanup() {
    m_pool.reset();
    m_proxy.reset();
  }

  void aProxyThatCannotBeUsed() {
    use("https", "me:s3cret@");
    Asker asker;
    ask(asker);
    QTRY_VERIFY(!asker.why.empty());
    QCOMPARE(asker.kind, UpstreamFailure::Kind::Connect);
    QCOMPARE(
        asker.why,
        "the environment's all_proxy names a proxy of https://, which Sluice does not speak; it "
        "must be http://host:port or socks5://host:port"s);
    QCOMPARE(m_proxy->connections, 0);
  }

  /// The proxy answers a byte at a time; the connection is kept, and used again without it.
  void aSlowProxy_data() {
    QTest::addColumn<QByteArray>("scheme");
    QTest::addColumn<std::vector<std::string>>("hears");
    QTest::addColumn<std::vector<std::string>>("says");
    using Texts = std::vector<std::string>;
    QTest::newRow("CONNECT") << QByteArray("http")
                             << Texts{"CONNECT llm.test:8000 HTTP/1.1\r\nHost: llm.test:8000\r\n"
                                      "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"}
                             << Texts{kHead};
    QTest::newRow("SOCKS") << QByteArray("socks5")
                           << Texts{"\5\2\0\2"s, "\1\2me\6secret"s, "\5\1\0\3\10llm.test\x1F\x40"s}
                           << Texts{"\5\2"s, "\1\0"s, "\5\0\0\1\1\2\3\4\x10\x20"s};
  }
  void aSlowProxy() {
    QFETCH(QByteArray, scheme);
    QFETCH(std::vector<std::string>, hears);
    QFETCH(std::vector<std::string>, says);
    use(scheme.constData(), "me:secret@");
    Asker first, second;
    ask(first);
    for (std::size_t i = 0; i < hears.size(); ++i) {
      QTRY_COMPARE(m_proxy->heard, hears[i]);
      m_proxy->heard.clear();
      for (const char c : says[i]) {
        QCOMPARE(first.sent, 0);
        m_proxy->say({c});
        m_proxy->socket->flush();
        QCoreApplication::processEvents();
      }
    }
    const std::string request = "GET / HTTP/1.1\r\nHost: llm.test\r\n\r\n";
    QTRY_COMPARE(m_proxy->heard, request);
    m_proxy->say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    QTRY_VERIFY2(first.done, first.why.c_str());
    QCOMPARE(first.body, "ok"s);
    m_proxy->heard.clear();
    ask(second);
    QTRY_COMPARE(m_proxy->heard, request);
    m_proxy->say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
    QTRY_VERIFY2(second.done, second.why.c_str());
    QCOMPARE(m_proxy->connections, 1);
  }

  void aProxyThatGivesNone_data() {
    QTest::addColumn<QByteArray>("scheme");
    QTest::addColumn<std::string>("says");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const char* scheme, const std::string& says,
                        const char* why) {
      QTest::newRow(name) << QByteArray(scheme) << says << QString::fromLatin1(why);
    };
    row("refuses", "http", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
        "gives no tunnel: status 403, Forbidden");
    row("wants another login", "http",
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
        "gives no tunnel: status 407, it does not accept the user and password of its address");
    row("talks nonsense", "http", "220 ftp.test\r\n",
        "gives no tunnel: what it answered is not HTTP");
    row("talks on and on", "http", std::string(100'000, 'x'),
        "gives no tunnel: it talks on and on");
    row("closes", "http", "", "gives no tunnel: closed the connection");
    row("closes in its head", "http", "HTTP/1.1 200 OK\r\n",
        "gives no tunnel: closed the connection");
    row("SOCKS refuses", "socks5", "\5\xFF"s, "gives no tunnel: it wants another way to log in");
    row("SOCKS talks nonsense", "socks5", "HTTP/1.1 400\r\n\r\n",
        "gives no tunnel: what it answered is not SOCKS 5");
  }
  void aProxyThatGivesNone() {
    QFETCH(QByteArray, scheme);
    QFETCH(std::string, says);
    QFETCH(QString, why);
    use(scheme.constData(), "me:secret@");
    m_proxy->on = [&] {
      m_proxy->on = {};
      m_proxy->say(says);
      m_proxy->socket->disconnectFromHost();
    };
    Asker asker;
    ask(asker);
    QTRY_VERIFY(!asker.why.empty());
    const QString name = QStringLiteral("the proxy %1://proxy.test:%2 ")
                             .arg(QString::fromLatin1(scheme))
                             .arg(m_proxy->serverPort());
    QCOMPARE(QString::fromStdString(asker.why), name + why);
    QCOMPARE(asker.kind, UpstreamFailure::Kind::Connect);
    QCOMPARE(asker.sent, 0);
    QTRY_VERIFY(m_proxy->closed);
  }

  void aProxyThatIsNotThere() {
    m_proxy->close();
    Asker asker;
    ask(asker);
    QTRY_VERIFY(!asker.why.empty());
    QVERIFY2(asker.why.starts_with("the proxy http://proxy.test:"), asker.why.c_str());
    QVERIFY2(asker.why.ends_with(": Connection refused"), asker.why.c_str());
  }

  /// Whoever gives up while a proxy is silent closes the connection at once, and hears nothing.
  void aSilentProxy_data() {
    QTest::addColumn<QByteArray>("scheme");
    QTest::addColumn<std::string>("says");
    QTest::newRow("from the start") << QByteArray("http") << ""s;
    QTest::newRow("in its head") << QByteArray("http") << "HTTP/1.1 200 OK\r\nVia"s;
    QTest::newRow("SOCKS, after its method") << QByteArray("socks5") << "\5\0"s;
  }
  void aSilentProxy() {
    QFETCH(QByteArray, scheme);
    QFETCH(std::string, says);
    use(scheme.constData());
    Asker asker;
    ask(asker);
    QTRY_VERIFY(!m_proxy->heard.empty());
    m_proxy->say(says);
    m_proxy->socket->flush();
    for (int turn = 0; turn < 20; ++turn) QCoreApplication::processEvents();
    QCOMPARE(asker.sent, 0);
    asker.connection->cancel();
    QTRY_VERIFY(m_proxy->closed);
    QCOMPARE(asker.sent, 0);
    QVERIFY(asker.why.empty());
  }

  /// Given up before the proxy is connected.
  void givenUpWhileItIsFound() {
    Asker asker;
    ask(asker);
    asker.connection->cancel();
    for (int turn = 0; turn < 20; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_proxy->connections, 0);
    QVERIFY(asker.why.empty());
  }

  /// What comes with the end of the proxy's head is the origin's, and not lost.
  void whatIsBehindTheHead() {
    m_proxy->on = [&] {
      m_proxy->on = {};
      m_proxy->say(kHead + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly");
    };
    Asker asker;
    ask(asker);
    QTRY_VERIFY2(asker.done, asker.why.c_str());
    QCOMPARE(asker.body, "early"s);
  }

  /// A client that reads slowly gets all of an answer that was said long ago.
  void aSlowClient() {
    const std::string body(1'000'000, 'x');
    bool asked = false;
    bool ended = false;
    m_proxy->on = [&] {
      if (!std::exchange(asked, true)) {
        m_proxy->say(kHead);
        return;
      }
      m_proxy->say("HTTP/1.1 200 OK\r\n\r\n" + body);
      m_proxy->socket->disconnectFromHost();
      ended = true;
    };
    Asker asker;
    asker.pauses = true;
    ask(asker);
    QTRY_VERIFY(ended);
    for (int turn = 0; turn < 20'000 && !asker.done && asker.why.empty(); ++turn) {
      if (turn % 3 == 0) asker.connection->resume();
      QCoreApplication::processEvents();
    }
    QVERIFY2(asker.done, asker.why.c_str());
    QCOMPARE(asker.body.size(), body.size());
  }

  /// TLS is with the origin, not with the proxy, and says whose certificate it has to be.
  void tlsThroughAProxy() {
    QFile file(kPem);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray pem = file.readAll();
    m_origin.tls = true;
    m_origin.trust(kPem.toStdString(), "1");
    m_proxy->on = [&] {
      if (m_proxy->socket->isEncrypted()) {
        m_proxy->say("HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x'));
        m_proxy->socket->disconnectFromHost();
        return;
      }
      if (!m_proxy->heard.ends_with("\r\n\r\n")) return;
      m_proxy->say(kHead);
      m_proxy->socket->setLocalCertificate(QSslCertificate(pem, QSsl::Pem));
      m_proxy->socket->setPrivateKey(QSslKey(pem, QSsl::Ec, QSsl::Pem));
      m_proxy->socket->startServerEncryption();
    };
    Asker asker;
    asker.pauses = true;
    ask(asker);
    for (int turn = 0; turn < 20'000 && !asker.done && asker.why.empty(); ++turn) {
      if (turn % 3 == 0 && asker.connection && asker.sent) asker.connection->resume();
      QCoreApplication::processEvents();
    }
    QVERIFY2(m_proxy->heard.starts_with("CONNECT llm.test:8000 "), m_proxy->heard.c_str());
    QVERIFY2(asker.done, asker.why.c_str());
    QCOMPARE(asker.body.size(), std::size_t{300'000});
  }

  /// What is handed over does not block, and is not Qt's.
  void withoutAProxy() {
    int descriptor = -1;
    std::string why;
    Dial dial(
        systemResolver(), std::nullopt,
        {[&](int made) { descriptor = made; }, [&](const std::string& text, bool) { why = text; }});
    dial.run("127.0.0.1", m_proxy->serverPort());
    QCOMPARE(descriptor, -1);
    QTRY_VERIFY2(descriptor >= 0, why.c_str());
    QVERIFY(::fcntl(descriptor, F_GETFL) & O_NONBLOCK);
    ::close(descriptor);
  }
};

QTEST_GUILESS_MAIN(TestDial)
#include "test_dial.moc"
