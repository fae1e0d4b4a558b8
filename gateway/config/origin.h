// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::config {

/// Where requests of one provider go.
struct Origin {
  std::string host;  ///< name or address, no brackets
  std::uint16_t port = 0;
  bool tls = false;
  std::string basePath;   ///< "" or "/v1": no trailing slash
  std::string authority;  ///< value of the Host field
  std::string caFile;     ///< certificates trusted beside the system's; empty: none
  std::string key;        ///< what connections are shared by: scheme, host, port, certificates

  std::string trusted;  ///< caFile as it is now; empty: none

  /// Its connections are not shared with those that trust others. `version`: another one when the file
  /// has changed.
  void trust(const std::string& file, const std::string& version) {
    caFile = file;
    if (file.empty()) return;
    trusted = file + " " + version;
    key += " " + trusted;
  }

  bool operator==(const Origin&) const = default;
};

/// An address of IPv4 or IPv6 in whichever way it is spelt; of IPv4 as IPv6 has it (::ffff:a.b.c.d).
using Address = std::array<std::uint8_t, 16>;

/// Nothing for a name. "127.1", "0" and "0x7f000001" are addresses as well (inet_aton(3)). Pure.
std::optional<Address> parseAddress(const std::string& host);

/// Whether it is an address as inet_pton(3) has it, of IPv6 maybe with a zone: one that a socket can listen
/// on. Pure.
bool isPlainAddress(const std::string& host);

/// Whether it is an address that can be reached from this machine only. Pure.
bool isLoopback(const std::string& host);

/// Whether connecting to a host ends on this machine, as far as it can be told without asking: the
/// loopback, and the address that stands for any. Pure.
bool isThisMachine(std::string_view host);

/// From "http(s)://host[:port][/path]" (RFC 3986 3). Nothing for another scheme, an empty host, a
/// port outside 1..65535, user info, a query, a fragment, blanks or control characters. Pure.
std::optional<Origin> parseOrigin(std::string_view url);

}  // namespace sluice::config
