// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>
#include <QHostInfo>
#include <QList>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>
#include <vector>

namespace sluice::net {

/// Finds the addresses of a name; answers later, in the thread of `context`, or not at all when that
/// is gone by then.
using Resolver = std::function<void(const QString& name, QObject* context,
                                    std::function<void(const QHostInfo&)> answer)>;
/// The system's, asked on threads of its own; answers are kept for a minute.
Resolver systemResolver();

/// Families by turns, beginning with that of the first address (RFC 8305, section 4). Pure.
QList<QHostAddress> interleaved(const QList<QHostAddress>& addresses);

/// Connects to a host by whichever of its addresses lets us in first (RFC 8305, "happy eyeballs"): the
/// next is tried when one has failed or has been silent for kAttemptDelay, so that an address that
/// swallows what is sent to it costs that long and not the whole connect timeout. Confined to one
/// thread. Neither callback comes from within run(); none comes once the race is destroyed, and they
/// may destroy it.
class AddressRace final : public QObject {
 public:
  static constexpr int kAttemptDelayMs = 250;

  struct Outcome {
    /// A connected socket, which is the receiver's from then on.
    std::function<void(int descriptor)> won;
    /// Why: of the first address that failed, or of the name. `ours`: this process may open no more
    /// sockets, so nobody was asked.
    std::function<void(const QString& why, bool ours)> lost;
  };

  AddressRace(Resolver resolver, Outcome outcome);
  ~AddressRace() override;

  void run(const QString& host, quint16 port);

 private:
  /// A connect under way. Closes its socket, unless it was taken.
  struct Attempt {
    ~Attempt();
    int descriptor = -1;
    std::unique_ptr<QSocketNotifier> writable;
  };

  void onFound(const QHostInfo& info);
  void tryNext();
  /// False: it has failed already, as errno tells.
  bool begin(const QHostAddress& address);
  void onDone(Attempt* attempt);
  void lose();

  const Resolver m_resolver;
  const Outcome m_outcome;
  quint16 m_port = 0;
  QList<QHostAddress> m_left;
  std::vector<std::unique_ptr<Attempt>> m_running;
  QString m_why;
  bool m_ours = false;
  QTimer m_delay;
};

}  // namespace sluice::net
