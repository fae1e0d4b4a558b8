// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/config/origin.h"
#include "gateway/config/presets.h"
#include "gateway/config/yaml_reader.h"

namespace sluice::config {

namespace {

constexpr std::size_t kManyFaults = 1000;

class Reader : public YamlReader {
 public:
  std::optional<Config> read(std::string_view text);

 private:
  void keyReference(std::string& to, const YAML::Node& node, const std::string& path);
  /// `calls`: with what limits calls at once.
  Take limits(Limits& to, bool calls);
  Take flag(bool& to) { return oneOf<bool>(to, {{"true", true}, {"false", false}}); }
  void clientKey(ClientKey& to, const YAML::Node& node, const std::string& path);
  void listen(Server& to, const YAML::Node& node, const std::string& path);
  void workers(Server& to, const YAML::Node& node, const std::string& path);
  void server(Server& to, const YAML::Node& node, const std::string& path);
  void preset(Provider& to, const YAML::Node& node, const std::string& path);
  void provider(Provider& to, const YAML::Node& node, const std::string& path);
  void route(Route& to, const YAML::Node& node, const std::string& path);
};

void Reader::listen(Server& to, const YAML::Node& node, const std::string& path) {
  constexpr std::string_view kExpected = "HOST:PORT, such as 127.0.0.1:8787 or [::1]:8787";
  if (!scalar(node, path, kExpected)) return;
  const std::string& text = node.Scalar();
  if (const auto parsed = parseListen(text)) {
    to.host = parsed->first;
    to.port = parsed->second;
  } else {
    fault(node.Mark(), path, "expected " + std::string(kExpected) + ", not '" + text + "'");
  }
}

void Reader::workers(Server& to, const YAML::Node& node, const std::string& path) {
  if (node.IsScalar() && node.Scalar() == "auto") {
    to.workers = 0;
    return;
  }
  unsigned count = 0;
  const std::size_t before = faults.size();
  number(count)(node, path);
  if (faults.size() != before) return;
  if (count == 0) fault(node.Mark(), path, "must be auto or 1..64");
  to.workers = count;
}

void Reader::keyReference(std::string& to, const YAML::Node& node, const std::string& path) {
  if (!node.IsScalar()) {
    fault(node.Mark(), path, "expected env:NAME, keychain:NAME or file:PATH");
    return;
  }
  to = node.Scalar();
}

Reader::Take Reader::limits(Limits& to, bool calls) {
  return [this, &to, calls](const YAML::Node& node, const std::string& path) {
    Fields fields = {{"requests_per_minute", maybeNumber(to.requestsPerMinute)},
                     {"burst_requests", maybeNumber(to.burstRequests)},
                     {"tokens_per_minute", maybeNumber(to.tokensPerMinute)},
                     {"burst_tokens", maybeNumber(to.burstTokens)}};
    if (calls) {
      fields.emplace("concurrency", maybeNumber(to.concurrency));
      fields.emplace("queue", number(to.queue));
      fields.emplace("queue_timeout", duration(to.queueTimeout));
    }
    map(node, path, fields);
  };
}

void Reader::clientKey(ClientKey& to, const YAML::Node& node, const std::string& path) {
  map(node, path,
      {{"id", text(to.id)},
       {"key", [&](const auto& n, const auto& p) { keyReference(to.key, n, p); }},
       {"limits", limits(to.limits, false)},
       {"models", texts(to.models)}});
}

void Reader::server(Server& to, const YAML::Node& node, const std::string& path) {
  map(node, path,
      {{"listen", [&](const auto& n, const auto& p) { listen(to, n, p); }},
       {"workers", [&](const auto& n, const auto& p) { workers(to, n, p); }},
       {"max_body", size(to.maxBody)},
       {"stream_keep_alive", duration(to.streamKeepAlive)},
       {"client_stall", duration(to.clientStall)},
       {"max_connections", number(to.maxConnections)},
       {"client_keys", [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            clientKey(to.clientKeys.emplace_back(), item, at);
          });
        }}});
}

/// Before all other keys, which then change what the preset says.
void Reader::preset(Provider& to, const YAML::Node& node, const std::string& path) {
  if (!node.IsMap() || !node["preset"] || !node["preset"].IsScalar()) return;
  const std::string& name = node["preset"].Scalar();
  if (const Preset* known = findPreset(name)) {
    to = known->provider;
    to.id.clear();
    return;
  }
  std::string names;
  for (const Preset& known : presets()) names += (names.empty() ? "" : " | ") + known.name;
  fault(node["preset"].Mark(), path + ".preset", "expected " + names + ", not '" + name + "'");
}

