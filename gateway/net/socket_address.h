// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/socket.h>

#include <QHostAddress>
#include <cstdint>

namespace sluice::net {

/// An address and a port as the system takes them. A value; made from none it is empty.
class SocketAddress {
 public:
  SocketAddress(const QHostAddress& address, std::uint16_t port);

  bool empty() const { return m_size == 0; }
  int family() const { return m_storage.ss_family; }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&m_storage); }
  socklen_t size() const { return m_size; }

 private:
  sockaddr_storage m_storage{};
  socklen_t m_size = 0;
};

}  // namespace sluice::net
