// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpServer>
#include <functional>
#include <string>

namespace sluice::net {

/// Accepts connections and hands their descriptors on. listen() may be called before it is moved to
/// the thread it accepts on.
class Listener final : public QTcpServer {
  Q_OBJECT
 public:
  using Accept = std::function<void(qintptr descriptor)>;
  explicit Listener(Accept accept) : m_accept(std::move(accept)) { setListenBacklogSize(1024); }
  /// Closes a descriptor that nobody takes.
  static void drop(qintptr descriptor);

 protected:
  void incomingConnection(qintptr descriptor) override { m_accept(descriptor); }

 private:
  Accept m_accept;
};

/// Who listens on a local TCP port, as "name (pid 123)"; empty where the system does not tell
/// (another user's process, or not Linux). Reads /proc: for error messages, not for the hot path.
std::string portOwner(std::uint16_t port);

/// The first port above `port` that can be bound on `host` now; 0 when none of the next 100 can.
std::uint16_t nextFreePort(const std::string& host, std::uint16_t port);

}  // namespace sluice::net
