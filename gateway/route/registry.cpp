// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/route/registry.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "gateway/dialect/openai.h"

namespace sluice::route {

namespace {

core::BreakerParams breakerParams(const config::Breaker& breaker) {
  core::BreakerParams params;
  params.consecutiveFailures = breaker.consecutiveFailures;
  params.openFor = core::nanos(breaker.openFor);
  params.maxOpenFor = core::nanos(breaker.maxOpenFor);
  params.halfOpenProbes = breaker.halfOpenProbes;
  return params;
}

core::Balance balanceOf(config::Balance balance) {
  switch (balance) {
    case config::Balance::LeastConnections:
      return core::Balance::LeastConnections;
    case config::Balance::Latency:
      return core::Balance::Latency;
    case config::Balance::RoundRobin:
      break;
  }
  return core::Balance::InTurn;
}

config::Origin mockOrigin(const std::string& id, std::uint16_t port) {
  return *config::parseOrigin("http://127.0.0.1:" + std::to_string(port) + "/" + id + "/v1");
}

/// A limit that was not there before begins full; a changed one keeps its balance.
void adjust(core::TokenBucket& bucket, bool& limited, std::optional<std::uint32_t> perMinute,
            std::uint32_t burst, core::Nanos now) {
  constexpr core::Nanos kMinute = 60 * core::kSecond;
  if (perMinute) {
    if (limited) {
      bucket.reconfigure(*perMinute, kMinute, burst, now);
    } else {
      bucket.fill(*perMinute, kMinute, burst, now);
    }
  }
  limited = perMinute.has_value();
}

void adjust(Buckets& buckets, const config::Limits& limits, core::Nanos now) {
  adjust(buckets.requests, buckets.requestsLimited, limits.requestsPerMinute,
         limits.effectiveBurst(), now);
  adjust(buckets.tokens, buckets.tokensLimited, limits.tokensPerMinute,
         limits.effectiveTokenBurst(), now);
}

const std::string kClient = "client:";

/// In lower case where it is "authorization".
std::string keyFieldOf(const config::Provider& provider) {
  std::string field = provider.keyHeader;
  if (field.empty()) {
    switch (provider.dialect) {
      case config::Dialect::Anthropic:
        return "x-api-key";
      case config::Dialect::Gemini:
        return "x-goog-api-key";
      default:
        return "authorization";
    }
  }
  std::string lower = field;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower == "authorization" ? lower : field;
}

/// Keys are copied with what is around them: a line's end, blanks, an editor's byte order mark.
std::string trimmed(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  constexpr std::string_view kBlank = " \t\r\n";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(kBlank) - from + 1));
}

/// `told`: where it was found. Whatever is in it goes into a header field.
Key keyOf(std::string_view text, const std::string& missing, const std::string& told) {
  std::string key = trimmed(text);
  if (key.empty()) return {{}, missing};
  const bool whole =
      std::ranges::none_of(key, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (!whole)
    return {{}, "has no key: what stands in " + told + " is more than one line, or no text"};
  return {std::move(key), {}};
}

Key resolve(const std::string& reference, const Keys& keychained) {
  if (reference.starts_with("keychain:")) {
    const std::string name = reference.substr(sizeof("keychain:") - 1);
    const auto told = keychained.find(name);
    if (told == keychained.end()) return {{}, "waits for its key from the keychain"};
    if (!told->second.problem.empty()) return told->second;
    return keyOf(told->second.value, "has no key: the keychain's '" + name + "' is empty",
                 "the keychain as '" + name + "'");
  }
  if (reference.starts_with("env:")) {
    const std::string name = reference.substr(4);
    const char* value = std::getenv(name.c_str());
    return keyOf(value ? value : "", "has no key: the environment variable " + name + " is not set",
                 name);
  }
  const std::string path = reference.substr(sizeof("file:") - 1);
  std::ifstream in(path);
  std::string line;
  if (in) std::getline(in, line);
  return keyOf(line, "has no key: the first line of " + path + " cannot be read or is empty", path);
}

/// Another one whenever a file was written or replaced; empty: there is none.
std::string versionOf(const std::string& file) {
  struct stat now {};
  if (file.empty() || ::stat(file.c_str(), &now) != 0) return {};
  return std::to_string(now.st_ino) + "." + std::to_string(now.st_size) + "." +
         std::to_string(now.st_mtim.tv_sec) + "." + std::to_string(now.st_mtim.tv_nsec);
}

}  // namespace

Keys readKeys(const config::Config& config, const Keys& keychained) {
  Keys keys;
  for (const config::Provider& provider : config.providers) {
    if (!provider.apiKey.empty()) keys[provider.id] = resolve(provider.apiKey, keychained);
  }
  for (const config::ClientKey& client : config.server.clientKeys) {
    keys[kClient + client.id] = resolve(client.key, keychained);
  }
  return keys;
}

