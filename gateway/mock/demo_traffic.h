// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gateway/net/inbox.h"
#include "gateway/net/upstream.h"

namespace sluice::mock {

/// The switchable traffic of the demo: real requests from a client to the gateway's own port,
/// a few a second in a slow wave, half of them streams.
class DemoTraffic final : public net::Inbox {
  Q_OBJECT
 public:
  /// Most requests open at once; when they are all waiting, none is added.
  static constexpr std::size_t kMostOpen = 64;

  explicit DemoTraffic(std::uint64_t seed);
  ~DemoTraffic() override;

  struct Target {
    std::string model;
    std::string key;  ///< of the client it asks as; empty: it needs none
  };
  /// Sends to `baseUrl` (".../v1") for these from now on; none: stops. Any thread.
  void aim(const std::string& baseUrl, std::vector<Target> targets);

 private:
  class Call;
  void aimHere(const std::string& baseUrl, std::vector<Target> targets);
  void sendOne();
  void scheduleNext();

  net::UpstreamPool m_pool;
  net::Origin m_origin;
  std::vector<Target> m_targets;
  std::vector<std::unique_ptr<Call>> m_calls;
  std::mt19937_64 m_random;
  QTimer m_next;
  std::uint64_t m_sent = 0;
};

}  // namespace sluice::mock
