// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/engine.h"

#include <QFile>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QHostAddress>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include "gateway/config/yaml.h"
#include "gateway/core/mutex.h"
#include "gateway/exchange/worker.h"
#include "gateway/health/housekeeping.h"
#include "gateway/mock/demo_traffic.h"
#include "gateway/mock/mock_host.h"
#include "gateway/net/inbox.h"
#include "gateway/net/listener.h"
#include "gateway/net/loop.h"
#include "gateway/route/registry.h"

namespace sluice {

namespace {

constexpr std::size_t kMostEvents = 1000;
constexpr int kWatchSettleMs = 50;

BreakerSnapshot breakerSnapshot(const route::ProviderEntry& entry, core::Nanos at) {
  const core::CircuitBreaker::View view = entry.runtime->breaker.view(at);
  BreakerSnapshot snapshot;
  switch (view.state) {
    case core::BreakerWord::Closed:
      snapshot.state = BreakerState::Closed;
      break;
    case core::BreakerWord::Open:
      snapshot.state = BreakerState::Open;
      break;
    case core::BreakerWord::HalfOpen:
      snapshot.state = BreakerState::HalfOpen;
      break;
    case core::BreakerWord::Forced:
      snapshot.state = view.forcedClosed ? BreakerState::ForcedClosed : BreakerState::ForcedOpen;
      break;
  }
  snapshot.generation = view.generation;
  snapshot.failures = view.failures;
  snapshot.failureThreshold = entry.config.breaker.consecutiveFailures;
  snapshot.probesOk = view.probesOk;
  snapshot.hardDown = view.hardDown;
  snapshot.probesNeeded = view.hardDown ? 1 : entry.config.breaker.halfOpenProbes;
  snapshot.retryIn = view.state == core::BreakerWord::Open ? view.retryIn : 0;
  return snapshot;
}

std::uint64_t seed() {
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

}  // namespace

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
  std::shared_ptr<const route::RouteTable> table SLUICE_GUARDED_BY(configMutex);
  std::optional<std::pair<std::string, std::uint16_t>> listenOverride
      SLUICE_GUARDED_BY(configMutex);
  Mocks mocks SLUICE_GUARDED_BY(configMutex);
  route::RouteTableCell tables;
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
  QTimer* drainTimer = nullptr;
  std::size_t draining = 0;

  std::atomic<bool> listening = false;
  std::atomic<bool> demoTraffic = false;
  std::atomic<unsigned> workerCount = 0;
  mutable core::Mutex urlMutex{core::LockRank::Address};
  std::string url SLUICE_GUARDED_BY(urlMutex);

  // File, on the engine's thread.
  QString file;
  QByteArray fileText;
  QFileSystemWatcher* watcher = nullptr;
  QTimer* watchTimer = nullptr;

