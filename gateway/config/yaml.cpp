// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <numeric>
#include <set>

namespace sluice::config {

namespace {

constexpr std::size_t kLargestFile = 1 << 20;

/// Levenshtein distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// A number with a unit; nothing when there is anything else.
struct Measure {
  double number;
  std::string_view unit;
};
std::optional<Measure> measure(std::string_view text) {
  double number = 0;
  const auto [end, ec] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (ec != std::errc() || !(number >= 0)) return std::nullopt;
  return Measure{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

class Reader {
 public:
  std::vector<Fault> faults;

  std::optional<Config> read(std::string_view text);

 private:
  using Take = std::function<void(const YAML::Node&, const std::string& path)>;
  using Fields = std::map<std::string_view, Take>;
  /// Keys of the format that a later version will read.
  using Later = std::set<std::string_view>;

  void fault(const YAML::Mark& mark, std::string path, std::string message) {
    faults.push_back({std::move(path), std::move(message), mark.line + 1, mark.column + 1});
  }

  void map(const YAML::Node& node, const std::string& path, const Fields& fields,
           const Later& later = {});
  void list(const YAML::Node& node, const std::string& path, const Take& take);

  bool scalar(const YAML::Node& node, const std::string& path, std::string_view expected) {
    if (node.IsScalar()) return true;
    fault(node.Mark(), path, "expected " + std::string(expected) + ", not " + kind(node));
    return false;
  }
  static std::string kind(const YAML::Node& node) {
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return "a map";
      case YAML::NodeType::Sequence:
        return "a list";
      case YAML::NodeType::Scalar:
        return "'" + node.Scalar() + "'";
      default:
        return "nothing";
    }
  }

  Take text(std::string& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      if (scalar(node, path, "a text")) to = node.Scalar();
    };
  }

  template <class Number>
  Take number(Number& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      const std::string_view expected =
          std::is_floating_point_v<Number> ? "a number" : "a whole number";
      if (!scalar(node, path, expected)) return;
      const std::string& text = node.Scalar();
      Number value{};
      const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (ec != std::errc() || end != text.data() + text.size()) {
        fault(node.Mark(), path, "expected " + std::string(expected) + ", not '" + text + "'");
        return;
      }
      to = value;
    };
  }

  Take maybeNumber(std::optional<std::uint32_t>& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      std::uint32_t value = 0;
      const std::size_t before = faults.size();
      number(value)(node, path);
      if (faults.size() == before) to = value;
    };
  }

  Take duration(Duration& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      constexpr std::string_view kExpected = "a duration such as 250ms, 5s, 10m or 1h";
      if (!scalar(node, path, kExpected)) return;
      static const std::map<std::string_view, double> kUnits = {
          {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}};
      const auto m = measure(node.Scalar());
      const auto unit = m ? kUnits.find(m->unit) : kUnits.end();
      if (unit == kUnits.end() || m->number * unit->second > 1e12) {
        fault(node.Mark(), path,
              "expected " + std::string(kExpected) + ", not '" + node.Scalar() + "'");
        return;
      }
      to = Duration(static_cast<Duration::rep>(m->number * unit->second));
    };
  }

  Take size(std::uint64_t& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      constexpr std::string_view kExpected = "a size in bytes such as 65536, 64KiB, 32MiB or 1GiB";
      if (!scalar(node, path, kExpected)) return;
      static const std::map<std::string_view, double> kUnits = {
          {"", 1}, {"B", 1}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}};
      const auto m = measure(node.Scalar());
      const auto unit = m ? kUnits.find(m->unit) : kUnits.end();
      if (unit == kUnits.end() || m->number * unit->second > 1e15) {
        fault(node.Mark(), path,
              "expected " + std::string(kExpected) + ", not '" + node.Scalar() + "'");
        return;
      }
      to = static_cast<std::uint64_t>(m->number * unit->second);
    };
  }

  template <class Enum>
  Take oneOf(Enum& to, std::vector<std::pair<std::string_view, Enum>> words, Later later = {}) {
    return [this, &to, words = std::move(words), later = std::move(later)](
               const YAML::Node& node, const std::string& path) {
      std::string expected;
      for (const auto& [word, value] : words) {
        expected += (expected.empty() ? "" : " | ") + std::string(word);
      }
      if (!scalar(node, path, expected)) return;
      for (const auto& [word, value] : words) {
        if (word == node.Scalar()) {
          to = value;
          return;
        }
      }
      if (later.contains(node.Scalar())) {
        fault(
            node.Mark(), path,
            "'" + node.Scalar() + "' is not supported by this version of Sluice; use " + expected);
        return;
      }
      fault(node.Mark(), path, "expected " + expected + ", not '" + node.Scalar() + "'");
    };
  }

  void keyReference(std::string& to, const YAML::Node& node, const std::string& path);
  void clientKey(ClientKey& to, const YAML::Node& node, const std::string& path);
  void listen(Server& to, const YAML::Node& node, const std::string& path);
  void workers(Server& to, const YAML::Node& node, const std::string& path);
  void server(Server& to, const YAML::Node& node, const std::string& path);
  void provider(Provider& to, const YAML::Node& node, const std::string& path);
  void route(Route& to, const YAML::Node& node, const std::string& path);
  void locate(Fault& fault) const;

  std::map<std::string, YAML::Mark> m_places;
};