void Reader::provider(Provider& to, const YAML::Node& node, const std::string& path) {
  bool hasMock = false;
  std::string presetName;
  preset(to, node, path);
  map(node, path,
      {{"id", text(to.id)},
       {"preset", text(presetName)},
       {"dialect", oneOf<Dialect>(to.dialect, {{"openai", Dialect::OpenAi},
                                               {"anthropic", Dialect::Anthropic},
                                               {"gemini", Dialect::Gemini},
                                               {"mock", Dialect::Mock}})},
       {"responses", oneOf<ResponsesApi>(to.responses, {{"false", ResponsesApi::No},
                                                        {"true", ResponsesApi::Yes},
                                                        {"only", ResponsesApi::Only}})},
       {"base_url", text(to.baseUrl)},
       {"api_key", [&](const auto& n, const auto& p) { keyReference(to.apiKey, n, p); }},
       {"key_header", text(to.keyHeader)},
       {"ca_file", text(to.caFile)},
       {"ask_usage", flag(to.askUsage)},
       {"state", oneOf<ProviderState>(to.state, {{"ready", ProviderState::Ready},
                                                 {"drain", ProviderState::Drain},
                                                 {"disabled", ProviderState::Disabled}})},
       {"limits", limits(to.limits, true)},
       {"breaker",
        [&](const auto& n, const auto& p) {
          map(n, p,
              {{"consecutive_failures", number(to.breaker.consecutiveFailures)},
               {"error_rate", number(to.breaker.errorRate)},
               {"window", duration(to.breaker.window)},
               {"minimum_calls", number(to.breaker.minimumCalls)},
               {"open_for", duration(to.breaker.openFor)},
               {"max_open_for", duration(to.breaker.maxOpenFor)},
               {"half_open_probes", number(to.breaker.halfOpenProbes)}});
        }},
       {"timeouts",
        [&](const auto& n, const auto& p) {
          map(n, p,
              {{"connect", duration(to.timeouts.connect)},
               {"headers", duration(to.timeouts.headers)},
               {"first_byte", duration(to.timeouts.firstByte)},
               {"idle", duration(to.timeouts.idle)},
               {"total", duration(to.timeouts.total)}});
        }},
       {"mock",
        [&](const auto& n, const auto& p) {
          hasMock = true;
          map(n, p,
              {{"latency", duration(to.mock.latency)},
               {"jitter", duration(to.mock.jitter)},
               {"tokens_per_second", number(to.mock.tokensPerSecond)},
               {"reply_tokens", number(to.mock.replyTokens)},
               {"error_rate", number(to.mock.errorRate)},
               {"status", number(to.mock.status)},
               {"speaks", oneOf<Speech>(to.mock.speaks, {{"openai", Speech::OpenAi},
                                                         {"responses", Speech::Responses},
                                                         {"anthropic", Speech::Anthropic},
                                                         {"gemini", Speech::Gemini}})}});
        }},
       {"health", [&](const auto& n, const auto& p) {
          map(n, p, {{"probe", text(to.health.path)}, {"interval", duration(to.health.interval)}});
          if (to.health.path == "none") to.health.path.clear();
        }}});
  if (hasMock && to.dialect != Dialect::Mock) {
    fault(m_places.at(path + ".mock"), path + ".mock", "only a provider of dialect mock has this");
  }
}

void Reader::route(Route& to, const YAML::Node& node, const std::string& path) {
  map(node, path,
      {{"model", text(to.model)},
       {"balance", oneOf<Balance>(to.balance, {{"round_robin", Balance::RoundRobin},
                                               {"least_connections", Balance::LeastConnections},
                                               {"latency", Balance::Latency}})},
       {"targets",
        [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            Target& target = to.targets.emplace_back();
            map(item, at,
                {{"provider", text(target.provider)},
                 {"model", text(target.model)},
                 {"weight", number(target.weight)},
                 {"priority", number(target.priority)}});
          });
        }},
       {"fallback", texts(to.fallback)},
       {"limits", limits(to.limits, false)},
       {"affinity", text(to.affinity)},
       {"on_exhausted", oneOf<OnExhausted>(to.onExhausted, {{"reject", OnExhausted::Reject},
                                                            {"queue", OnExhausted::Queue}})},
       {"cache",
        [&](const auto& n, const auto& p) {
          to.cache.when = CacheWhen::Deterministic;
          map(n, p,
              {{"ttl", duration(to.cache.ttl)},
               {"when",
                oneOf<CacheWhen>(to.cache.when, {{"deterministic", CacheWhen::Deterministic},
                                                 {"always", CacheWhen::Always},
                                                 {"never", CacheWhen::Never}})}});
        }},
       {"retry", [&](const auto& n, const auto& p) {
          map(n, p,
              {{"attempts", number(to.retry.attempts)},
               {"backoff", duration(to.retry.backoff)},
               {"max_backoff", duration(to.retry.maxBackoff)}});
        }}});
}