  bool hasMocks() const;
  void aimDemo() SLUICE_REQUIRES(configMutex);
  exchange::Worker& leastLoaded();
  metrics::Counters merged(std::uint64_t& connections) const;
};

Engine::Engine(QObject* parent) : Engine(Options{}, parent) {}

Engine::Engine(const Options& options, QObject* parent)
    : QObject(parent), m_d(std::make_unique<Private>(options)) {
  m_d->services = std::make_unique<exchange::Services>(exchange::Services{
      m_d->clock, m_d->tables, [this](Event event) { addEvent(std::move(event)); },
      [this] { return snapshot(); }});
  m_d->drainTimer = new QTimer(this);
  m_d->drainTimer->setSingleShot(true);
  connect(m_d->drainTimer, &QTimer::timeout, this, &Engine::finishStop);
  m_d->watcher = new QFileSystemWatcher(this);
  m_d->watchTimer = new QTimer(this);
  m_d->watchTimer->setSingleShot(true);
  m_d->watchTimer->setInterval(kWatchSettleMs);
  const auto settle = [this] { m_d->watchTimer->start(); };
  connect(m_d->watcher, &QFileSystemWatcher::fileChanged, this, settle);
  connect(m_d->watcher, &QFileSystemWatcher::directoryChanged, this, settle);
  connect(m_d->watchTimer, &QTimer::timeout, this, [this] { readFile(false); });
}

Engine::~Engine() {
  m_d->controlLoop.reset();  // no more connections
  m_d->workerLoops.clear();  // cuts what is in flight
}

// --- config

ApplyResult Engine::load(const QString& path) {
  m_d->file = QFileInfo(path).absoluteFilePath();
  return readFile(true);
}

ApplyResult Engine::reload() {
  if (m_d->file.isEmpty()) {
    return {{{"", "there is no config file to reload: the config was not read from one", 0, 0}}, 0};
  }
  return readFile(true);
}

QString Engine::configFile() const {
  return m_d->file;
}

ApplyResult Engine::readFile(bool evenIfSame) {
  const QFileInfo info(m_d->file);
  // An editor may replace the file: its directory is watched too, and the file anew each time.
  m_d->watcher->addPath(info.absolutePath());
  if (info.exists()) m_d->watcher->addPath(m_d->file);

  const auto refuse = [this](std::vector<config::Fault> faults) {
    m_d->rejected.fetch_add(1, std::memory_order_relaxed);
    const std::string name = m_d->file.toStdString();
    std::string text = config::describe(faults.front(), name);
    if (faults.size() > 1) text += " (and " + std::to_string(faults.size() - 1) + " more)";
    addEvent({Event::Kind::ConfigRefused, now(), name, std::move(text)});
    emit configRefused(m_d->file, faults);
    return ApplyResult{std::move(faults), 0};
  };
  QFile file(m_d->file);
  if (!file.open(QIODevice::ReadOnly)) {
    // In the middle of being replaced; if it stays away, a reload will say so.
    if (!evenIfSame) return {};
    return refuse({{"", "cannot read the file: " + file.errorString().toStdString(), 0, 0}});
  }
  const QByteArray text = file.readAll();
  if (!evenIfSame && text == m_d->fileText) return {};
  m_d->fileText = text;
  config::ReadResult read =
      config::readYaml({text.constData(), static_cast<std::size_t>(text.size())});
  if (!read.config) return refuse(std::move(read.faults));
  return apply(std::move(*read.config));
}

ApplyResult Engine::apply(config::Config next) {
  {
    const core::MutexLock lock(m_d->configMutex);
    if (m_d->listenOverride) {
      std::tie(next.server.host, next.server.port) = *m_d->listenOverride;
    }
  }
  ApplyResult result;
  result.faults = config::check(next);
  if (!result.applied()) return result;
  auto config = std::make_shared<const config::Config>(std::move(next));
  // Whatever reads files or starts threads is done before the lock is taken.
  const route::Keys keys = route::readKeys(*config);
  std::map<std::string, config::Mock> tempers;
  for (const config::Provider& provider : config->providers) {
    if (provider.dialect == config::Dialect::Mock) tempers[provider.id] = provider.mock;
  }
  Mocks mocks;
  if (!tempers.empty() && !m_d->hasMocks()) mocks = Mocks::make();
  std::vector<std::string> warnings;
  {
    const core::MutexLock lock(m_d->configMutex);
    if (!m_d->mocks.loop) std::swap(m_d->mocks, mocks);
    if (m_d->mocks.host) m_d->mocks.host->setTempers(std::move(tempers));
    auto built =
        m_d->registry.build(config, keys, m_d->revision + 1,
                            m_d->mocks.host ? m_d->mocks.host->port() : std::uint16_t{0}, now());
    warnings = std::move(built.warnings);
    result.revision = ++m_d->revision;
    m_d->table = built.table;
    m_d->tables.publish(std::move(built.table));
    if (m_d->demoTraffic) m_d->aimDemo();
  }
  addEvent({Event::Kind::ConfigApplied, now(), m_d->file.toStdString(),
            "revision " + std::to_string(result.revision) + " is in force"});
  for (std::string& warning : warnings) {
    addEvent({Event::Kind::Warning, now(), m_d->file.toStdString(), std::move(warning)});
  }
  emit configChanged(result.revision);
  return result;
}

void Engine::overrideListen(const std::string& host, std::uint16_t port) {
  {
    const core::MutexLock lock(m_d->configMutex);
    m_d->listenOverride.emplace(host, port);
  }
  if (const auto current = config()) apply(*current);
}

std::shared_ptr<const config::Config> Engine::config() const {
  const core::MutexLock lock(m_d->configMutex);
  return m_d->table ? m_d->table->config : nullptr;
}

// --- mock providers and demo traffic

bool Engine::Private::hasMocks() const {
  const core::MutexLock lock(configMutex);
  return mocks.loop != nullptr;
}

void Engine::Private::aimDemo() {
  if (!mocks.demo) return;
  std::vector<std::string> models;
  if (listening && demoTraffic && table) {
    const auto& providers = table->providers;
    for (const route::RouteEntry& route : table->routes) {
      const bool mock = std::ranges::all_of(route.targets, [&](const route::TargetEntry& target) {
        return providers[target.provider].config.dialect == config::Dialect::Mock;
      });
      if (!mock) continue;
      models.push_back(route.model.ends_with('*')
                           ? route.model.substr(0, route.model.size() - 1) + "demo"
                           : route.model);
    }
  }
  std::string base;
  {
    const core::MutexLock lock(urlMutex);
    base = url + "/v1";
  }
  mocks.demo->aim(base, std::move(models));
}

void Engine::setDemoTraffic(bool on) {
  const core::MutexLock lock(m_d->configMutex);
  m_d->demoTraffic = on;
  m_d->aimDemo();
}

// --- start and stop

std::optional<StartError> Engine::start() {
  const auto config = this->config();
  if (!config)
    return StartError{StartError::Kind::Other, QStringLiteral("there is no config to start with"),
                      0};
  if (m_d->listening || m_d->draining > 0) {
    return StartError{StartError::Kind::Other, QStringLiteral("the gateway is running already"), 0};
  }
  const config::Server& server = config->server;
  const QHostAddress address(QString::fromStdString(server.host));
  auto listener = std::make_unique<net::Listener>(
      [d = m_d.get()](qintptr descriptor) { d->leastLoaded().give(descriptor); });
  if (!listener->listen(address, server.port)) {
    const std::string where = server.host + ":" + std::to_string(server.port);
    StartError error;
    if (listener->serverError() == QAbstractSocket::AddressInUseError) {
      error.kind = StartError::Kind::PortTaken;
      const std::string owner = net::portOwner(server.port);
      error.message =
          QString::fromStdString("cannot listen on " + where + ": the port is taken by " +
                                 (owner.empty() ? "another program" : owner));
      error.nextFreePort = net::nextFreePort(server.host, server.port);
    } else {
      error.kind = StartError::Kind::AddressInvalid;
      error.message =
          QString::fromStdString("cannot listen on " + where + ": ") + listener->errorString();
    }
    return error;
  }
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  unsigned count = server.workers > 0 ? server.workers : cores;
  if (m_d->options.maxWorkers > 0 && server.workers == 0) {
    count = std::min(count, m_d->options.maxWorkers);
  }
  for (unsigned i = 0; i < count; ++i) {
    auto metrics = std::make_shared<metrics::WorkerMetrics>();
    auto worker = std::make_unique<exchange::Worker>(*m_d->services, metrics, seed());
    m_d->workers.push_back(worker.get());
    m_d->workerLoops.push_back(net::Loop::with("sluice-worker", std::move(worker)));
    const core::MutexLock lock(m_d->metricsMutex);
    m_d->workerMetrics.push_back(std::move(metrics));
  }
  const std::string host =
      server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  {
    const core::MutexLock lock(m_d->urlMutex);
    m_d->url = "http://" + host + ":" + std::to_string(listener->serverPort());
  }
  auto housekeeping = std::make_unique<health::Housekeeping>(
      health::Housekeeping::Services{m_d->clock, m_d->tables,
                                     [d = m_d.get()] {
                                       std::uint64_t connections = 0;
                                       return d->merged(connections);
                                     },
                                     [this](Event event) { addEvent(std::move(event)); }},
      seed());
  m_d->controlLoop =
      net::Loop::with("sluice-control", std::move(listener), std::move(housekeeping));
  m_d->workerCount = count;
  m_d->listening = true;
  {
    const core::MutexLock lock(m_d->configMutex);
    m_d->aimDemo();
  }
  addEvent({Event::Kind::Started, now(), url().toStdString(), "listening"});
  emit started();
  return std::nullopt;
}

exchange::Worker& Engine::Private::leastLoaded() {
  return **std::ranges::min_element(workers, {},
                                    [](exchange::Worker* w) { return w->connections(); });
}

void Engine::stop(std::chrono::milliseconds drain) {
  if (!m_d->listening) return;
  m_d->listening = false;
  {
    const core::MutexLock lock(m_d->configMutex);
    m_d->aimDemo();
  }
  m_d->controlLoop.reset();  // the listener closes with its loop
  m_d->draining = m_d->workers.size();
  m_d->drainTimer->start(drain);
  for (exchange::Worker* worker : m_d->workers) {
    worker->drain([this] {
      m_d->inbox.post([this] {
        if (m_d->draining > 0 && --m_d->draining == 0) finishStop();
      });
    });
  }
}

void Engine::finishStop() {
  m_d->drainTimer->stop();
  m_d->draining = 0;
  m_d->workers.clear();
  m_d->workerLoops.clear();  // what is still open is cut, and counted as cancelled
  m_d->workerCount = 0;
  {
    const core::MutexLock lock(m_d->metricsMutex);
    for (const auto& metrics : m_d->workerMetrics) m_d->retired.merge(metrics->latest());
    m_d->workerMetrics.clear();
  }
  addEvent({Event::Kind::Stopped, now(), url().toStdString(), "no longer listening"});
  emit stopped();
}

bool Engine::running() const {
  return m_d->listening;
}

QString Engine::url() const {
  const core::MutexLock lock(m_d->urlMutex);
  return QString::fromStdString(m_d->url);
}

// --- what it shows

core::Nanos Engine::now() const {
  return m_d->clock.now();
}

metrics::Counters Engine::Private::merged(std::uint64_t& connections) const {
  const core::MutexLock lock(metricsMutex);
  metrics::Counters all = retired;
  for (const auto& metrics : workerMetrics) {
    all.merge(metrics->latest());
    connections += metrics->connections.load(std::memory_order_relaxed);
  }
  return all;
}

EngineSnapshot Engine::snapshot() const {
  EngineSnapshot snapshot;
  std::uint64_t connections = 0;
  metrics::Counters all = m_d->merged(connections);
  std::shared_ptr<const route::RouteTable> table;
  std::vector<std::string> providerNames;
  std::vector<std::string> routeNames;
  {
    const core::MutexLock lock(m_d->configMutex);
    table = m_d->table;
    providerNames = m_d->registry.providerNames();
    routeNames = m_d->registry.routeNames();
  }
  all.reserve(routeNames.size(), providerNames.size());
  const core::Nanos at = now();
  snapshot.takenAt = at;
  snapshot.configRejected = m_d->rejected.load(std::memory_order_relaxed);
  snapshot.running = m_d->listening;
  snapshot.demoTraffic = m_d->demoTraffic;
  snapshot.workers = m_d->workerCount;
  snapshot.connections = connections;
  snapshot.overhead = all.overhead;
  const auto locks = core::Mutex::contention();
  for (std::size_t i = 0; i < locks.size(); ++i) {
    snapshot.locks.push_back({core::nameOf(static_cast<core::LockRank>(i)), locks[i].acquisitions,
                              locks[i].contended, locks[i].waited});
  }
  RequestTotals& totals = snapshot.requests;
  totals.started = all.started;
  for (std::size_t r = 0; r < routeNames.size(); ++r) {
    for (std::size_t p = 0; p < providerNames.size(); ++p) {
      const metrics::Cell& cell = all.cells[r][p];
      if (cell.ok + cell.failed + cell.cancelled + cell.rejected == 0) continue;
      totals.ok += cell.ok;
      totals.failed += cell.failed;
      totals.cancelled += cell.cancelled;
      totals.rejected += cell.rejected;
      snapshot.requestCounts.push_back(
          {routeNames[r], providerNames[p], cell.ok, cell.failed, cell.cancelled, cell.rejected});
    }
  }
  totals.inflight = totals.started - totals.ok - totals.failed - totals.cancelled - totals.rejected;
  if (!table) return snapshot;
  snapshot.revision = table->revision;
  for (const route::ProviderEntry& entry : table->providers) {
    const metrics::ProviderCounters& counts = all.providers[entry.runtime->slot];
    ProviderSnapshot& p = snapshot.providers.emplace_back();
    p.id = entry.config.id;
    p.dialect = entry.config.dialect;
    p.state = entry.config.state;
    p.unready = entry.unready;
    p.breaker = breakerSnapshot(entry, at);
    p.health = entry.runtime->health.get();
    if (entry.limited) {
      p.requests = {true, entry.runtime->requests.availableApprox(at),
                    entry.config.limits.effectiveBurst(), *entry.config.limits.requestsPerMinute};
    }
    const auto concurrency = entry.runtime->concurrency.view();
    const bool atOnce = entry.config.limits.concurrency.has_value();
    p.concurrency = {atOnce, atOnce ? concurrency.limit : 0, concurrency.inFlight,
                     concurrency.waiting, atOnce ? entry.config.limits.queue : 0};
    p.started = counts.started;
    p.ok = counts.ok;
    p.failed = counts.failed;
    p.cancelled = counts.cancelled;
    p.inflight = counts.started - counts.ok - counts.failed - counts.cancelled;
    p.limited = counts.limited;
    p.breakerRefused = counts.breakerRefused;
    p.coolDownRefused = counts.coolDownRefused;
    p.busyRefused = counts.busyRefused;
    p.rateLimited = counts.rateLimited;
    p.coolDownLeft = entry.runtime->coolDown.left(at);
    p.opened = counts.opened + entry.runtime->tripped.load(std::memory_order_relaxed);
    p.halfOpened = counts.halfOpened;
    p.closed = counts.closed;
    p.firstByte = counts.firstByte;
    p.total = counts.total;
    p.queueWait = counts.queueWait;
    p.gap = counts.gap;
  }
  for (const route::RouteEntry& entry : table->routes) {
    RouteSnapshot& r = snapshot.routes.emplace_back();
    r.model = entry.model;
    for (const route::TargetEntry& target : entry.targets) {
      const route::ProviderEntry& provider = table->providers[target.provider];
      r.providers.push_back(provider.config.id);
      r.picks.push_back(all.cells[entry.runtime->slot][provider.runtime->slot].picks);
    }
  }
  return snapshot;
}

// --- events

void Engine::addEvent(Event event) {
  bool announce = false;
  {
    const core::MutexLock lock(m_d->eventMutex);
    // A dragged slider applies many configs: the newest stands for the run of them.
    const bool repeats = event.kind == Event::Kind::ConfigApplied && !m_d->events.empty() &&
                         m_d->events.back().kind == Event::Kind::ConfigApplied;
    if (repeats) m_d->events.pop_back();
    m_d->events.push_back(std::move(event));
    if (m_d->events.size() > kMostEvents) m_d->events.pop_front();
    announce = !std::exchange(m_d->eventsAnnounced, true);
  }
  if (announce) {
    m_d->inbox.post([this] { emit eventsPending(); });
  }
}

std::vector<Event> Engine::takeEvents() {
  const core::MutexLock lock(m_d->eventMutex);
  m_d->eventsAnnounced = false;
  std::vector<Event> taken(std::make_move_iterator(m_d->events.begin()),
                           std::make_move_iterator(m_d->events.end()));
  m_d->events.clear();
  return taken;
}

}  // namespace sluice
