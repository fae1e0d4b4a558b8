// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that take their answers slowly, or not at all.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QPointer>
#include <QTest>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "gateway/net/http_connection.h"

using namespace sluice::net;

namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Answers at once, if it has what to.
class Handler : public HttpConnection::Handler {
 public:
  explicit Handler(HttpConnection& connection) : m_connection(connection) {}
  void onRequest() override {
    ++asked;
    if (!answer.empty()) m_connection.respond(200, {}, "text/plain", answer);
  }
  void onBadRequest(const ParseFailure&) override {}
  void onClientGone() override { gone = true; }
  bool onHead() override { return body != Body::Whole; }
  void onBody() override {
    if (body == Body::SentOn) m_connection.body().clear();
  }
  enum class Body : std::uint8_t { Whole, LeftLying, SentOn };
  Body body = Body::Whole;
  std::string answer;
  int asked = 0;
  bool gone = false;

 private:
  HttpConnection& m_connection;
};

/// Two ends of a TCP connection on loopback: a pair of local sockets confirms nothing.
std::array<int, 2> tcpPair() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ::bind(listener, reinterpret_cast<sockaddr*>(&at), size);
  ::listen(listener, 1);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  ::connect(client, reinterpret_cast<sockaddr*>(&at), size);
  const int server = ::accept(listener, nullptr, nullptr);
  ::close(listener);
  return {server, client};
}

}  // namespace

class TestSlowClient : public QObject {
  Q_OBJECT

  int m_peer = -1;
  QPointer<HttpConnection> m_connection;
  Handler* m_handler = nullptr;

  void ask(int times) {
    for (int i = 0; i < times; ++i) {
      QCOMPARE(::send(m_peer, kGet.data(), kGet.size(), 0), ssize_t(kGet.size()));
    }
  }

  /// As much as there is, up to that; what it was.
  std::string take(std::size_t most) {
    std::string all(most, ' ');
    const ssize_t n = ::recv(m_peer, all.data(), most, MSG_DONTWAIT);
    all.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return all;
  }

  static void letItRun() {
    for (int turn = 0; turn < 50; ++turn) QCoreApplication::processEvents();
  }

 private slots:
  void init() {
    const auto [server, client] = tcpPair();
    QVERIFY(server >= 0);
    m_peer = client;
    m_connection = new HttpConnection(server, {1024, 64}, this);
    auto handler = std::make_unique<Handler>(*m_connection);
    m_handler = handler.get();
    m_connection->setHandler(std::move(handler));
  }
  void cleanup() {
    delete m_connection;
    if (m_peer >= 0) ::close(m_peer);
  }

