// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/address_race.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/net/event_dispatcher.h"
#include "gateway/net/socket_address.h"

namespace sluice::net {

Resolver systemResolver() {
  return [](const QString& name, QObject* context, std::function<void(const QHostInfo&)> answer) {
    QHostInfo::lookupHost(name, context, std::move(answer));
  };
}

QList<QHostAddress> interleaved(const QList<QHostAddress>& addresses) {
  if (addresses.isEmpty()) return {};
  const auto family = addresses.front().protocol();
  QList<QHostAddress> first, second, order;
  for (const QHostAddress& address : addresses) {
    (address.protocol() == family ? first : second).push_back(address);
  }
  for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) order.push_back(first[i]);
    if (i < second.size()) order.push_back(second[i]);
  }
  return order;
}

AddressRace::AddressRace(Resolver resolver, Outcome outcome)
    : m_resolver(std::move(resolver)), m_outcome(std::move(outcome)) {
  m_delay.setSingleShot(true);
  m_delay.setInterval(kAttemptDelayMs);
  connect(&m_delay, &QTimer::timeout, this, &AddressRace::tryNext);
}

AddressRace::~AddressRace() = default;

AddressRace::Attempt::~Attempt() {
  // It may be telling us just now.
  if (writable) {
    writable->setEnabled(false);
    writable.release()->deleteLater();
  }
  if (descriptor >= 0) closeWatched(descriptor);
}

void AddressRace::run(const QString& host, quint16 port) {
  m_port = port;
  if (const QHostAddress address(host); !address.isNull()) {
    m_left = {address};
    // A socket may fail at once; whoever called run() is not ready to hear of it.
    QMetaObject::invokeMethod(this, &AddressRace::tryNext, Qt::QueuedConnection);
    return;
  }
  m_resolver(host, this, [this](const QHostInfo& info) { onFound(info); });
}

void AddressRace::onFound(const QHostInfo& info) {
  m_left = interleaved(info.addresses());
  if (m_left.isEmpty()) m_why = info.errorString();
  tryNext();
}

void AddressRace::tryNext() {
  m_delay.stop();
  while (!m_left.isEmpty()) {
    if (begin(m_left.takeFirst())) {
      if (!m_left.isEmpty()) m_delay.start();
      return;
    }
    m_ours = m_ours || errno == EMFILE || errno == ENFILE;
    if (m_why.isEmpty()) m_why = QString::fromLocal8Bit(std::strerror(errno));
  }
  if (m_running.empty()) lose();
}

bool AddressRace::begin(const QHostAddress& address) {
  const SocketAddress to(address, m_port);
  auto attempt = std::make_unique<Attempt>();
  attempt->descriptor = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (attempt->descriptor < 0) return false;
  if (::connect(attempt->descriptor, to.data(), to.size()) != 0 && errno != EINPROGRESS) {
    const int why = errno;  // closing may change it
    attempt.reset();
    errno = why;
    return false;
  }
  attempt->writable =
      std::make_unique<QSocketNotifier>(attempt->descriptor, QSocketNotifier::Write);
  connect(attempt->writable.get(), &QSocketNotifier::activated, this,
          [this, running = attempt.get()] { onDone(running); });
  m_running.push_back(std::move(attempt));
  return true;
}

void AddressRace::onDone(Attempt* attempt) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(attempt->descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    if (m_why.isEmpty()) m_why = QString::fromLocal8Bit(std::strerror(error));
    std::erase_if(m_running, [attempt](const auto& running) { return running.get() == attempt; });
    tryNext();
    return;
  }
  const int descriptor = std::exchange(attempt->descriptor, -1);
  m_delay.stop();
  m_left.clear();
  m_running.clear();
  const auto won = m_outcome.won;  // it may destroy us
  won(descriptor);
}

void AddressRace::lose() {
  const auto lost = m_outcome.lost;  // it may destroy us
  const QString why = m_why;
  lost(why, m_ours);
}

}  // namespace sluice::net