std::optional<Config> Reader::read(std::string_view text) {
  const auto root = load(text, "a map with version, providers and routes");
  if (!root) return std::nullopt;
  Config config;
  std::uint32_t version = 0;
  map(*root, "",
      {{"version", number(version)},
       {"server", [&](const auto& n, const auto& p) { server(config.server, n, p); }},
       {"providers",
        [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            provider(config.providers.emplace_back(), item, at);
          });
        }},
       {"routes",
        [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            route(config.routes.emplace_back(), item, at);
          });
        }},
       {"log",
        [&](const auto& n, const auto& p) {
          bool bodies = false;
          map(n, p,
              {{"level", oneOf<LogLevel>(config.log.level, {{"debug", LogLevel::Debug},
                                                            {"info", LogLevel::Info},
                                                            {"warning", LogLevel::Warning},
                                                            {"error", LogLevel::Error}})},
               {"format", oneOf<LogFormat>(config.log.format,
                                           {{"text", LogFormat::Text}, {"json", LogFormat::Json}})},
               // What people say to each other is not written down; who says so is right.
               {"bodies", oneOf<bool>(bodies, {{"off", false}}, {"on"})}});
        }},
       {"cache", [&](const auto& n, const auto& p) {
          map(n, p, {{"max_size", size(config.cache.maxSize)}});
        }}});
  if (!m_places.contains("version")) {
    faults.push_back({"version", "'version: 1' is missing", 1, 1});
  } else if (version != 1 &&
             !std::ranges::any_of(faults, [](const Fault& f) { return f.path == "version"; })) {
    fault(m_places.at("version"), "version", "this version of Sluice reads version 1");
  }
  const std::size_t unread = faults.size();
  std::set<std::string> judged;
  // Of so many the meaning of what was read can wait.
  for (Fault& meaning : unread > kManyFaults ? std::vector<Fault>() : check(config)) {
    // What could not be read has its fault already; what it defaulted to is not judged.
    const auto isTold = [&](const Fault& f) {
      for (const char* key : {".dialect", ".preset"}) {
        const std::size_t at = f.path.rfind(key);
        if (at != std::string::npos && meaning.path.starts_with(f.path.substr(0, at) + ".")) {
          return true;  // of which kind the provider is decides what it needs
        }
      }
      return f.path == meaning.path ||
             (!f.path.empty() && f.path.starts_with(meaning.path + ".")) ||
             (!f.path.empty() && meaning.path.starts_with(f.path + "."));
    };
    const auto end = faults.begin() + static_cast<std::ptrdiff_t>(unread);
    const bool told =
        !judged.insert(meaning.path).second || std::any_of(faults.begin(), end, isTold);
    if (told) continue;
    locate(meaning);
    faults.push_back(std::move(meaning));
  }
  std::ranges::stable_sort(faults, [](const Fault& a, const Fault& b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  });
  if (!faults.empty()) return std::nullopt;
  return config;
}

}  // namespace

std::optional<std::pair<std::string, std::uint16_t>> parseListen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || ec != std::errc() || end != port.data() + port.size()) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host == "localhost") host = "127.0.0.1";
  // Whatever else it is, a socket would take it for any address.
  if (!isPlainAddress(std::string(host))) return std::nullopt;
  return std::pair(std::string(host), number);
}

ReadResult readYaml(std::string_view text) {
  Reader reader;
  ReadResult result;
  result.config = reader.read(text);
  result.faults = std::move(reader.faults);
  return result;
}

std::string describe(const Fault& fault, std::string_view fileName) {
  std::string out(fileName);
  if (fault.line > 0) out += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
  out += ": ";
  if (!fault.path.empty()) out += fault.path + ": ";
  return out + fault.message;
}

}  // namespace sluice::config
