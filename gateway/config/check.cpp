// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "gateway/config/config.h"
#include "gateway/config/origin.h"

namespace sluice::config {

namespace {

constexpr std::uint32_t kMostPerMinute = 10'000'000;
constexpr std::uint32_t kMostTokensPerMinute = 1'000'000'000;
constexpr Duration kLongest{24 * 3600 * 1000};

class Checker {
 public:
  std::vector<Fault> faults;

  void server(const Server& server) {
    m_ownPort = server.port;
    m_ownHost = server.host;
    if (!isPlainAddress(server.host)) {
      fault("server.listen", "'" + server.host + "' is not an address, such as 127.0.0.1 or [::1]");
    } else if (!isLoopback(server.host) && server.clientKeys.empty()) {
      fault("server.listen", "'" + server.host +
                                 "' is not a loopback address; listening elsewhere needs "
                                 "client_keys. Without them use 127.0.0.1 or [::1]");
    }
    for (std::size_t i = 0; i < server.clientKeys.size(); ++i) {
      clientKey(server.clientKeys[i], "server.client_keys[" + std::to_string(i) + "]");
    }
    if (server.workers > 64) fault("server.workers", "must be auto or 1..64");
    if (server.maxBody == 0) fault("server.max_body", "must be larger than 0");
    if (server.maxBody > 4ull << 30) fault("server.max_body", "must be at most 4GiB");
    positive(server.clientStall, "server.client_stall");
    if (server.maxConnections < 1 || server.maxConnections > 1'000'000) {
      fault("server.max_connections", "must be 1..1000000");
    }
    if (server.streamKeepAlive > kLongest) fault("server.stream_keep_alive", "must be at most 24h");
  }

  void clientKey(const ClientKey& client, const std::string& path) {
    identifier(client.id, "a client key", m_clients, path + ".id");
    if (!isReference(client.key)) {
      fault(path + ".key", client.key.empty()
                               ? "a client key needs a key: env:NAME, keychain:NAME or file:PATH"
                               : "must be a reference, env:NAME, keychain:NAME or file:PATH, "
                                 "not the key itself");
    } else if (!m_clientKeys.insert(client.key).second) {
      fault(path + ".key", "two clients have this key: nobody could tell who of them asks");
    }
    limits(client.limits, path + ".limits");
    for (std::size_t i = 0; i < client.models.size(); ++i) {
      const std::string& model = client.models[i];
      if (model.empty() || model.find('*') < model.size() - 1) {
        fault(path + ".models[" + std::to_string(i) + "]",
              "must be a model's name, or a prefix that ends in '*'");
      }
    }
  }

  void provider(const Provider& p, const std::string& path) {
    identifier(p.id, "a provider", m_providers, path + ".id");
    if (p.dialect == Dialect::Mock) {
      if (!p.baseUrl.empty())
        fault(path + ".base_url", "a mock provider has no base_url: it is built in");
      if (!p.apiKey.empty()) fault(path + ".api_key", "a mock provider has no api_key");
      if (!p.keyHeader.empty()) fault(path + ".key_header", "a mock provider has no api_key");
    } else if (p.baseUrl.empty()) {
      fault(path + ".base_url", "a provider needs a base_url, such as https://api.openai.com/v1");
    } else if (const auto origin = parseOrigin(p.baseUrl); origin && isOurselves(*origin)) {
      fault(path + ".base_url",
            "is where this gateway itself listens: requests would go round for ever");
    } else if (!origin) {
      fault(path + ".base_url",
            "'" + p.baseUrl +
                "' is not of the form http(s)://host[:port][/path], with no user, "
                "query or fragment");
    }
    if (!p.apiKey.empty() && !isReference(p.apiKey)) {
      fault(path + ".api_key",
            "a key is not written into the config: put it into an environment variable and write "
            "env:NAME, into the keychain and write keychain:NAME, or into a file and write "
            "file:PATH");
    }
    if (p.responses != ResponsesApi::No && p.dialect != Dialect::OpenAi) {
      fault(path + ".responses", "only a provider of dialect openai has this");
    }
    if (!isFieldName(p.keyHeader)) {
      fault(path + ".key_header", "must be the name of a header field, such as api-key");
    }
    limits(p.limits, path + ".limits");
    if (!p.caFile.empty() && !p.baseUrl.starts_with("https://")) {
      fault(path + ".ca_file", "has a meaning only where base_url begins with https://");
    }
    if (!p.health.path.empty()) probe(p, path + ".health");
    breaker(p.breaker, path + ".breaker");
    timeouts(p.timeouts, path + ".timeouts");
    if (p.dialect == Dialect::Mock) mock(p.mock, path + ".mock");
  }

