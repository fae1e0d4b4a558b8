// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QStringList>
#include <QTest>
#include <vector>

#include "gateway/net/listener.h"

using namespace sluice;

namespace {

/// A connection that the kernel has made, and that waits to be accepted.
int connected(std::uint16_t port) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? client : -1;
}

/// As long as it lives, this program gets no more descriptors.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &m_before);
    const int next = ::dup(0);
    ::close(next);
    rlimit none = m_before;
    none.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

 private:
  rlimit m_before{};
};

}  // namespace

class TestListener : public QObject {
  Q_OBJECT
 private slots:
  void handsOnWhatConnects() {
    std::vector<qintptr> got;
    net::Listener listener([&](qintptr descriptor) { got.push_back(descriptor); });
    QVERIFY(listener.listen(QHostAddress::LocalHost));
    const int client = connected(listener.serverPort());
    QVERIFY(client >= 0);
    QTRY_COMPARE(got.size(), std::size_t{1});
    net::Listener::drop(got.front());
    ::close(client);
  }

  /// Qt's own server never accepts again.
  void goesOnWhenThereAreDescriptorsAgain() {
    std::vector<qintptr> got;
    net::Listener listener([&](qintptr descriptor) { got.push_back(descriptor); });
    QVERIFY(listener.listen(QHostAddress::LocalHost));
    const int client = connected(listener.serverPort());
    QVERIFY(client >= 0);
    int failed = 0;
    QStringList told;
    connect(&listener, &net::Listener::acceptError, this, [&] { ++failed; });
    connect(&listener, &net::Listener::rests, this, [&](const QString& why) { told << why; });
    {
      const NoDescriptors none;
      QTRY_VERIFY(failed >= 3);  // tried again, and again
      QCOMPARE(told.size(), 1);
      QVERIFY(!told.front().isEmpty());
      QVERIFY(got.empty());
    }
    QTRY_COMPARE(got.size(), std::size_t{1});
    // The next time is told of too.
    const int another = connected(listener.serverPort());
    {
      const NoDescriptors none;
      QTRY_COMPARE(told.size(), 2);
    }
    QTRY_COMPARE(got.size(), std::size_t{2});
    for (const qintptr descriptor : got) net::Listener::drop(descriptor);
    ::close(client);
    ::close(another);
  }
};

QTEST_GUILESS_MAIN(TestListener)
#include "test_listener.moc"
