// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/socket_address.h"

#include <net/if.h>
#include <netinet/in.h>

#include <cstring>

namespace sluice::net {

SocketAddress::SocketAddress(const QHostAddress& address, std::uint16_t port) {
  if (address.protocol() == QAbstractSocket::IPv6Protocol) {
    auto& six = reinterpret_cast<sockaddr_in6&>(m_storage);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::memcpy(&six.sin6_addr, &bytes, sizeof bytes);
    const QByteArray scope = address.scopeId().toLocal8Bit();
    bool numeric = false;
    six.sin6_scope_id = scope.toUInt(&numeric);
    if (!numeric && !scope.isEmpty()) six.sin6_scope_id = ::if_nametoindex(scope.constData());
    m_size = sizeof six;
  } else if (address.protocol() == QAbstractSocket::IPv4Protocol) {
    auto& four = reinterpret_cast<sockaddr_in&>(m_storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    four.sin_addr.s_addr = htonl(address.toIPv4Address());
    m_size = sizeof four;
  }
}

}  // namespace sluice::net
