// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/worker.h"

#include <unistd.h>

#include <algorithm>

#include "gateway/exchange/exchange.h"

namespace sluice::exchange {

namespace {

constexpr std::uint32_t kMostHead = 32 * 1024;

class Descriptor {
 public:
  explicit Descriptor(qintptr value) : m_value(value) {}
  ~Descriptor() {
    if (m_value >= 0) ::close(static_cast<int>(m_value));
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  qintptr release() { return std::exchange(m_value, -1); }

 private:
  qintptr m_value;
};

/// Serves a connection that is one too many.
class TurnAway final : public net::HttpConnection::Handler {
 public:
  explicit TurnAway(net::HttpConnection& connection) : m_connection(connection) {}
  void onRequest() override { answer(); }
  bool onHead() override { return true; }  // its body is not waited for
  void onBadRequest(const net::ParseFailure&) override { answer(); }
  void onClientGone() override {}

 private:
  void answer() {
    m_connection.respond(503, "Retry-After: 1\r\n", "application/json",
                         dialect::errorBody({"the gateway has as many connections as it may "
                                             "(server.max_connections)",
                                             "server_error",
                                             {},
                                             "too_many_connections"}));
  }
  net::HttpConnection& m_connection;
};

}  // namespace

Worker::Worker(Services& services, std::shared_ptr<metrics::WorkerMetrics> metrics,
               std::uint64_t seed)
    : m_services(services),
      m_metrics(std::move(metrics)),
      m_tables(services.tables),
      m_pool(this),
      m_random(seed) {
  for (QTimer* timer : {&m_tick, &m_sweep}) timer->setParent(this);  // moves threads with us
  m_tick.setInterval(kTickMs);
  m_tick.setTimerType(Qt::PreciseTimer);  // how late it fires tells how the loop does
  m_sweep.setInterval(1000);
  connect(&m_tick, &QTimer::timeout, this, &Worker::tick);
  connect(&m_sweep, &QTimer::timeout, this, &Worker::sweep);
}

Worker::~Worker() {
  for (net::HttpConnection* connection : std::vector(m_open)) connection->stop();
  // Connections refer to us: they go while everything is still here.
  for (auto* list : {&m_open, &m_turnedAway, &m_kept}) {
    const auto connections = std::exchange(*list, {});
    for (net::HttpConnection* connection : connections) {
      connection->disconnect(this);
      delete connection;
    }
  }
  publish();
  flushLog();
  for (QTimer* timer : {&m_tick, &m_sweep}) timer->setParent(nullptr);
}

void Worker::give(qintptr descriptor, bool full) {
  (full ? m_turnedAwayCount : m_metrics->connections).fetch_add(1, std::memory_order_relaxed);
  // Owned by the call, so that one that is never made, as the loop has ended, leaks nothing.
  auto owned = std::make_shared<Descriptor>(descriptor);
  post([this, owned, full] { accept(owned->release(), full); });
}

void Worker::accept(qintptr descriptor, bool full) {
  const net::RequestParser::Limits limits{kMostHead, m_tables.get().config->server.maxBody};
  auto* connection = new net::HttpConnection(descriptor, limits, this);
  if (full) {
    if (m_turnedAway.size() >= kMostTurnedAway) m_turnedAway.front()->abort();
    connection->setHandler(std::make_unique<TurnAway>(*connection));
    connection->closeAfterOne();
  } else {
    connection->setHandler(std::make_unique<Exchange>(*connection, *this));
  }
  connect(connection, &net::HttpConnection::closed, this,
          [this, connection] { forget(connection); });
  (full ? m_turnedAway : m_open).push_back(connection);
  if (m_draining) connection->closeWhenIdle();
  if (!m_sweep.isActive()) m_sweep.start();
}

void Worker::forget(net::HttpConnection* connection) {
  const bool served = std::erase(m_open, connection) > 0;
  if (!served) std::erase(m_turnedAway, connection);
  (served ? m_metrics->connections : m_turnedAwayCount).fetch_sub(1, std::memory_order_relaxed);
  reportDrained();
}

void Worker::drain(std::function<void()> drained) {
  post([this, drained = std::move(drained)] {
    m_draining = true;
    for (const auto& list : {m_open, m_turnedAway}) {
      for (net::HttpConnection* connection : list) connection->closeWhenIdle();
    }
    // Set only now: closing what is idle must not report before all has been looked at.
    m_drained = drained;
    reportDrained();
  });
}

void Worker::reportDrained() {
  if (m_open.empty() && m_turnedAway.empty() && m_drained) std::exchange(m_drained, nullptr)();
}

void Worker::keep(net::HttpConnection& connection) {
  connection.keep();
  m_kept.push_back(&connection);
}

void Worker::letGo(net::HttpConnection& connection) {
  std::erase(m_kept, &connection);
  connection.deleteLater();
}

void Worker::log(const RequestLine& line, config::LogFormat format) {
  constexpr std::size_t kMostHeld = 256 * 1024;
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  appendLine(m_lines, line, format,
             std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  if (m_lines.size() > kMostHeld) flushLog();
  wake();
}

void Worker::flushLog() {
  if (m_lines.empty()) return;
  m_lines.pop_back();  // the last LF is the message's own
  m_services.log(std::exchange(m_lines, {}));
}

void Worker::publish() {
  m_dirty = false;
  m_metrics->publish();
}

void Worker::watch(Exchange& exchange) {
  exchange.m_watchIndex = m_watched.size();
  m_watched.push_back(&exchange);
  wake();
}

void Worker::unwatch(Exchange& exchange) {
  Exchange* last = m_watched.back();
  last->m_watchIndex = exchange.m_watchIndex;
  m_watched[exchange.m_watchIndex] = last;
  m_watched.pop_back();
}

void Worker::wake() {
  if (!m_tick.isActive()) m_tick.start();
}

void Worker::tick() {
  const core::Nanos now = m_services.clock.now();
  measure(now);
  // From the back, as one that is over is replaced by the last, which was looked at already.
  for (std::size_t i = m_watched.size(); i-- > 0;) {
    if (i < m_watched.size()) m_watched[i]->checkDeadline(now);
  }
  ++m_ticks;
  if (m_ticks % kPublishTicks == 0 && m_dirty) publish();
  // Each time another thread wakes, and may take the core of somebody whose request is under way.
  if (m_ticks % kLogTicks == 0) flushLog();
  if (m_watched.empty() && !m_dirty) {
    flushLog();
    m_tick.stop();
    m_tickedAt = 0;
  }
}

void Worker::measure(core::Nanos now) {
  metrics::WorkerGauges& gauges = m_metrics->gauges;
  constexpr auto relaxed = std::memory_order_relaxed;
  const core::Nanos late =
      m_tickedAt == 0 ? 0
                      : std::max<core::Nanos>(now - m_tickedAt - kTickMs * core::kMillisecond, 0);
  const auto lag =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(core::micros(late), 0xFFFFFFFF));
  if (now - m_lagSince >= core::kSecond || lag > gauges.lagMicros.load(relaxed)) {
    gauges.lagMicros.store(lag, relaxed);
    m_lagSince = now;
  }
  m_tickedAt = now;
  gauges.underWay.store(static_cast<std::uint32_t>(m_watched.size()), relaxed);
  gauges.waiting.store(m_throttled, relaxed);
  gauges.idleUpstream.store(static_cast<std::uint32_t>(m_pool.idle()), relaxed);
  gauges.revision.store(m_tables.get().revision, relaxed);
}

void Worker::sweep() {
  const auto open = m_open;
  const auto turnedAway = m_turnedAway;
  const config::Server& server = m_tables.get().config->server;
  const auto maxBody = server.maxBody;
  const auto stall = std::chrono::ceil<std::chrono::seconds>(server.clientStall).count();
  for (net::HttpConnection* connection : open) {
    connection->setLimits({kMostHead, maxBody});
    connection->sweep({kIdleLimitSeconds, kRequestLimitSeconds, static_cast<int>(stall)});
  }
  for (net::HttpConnection* connection : turnedAway) {
    connection->sweep({kTurnAwaySeconds, kTurnAwaySeconds, kTurnAwaySeconds});
  }
  m_pool.sweep();
  if (m_open.empty() && m_turnedAway.empty() && m_pool.idle() == 0) m_sweep.stop();
}

void Worker::report(Event::Kind kind, const std::string& subject, std::string text) {
  m_services.event({kind, m_services.clock.now(), subject, std::move(text)});
}

}  // namespace sluice::exchange
