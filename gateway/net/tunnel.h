// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/net/proxy.h"

namespace sluice::net {

/// What is said to a proxy, and heard from it, until what follows is the origin's: CONNECT (RFC 9110
/// 9.3.6) with Basic credentials (RFC 7617), or SOCKS 5 (RFC 1928) with none or a user and a password
/// (RFC 1929). Names are sent to the proxy as they are, which finds their addresses. Bytes in, bytes
/// out, and the same however they are cut; no I/O, no clock. Not thread-safe.
class Tunnel {
 public:
  /// Bytes a proxy may say before the tunnel is open.
  static constexpr std::size_t kMostHeard = 16 * 1024;

  Tunnel(const Proxy& proxy, std::string host, std::uint16_t port);

  /// What is to be sent now, if anything; it is told once.
  std::string takeOutput();
  /// Takes what the proxy says. Returns how many of the bytes were its own: all, until it is open() or
  /// failed(); what is behind them is the origin's.
  std::size_t feed(std::string_view input);

  bool open() const { return m_state == State::Open; }
  bool failed() const { return m_state == State::Failed; }
  /// Names the proxy and what it said; no user, no password.
  const std::string& failure() const { return m_failure; }

 private:
  enum class State : std::uint8_t { Status, Fields, Method, Login, Reply, Open, Failed };

  void take(char c);
  void askForConnect();
  void takeLine();
  void greet();
  void takeMethod();
  void logIn();
  void takeLogin();
  void askSocks();
  void takeReply();
  void fail(const std::string& why);

  const Proxy m_proxy;
  const std::string m_host;
  const std::uint16_t m_port;
  State m_state = State::Status;
  std::string m_out;
  std::string m_heard;  // of the line or the message that is not whole yet
  std::size_t m_total = 0;
  bool m_interim = false;  // the head under way only announces the real one
  std::string m_failure;
};

}  // namespace sluice::net
