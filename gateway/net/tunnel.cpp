// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tunnel.h"

#include <QByteArray>
#include <QHostAddress>
#include <utility>

#include "gateway/net/http_head.h"

namespace sluice::net {

namespace {

// SOCKS 5 (RFC 1928 3, 4 and 6; RFC 1929 2)
constexpr char kVersion = 5;
constexpr char kLoginVersion = 1;
constexpr char kNoLogin = 0;
constexpr char kUserAndPassword = 2;
constexpr char kNoneAccepted = static_cast<char>(0xFF);
constexpr char kConnect = 1;
constexpr char kIpv4 = 1;
constexpr char kName = 3;
constexpr char kIpv6 = 4;
constexpr std::size_t kMostBytes = 255;  // what a length of one byte can tell

std::string_view refusalOf(char reply) {
  switch (reply) {
    case 2:
      return "its rules do not allow it";
    case 3:
      return "the network cannot be reached";
    case 4:
      return "the host cannot be reached";
    case 5:
      return "the connection was refused";
    case 6:
      return "the time to live expired";
    case 7:
      return "it does not make connections";
    case 8:
      return "it does not know this kind of address";
    default:
      return "it failed";
  }
}

void appendPort(std::string& out, std::uint16_t port) {
  out += static_cast<char>(port >> 8);
  out += static_cast<char>(port & 0xFF);
}

void appendCounted(std::string& out, std::string_view text) {
  out += static_cast<char>(text.size());
  out += text;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Of "HTTP/1.x 200", with whatever reason; 0: it is none.
int statusOf(std::string_view line) {
  constexpr std::string_view kProtocol = "HTTP/1.";
  constexpr std::size_t kBefore = kProtocol.size() + 2;
  if (line.size() < kBefore + 3 || !line.starts_with(kProtocol)) return 0;
  if (!isDigit(line[kBefore - 2]) || line[kBefore - 1] != ' ') return 0;
  if (line.size() > kBefore + 3 && line[kBefore + 3] != ' ') return 0;
  int status = 0;
  for (const char c : line.substr(kBefore, 3)) {
    if (!isDigit(c)) return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

Tunnel::Tunnel(const Proxy& proxy, std::string host, std::uint16_t port)
    : m_proxy(proxy), m_host(std::move(host)), m_port(port) {
  if (m_proxy.kind == Proxy::Kind::Http) {
    askForConnect();
  } else {
    greet();
  }
}

std::string Tunnel::takeOutput() {
  return std::exchange(m_out, {});
}

std::size_t Tunnel::feed(std::string_view input) {
  std::size_t taken = 0;
  while (taken < input.size() && !open() && !failed()) take(input[taken++]);
  return taken;
}

void Tunnel::take(char c) {
  if (++m_total > kMostHeard) {
    fail("it talks on and on");
    return;
  }
  if (m_state == State::Status || m_state == State::Fields) {
    if (c != '\n') {
      m_heard += c;
      return;
    }
    if (m_heard.ends_with('\r')) m_heard.pop_back();
    takeLine();
    m_heard.clear();
    return;
  }
  m_heard += c;
  if (m_state == State::Method) {
    takeMethod();
  } else if (m_state == State::Login) {
    takeLogin();
  } else {
    takeReply();
  }
}

void Tunnel::askForConnect() {
  const std::string host = m_host.find(':') == std::string::npos ? m_host : "[" + m_host + "]";
  const std::string authority = host + ":" + std::to_string(m_port);
  m_out = "CONNECT " + authority + " HTTP/1.1\r\n";
  appendField(m_out, "Host", authority);
  if (m_proxy.hasLogin()) {
    const auto login = QByteArray::fromStdString(m_proxy.user + ":" + m_proxy.password);
    appendField(m_out, "Proxy-Authorization", "Basic " + login.toBase64().toStdString());
  }
  m_out += "\r\n";
}

void Tunnel::takeLine() {
  if (m_state == State::Fields) {
    if (!m_heard.empty()) return;  // whatever they say: a tunnel has no body (RFC 9110 9.3.6)
    m_state = m_interim ? State::Status : State::Open;
    return;
  }
  const int status = statusOf(m_heard);
  m_interim = status / 100 == 1;
  if (status / 100 == 2 || m_interim) {
    m_state = State::Fields;
  } else if (status == 0) {
    fail("what it answered is not HTTP");
  } else if (status == 407) {
    fail(m_proxy.hasLogin() ? "status 407, it does not accept the user and password of its address"
                            : "status 407, it wants a user and a password in its address");
  } else {
    const std::string reason(reasonPhrase(status));
    fail("status " + std::to_string(status) + (reason == "Unknown" ? "" : ", " + reason));
  }
}

void Tunnel::greet() {
  m_state = State::Method;
  const bool fits = m_proxy.user.size() <= kMostBytes && m_proxy.password.size() <= kMostBytes;
  if (!fits || m_host.size() > kMostBytes) {
    fail("SOCKS has no room for names and passwords of more than 255 bytes");
    return;
  }
  m_out = {kVersion, 1, kNoLogin};
  if (m_proxy.hasLogin()) m_out = {kVersion, 2, kNoLogin, kUserAndPassword};
}

void Tunnel::takeMethod() {
  if (m_heard[0] != kVersion) {
    fail("what it answered is not SOCKS 5");
    return;
  }
  if (m_heard.size() < 2) return;
  const char method = m_heard[1];
  m_heard.clear();
  if (method == kNoLogin) {
    askSocks();
  } else if (method == kUserAndPassword && m_proxy.hasLogin()) {
    logIn();
  } else if (method == kNoneAccepted && !m_proxy.hasLogin()) {
    fail("it wants a user and a password in its address");
  } else {
    fail("it wants another way to log in");
  }
}

void Tunnel::logIn() {
  m_state = State::Login;
  m_out += kLoginVersion;
  appendCounted(m_out, m_proxy.user);
  appendCounted(m_out, m_proxy.password);
}

void Tunnel::takeLogin() {
  if (m_heard.size() < 2) return;  // of its version nothing hangs, and some say another
  if (m_heard[1] != 0) {
    fail("it does not accept the user and password of its address");
    return;
  }
  m_heard.clear();
  askSocks();
}

void Tunnel::askSocks() {
  m_state = State::Reply;
  m_out += {kVersion, kConnect, 0};
  const QHostAddress address(QString::fromStdString(m_host));
  if (address.protocol() == QAbstractSocket::IPv4Protocol) {
    const std::uint32_t four = address.toIPv4Address();
    m_out += kIpv4;
    for (int shift = 24; shift >= 0; shift -= 8) m_out += static_cast<char>(four >> shift & 0xFF);
  } else if (address.protocol() == QAbstractSocket::IPv6Protocol) {
    const Q_IPV6ADDR six = address.toIPv6Address();
    m_out += kIpv6;
    m_out.append(reinterpret_cast<const char*>(&six), sizeof six);
  } else {
    m_out += kName;
    appendCounted(m_out, m_host);
  }
  appendPort(m_out, m_port);
}

/// VER REP RSV ATYP, an address, a port.
void Tunnel::takeReply() {
  if (m_heard[0] != kVersion) {
    fail("what it answered is not SOCKS 5");
    return;
  }
  if (m_heard.size() < 2) return;
  if (m_heard[1] != 0) {
    fail("reply " + std::to_string(static_cast<unsigned char>(m_heard[1])) + ", " +
         std::string(refusalOf(m_heard[1])));
    return;
  }
  if (m_heard.size() < 5) return;
  std::size_t address = 0;
  switch (m_heard[3]) {
    case kIpv4:
      address = 4;
      break;
    case kIpv6:
      address = 16;
      break;
    case kName:
      address = 1u + static_cast<unsigned char>(m_heard[4]);
      break;
    default:
      fail("what it answered is not SOCKS 5");
      return;
  }
  if (m_heard.size() < 4 + address + 2) return;
  m_heard.clear();
  m_state = State::Open;
}

void Tunnel::fail(const std::string& why) {
  m_state = State::Failed;
  m_out.clear();
  m_failure = "the proxy " + m_proxy.name() + " gives no tunnel: " + why;
}

}  // namespace sluice::net
