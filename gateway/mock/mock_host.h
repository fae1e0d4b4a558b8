// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "gateway/config/config.h"
#include "gateway/core/mutex.h"
#include "gateway/net/listener.h"

namespace sluice::mock {

/// The built-in providers: a real HTTP server on a free loopback port. Provider ID answers at
/// /ID/v1/..., in the dialect its temper says, with its own temper. Made on any thread, then moved to the thread it is
/// to serve on; setTempers() from any thread.
class MockHost final : public QObject {
  Q_OBJECT
 public:
  /// Binds at once, so that port() is known. `seed` makes latencies and errors repeatable.
  explicit MockHost(std::uint64_t seed);
  ~MockHost() override;

  /// 0 when the system gave no port.
  std::uint16_t port() const { return m_listener.port(); }
  /// What requests that begin from now on meet, by provider id.
  void setTempers(std::map<std::string, config::Mock> tempers);

 private:
  friend class MockHandler;
  void accept(qintptr descriptor);
  std::optional<config::Mock> temperOf(const std::string& id) const;

  net::Listener m_listener;
  std::mt19937_64 m_random;
  std::uint64_t m_serial = 0;
  mutable core::Mutex m_mutex{core::LockRank::MockProviders};
  std::map<std::string, config::Mock> m_tempers SLUICE_GUARDED_BY(m_mutex);
};

}  // namespace sluice::mock
