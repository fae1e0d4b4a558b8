// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "gateway/cache/answer_cache.h"
#include "gateway/command.h"
#include "gateway/core/balancer.h"
#include "gateway/core/time.h"
#include "gateway/dialect/request_peek.h"
#include "gateway/event.h"
#include "gateway/exchange/request_log.h"
#include "gateway/metrics/counters.h"
#include "gateway/metrics/snapshot.h"
#include "gateway/net/http_connection.h"
#include "gateway/net/inbox.h"
#include "gateway/net/upstream.h"
#include "gateway/route/route_table.h"

namespace sluice::exchange {

class Exchange;

/// What the admin paths may do. Thread-safe.
struct Admin {
  struct Patched {
    std::vector<config::Fault> faults;
    std::uint64_t revision = 0;
  };
  std::string token;  ///< empty: there are no such paths
  std::function<std::shared_ptr<const config::Config>()> config;
  std::function<Patched(std::string_view json)> patch;
  std::function<bool(const std::string& provider, ProviderCommand)> command;
  /// Runs it on the control thread; destroys it unrun when the gateway stops.
  std::function<void(std::function<void()>)> aside;
};

/// What the engine gives to all workers. Thread-safe, outlives them.
struct Services {
  const core::Clock& clock;
  route::RouteTableCell& tables;
  std::function<void(Event)> event;
  std::function<EngineSnapshot()> snapshot;
  cache::AnswerCache& cache;
  std::optional<config::LogLevel> logLevel;  ///< in place of the config's
  LogWriter log;                             ///< null: there is no request log
  Admin admin;
  std::string via;  ///< names this gateway, and no other, in what it sends to providers
};

/// One worker: its connections, its upstream pool, its counters. Everything but connections(),
/// turnedAway(), give() and drain() is confined to its thread.
class Worker final : public net::Inbox {
  Q_OBJECT
 public:
  Worker(Services& services, std::shared_ptr<metrics::WorkerMetrics> metrics, std::uint64_t seed);
  ~Worker() override;

  /// Open connections, those on their way here included. Any thread.
  std::uint32_t connections() const {
    return m_metrics->connections.load(std::memory_order_relaxed);
  }
  /// The same of those above the most there may be, which are only told so. Any thread.
  std::uint32_t turnedAway() const { return m_turnedAwayCount.load(std::memory_order_relaxed); }
  /// Hands over an accepted descriptor. `full`: there are too many connections, and this one is told so.
  /// Any thread.
  void give(qintptr descriptor, bool full);
  /// No new requests; `drained` is called here, once, when the last one has ended. Any thread.
  void drain(std::function<void()> drained);

  // For the exchanges of this worker.
  core::Nanos now() const { return m_services.clock.now(); }
  Services& services() const { return m_services; }
  route::RouteTableCell::Reader& tables() { return m_tables; }
  net::UpstreamPool& pool() { return m_pool; }
  dialect::RequestPeek& peek() { return m_peek; }
  std::mt19937_64& random() { return m_random; }
  /// Requests here that wait for a limit to let them through.
  std::uint32_t& throttled() { return m_throttled; }
  /// Memory that choosing a target needs, kept between requests.
  std::vector<core::Candidate>& candidates() { return m_candidates; }
  std::vector<double>& scratch() { return m_scratch; }
  /// The counters, to be changed; they will be published soon.
  metrics::Counters& counters() {
    if (!m_dirty) {
      m_dirty = true;
      wake();
    }
    return m_metrics->live;
  }
  /// Publishes the counters now, so that a snapshot taken here sees them.
  void publish();
  /// An exchange that waits for its provider: its deadlines are looked at from now on.
  void watch(Exchange& exchange);
  void unwatch(Exchange& exchange);
  bool logsRequests(config::LogLevel level) const {
    return m_services.log && requestLog().isInfoEnabled() &&
           m_services.logLevel.value_or(level) <= config::LogLevel::Info;
  }
  /// The line goes out soon, with others.
  void log(const RequestLine& line, config::LogFormat format);
  /// A connection that is over lives on, for what its exchange still fetches for others.
  void keep(net::HttpConnection& connection);
  void letGo(net::HttpConnection& connection);
  /// A random number in [0, 1).
  double unit() { return std::uniform_real_distribution<double>(0.0, 1.0)(m_random); }
  /// What a change of a breaker's state is to be told as.
  void report(Event::Kind kind, const std::string& subject, std::string text);

 private:
  static constexpr int kTickMs = 50;
  static constexpr unsigned kPublishTicks = 2;
  static constexpr unsigned kLogTicks = 4;
  static constexpr int kIdleLimitSeconds = 120;
  static constexpr int kRequestLimitSeconds = 60;
  /// For who is turned away to ask, and how many may do so at once: then the first gives way.
  static constexpr int kTurnAwaySeconds = 2;
  static constexpr std::size_t kMostTurnedAway = 32;

  void accept(qintptr descriptor, bool full);
  void forget(net::HttpConnection* connection);
  void reportDrained();
  void flushLog();
  void tick();
  void measure(core::Nanos now);
  void sweep();
  void wake();

  Services& m_services;
  std::shared_ptr<metrics::WorkerMetrics> m_metrics;
  route::RouteTableCell::Reader m_tables;
  net::UpstreamPool m_pool;
  dialect::RequestPeek m_peek;
  std::mt19937_64 m_random;
  std::vector<core::Candidate> m_candidates;
  std::vector<double> m_scratch;
  std::vector<net::HttpConnection*> m_open;
  std::vector<net::HttpConnection*> m_turnedAway;
  std::vector<net::HttpConnection*> m_kept;  // over, but for what their exchanges fetch for others
  std::vector<Exchange*> m_watched;
  QTimer m_tick;        // deadlines and publication, only while there is something to watch
  QTimer m_sweep;       // idle connections, once a second
  std::string m_lines;  // of the request log
  std::atomic<std::uint32_t> m_turnedAwayCount{0};
  std::uint32_t m_throttled = 0;
  unsigned m_ticks = 0;
  core::Nanos m_tickedAt = 0;  // 0: the timer did not run
  core::Nanos m_lagSince = 0;  // the largest lag is of the time since then
  bool m_dirty = false;
  bool m_draining = false;
  std::function<void()> m_drained;  // called once, when draining has come to its end
};

}  // namespace sluice::exchange
