// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpServer>
#include <QTimer>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace sluice::net {

/// Accepts connections and hands their descriptors on. listen() may be called before it is moved to
/// the thread it accepts on.
///
/// When accept() fails, as the program is out of descriptors or the system of memory, Qt's server stops
/// for good: this one goes on after kRest, and until then leaves connections to the kernel's queue.
class Listener final : public QTcpServer {
  Q_OBJECT
 public:
  using Accept = std::function<void(qintptr descriptor)>;
  static constexpr std::chrono::milliseconds kRest{100};

  explicit Listener(Accept accept);
  /// Closes a descriptor that nobody takes.
  static void drop(qintptr descriptor);

 signals:
  /// Connections have to wait; once until one is accepted again. `why`: the system's words.
  void rests(const QString& why);

 protected:
  void incomingConnection(qintptr descriptor) override;

 private:
  Accept m_accept;
  QTimer* m_rest;
  bool m_told = false;
};

/// Who listens on a local TCP port, as "name (pid 123)"; empty where the system does not tell
/// (another user's process, or not Linux). Reads /proc: for error messages, not for the hot path.
std::string portOwner(std::uint16_t port);

/// The first port above `port` that can be bound on `host` now; 0 when none of the next 100 can.
std::uint16_t nextFreePort(const std::string& host, std::uint16_t port);

}  // namespace sluice::net
