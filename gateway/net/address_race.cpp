// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/address_race.h"

#include <algorithm>
#include <utility>

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

AddressRace::AddressRace(Resolver resolver, Runners runners)
    : m_resolver(std::move(resolver)), m_runners(std::move(runners)) {
  m_delay.setSingleShot(true);
  m_delay.setInterval(kAttemptDelayMs);
  connect(&m_delay, &QTimer::timeout, this, &AddressRace::tryNext);
}

AddressRace::~AddressRace() {
  while (!m_running.empty()) take(m_running.back().get());
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
  if (m_left.isEmpty()) {
    if (m_running.empty()) lose();
    return;
  }
  const QHostAddress address = m_left.takeFirst();
  m_running.push_back(m_runners.make());
  QTcpSocket* socket = m_running.back().get();
  connect(socket, &QTcpSocket::connected, this, [this, socket] { onConnected(socket); });
  connect(socket, &QTcpSocket::errorOccurred, this, [this, socket] { onFailed(socket); });
  if (!m_left.isEmpty()) m_delay.start();
  socket->connectToHost(address, m_port, m_runners.mode);
}

void AddressRace::onConnected(QTcpSocket* socket) {
  m_delay.stop();
  m_left.clear();
  std::unique_ptr<QTcpSocket> winner = take(socket);
  while (!m_running.empty()) take(m_running.back().get());
  const auto won = m_runners.won;  // it may destroy us
  won(std::move(winner));
}

void AddressRace::lose() {
  const auto lost = m_runners.lost;  // it may destroy us
  const QString why = m_why;
  lost(why);
}

void AddressRace::onFailed(QTcpSocket* socket) {
  if (m_why.isEmpty()) m_why = socket->errorString();
  take(socket).release()->deleteLater();  // it is telling us just now
  m_delay.stop();
  tryNext();
}

std::unique_ptr<QTcpSocket> AddressRace::take(QTcpSocket* socket) {
  const auto at =
      std::ranges::find(m_running, socket, [](const auto& running) { return running.get(); });
  std::unique_ptr<QTcpSocket> taken = std::move(*at);
  m_running.erase(at);
  taken->disconnect(this);
  return taken;
}

}  // namespace sluice::net