  void probe(const Provider& p, const std::string& path) {
    const bool printable = std::ranges::all_of(
        p.health.path, [](unsigned char c) { return c > ' ' && c < 0x7f && c != '#'; });
    if (p.dialect == Dialect::Mock) {
      fault(path + ".probe", "a mock provider needs no probe: it is built in");
    } else if (!p.health.path.starts_with('/') || !printable) {
      fault(path + ".probe", "must be a path below base_url, such as /models, or none");
    }
    if (p.health.interval < Duration(1'000) || p.health.interval > kLongest) {
      fault(path + ".interval", "must be 1s..24h");
    }
  }

  void models(const std::vector<Route>& routes) {
    for (const Route& r : routes) m_models.insert(r.model);
  }

  void route(const Route& r, const std::string& path) {
    if (r.model.empty()) {
      fault(path + ".model", "a route needs a model: a name, a prefix such as 'openai/*', or '*'");
    } else if (r.model.find('*') < r.model.size() - 1) {
      fault(path + ".model", "'*' may only be the last character of a model");
    } else if (!m_routes.insert(r.model).second) {
      fault(path + ".model", "there is a route for '" + r.model + "' already");
    }
    if (r.targets.empty()) fault(path + ".targets", "a route needs at least one target");
    if (r.targets.size() > 1000) fault(path + ".targets", "a route may have at most 1000 targets");
    for (std::size_t i = 0; i < r.targets.size(); ++i) {
      const Target& target = r.targets[i];
      const std::string at = path + ".targets[" + std::to_string(i) + "]";
      if (target.provider.empty()) {
        fault(at + ".provider", "a target needs a provider");
      } else if (!m_providers.contains(target.provider)) {
        fault(at + ".provider", "there is no provider '" + target.provider + "'");
      }
      if (target.weight < 1 || target.weight > 1000) fault(at + ".weight", "must be 1..1000");
      if (target.priority > 100) fault(at + ".priority", "must be 0..100");
    }
    if (r.fallback.size() > 100) fault(path + ".fallback", "at most 100 other routes");
    for (std::size_t i = 0; i < r.fallback.size(); ++i) {
      const std::string at = path + ".fallback[" + std::to_string(i) + "]";
      if (r.fallback[i] == r.model) {
        fault(at, "a route cannot fall back to itself");
      } else if (!m_models.contains(r.fallback[i])) {
        fault(at, "there is no route for '" + r.fallback[i] + "'");
      }
    }
    limits(r.limits, path + ".limits");
    if (!isFieldName(r.affinity)) {
      fault(path + ".affinity", "must be the name of a header field, such as x-session-id");
    }
    if (r.cache.ttl < Duration(1'000) || r.cache.ttl > kLongest * 30) {
      fault(path + ".cache.ttl", "must be 1s..720h");
    }
    if (r.retry.attempts < 1 || r.retry.attempts > 10) {
      fault(path + ".retry.attempts", "must be 1..10");
    }
    positive(r.retry.backoff, path + ".retry.backoff");
    positive(r.retry.maxBackoff, path + ".retry.max_backoff");
    if (r.retry.maxBackoff < r.retry.backoff) {
      fault(path + ".retry.max_backoff", "must not be shorter than backoff");
    }
  }

 private:
  void fault(std::string path, std::string message) {
    faults.push_back({std::move(path), std::move(message), 0, 0});
  }

  void identifier(const std::string& id, const std::string& whose, std::set<std::string>& known,
                  const std::string& path) {
    const auto allowed = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
    };
    if (id.empty()) {
      fault(path, whose + " needs an id");
    } else if (!std::ranges::all_of(id, allowed) || id.size() > 64) {
      fault(path, "'" + id + "' may hold letters, digits, '-', '_' and '.', at most 64");
    } else if (!known.insert(id).second) {
      fault(path, "the id '" + id + "' is used twice");
    }
  }

  /// What can be told of that without asking anybody; a request that comes round is told by its mark.
  bool isOurselves(const Origin& origin) const {
    if (m_ownPort == 0 || origin.port != m_ownPort) return false;
    if (isThisMachine(origin.host) || origin.host == m_ownHost) return true;
    const auto address = parseAddress(origin.host);
    return address && address == parseAddress(m_ownHost);
  }
  /// RFC 9110 5.6.2; or empty.
  static bool isFieldName(const std::string& name) {
    return name.size() <= 256 && std::ranges::all_of(name, [](char c) {
             return std::isalnum(static_cast<unsigned char>(c)) ||
                    std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
           });
  }
  static bool isReference(const std::string& key) {
    return (key.starts_with("env:") && key.size() > 4) ||
           (key.starts_with("keychain:") && key.size() > 9) ||
           (key.starts_with("file:") && key.size() > 5);
  }

  void limits(const Limits& limits, const std::string& path) {
    const std::string range = "must be at most " + std::to_string(kMostPerMinute);
    if (limits.requestsPerMinute.value_or(0) > kMostPerMinute) {
      fault(path + ".requests_per_minute", range);
    }
    if (limits.burstRequests &&
        (*limits.burstRequests < 1 || *limits.burstRequests > kMostPerMinute)) {
      fault(path + ".burst_requests", "must be 1.." + std::to_string(kMostPerMinute));
    }
    if (limits.burstRequests && !limits.requestsPerMinute) {
      fault(path + ".burst_requests", "has no meaning without requests_per_minute");
    }
    if (limits.tokensPerMinute.value_or(0) > kMostTokensPerMinute) {
      fault(path + ".tokens_per_minute", "must be at most " + std::to_string(kMostTokensPerMinute));
    }
    if (limits.burstTokens &&
        (*limits.burstTokens < 1 || *limits.burstTokens > kMostTokensPerMinute)) {
      fault(path + ".burst_tokens", "must be 1.." + std::to_string(kMostTokensPerMinute));
    }
    if (limits.burstTokens && !limits.tokensPerMinute) {
      fault(path + ".burst_tokens", "has no meaning without tokens_per_minute");
    }
    if (limits.concurrency.value_or(0) > 1'000'000) {
      fault(path + ".concurrency", "must be at most 1000000");
    }
    if (limits.queue > 65'535) fault(path + ".queue", "must be at most 65535");
    positive(limits.queueTimeout, path + ".queue_timeout");
  }

  void positive(Duration value, const std::string& path) {
    if (value < Duration(1) || value > kLongest) fault(path, "must be 1ms..24h");
  }

  void breaker(const Breaker& b, const std::string& path) {
    if (b.consecutiveFailures < 1 || b.consecutiveFailures > 1'000'000) {
      fault(path + ".consecutive_failures", "must be 1..1000000");
    }
    if (!(b.errorRate > 0 && b.errorRate <= 1)) {
      fault(path + ".error_rate", "must be a share above 0 and at most 1");
    }
    if (b.window < Duration(1'000) || b.window > Duration(3'600'000)) {
      fault(path + ".window", "must be 1s..1h");
    }
    if (b.minimumCalls < 1 || b.minimumCalls > 1'000'000) {
      fault(path + ".minimum_calls", "must be 1..1000000");
    }
    positive(b.openFor, path + ".open_for");
    positive(b.maxOpenFor, path + ".max_open_for");
    if (b.maxOpenFor < b.openFor)
      fault(path + ".max_open_for", "must not be shorter than open_for");
    if (b.halfOpenProbes < 1 || b.halfOpenProbes > 31) {
      fault(path + ".half_open_probes", "must be 1..31");
    }
  }

  void timeouts(const Timeouts& t, const std::string& path) {
    positive(t.connect, path + ".connect");
    positive(t.headers, path + ".headers");
    positive(t.firstByte, path + ".first_byte");
    positive(t.idle, path + ".idle");
    positive(t.total, path + ".total");
  }

  void mock(const Mock& m, const std::string& path) {
    if (m.latency < Duration(0) || m.latency > kLongest)
      fault(path + ".latency", "must be 0ms..24h");
    if (m.jitter < Duration(0) || m.jitter > kLongest) fault(path + ".jitter", "must be 0ms..24h");
    if (!(m.tokensPerSecond > 0 && m.tokensPerSecond <= 1e6)) {
      fault(path + ".tokens_per_second", "must be above 0 and at most 1000000");
    }
    if (m.replyTokens < 1 || m.replyTokens > 100'000)
      fault(path + ".reply_tokens", "must be 1..100000");
    if (!(m.errorRate >= 0 && m.errorRate <= 1)) {
      fault(path + ".error_rate", "must be a share between 0 and 1");
    }
    if (m.status < 400 || m.status > 599) fault(path + ".status", "must be 400..599");
  }

  std::uint16_t m_ownPort = 0;
  std::string m_ownHost;
  std::set<std::string> m_clients;
  std::set<std::string> m_clientKeys;
  std::set<std::string> m_providers;
  std::set<std::string> m_routes;
  std::set<std::string> m_models;  // of all routes
};

}  // namespace

std::vector<Fault> check(const Config& config) {
  Checker checker;
  checker.server(config.server);
  for (std::size_t i = 0; i < config.providers.size(); ++i) {
    checker.provider(config.providers[i], "providers[" + std::to_string(i) + "]");
  }
  checker.models(config.routes);
  for (std::size_t i = 0; i < config.routes.size(); ++i) {
    checker.route(config.routes[i], "routes[" + std::to_string(i) + "]");
  }
  if (config.cache.maxSize > 1ull << 40) {
    checker.faults.push_back({"cache.max_size", "must be at most 1024GiB", 0, 0});
  }
  return std::move(checker.faults);
}

}  // namespace sluice::config
