// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>
#include <string>

namespace sluice::net {

/// Accepts connections and hands their descriptors on, which do not block. Confined to one thread, but
/// listen() may be called before it is moved to the thread it accepts on. Stops with its destruction.
///
/// While the system has no descriptor or no memory for a connection, the connections stay in its queue
/// and it is asked again after kRestMs: a queue that cannot be emptied would wake the loop on and on.
class Listener final : public QObject {
 public:
  static constexpr int kRestMs = 100;
  static constexpr int kBacklog = 1024;

  using Accept = std::function<void(qintptr descriptor)>;
  explicit Listener(Accept accept, QObject* parent = nullptr);
  ~Listener() override;

  /// Once. Port 0: a free one. False: it does not listen, and error() says why.
  bool listen(const QHostAddress& address, std::uint16_t port);
  std::uint16_t port() const { return m_port; }
  /// As errno has it.
  int error() const { return m_error; }
  QString errorString() const;

  /// Closes a descriptor that nobody takes.
  static void drop(qintptr descriptor);

 private:
  void acceptSome();
  void rest(int why);

  const Accept m_accept;
  int m_descriptor = -1;
  std::uint16_t m_port = 0;
  int m_error = 0;
  QSocketNotifier* m_ready = nullptr;  // a child, as the timer is: they move with it
  QTimer m_rest;
  QDeadlineTimer m_told;  // not told of again before
};

/// Who listens on a local TCP port, as "name (pid 123)"; empty where the system does not tell
/// (another user's process, or not Linux). Reads /proc: for error messages, not for the hot path.
std::string portOwner(std::uint16_t port);

/// The first port above `port` that can be bound on `host` now; 0 when none of the next 100 can.
std::uint16_t nextFreePort(const std::string& host, std::uint16_t port);

}  // namespace sluice::net
