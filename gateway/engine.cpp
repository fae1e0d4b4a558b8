// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/engine.h"

#include <QHostAddress>
#include <algorithm>
#include <functional>
#include <thread>

#include "gateway/engine_private.h"
#include "gateway/health/housekeeping.h"
#include "gateway/health/prober.h"
#include "gateway/key_ring.h"
#include "gateway/net/listener.h"
#include "gateway/snapshot_builder.h"

namespace sluice {

namespace {

constexpr std::size_t kMostEvents = 1000;
/// Connections above the most there may be that are being told so, or wait for it; more are dropped.
constexpr std::uint64_t kMostTurnedAway = 256;

/// Lines of the request log, written when they are let go: by the control thread or, when that has
/// ended, by who wanted to hand them to it.
class LogLines {
 public:
  LogLines(const exchange::LogWriter& write, std::string text)
      : m_write(write), m_text(std::move(text)) {}
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;
  ~LogLines() { m_write(std::move(m_text)); }

 private:
  const exchange::LogWriter& m_write;
  std::string m_text;
};

}  // namespace

Engine::Engine(QObject* parent) : Engine(Options{}, parent) {}

Engine::Engine(const Options& options, QObject* parent)
    : QObject(parent), m_d(std::make_unique<Private>(options)) {
  m_d->services = std::make_unique<exchange::Services>(exchange::Services{
      m_d->clock,
      m_d->tables,
      [this](Event event) { addEvent(std::move(event)); },
      [this] { return snapshot(); },
      m_d->cache,
      options.logLevel,
      !options.requestLog ? exchange::LogWriter{} : [this](std::string lines) {
        // Writing stalls whoever does it: not the workers.
        m_d->control->post([lines = std::make_shared<LogLines>(m_d->options.requestLog,
                                                               std::move(lines))] {});
      },
      {options.adminToken, [this] { return config(); },
       [this](std::string_view json) {
         ApplyResult result = patch(json);
         return exchange::Admin::Patched{std::move(result.faults), result.revision};
       },
       [this](const std::string& id, ProviderCommand what) {
         return command(id, what, Author::Admin);
       },
       [this](std::function<void()> work) { m_d->control->post(std::move(work)); }},
      "1.1 sluice-" + QString::number(seed(), 16).toStdString()});
  m_d->drainTimer = new QTimer(this);
  m_d->drainTimer->setSingleShot(true);
  connect(m_d->drainTimer, &QTimer::timeout, this, &Engine::finishStop);
  m_keyRing =
      std::make_unique<KeyRing>(options.keychain, m_d->inbox.address(), [this] { applyAgain(); });
  keepConfig();
}

Engine::~Engine() {
  m_d->controlLoop.reset();  // no more connections
  m_d->workerLoops.clear();  // cuts what is in flight
}

// --- what people do

void Engine::post(std::function<void()> work) {
  m_d->inbox.post(std::move(work));
}

bool Engine::command(const std::string& id, ProviderCommand command, Author author) {
  std::shared_ptr<const route::RouteTable> table;
  {
    const core::MutexLock lock(m_d->configMutex);
    table = m_d->table;
  }
  if (!table) return false;
  const auto entry = std::ranges::find(table->providers, id,
                                       [](const route::ProviderEntry& e) { return e.config.id; });
  if (entry == table->providers.end()) return false;
  route::ProviderRuntime& runtime = *entry->runtime;
  if (command == ProviderCommand::Trip) {
    if (runtime.breaker.trip(runtime.breaker.generation(), now(), 0.5)) {
      runtime.tripped.fetch_add(1, std::memory_order_relaxed);
      addEvent({Event::Kind::BreakerOpened, now(), id, "the breaker was opened by hand"});
    }
    return true;
  }
  if (command == ProviderCommand::Reset) {
    runtime.breaker.reset();
    runtime.coolDown.clear();
    addEvent({Event::Kind::BreakerClosed, now(), id, "the breaker was reset by hand"});
    return true;
  }
  if (command == ProviderCommand::ForceOpen || command == ProviderCommand::ForceClosed) {
    const bool closed = command == ProviderCommand::ForceClosed;
    if (runtime.breaker.force(closed)) {
      addEvent({closed ? Event::Kind::BreakerForcedClosed : Event::Kind::BreakerForcedOpen, now(),
                id,
                closed ? "the breaker is held closed by hand until it is reset"
                       : "the breaker is held open by hand until it is reset"});
    }
    return true;
  }
  const auto state = command == ProviderCommand::Drain     ? config::ProviderState::Drain
                     : command == ProviderCommand::Disable ? config::ProviderState::Disabled
                                                           : config::ProviderState::Ready;
  return edit(
             [&](const config::Config& current) {
               config::ReadResult changed{current, {}};
               const auto provider =
                   std::ranges::find(changed.config->providers, id, &config::Provider::id);
               if (provider == changed.config->providers.end()) {
                 return config::ReadResult{std::nullopt,
                                           {{"", "there is no provider '" + id + "'", 0, 0}}};
               }
               provider->state = state;
               return changed;
             },
             author)
      .applied();
}

// --- mock providers and demo traffic

bool Engine::Private::hasMocks() const {
  const core::MutexLock lock(configMutex);
  return mocks.loop != nullptr;
}

std::vector<mock::DemoTraffic::Target> Engine::Private::demoTargets(const route::RouteTable& table,
                                                                    DemoBar& bar) {
  bar = DemoBar::NoMock;
  std::vector<mock::DemoTraffic::Target> targets;
  for (const route::RouteEntry& route : table.routes) {
    const bool mock = std::ranges::all_of(route.targets, [&](const route::TargetEntry& target) {
      return table.providers[target.provider].config.dialect == config::Dialect::Mock;
    });
    if (!mock) continue;
    std::string model = route.model.ends_with('*')
                            ? route.model.substr(0, route.model.size() - 1) + "demo"
                            : route.model;
    const route::ClientEntry* client = table.ownClient(model);
    // Refusals of our own would be counted as if a client had been refused.
    if (!client && !table.clients.empty()) {
      if (bar == DemoBar::NoMock) bar = DemoBar::NoKey;
      continue;
    }
    bar = DemoBar::None;
    targets.push_back({std::move(model), client ? client->key : std::string()});
  }
  return targets;
}

void Engine::Private::aimDemo() {
  if (!mocks.demo) return;
  std::vector<mock::DemoTraffic::Target> targets;
  DemoBar bar = DemoBar::None;
  if (listening && demoTraffic && table) targets = demoTargets(*table, bar);
  std::string base;
  {
    const core::MutexLock lock(urlMutex);
    base = url + "/v1";
  }
  mocks.demo->aim(base, std::move(targets));
}

void Engine::setDemoTraffic(bool on) {
  const core::MutexLock lock(m_d->configMutex);
  m_d->demoTraffic = on;
  m_d->aimDemo();
}

std::optional<std::string> Engine::ownKey(std::string_view model) const {
  const core::MutexLock lock(m_d->configMutex);
  if (!m_d->table || m_d->table->clients.empty()) return std::string();
  const route::ClientEntry* client = m_d->table->ownClient(model);
  return client ? std::optional(client->key) : std::nullopt;
}

// --- start and stop

std::optional<StartError> Engine::start() {
  std::shared_ptr<const config::Config> config;
  {
    const core::MutexLock lock(m_d->configMutex);
    if (m_d->table) config = m_d->table->config;
  }
  if (!config)
    return StartError{StartError::Kind::Other, QStringLiteral("there is no config to start with"),
                      0};
  if (m_d->listening || m_d->draining > 0) {
    return StartError{StartError::Kind::Other, QStringLiteral("the gateway is running already"), 0};
  }
  const config::Server& server = config->server;
  const QHostAddress address(QString::fromStdString(server.host));
  auto listener =
      std::make_unique<net::Listener>([d = m_d.get(), most = server.maxConnections](
                                          qintptr descriptor) { d->accept(descriptor, most); });
  // A null address would be any.
  if (address.isNull() || !listener->listen(address, server.port)) {
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
  // On the control thread.
  connect(listener.get(), &net::Listener::rests, listener.get(), [this](const QString& why) {
    addEvent({Event::Kind::Warning,
              now(),
              {},
              "new connections have to wait: accept() says \"" + why.toStdString() +
                  "\"; it is tried again and again. Does the limit of open files (ulimit -n) fit "
                  "server.max_connections?"});
  });
  auto inbox = std::make_unique<net::Inbox>();
  m_d->control = inbox->address();
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
      health::Housekeeping::Services{m_d->clock, m_d->tables, m_d->cache,
                                     [d = m_d.get()] { return d->merged(nullptr); },
                                     [this](Event event) { addEvent(std::move(event)); }},
      seed());
  auto prober = std::make_unique<health::Prober>(health::Prober::Services{
      m_d->clock, m_d->tables, [this](Event event) { addEvent(std::move(event)); }});
  m_d->controlLoop = net::Loop::with("sluice-control", std::move(listener), std::move(housekeeping),
                                     std::move(prober), std::move(inbox));
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

void Engine::Private::accept(qintptr descriptor, std::uint32_t most) {
  exchange::Worker* least = nullptr;
  std::uint64_t open = 0;
  std::uint64_t turnedAway = 0;
  for (exchange::Worker* worker : workers) {
    open += worker->connections();
    turnedAway += worker->turnedAway();
    if (!least || worker->connections() < least->connections()) least = worker;
  }
  const bool full = open >= most;
  if (full && turnedAway >= kMostTurnedAway) {
    net::Listener::drop(descriptor);
  } else {
    least->give(descriptor, full);
  }
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

metrics::Counters Engine::Private::merged(std::vector<WorkerSnapshot>* loops) const {
  const core::MutexLock lock(metricsMutex);
  metrics::Counters all = retired;
  for (const auto& metrics : workerMetrics) {
    all.merge(metrics->latest());
    if (!loops) continue;
    constexpr auto relaxed = std::memory_order_relaxed;
    const metrics::WorkerGauges& gauges = metrics->gauges;
    loops->push_back({metrics->connections.load(relaxed), gauges.underWay.load(relaxed),
                      gauges.waiting.load(relaxed), gauges.idleUpstream.load(relaxed),
                      core::Nanos{gauges.lagMicros.load(relaxed)} * core::kMicrosecond,
                      gauges.revision.load(relaxed)});
  }
  return all;
}

EngineSnapshot Engine::snapshot() const {
  std::vector<WorkerSnapshot> loops;
  metrics::Counters all = m_d->merged(&loops);
  std::shared_ptr<const route::RouteTable> table;
  std::vector<std::string> providerNames;
  std::vector<std::string> routeNames;
  DemoBar demoBar;
  {
    const core::MutexLock lock(m_d->configMutex);
    table = m_d->table;
    demoBar = m_d->demoBar;
    providerNames = m_d->registry.providerNames();
    routeNames = m_d->registry.routeNames();
  }
  const core::Nanos at = now();
  EngineSnapshot snapshot =
      buildSnapshot(std::move(all), table.get(), providerNames, routeNames, at);
  snapshot.configRejected = m_d->rejected.load(std::memory_order_relaxed);
  snapshot.running = m_d->listening;
  snapshot.demoTraffic = m_d->demoTraffic;
  snapshot.demoBar = demoBar;
  snapshot.workers = m_d->workerCount;
  for (const WorkerSnapshot& loop : loops) snapshot.connections += loop.connections;
  snapshot.workerLoops = std::move(loops);
  const auto cache = m_d->cache.stats();
  snapshot.cache = {cache.hits,      cache.misses,  cache.joined,
                    cache.evictions, cache.entries, cache.bytes};
  return snapshot;
}

// --- events

void Engine::addEvent(Event event) {
  bool announce = false;
  {
    const core::MutexLock lock(m_d->eventMutex);
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
