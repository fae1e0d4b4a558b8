// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <QUrl>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/engine.h"
#include "tests/support/http_client.h"

/// What tests of a whole engine share: built-in providers of a known temper behind real sockets.
namespace sluice::test {

inline config::Provider mockProvider(const std::string& id, const config::Mock& mock) {
  config::Provider provider;
  provider.id = id;
  provider.dialect = config::Dialect::Mock;
  provider.mock = mock;
  return provider;
}

inline config::Mock quick() {
  config::Mock mock;
  mock.latency = mock.jitter = config::Duration(0);
  mock.tokensPerSecond = 1e6;
  mock.replyTokens = 2;
  return mock;
}

inline config::Config configOf(std::vector<config::Provider> providers) {
  config::Config config;
  config.server.port = 0;
  config.server.workers = 2;
  config::Route route;
  route.model = "m";
  route.retry.attempts = 1;  // what is tested is seen as it is
  for (const auto& provider : providers) route.targets.push_back({provider.id, "", 1});
  config.providers = std::move(providers);
  config.routes = {route};
  return config;
}

inline std::uint16_t portOf(const Engine& engine) {
  return static_cast<std::uint16_t>(QUrl(engine.url()).port());
}

/// Runs blocking client code on a thread of its own while the engine's thread keeps its loop.
inline void aside(const std::function<void()>& work) {
  std::atomic<bool> done = false;
  std::thread thread([&] {
    work();
    done = true;
  });
  QTRY_VERIFY_WITH_TIMEOUT(done, 60'000);
  thread.join();
}

inline bool balanced(const EngineSnapshot& s) {
  const RequestTotals& r = s.requests;
  bool good = r.started == r.ok + r.failed + r.cancelled + r.rejected + r.inflight;
  std::uint64_t ok = 0, failed = 0, cancelled = 0, rejected = 0;
  for (const RequestCount& c : s.requestCounts) {
    ok += c.ok, failed += c.failed, cancelled += c.cancelled, rejected += c.rejected;
  }
  good = good && ok == r.ok && failed == r.failed && cancelled == r.cancelled &&
         rejected == r.rejected;
  for (const ProviderSnapshot& p : s.providers) {
    good = good && p.started == p.ok + p.failed + p.cancelled + p.inflight;
    good = good && p.failed == p.rateLimited + p.serverErrors + p.timedOut + p.cut + p.unreachable +
                                   p.keyRefused;
  }
  const RefusalTotals& why = s.refusals;
  return good && r.rejected == why.limit + why.busy + why.breaker + why.noTarget +
                                   why.unknownModel + why.unknownKey + why.invalid;
}

}  // namespace sluice::test