void Reader::map(const YAML::Node& node, const std::string& path, const Fields& fields,
                 const Later& later) {
  m_places.emplace(path, node.Mark());
  if (!node.IsMap()) {
    fault(node.Mark(), path, "expected a map, not " + kind(node));
    return;
  }
  std::set<std::string> seen;
  for (const auto& pair : node) {
    const YAML::Mark mark = pair.first.Mark();
    if (!pair.first.IsScalar()) {
      fault(mark, path, "a key must be a word");
      continue;
    }
    const std::string& key = pair.first.Scalar();
    const std::string at = path.empty() ? key : path + "." + key;
    if (!seen.insert(key).second) {
      fault(mark, at, "'" + key + "' is given twice");
      continue;
    }
    if (const auto field = fields.find(key); field != fields.end()) {
      // A value that is missing has no place of its own.
      m_places[at] = pair.second.IsNull() ? mark : pair.second.Mark();
      if (pair.second.IsNull()) {
        fault(mark, at, "'" + key + "' has no value");
      } else {
        field->second(pair.second, at);
      }
      continue;
    }
    if (later.contains(key)) {
      fault(mark, at, "'" + key + "' is not supported by this version of Sluice");
      continue;
    }
    std::string hint;
    std::size_t best = 3;
    for (const auto& [name, take] : fields) {
      if (const std::size_t d = distance(key, name); d < best && d < name.size()) {
        best = d;
        hint = "; did you mean '" + std::string(name) + "'?";
      }
    }
    if (hint.empty()) {
      for (const auto& [name, take] : fields)
        hint += (hint.empty() ? "; known here: " : ", ") + std::string(name);
    }
    fault(mark, at, "unknown key '" + key + "'" + hint);
  }
}

void Reader::list(const YAML::Node& node, const std::string& path, const Take& take) {
  if (!node.IsSequence()) {
    fault(node.Mark(), path, "expected a list, not " + kind(node));
    return;
  }
  std::size_t i = 0;
  for (const YAML::Node& item : node) {
    const std::string at = path + "[" + std::to_string(i++) + "]";
    m_places.emplace(at, item.Mark());
    take(item, at);
  }
}

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
    fault(node.Mark(), path, "expected env:NAME or file:PATH");
    return;
  }
  if (node.Scalar().starts_with("keychain:")) {
    fault(node.Mark(), path,
          "keychain: is not supported by this version of Sluice; use env:NAME or file:PATH");
    return;
  }
  to = node.Scalar();
}

void Reader::clientKey(ClientKey& to, const YAML::Node& node, const std::string& path) {
  map(node, path,
      {{"id", text(to.id)},
       {"key", [&](const auto& n, const auto& p) { keyReference(to.key, n, p); }},
       {"limits",
        [&](const auto& n, const auto& p) {
          map(n, p,
              {{"requests_per_minute", maybeNumber(to.limits.requestsPerMinute)},
               {"burst_requests", maybeNumber(to.limits.burstRequests)}},
              {"tokens_per_minute", "burst_tokens", "concurrency", "queue", "queue_timeout"});
        }},
       {"models", [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            text(to.models.emplace_back())(item, at);
          });
        }}});
}

void Reader::server(Server& to, const YAML::Node& node, const std::string& path) {
  map(node, path,
      {{"listen", [&](const auto& n, const auto& p) { listen(to, n, p); }},
       {"workers", [&](const auto& n, const auto& p) { workers(to, n, p); }},
       {"max_body", size(to.maxBody)},
       {"stream_keep_alive", duration(to.streamKeepAlive)},
       {"client_keys", [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            clientKey(to.clientKeys.emplace_back(), item, at);
          });
        }}});
}

