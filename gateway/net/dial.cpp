// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/dial.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "gateway/net/event_dispatcher.h"

namespace sluice::net {

Dial::Dial(Resolver resolver, std::optional<Proxy> proxy, Outcome outcome)
    : m_proxy(std::move(proxy)),
      m_outcome(std::move(outcome)),
      m_race(std::move(resolver), {[this](int descriptor) { onConnected(descriptor); },
                                   [this](const QString& why, bool ours) { onLost(why, ours); }}) {}

Dial::~Dial() {
  hangUp();
}

void Dial::run(const std::string& host, std::uint16_t port) {
  if (m_proxy) m_tunnel.emplace(*m_proxy, host, port);
  m_race.run(QString::fromStdString(m_proxy ? m_proxy->host : host),
             m_proxy ? m_proxy->port : port);
}

void Dial::onConnected(int descriptor) {
  if (!m_tunnel) {
    const auto made = m_outcome.made;  // it may destroy us
    made(descriptor);
    return;
  }
  m_descriptor = descriptor;
  if (m_tunnel->failed()) {
    fail(m_tunnel->failure(), false);
    return;
  }
  m_readable = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
  m_writable = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Write);
  connect(m_readable.get(), &QSocketNotifier::activated, this, &Dial::onReadable);
  connect(m_writable.get(), &QSocketNotifier::activated, this, &Dial::send);
  send();
}

void Dial::onLost(const QString& why, bool ours) {
  const std::string text = why.toStdString();
  fail(m_proxy ? "the proxy " + m_proxy->name() + ": " + text : text, ours);
}

/// A proxy that is gone is told of by what is read.
void Dial::send() {
  m_unsent += m_tunnel->takeOutput();
  const ssize_t n = ::send(m_descriptor, m_unsent.data(), m_unsent.size(), MSG_NOSIGNAL);
  if (n > 0) m_unsent.erase(0, static_cast<std::size_t>(n));
  if (n < 0 && errno != EAGAIN && errno != EINTR) m_unsent.clear();
  m_writable->setEnabled(!m_unsent.empty());
}

void Dial::onReadable() {
  std::array<char, 4096> buffer;
  // Only looked at: what is behind the proxy's own words stays for whoever takes the connection.
  const ssize_t n = ::recv(m_descriptor, buffer.data(), buffer.size(), MSG_PEEK);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    const std::string how = n == 0 ? "closed the connection" : std::strerror(errno);
    fail("the proxy " + m_proxy->name() + " gives no tunnel: " + how, false);
    return;
  }
  const std::size_t taken = m_tunnel->feed({buffer.data(), static_cast<std::size_t>(n)});
  (void)::recv(m_descriptor, buffer.data(), taken, 0);
  if (m_tunnel->failed()) {
    fail(m_tunnel->failure(), false);
  } else if (m_tunnel->open()) {
    const auto made = m_outcome.made;  // it may destroy us
    made(release());
  } else {
    send();
  }
}

int Dial::release() {
  // They may be telling us just now.
  for (auto* notifier : {&m_readable, &m_writable}) {
    if (!*notifier) continue;
    (*notifier)->setEnabled(false);
    notifier->release()->deleteLater();
  }
  return std::exchange(m_descriptor, -1);
}

void Dial::hangUp() {
  const int descriptor = release();
  if (descriptor >= 0) closeWatched(descriptor);
}

void Dial::fail(std::string why, bool ours) {
  hangUp();
  const auto failed = m_outcome.failed;  // it may destroy us
  failed(std::move(why), ours);
}

}  // namespace sluice::net
