// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/origin.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

namespace sluice::config {

namespace {

constexpr Address kAny6{};
constexpr Address kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr Address kMapped4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kAt4 = 12;
constexpr Address kAny4 = kMapped4;  // 0.0.0.0

bool isMapped4(const Address& address) {
  return std::equal(address.begin(), address.begin() + kAt4, kMapped4.begin());
}

}  // namespace

std::optional<Address> parseAddress(const std::string& host) {
  Address address = kMapped4;
  in_addr four{};
  if (::inet_aton(host.c_str(), &four) != 0) {
    std::memcpy(address.data() + kAt4, &four, sizeof four);
    return address;
  }
  const std::string bare = host.substr(0, host.find('%'));  // without its zone
  if (::inet_pton(AF_INET6, bare.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool isPlainAddress(const std::string& host) {
  in_addr four{};
  in6_addr six{};
  return ::inet_pton(AF_INET, host.c_str(), &four) == 1 ||
         ::inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &six) == 1;
}

bool isLoopback(const std::string& host) {
  const auto address = parseAddress(host);
  if (!address) return false;
  return isMapped4(*address) ? (*address)[kAt4] == 127 : *address == kLoopback6;
}

bool isThisMachine(std::string_view host) {
  std::string name(host);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (isLoopback(name)) return true;
  if (const auto address = parseAddress(name)) return *address == kAny6 || *address == kAny4;
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

std::optional<Origin> parseOrigin(std::string_view url) {
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 127; });
  if (!plain || url.find_first_of("?#@\\") != std::string_view::npos) return std::nullopt;
  Origin origin;
  if (url.starts_with("https://")) {
    origin.tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const std::size_t slash = std::min(url.find('/'), url.size());
  const std::string_view authority = url.substr(0, slash);
  std::string_view path = url.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  origin.basePath = path;
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
    if (!rest.empty()) {
      port = rest.substr(1);
      if (port.empty()) return std::nullopt;
    }
  } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return std::nullopt;
  }
  if (host.empty()) return std::nullopt;
  origin.host = host;
  origin.port = origin.tls ? 443 : 80;
  if (!port.empty()) {
    const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), origin.port);
    if (ec != std::errc() || end != port.data() + port.size() || origin.port == 0) {
      return std::nullopt;
    }
  }
  origin.authority = authority;
  origin.key =
      (origin.tls ? "https://" : "http://") + origin.host + ":" + std::to_string(origin.port);
  return origin;
}

}  // namespace sluice::config
