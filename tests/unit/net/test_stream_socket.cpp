// SPDX-License-Identifier: GPL-3.0-or-later
// A socket's promises to its owner, over a pair of connected ones.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QTest>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/stream_socket.h"

using namespace sluice::net;

namespace {

class Owner : public StreamSocket::Owner {
 public:
  void onSocketReadable() override {
    ++readable;
    if (reads) reads();
  }
  void onSocketWritten() override { ++written; }
  void onSocketLost() override { ++lost; }
  std::function<void()> reads;
  int readable = 0;
  int written = 0;
  int lost = 0;
};

}  // namespace

class TestStreamSocket : public QObject {
  Q_OBJECT

  int m_peer = -1;
  Owner m_owner;
  std::unique_ptr<StreamSocket> m_socket;

  std::string readOnce() {
    std::array<char, 64> buffer;
    const std::int64_t n = m_socket->read(buffer.data(), buffer.size());
    return n < 0 ? "end" : std::string(buffer.data(), static_cast<std::size_t>(n));
  }
  void tell(std::string_view text) {
    QCOMPARE(::send(m_peer, text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size()));
  }
  std::string hear(std::size_t bytes) {
    std::string all;
    std::array<char, 65536> buffer;
    while (all.size() < bytes) {
      const ssize_t n = ::recv(m_peer, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n > 0) all.append(buffer.data(), static_cast<std::size_t>(n));
      if (n == 0) break;
      QCoreApplication::processEvents();
    }
    return all;
  }

 private slots:
  void init() {
    int pair[2];
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    m_peer = pair[1];
    m_owner = {};
    m_socket = std::make_unique<StreamSocket>(pair[0], m_owner);
  }
  void cleanup() {
    m_socket.reset();
    if (m_peer >= 0) ::close(m_peer);
  }

  void readsWhatIsThere() {
    QCOMPARE(readOnce(), std::string());
    std::string got;
    m_owner.reads = [&] {
      const std::string read = readOnce();
      got += read;
      if (read == "end") m_socket->close();
    };
    tell("hello");
    QTRY_COMPARE(got, std::string("hello"));
    ::close(std::exchange(m_peer, -1));
    QTRY_COMPARE(got, std::string("helloend"));
  }