  /// Requests can come faster than their answers are taken: then they wait.
  void whoDoesNotReadIsNotAnsweredOnAndOn() {
    m_handler->answer = std::string(20'000, 'x');
    constexpr int kAsked = 1000;
    ask(kAsked);
    letItRun();
    QVERIFY(m_handler->asked > 0);
    QVERIFY2(m_connection->unsentBytes() < 200'000,
             qPrintable(QString::number(m_connection->unsentBytes())));
    QVERIFY(m_handler->asked < kAsked);
    std::size_t taken = 0;
    QTRY_VERIFY((taken += take(1'000'000).size()) > kAsked * m_handler->answer.size());
    QCOMPARE(m_handler->asked, kAsked);
  }

  /// An answer that was given whole, and is still being taken: its client is not idle.
  void whoStillTakesIsNotIdle() {
    m_handler->answer = std::string(20'000'000, 'x');
    ask(1);
    QTRY_COMPARE(m_handler->asked, 1);
    QVERIFY(m_connection->unsentBytes() > 0);
    for (int second = 0; second < 5; ++second) {
      std::size_t taken = 0;
      while (taken < 1'000'000) taken += take(50'000).size();
      m_connection->sweep({1, 1, 3});
      letItRun();
    }
    QVERIFY(m_connection);
    QVERIFY(m_connection->unsentBytes() > 0);
  }

  /// Who has said all still gets what was ready for it.
  void whoHasSaidAllGetsItsAnswer() {
    constexpr std::size_t kBytes = 20'000'000;
    m_handler->answer = std::string(kBytes, 'x');
    ask(1);
    QTRY_COMPARE(m_handler->asked, 1);
    ::shutdown(m_peer, SHUT_WR);
    std::size_t taken = 0;
    QTRY_VERIFY((taken += take(1'000'000).size()) > kBytes);  // and the handler goes with it
    QTRY_VERIFY(!m_connection);
  }

  /// One whose further input is not read leaves: its request ends all the same.
  void whoLeavesWithMuchUnreadIsMissed() {
    ask(1);
    QTRY_COMPARE(m_handler->asked, 1);
    const std::string more(400'000, 'x');
    for (std::size_t at = 0; at < more.size();) {
      const ssize_t n = ::send(m_peer, more.data() + at, more.size() - at, MSG_DONTWAIT);
      if (n > 0) at += static_cast<std::size_t>(n);
      QCoreApplication::processEvents();
    }
    const linger now{1, 0};
    ::setsockopt(m_peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(m_peer, -1));
    letItRun();
    m_connection->sweep({1000, 1000, 1000});
    QVERIFY(m_handler->gone);
  }

  /// The system tells of room only once there is much; a slow reader takes longer for that.
  void whoReadsSlowlyTakesSomething() {
    ask(1);
    QTRY_COMPARE(m_handler->asked, 1);
    m_connection->beginHead(200);
    m_connection->endHead(HttpConnection::Framing::Stream);
    while (m_connection->unsentBytes() < 100'000) {
      m_connection->write(std::string(100'000, 'x'));
      m_connection->flush();
    }
    const HttpConnection::Patience patience{1000, 1000, 2};
    std::size_t taken = 0;
    for (int second = 0; second < 4; ++second) {
      while (taken < static_cast<std::size_t>(second + 1) * 500'000) taken += take(50'000).size();
      m_connection->sweep(patience);
      QVERIFY2(!m_handler->gone, qPrintable(QStringLiteral("second %1").arg(second)));
    }
    // And not at all any more.
    for (int second = 0; second < 4; ++second) m_connection->sweep(patience);
    QVERIFY(m_handler->gone);
  }

  /// One byte a second is no body that is worth waiting for, unless it goes on at once.
  void whoSendsSlowly_data() {
    QTest::addColumn<int>("body");
    QTest::addColumn<bool>("cut");
    QTest::newRow("a body that is waited for") << int(Handler::Body::Whole) << true;
    QTest::newRow("one that its handler waits for") << int(Handler::Body::LeftLying) << true;
    QTest::newRow("one that goes on as it comes") << int(Handler::Body::SentOn) << false;
  }
  void whoSendsSlowly() {
    QFETCH(int, body);
    QFETCH(bool, cut);
    m_handler->body = static_cast<Handler::Body>(body);
    constexpr std::string_view kHead = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n";
    QCOMPARE(::send(m_peer, kHead.data(), kHead.size(), 0), ssize_t(kHead.size()));
    for (int second = 0; second < 20; ++second) {
      ::send(m_peer, "x", 1, MSG_NOSIGNAL);
      letItRun();
      if (m_connection) m_connection->sweep({1000, 5, 1000});
    }
    QTRY_COMPARE(m_connection.isNull(), cut);
    if (cut) return;
    for (int second = 0; second < 6; ++second) m_connection->sweep({1000, 5, 1000});
    QVERIFY2(m_handler->gone, "nor does it wait for ever");
  }

  /// To HTTP/1.0 only the end of the connection tells that the answer was whole.
  void whatIsUnsentIsNotTakenForSent_data() {
    QTest::addColumn<bool>("ended");
    QTest::newRow("an answer under way") << false;
    QTest::newRow("one that was given whole") << true;
  }
  void whatIsUnsentIsNotTakenForSent() {
    QFETCH(bool, ended);
    constexpr std::string_view kOldGet = "GET / HTTP/1.0\r\n\r\n";
    QCOMPARE(::send(m_peer, kOldGet.data(), kOldGet.size(), 0), ssize_t(kOldGet.size()));
    QTRY_COMPARE(m_handler->asked, 1);
    m_connection->beginHead(200);
    m_connection->endHead(HttpConnection::Framing::Stream);
    m_connection->write(std::string(20'000'000, 'x'));
    m_connection->flush();
    if (ended) m_connection->end();
    QVERIFY(m_connection->unsentBytes() > 0);
    for (int second = 0; second < 3; ++second) m_connection->sweep({1000, 1000, 1});
    QTRY_VERIFY(!m_connection);
    while (!take(1'000'000).empty()) {
    }
    QCOMPARE(errno, ECONNRESET);
  }
};

QTEST_GUILESS_MAIN(TestSlowClient)
#include "test_slow_client.moc"
