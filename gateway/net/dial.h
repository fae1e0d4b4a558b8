// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/net/address_race.h"
#include "gateway/net/proxy.h"
#include "gateway/net/tunnel.h"

namespace sluice::net {

/// Makes a connection that leads to an origin: to itself, or to a proxy that is asked for a tunnel to it.
/// What it hands over is the same either way: nothing of what the origin may have said is read. Has no
/// patience of its own: who dials destroys it when it takes too long, and everything is closed at once.
/// Confined to one thread. Neither callback comes from within run(); none comes once it is destroyed, and
/// they may destroy it.
class Dial final : public QObject {
 public:
  struct Outcome {
    /// A connected socket that does not block, which is the receiver's from then on.
    std::function<void(int descriptor)> made;
    /// `ours`: this process may open no more sockets, so nobody was asked.
    std::function<void(std::string why, bool ours)> failed;
  };

  Dial(Resolver resolver, std::optional<Proxy> proxy, Outcome outcome);
  ~Dial() override;

  void run(const std::string& host, std::uint16_t port);

 private:
  void onConnected(int descriptor);
  void onLost(const QString& why, bool ours);
  void send();
  void onReadable();
  /// Somebody else's from now on, or nobody's.
  int release();
  void hangUp();
  void fail(std::string why, bool ours);

  const std::optional<Proxy> m_proxy;
  const Outcome m_outcome;
  AddressRace m_race;
  std::optional<Tunnel> m_tunnel;
  int m_descriptor = -1;  // while the proxy is asked
  std::string m_unsent;
  std::unique_ptr<QSocketNotifier> m_readable;
  std::unique_ptr<QSocketNotifier> m_writable;
};

}  // namespace sluice::net