  /// Who does not read is woken once, and again as soon as it has read.
  void isNotWokenInVain() {
    tell("a");
    QTRY_COMPARE(m_owner.readable, 1);
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_owner.readable, 1);
    QCOMPARE(readOnce(), std::string("a"));
    tell("b");
    QTRY_COMPARE(m_owner.readable, 2);
  }

  /// Who reads a part at a time gets the rest, though nothing more comes; also a part that was just full.
  void isToldAgainOfWhatIsLeft() {
    std::string got;
    m_owner.reads = [&] { got += readOnce(); };
    for (const std::size_t size : {200, 64, 128}) {
      const std::string said(size, 'x');
      got.clear();
      tell(said);
      QTRY_COMPARE(got, said);
    }
    m_owner.reads = nullptr;
    const std::string rest(100, 'y');
    tell(rest);
    const int before = m_owner.readable;
    QTRY_COMPARE(m_owner.readable, before + 1);
    got.clear();
    m_owner.reads = [&] { got += readOnce(); };
    got += readOnce();  // from elsewhere, and it goes on
    QTRY_COMPARE(got, rest);
  }

  void isToldOfTheEndBehindWhatItReads() {
    std::string got;
    m_owner.reads = [&] { got += readOnce(); };
    tell("last");
    ::shutdown(m_peer, SHUT_WR);
    QTRY_COMPARE(got, std::string("lastend"));
  }

  /// Its owner may have to wait with closing until all is sent.
  void isToldOfTheEndOnce() {
    while (m_socket->unsent() == 0) m_socket->write(std::string(10'000, 'x'));
    m_owner.reads = [&] { readOnce(); };
    ::shutdown(m_peer, SHUT_WR);
    QTRY_COMPARE(m_owner.readable, 1);
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_owner.readable, 1);
    QCOMPARE(m_owner.lost, 0);
  }

  /// Also while something waits to be sent, and after.
  void readsWhileItWrites() {
    std::string got;
    m_owner.reads = [&] { got += readOnce(); };
    std::string sent;
    while (m_socket->unsent() == 0) {
      const std::string part(10'000, 'x');
      m_socket->write(part);
      sent += part;
    }
    const std::string said(100, 'a');
    tell(said);
    QTRY_COMPARE(got, said);
    QCOMPARE(hear(sent.size()), sent);
    QTRY_COMPARE(m_socket->unsent(), std::int64_t{0});
    tell(said);
    QTRY_COMPARE(got, said + said);
  }

  /// More than the system takes goes out in order as the peer reads.
  void keepsWhatTheSystemDoesNotTake() {
    std::string sent;
    while (m_socket->unsent() < 100'000) {
      const std::string part(10'000, static_cast<char>('a' + sent.size() / 10'000 % 26));
      m_socket->write(part);
      sent += part;
    }
    QCOMPARE(m_owner.written, 0);
    QCOMPARE(hear(sent.size()), sent);
    QTRY_COMPARE(m_socket->unsent(), std::int64_t{0});
    QVERIFY(m_owner.written > 0);
    const int before = m_owner.written;
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_owner.written, before);
  }

  /// A peer that takes as much as comes, and never all: what it has taken is not kept.
  void keepsNoMoreThanIsUnsent() {
    while (m_socket->unsent() < 30'000) m_socket->write(std::string(10'000, 'x'));
    std::array<char, 10'000> buffer;
    for (std::size_t passed = 0; passed < 10'000'000;) {
      const ssize_t n = ::recv(m_peer, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n > 0) {
        passed += static_cast<std::size_t>(n);
        m_socket->write(std::string(static_cast<std::size_t>(n), 'y'));
      }
      QCoreApplication::processEvents();
      const auto unsent = static_cast<std::size_t>(m_socket->unsent());
      QVERIFY(unsent > 0);
      QVERIFY2(m_socket->unsentMemory() < unsent + 20'000,
               qPrintable(QString::number(m_socket->unsentMemory())));
    }
  }

  void tellsOnceThatThePeerIsGone() {
    ::close(std::exchange(m_peer, -1));
    m_socket->write("one");
    m_socket->write("two");
    QCOMPARE(m_owner.lost, 0);
    QTRY_COMPARE(m_owner.lost, 1);
    QCOMPARE(m_socket->unsent(), std::int64_t{0});
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_owner.lost, 1);
  }

  void losesItsPeerWithMuchUnsent() {
    while (m_socket->unsent() == 0) m_socket->write(std::string(10'000, 'x'));
    m_owner.reads = [&] { readOnce(); };
    ::close(std::exchange(m_peer, -1));
    QTRY_COMPARE(m_owner.lost, 1);
  }

  void isSilentOnceClosed() {
    m_socket->write("last");
    tell("late");
    m_socket->close();
    m_socket->close();
    m_socket->write("nothing");
    QVERIFY(!m_socket->isOpen());
    QCOMPARE(readOnce(), std::string("end"));
    for (int turn = 0; turn < 10; ++turn) QCoreApplication::processEvents();
    QCOMPARE(m_owner.readable + m_owner.written + m_owner.lost, 0);
    QCOMPARE(hear(100), std::string("last"));
  }

  void saysThatNoMoreIsWritten() {
    m_socket->write("last");
    m_socket->shutdownWrite();
    QCOMPARE(hear(100), std::string("last"));
    tell("still read");
    QTRY_COMPARE(m_owner.readable, 1);
    QCOMPARE(readOnce(), std::string("still read"));
  }
};

/// On the gateway's own loop and on Qt's, which serves where there is no epoll.
int main(int argc, char** argv) {
  int failed = 0;
  for (const bool ours : {true, false}) {
    if (ours) QCoreApplication::setEventDispatcher(makeEventDispatcher().release());
    QCoreApplication app(argc, argv);
    TestStreamSocket test;
    failed += QTest::qExec(&test, argc, argv);
  }
  return failed;
}
#include "test_stream_socket.moc"
