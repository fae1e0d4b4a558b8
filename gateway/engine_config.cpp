// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's config: in force, as a text and as a file.
#include <QThread>
#include <map>
#include <tuple>
#include <utility>

#include "gateway/config/json.h"
#include "gateway/engine_private.h"
#include "gateway/key_ring.h"
#include "gateway/provider_offers.h"

namespace sluice {

// --- in force

void Engine::keepConfig() {
  ConfigKeeper::Hooks hooks;
  hooks.apply = [this](config::Config next, std::uint64_t expected) {
    auto result = applyIf(std::move(next), expected);
    return result ? std::optional(std::move(result->faults)) : std::nullopt;
  };
  hooks.inForce = [this]() -> ConfigKeeper::Hooks::InForce {
    const core::MutexLock lock(m_d->configMutex);
    return {m_d->config, m_d->revision};
  };
  hooks.told = [this](Author author, const std::string& what, std::uint64_t revision) {
    std::string text = what;
    if (!what.empty()) text += std::string(" (") + wordOf(author) + "); ";
    addEvent({Event::Kind::ConfigApplied, now(), configFile().toStdString(),
              text + "revision " + std::to_string(revision) + " is in force"});
  };
  hooks.warn = [this](const std::string& problem) {
    addEvent({Event::Kind::Warning, now(), configFile().toStdString(), problem});
  };
  hooks.refused = [this](const std::vector<config::Fault>& faults) {
    m_d->rejected.fetch_add(1, std::memory_order_relaxed);
    const std::string name = configFile().toStdString();
    std::string text = config::describe(faults.front(), name);
    if (faults.size() > 1) text += " (and " + std::to_string(faults.size() - 1) + " more)";
    addEvent({Event::Kind::ConfigRefused, now(), name, std::move(text)});
    emit configRefused(configFile(), faults);
  };
  m_keeper = new ConfigKeeper(std::move(hooks), m_d->options.historyFolder, this);
  connect(m_keeper, &ConfigKeeper::changed, this, &Engine::fileChanged);
  connect(m_keeper, &ConfigKeeper::conflicted, this, &Engine::conflicted);
}

std::uint64_t Engine::revision() const {
  const core::MutexLock lock(m_d->configMutex);
  return m_d->revision;
}

std::optional<ApplyResult> Engine::applyIf(config::Config next,
                                           std::optional<std::uint64_t> expected) {
  const auto given = std::make_shared<const config::Config>(std::move(next));
  ApplyResult result;
  result.faults = config::check(*given);
  if (!result.applied()) return result;
  std::shared_ptr<const config::Config> config = given;
  {
    const core::MutexLock lock(m_d->configMutex);
    if (m_d->listenOverride) {
      auto run = std::make_shared<config::Config>(*given);
      std::tie(run->server.host, run->server.port) = *m_d->listenOverride;
      config = std::move(run);
    }
  }
  if (config != given) result.faults = config::check(*config);
  if (!result.applied()) return result;
  // Whatever reads files or starts threads is done before the lock is taken.
  const route::Keys keys = route::readKeys(*config, m_keyRing->known());
  std::map<std::string, config::Mock> tempers;
  for (const config::Provider& provider : config->providers) {
    if (provider.dialect == config::Dialect::Mock) tempers[provider.id] = provider.mock;
  }
  Mocks mocks;
  if (!tempers.empty() && !m_d->hasMocks()) mocks = Mocks::make();
  std::vector<std::string> warnings;
  bool startOnly = false;
  {
    const core::MutexLock lock(m_d->configMutex);
    if (expected && *expected != m_d->revision) return std::nullopt;
    if (m_d->table) {
      const config::Server& old = m_d->table->config->server;
      if (old.host != config->server.host || old.port != config->server.port ||
          old.workers != config->server.workers) {
        startOnly = true;
      }
    }
    if (!m_d->mocks.loop) std::swap(m_d->mocks, mocks);
    if (m_d->mocks.host) m_d->mocks.host->setTempers(std::move(tempers));
    auto built =
        m_d->registry.build(config, keys, m_d->revision + 1,
                            m_d->mocks.host ? m_d->mocks.host->port() : std::uint16_t{0}, now());
    warnings = std::move(built.warnings);
    result.revision = ++m_d->revision;
    m_d->config = given;
    m_d->table = built.table;
    Private::demoTargets(*built.table, m_d->demoBar);
    m_d->tables.publish(std::move(built.table));
    m_d->cache.setCapacity(config->cache.maxSize);
    if (m_d->demoTraffic) m_d->aimDemo();
  }
  if (startOnly && m_d->workerCount > 0) {
    warnings.push_back(
        "server.listen and server.workers are read at the start: as long as the gateway "
        "runs it listens on " +
        url().toStdString());
  }
  for (std::string& warning : warnings) {
    addEvent({Event::Kind::Warning, now(), {}, std::move(warning)});
  }
  m_keyRing->want(*config);
  emit configChanged(result.revision);
  return result;
}

ApplyResult Engine::change(const Change& change) {
  for (;;) {
    std::shared_ptr<const config::Config> current;
    std::uint64_t revision = 0;
    {
      const core::MutexLock lock(m_d->configMutex);
      current = m_d->config;
      revision = m_d->revision;
    }
    if (!current) return {{{"", "there is no config to change", 0, 0}}, 0};
    config::ReadResult changed = change(*current);
    if (!changed.config) return {std::move(changed.faults), 0};
    // Somebody else may have been quicker: then the change is made to theirs.
    if (auto result = applyIf(std::move(*changed.config), revision)) return std::move(*result);
  }
}

void Engine::applyAgain() {
  change([](const config::Config& current) { return config::ReadResult{current, {}}; });
}

ApplyResult Engine::patch(std::string_view json, Author author) {
  return edit([json](const config::Config& current) { return config::applyPatch(current, json); },
              author);
}

void Engine::offerProviders() {
  findProviders(this, [this](const config::Offer& offer) {
    addEvent({Event::Kind::Offer, now(), offer.title,
              offer.because + "; to use it, put " + offer.yaml + " into the config's providers"});
  });
}

void Engine::overrideListen(const std::string& host, std::uint16_t port) {
  {
    const core::MutexLock lock(m_d->configMutex);
    m_d->listenOverride.emplace(host, port);
  }
  applyAgain();
}

std::pair<std::string, std::uint16_t> Engine::listenAddress() const {
  const core::MutexLock lock(m_d->configMutex);
  if (m_d->listenOverride) return *m_d->listenOverride;
  const config::Server server = m_d->config ? m_d->config->server : config::Server();
  return {server.host, server.port};
}

std::shared_ptr<const config::Config> Engine::config() const {
  const core::MutexLock lock(m_d->configMutex);
  return m_d->config;
}

// --- as a text and a file

ApplyResult Engine::resultOf(std::vector<config::Fault> faults) const {
  if (!faults.empty()) return {std::move(faults), 0};
  return {{}, revision()};
}

ApplyResult Engine::load(const QString& path) {
  return resultOf(m_keeper->load(path));
}

Keychain* Engine::keychain() const {
  return m_keyRing->keychain();
}

void Engine::readKeychain() {
  m_keyRing->forgetAsked();
  if (const auto current = config()) m_keyRing->want(*current);
}

ApplyResult Engine::reload() {
  readKeychain();
  return resultOf(m_keeper->reload());
}

QString Engine::configFile() const {
  return m_keeper->state().file;
}

ApplyResult Engine::apply(config::Config next) {
  ApplyResult result = *applyIf(next, std::nullopt);
  if (!result.applied()) return result;
  addEvent({Event::Kind::ConfigApplied,
            now(),
            {},
            "revision " + std::to_string(result.revision) + " is in force"});
  auto begin = [this, next = std::move(next)]() mutable {
    if (m_keeper->state().file.isEmpty()) m_keeper->begin(std::move(next));
  };
  if (QThread::currentThread() == thread()) {
    begin();
  } else {
    post(begin);
  }
  return result;
}

ApplyResult Engine::applyText(const std::string& text) {
  config::ReadResult read = config::readYaml(text);
  if (!read.config) return {std::move(read.faults), 0};
  ApplyResult result = *applyIf(*read.config, std::nullopt);
  if (result.applied()) m_keeper->begin(std::move(*read.config), text);
  return result;
}

ApplyResult Engine::edit(const Change& change, Author author) {
  ApplyResult result = this->change(change);
  if (!result.applied()) return result;
  if (QThread::currentThread() == thread()) {
    m_keeper->settle(author);
  } else {
    post([this, author] { m_keeper->settle(author); });
  }
  return result;
}

ApplyResult Engine::editOn(const Change& change) {
  m_keeper->unsettled();
  return this->change(change);
}

void Engine::settle() {
  m_keeper->settle(Author::Window);
}

ApplyResult Engine::replaceText(const std::string& text, Author author, const std::string& what) {
  return resultOf(m_keeper->replace(text, author, what));
}

QString Engine::saveAs(const QString& file) {
  return m_keeper->saveAs(file);
}

const std::string& Engine::configText() const {
  return m_keeper->text();
}

FileState Engine::fileState() const {
  return m_keeper->state();
}

const std::deque<Revision>& Engine::revisions() const {
  return m_keeper->revisions();
}

const std::optional<FileConflict>& Engine::conflict() const {
  return m_keeper->conflict();
}

void Engine::askAboutConflicts(bool asked) {
  m_keeper->setAsked(asked);
}

ApplyResult Engine::resolve(Resolution resolution) {
  return resultOf(m_keeper->resolve(resolution));
}

}  // namespace sluice