void Reader::provider(Provider& to, const YAML::Node& node, const std::string& path) {
  bool hasMock = false;
  map(node, path,
      {{"id", text(to.id)},
       {"dialect",
        oneOf<Dialect>(to.dialect, {{"openai", Dialect::OpenAi}, {"mock", Dialect::Mock}},
                       {"anthropic", "gemini"})},
       {"base_url", text(to.baseUrl)},
       {"api_key", [&](const auto& n, const auto& p) { keyReference(to.apiKey, n, p); }},
       {"state", oneOf<ProviderState>(to.state, {{"ready", ProviderState::Ready},
                                                 {"drain", ProviderState::Drain},
                                                 {"disabled", ProviderState::Disabled}})},
       {"limits",
        [&](const auto& n, const auto& p) {
          map(n, p,
              {{"requests_per_minute", maybeNumber(to.limits.requestsPerMinute)},
               {"burst_requests", maybeNumber(to.limits.burstRequests)},
               {"concurrency", maybeNumber(to.limits.concurrency)},
               {"queue", number(to.limits.queue)},
               {"queue_timeout", duration(to.limits.queueTimeout)}},
              {"tokens_per_minute", "burst_tokens"});
        }},
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
               {"status", number(to.mock.status)}});
        }}},
      {"health"});
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
       {"fallback",
        [&](const auto& n, const auto& p) {
          list(n, p, [&](const YAML::Node& item, const std::string& at) {
            text(to.fallback.emplace_back())(item, at);
          });
        }},
       {"retry",
        [&](const auto& n, const auto& p) {
          map(n, p,
              {{"attempts", number(to.retry.attempts)},
               {"backoff", duration(to.retry.backoff)},
               {"max_backoff", duration(to.retry.maxBackoff)}});
        }}},
      {"on_exhausted", "cache"});
}

std::optional<Config> Reader::read(std::string_view text) {
  const YAML::Mark start{};
  if (text.size() > kLargestFile) {
    faults.push_back({"", "the file is larger than 1 MiB", 1, 1});
    return std::nullopt;
  }
  YAML::Node root;
  try {
    root = YAML::Load(std::string(text));
  } catch (const YAML::Exception& e) {
    faults.push_back({"", "not valid YAML: " + e.msg, std::max(e.mark.line, 0) + 1,
                      std::max(e.mark.column, 0) + 1});
    return std::nullopt;
  }
  if (!root.IsMap()) {
    faults.push_back({"", "expected a map with version, providers and routes", 1, 1});
    return std::nullopt;
  }
  Config config;
  std::uint32_t version = 0;
  map(root, "",
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
          map(n, p,
              {{"level", oneOf<LogLevel>(config.log.level, {{"debug", LogLevel::Debug},
                                                            {"info", LogLevel::Info},
                                                            {"warning", LogLevel::Warning},
                                                            {"error", LogLevel::Error}})}},
              {"bodies"});
        }}},
      {"cache"});
  if (!m_places.contains("version")) {
    faults.push_back({"version", "'version: 1' is missing", 1, 1});
  } else if (version != 1 &&
             !std::ranges::any_of(faults, [](const Fault& f) { return f.path == "version"; })) {
    fault(m_places.at("version"), "version", "this version of Sluice reads version 1");
  }
  for (Fault& meaning : check(config)) {
    // What could not be read has its fault already; what it defaulted to is not judged.
    const bool told = std::ranges::any_of(faults, [&](const Fault& f) {
      const std::size_t dialect = f.path.rfind(".dialect");
      if (dialect != std::string::npos &&
          meaning.path.starts_with(f.path.substr(0, dialect) + ".")) {
        return true;  // of which kind the provider is decides what it needs
      }
      return f.path == meaning.path ||
             (!f.path.empty() && f.path.starts_with(meaning.path + ".")) ||
             (!f.path.empty() && meaning.path.starts_with(f.path + "."));
    });
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

/// Where the value stands, or what it is missing from.
void Reader::locate(Fault& fault) const {
  std::string path = fault.path;
  for (;;) {
    if (const auto at = m_places.find(path); at != m_places.end()) {
      fault.line = at->second.line + 1;
      fault.column = at->second.column + 1;
      return;
    }
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) {
      fault.line = fault.column = 1;
      return;
    }
    path.resize(dot);
  }
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
  if (host.empty()) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
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
