// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's own files share.
#pragma once

#include <QTimer>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gateway/core/mutex.h"
#include "gateway/engine.h"
#include "gateway/exchange/worker.h"
#include "gateway/mock/demo_traffic.h"
#include "gateway/mock/mock_host.h"
#include "gateway/net/inbox.h"
#include "gateway/net/loop.h"
#include "gateway/route/registry.h"

namespace sluice {

inline std::uint64_t seed() {
  return std::random_device{}() * 0x9E3779B97F4A7C15ull + 1;
}

/// The built-in providers and the demo's traffic, on a thread of their own.
struct Mocks {
  mock::MockHost* host = nullptr;
  mock::DemoTraffic* demo = nullptr;
  std::unique_ptr<net::Loop> loop;

  static Mocks make() {
    auto host = std::make_unique<mock::MockHost>(seed());
    auto traffic = std::make_unique<mock::DemoTraffic>(seed());
    Mocks mocks{host.get(), traffic.get(), nullptr};
    mocks.loop = net::Loop::with("sluice-mock", std::move(host), std::move(traffic));
    return mocks;
  }
};

struct Engine::Private {
  explicit Private(const Options& engineOptions)
      : options(engineOptions), clock(engineOptions.clock ? *engineOptions.clock : ownClock) {}

  const Options options;
  core::SteadyClock ownClock;
  const core::Clock& clock;

  // Config: changed under the lock, read through the cell.
  mutable core::Mutex configMutex{core::LockRank::Config};
  route::Registry registry SLUICE_GUARDED_BY(configMutex);
  std::uint64_t revision SLUICE_GUARDED_BY(configMutex) = 0;
  /// As its file has it: what is read, edited and written.
  std::shared_ptr<const config::Config> config SLUICE_GUARDED_BY(configMutex);
  /// Of that config, which in the table listens where listenOverride says.
  std::shared_ptr<const route::RouteTable> table SLUICE_GUARDED_BY(configMutex);
  std::optional<std::pair<std::string, std::uint16_t>> listenOverride
      SLUICE_GUARDED_BY(configMutex);
  Mocks mocks SLUICE_GUARDED_BY(configMutex);
  route::RouteTableCell tables;
  cache::AnswerCache cache{config::Cache().maxSize};
  std::atomic<std::uint64_t> rejected = 0;

  net::Inbox inbox;  // of the engine's thread

  // Events: rare.
  core::Mutex eventMutex{core::LockRank::Events};
  std::deque<Event> events SLUICE_GUARDED_BY(eventMutex);
  bool eventsAnnounced SLUICE_GUARDED_BY(eventMutex) = false;

  // Counters: one reader at a time.
  mutable core::Mutex metricsMutex{core::LockRank::Counters};
  std::vector<std::shared_ptr<metrics::WorkerMetrics>> workerMetrics
      SLUICE_GUARDED_BY(metricsMutex);
  metrics::Counters retired SLUICE_GUARDED_BY(metricsMutex);  // of workers of earlier runs

  // Threads. Declared so that the listener ends first.
  std::unique_ptr<exchange::Services> services;
  std::vector<std::unique_ptr<net::Loop>> workerLoops;
  std::vector<exchange::Worker*> workers;
  std::unique_ptr<net::Loop> controlLoop;
  std::shared_ptr<net::Inbox::Address> control;  // of the control thread; set while no worker runs
  QTimer* drainTimer = nullptr;
  std::size_t draining = 0;

  std::atomic<bool> listening = false;
  std::atomic<bool> demoTraffic = false;
  std::atomic<unsigned> workerCount = 0;
  mutable core::Mutex urlMutex{core::LockRank::Address};
  std::string url SLUICE_GUARDED_BY(urlMutex);

  bool hasMocks() const;
  void aimDemo() SLUICE_REQUIRES(configMutex);
  DemoBar demoBar SLUICE_GUARDED_BY(configMutex) = DemoBar::NoMock;  // of the table
  /// Where the demo's traffic can go; `bar`: why it cannot.
  static std::vector<mock::DemoTraffic::Target> demoTargets(const route::RouteTable& table,
                                                            DemoBar& bar);
  void accept(qintptr descriptor, std::uint32_t most);
  metrics::Counters merged(std::vector<WorkerSnapshot>* loops) const;
};

}  // namespace sluice