Registry::Built Registry::build(const std::shared_ptr<const config::Config>& config,
                                const Keys& keys, std::uint64_t revision, std::uint16_t mockPort,
                                core::Nanos now) {
  Built built;
  auto table = std::make_shared<RouteTable>();
  table->revision = revision;
  table->config = config;
  for (const auto& [id, runtime] : m_providers) {
    if (std::ranges::find(config->providers, id, &config::Provider::id) == config->providers.end())
      runtime->state.store(config::ProviderState::Disabled, std::memory_order_release);
  }
  std::map<std::string, std::uint32_t> indexOf;
  for (const config::Provider& provider : config->providers) {
    indexOf[provider.id] = static_cast<std::uint32_t>(table->providers.size());
    ProviderEntry& entry = table->providers.emplace_back();
    entry.config = provider;
    entry.origin = provider.dialect == config::Dialect::Mock
                       ? mockOrigin(provider.id, mockPort)
                       : *config::parseOrigin(provider.baseUrl);
    entry.origin.trust(provider.caFile, versionOf(provider.caFile));
    if (const auto key = keys.find(provider.id); key != keys.end()) {
      entry.unready = key->second.problem;
      if (entry.unready.empty()) {
        entry.keyField = keyFieldOf(provider);
        const bool bearer = entry.keyField == "authorization";
        entry.authorization = (bearer ? "Bearer " : "") + key->second.value;
      } else {
        built.warnings.push_back("provider '" + provider.id + "' " + entry.unready);
      }
    }
    table->countsTokens |= provider.limits.tokensPerMinute.has_value();
    entry.runtime = providerRuntime(provider, entry.authorization, now);
    entry.keyRevision = entry.runtime->keyRevision.load(std::memory_order_relaxed);
  }
  for (const config::ClientKey& client : config->server.clientKeys) {
    const Key& key = keys.at(kClient + client.id);
    table->countsTokens |= client.limits.tokensPerMinute.has_value();
    table->clients.push_back({client, key.value, clientRuntime(client, now)});
    if (!key.problem.empty()) {
      built.warnings.push_back("client '" + client.id + "' " + key.problem);
      continue;
    }
    const auto same = std::ranges::find(table->clients, key.value, &ClientEntry::key);
    if (same->config.id != client.id) {
      built.warnings.push_back("clients '" + same->config.id + "' and '" + client.id +
                               "' have the same key: who asks with it counts as '" + client.id +
                               "'");
    }
  }
  for (const config::Route& route : config->routes) {
    RouteEntry& entry = table->routes.emplace_back();
    entry.model = route.model;
    entry.balance = balanceOf(route.balance);
    std::vector<std::uint32_t> weights;
    for (const config::Target& target : route.targets) {
      const std::string token = target.model.empty() ? "" : dialect::jsonString(target.model);
      const bool named = target.model.empty() && !route.model.ends_with('*');
      entry.targets.push_back({indexOf.at(target.provider), target.weight, token,
                               named ? dialect::jsonString(route.model) : token, target.priority,
                               target.model, named ? route.model : target.model});
      weights.push_back(target.weight);
      entry.tiers.push_back(target.priority);
    }
    std::ranges::sort(entry.tiers);
    entry.tiers.erase(std::unique(entry.tiers.begin(), entry.tiers.end()), entry.tiers.end());
    for (const std::string& model : route.fallback) {
      const auto other = std::ranges::find(config->routes, model, &config::Route::model);
      entry.fallbacks.push_back(static_cast<std::uint32_t>(other - config->routes.begin()));
    }
    entry.retry = route.retry;
    entry.limits = route.limits;
    entry.affinity = route.affinity;
    entry.onExhausted = route.onExhausted;
    entry.cache = route.cache;
    table->countsTokens |= route.limits.tokensPerMinute.has_value();
    entry.sequence = core::expandSmooth(weights);
    entry.runtime = routeRuntime(route, now);
  }
  table->providerSlots = m_providerNames.size();
  table->routeSlots = m_routeNames.size();
  table->index();
  built.table = std::move(table);
  return built;
}

std::shared_ptr<ProviderRuntime> Registry::providerRuntime(const config::Provider& provider,
                                                           const std::string& authorization,
                                                           core::Nanos now) {
  auto& runtime = m_providers[provider.id];
  if (!runtime) {
    const auto slot = static_cast<std::uint32_t>(m_providerNames.size());
    m_providerNames.push_back(provider.id);
    runtime = std::make_shared<ProviderRuntime>(provider.id, slot, breakerParams(provider.breaker));
  } else {
    runtime->breaker.reconfigure(breakerParams(provider.breaker));
    if (runtime->authorization != authorization) {
      runtime->keyRevision.fetch_add(1, std::memory_order_acq_rel);
      runtime->breaker.retryHardDown(now);
    }
  }
  runtime->state.store(provider.state, std::memory_order_release);
  runtime->authorization = authorization;
  adjust(runtime->buckets, provider.limits, now);
  // Those that wait and find room now are told through their inboxes, which is all that happens
  // here.
  runtime->concurrency.setLimit(
      provider.limits.concurrency.value_or(core::ConcurrencyLimiter::kMostInFlight));
  return runtime;
}

std::shared_ptr<ClientRuntime> Registry::clientRuntime(const config::ClientKey& client,
                                                       core::Nanos now) {
  auto& runtime = m_clients[client.id];
  if (!runtime) runtime = std::make_shared<ClientRuntime>();
  adjust(runtime->buckets, client.limits, now);
  return runtime;
}

std::shared_ptr<RouteRuntime> Registry::routeRuntime(const config::Route& route, core::Nanos now) {
  auto& runtime = m_routes[route.model];
  if (!runtime) {
    const auto slot = static_cast<std::uint32_t>(m_routeNames.size());
    m_routeNames.push_back(route.model);
    runtime = std::make_shared<RouteRuntime>(route.model, slot);
  }
  adjust(runtime->buckets, route.limits, now);
  return runtime;
}

}  // namespace sluice::route
