// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gateway/config/origin.h"

namespace sluice::net {

/// Value of an environment variable; empty: not set.
using Environment = std::function<std::string(const char* name)>;

/// Who is asked for a tunnel to origins. A value.
struct Proxy {
  enum class Kind : std::uint8_t { Http, Socks5 };
  Kind kind = Kind::Http;
  std::string host;  ///< name or address, no brackets
  std::uint16_t port = 0;
  std::string user;  ///< empty, and no password: none is given
  std::string password;

  bool hasLogin() const { return !user.empty() || !password.empty(); }
  /// For messages: its address, without the login.
  std::string name() const;
  bool operator==(const Proxy&) const = default;
};

/// What the environment says of the way to an origin.
struct ProxySetting {
  std::optional<Proxy> proxy;  ///< empty: directly
  std::string flaw;  ///< not empty: it names none that can be used; without the value, which
                     ///< may hold a login
};

/// As curl reads the environment: https_proxy or http_proxy by the origin's scheme, else all_proxy;
/// no_proxy lists hosts, domains and networks (10.0.0.0/8) that are reached directly, '*' all. Upper or
/// lower case, lower first. This machine itself is always reached directly. An HTTP proxy is asked for a
/// tunnel (CONNECT), for plain origins too; a SOCKS proxy finds the addresses. TLS to the proxy and
/// SOCKS 4 are a flaw. Pure.
ProxySetting proxyFor(const config::Origin& origin, const Environment& environment);

}  // namespace sluice::net
