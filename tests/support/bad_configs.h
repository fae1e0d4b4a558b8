// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sluice::test {

/// A config with one fault.
struct BadConfig {
  std::string name;
  std::string text;
  int line;  ///< of the fault
  int column;
  std::string words;  ///< some of its own
};

/// One for each kind of fault that a config can have.
inline std::vector<BadConfig> badConfigs() {
  const std::string kHead = "version: 1\nproviders:\n  - id: a\n    dialect: mock\n";
  const std::string kRoute = "routes:\n  - model: m\n    targets: [{provider: a}]\n";
  const auto many = [](const std::string& item, int count) {
    std::string out = item;
    for (int i = 1; i < count; ++i) out += ", " + item;
    return out;
  };
  return {

      {"no version", "providers: []\n", 1, 1, "'version: 1' is missing"},
      {"other version", "version: 2\n", 1, 10, "reads version 1"},
      {"unknown key", kHead + "    latency: 3\n", 5, 5, "unknown key 'latency'"},
      {"typo", "version: 1\nprovider: []\n", 2, 1, "did you mean 'providers'"},
      {"later key", "version: 1\nlog: {bodies: on}\n", 2, 15, "not supported by this version"},
      {"too much at once", kHead + "    limits: {concurrency: 1000001}\n", 5, 27,
       "at most 1000000"},
      {"too long a queue", kHead + "    limits: {queue: 65536}\n", 5, 21, "at most 65535"},
      {"no time to wait", kHead + "    limits: {queue_timeout: 0s}\n", 5, 29, "1ms..24h"},
      {"twice", "version: 1\nlog: {level: info, level: info}\n", 2, 20, "given twice"},
      {"not a number", kHead + "    limits: {requests_per_minute: many}\n", 5, 35,
       "expected a whole number, not 'many'"},
      {"negative", kHead + "    limits: {requests_per_minute: -1}\n", 5, 35,
       "expected a whole number"},
      {"too large", kHead + "    limits: {requests_per_minute: 10000001}\n", 5, 35,
       "at most 10000000"},
      {"burst alone", kHead + "    limits: {burst_requests: 5}\n", 5, 30,
       "without requests_per_minute"},
      {"bad duration", kHead + "    timeouts: {idle: 5}\n", 5, 22, "expected a duration"},
      {"bad size", "version: 1\nserver: {max_body: 3MB}\n", 2, 20, "expected a size"},
      {"bad listen", "version: 1\nserver: {listen: 8787}\n", 2, 18, "expected HOST:PORT"},
      {"open to the world", "version: 1\nserver: {listen: '0.0.0.0:8787'}\n", 2, 18,
       "not a loopback"},
      {"a client twice",
       "version: 1\nserver:\n  client_keys:\n    - {id: a, key: env:A}\n    - {id: a, key: "
       "env:B}\n",
       5, 12, "used twice"},
      {"one key for two clients",
       "version: 1\nserver:\n  client_keys:\n    - {id: a, key: env:A}\n    - {id: b, key: "
       "env:A}\n",
       5, 20, "two clients have this key"},
      {"a client's key itself", "version: 1\nserver:\n  client_keys:\n    - {id: a, key: sk-1}\n",
       4, 20, "not the key itself"},
      {"bad workers", "version: 1\nserver: {workers: 65}\n", 2, 19, "1..64"},
      {"no workers", "version: 1\nserver: {workers: 0}\n", 2, 19, "1..64"},
      {"falls back to nothing",
       "version: 1\nproviders:\n  - {id: a, dialect: mock}\nroutes:\n  - {model: m, targets: "
       "[{provider: a}], fallback: [n]}\n",
       5, 53, "no route for 'n'"},
      {"falls back to itself",
       "version: 1\nproviders:\n  - {id: a, dialect: mock}\nroutes:\n  - {model: m, targets: "
       "[{provider: a}], fallback: [m]}\n",
       5, 53, "to itself"},
      {"backoff beyond its cap",
       "version: 1\nproviders:\n  - {id: a, dialect: mock}\nroutes:\n  - {model: m, targets: "
       "[{provider: a}], retry: {backoff: 5s}}\n",
       5, 49, "not be shorter than backoff"},
      {"bad dialect", "version: 1\nproviders:\n  - {id: a, dialect: cobol}\n", 3, 22,
       "expected openai | anthropic | gemini | mock"},
      {"responses of another",
       "version: 1\nproviders:\n  - {id: a, dialect: gemini, base_url: 'http://x', responses: "
       "true}\n",
       3, 63, "only a provider of dialect openai"},
      {"a header with a space",
       "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', key_header: 'api key'}\n", 3, 47,
       "name of a header field"},
      {"unknown preset", "version: 1\nproviders:\n  - {id: a, preset: none}\n", 3, 21,
       "expected openai | azure"},
      {"a preset without an address", "version: 1\nproviders:\n  - {id: a, preset: azure}\n", 3, 5,
       "needs a base_url"},
      {"a mock of a preset", "version: 1\nproviders:\n  - {id: a, preset: ollama, dialect: mock}\n",
       3, 5, "built in"},
      {"an unknown tongue", kHead + "    mock: {speaks: latin}\n", 5, 20,
       "expected openai | responses"},
      {"no base_url", "version: 1\nproviders:\n  - {id: a}\n", 3, 5, "needs a base_url"},
      {"bad base_url", "version: 1\nproviders:\n  - {id: a, base_url: 'ftp://x'}\n", 3, 23,
       "http(s)://"},
      {"itself", "version: 1\nproviders:\n  - {id: a, base_url: 'http://localhost:8787/v1'}\n", 3,
       23, "this gateway itself"},
      {"mock with url", kHead + "    base_url: http://x\n", 5, 15, "built in"},
      {"mock section elsewhere",
       "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', mock: {status: 500}}\n", 3, 41,
       "dialect mock"},
      {"same id", kHead + "  - {id: a, dialect: mock}\n", 5, 10, "used twice"},
      {"bad id", "version: 1\nproviders: [{id: 'a b', dialect: mock}]\n", 2, 18, "letters, digits"},
      {"same model", kHead + kRoute + "  - {model: m, targets: [{provider: a}]}\n", 8, 13,
       "already"},
      {"unknown provider", kHead + "routes:\n  - {model: m, targets: [{provider: b}]}\n", 6, 37,
       "no provider 'b'"},
      {"no targets", kHead + "routes:\n  - {model: m, targets: []}\n", 6, 25,
       "at least one target"},
      {"star within", kHead + "routes:\n  - {model: 'a*b', targets: [{provider: a}]}\n", 6, 13,
       "last character"},
      {"weight", kHead + "routes:\n  - {model: m, targets: [{provider: a, weight: 0}]}\n", 6, 48,
       "1..1000"},
      {"breaker order", kHead + "    breaker: {open_for: 10s, max_open_for: 5s}\n", 5, 44,
       "not be shorter"},
      {"error rate", kHead + "    mock: {error_rate: 1.5}\n", 5, 24, "between 0 and 1"},
      {"map for list", "version: 1\nproviders: {}\n", 2, 12, "expected a list"},
      {"list for map", "version: 1\nlog: []\n", 2, 6, "expected a map"},
      {"empty value", "version: 1\nserver:\n", 2, 1, "has no value"},
      {"not yaml", "version: [1\n", 2, 1, "not valid YAML"},
      {"text", "hello\n", 1, 1, "expected a map"},
      {"nothing", "", 1, 1, "expected a map"},
      {"a client without a key", "version: 1\nserver:\n  client_keys:\n    - {id: a}\n", 4, 7,
       "a client key needs a key"},
      {"a client without an id", "version: 1\nserver:\n  client_keys:\n    - {key: env:A}\n", 4, 7,
       "a client key needs an id"},
      {"a client's key in parts",
       "version: 1\nserver:\n  client_keys:\n    - {id: a, key: [env:A]}\n", 4, 20,
       "expected env:NAME, keychain:NAME or file:PATH"},
      {"a star within a client's model",
       "version: 1\nserver:\n  client_keys:\n    - {id: a, key: env:A, models: ['a*b']}\n", 4, 36,
       "a prefix that ends in '*'"},
      {"no body", "version: 1\nserver: {max_body: 0}\n", 2, 20, "larger than 0"},
      {"too large a body", "version: 1\nserver: {max_body: 5GiB}\n", 2, 20, "at most 4GiB"},
      {"no connections", "version: 1\nserver: {max_connections: 0}\n", 2, 27, "1..1000000"},
      {"too long a silence", "version: 1\nserver: {stream_keep_alive: 25h}\n", 2, 29,
       "at most 24h"},
      {"too long a duration", "version: 1\nserver: {client_stall: 999999999h}\n", 2, 24,
       "is too long"},
      {"too large a cache", "version: 1\ncache: {max_size: 2048GiB}\n", 2, 19, "at most 1024GiB"},
      {"a mock's key", kHead + "    api_key: env:A\n", 5, 14, "a mock provider has no api_key"},
      {"a key itself", "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', api_key: sk-1}\n",
       3, 44, "a key is not written into the config"},
      {"certificates for nothing",
       "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', ca_file: y}\n", 3, 44,
       "only where base_url begins with https://"},
      {"a mock's probe", kHead + "    health: {probe: /x}\n", 5, 21,
       "a mock provider needs no probe"},
      {"a probe elsewhere",
       "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', health: {probe: y}}\n", 3, 51,
       "must be a path below base_url"},
      {"a probe all the time",
       "version: 1\nproviders:\n  - {id: a, base_url: 'http://x', health: {probe: /y, interval: "
       "1ms}}\n",
       3, 65, "1s..24h"},
      {"no id", "version: 1\nproviders:\n  - {dialect: mock}\n", 3, 5, "a provider needs an id"},
      {"no model", kHead + "routes:\n  - {targets: [{provider: a}]}\n", 6, 5,
       "a route needs a model"},
      {"a target of nobody", kHead + "routes:\n  - {model: m, targets: [{weight: 2}]}\n", 6, 26,
       "a target needs a provider"},
      {"too many targets",
       kHead + "routes:\n  - {model: m, targets: [" + many("{provider: a}", 1001) + "]}\n", 6, 25,
       "at most 1000 targets"},
      {"too many fallbacks",
       kHead +
           "routes:\n  - {model: n, targets: [{provider: a}]}\n  - {model: m, targets: [{provider: "
           "a}], fallback: [" +
           many("n", 101) + "]}\n",
       7, 52, "at most 100 other routes"},
      {"priority", kHead + "routes:\n  - {model: m, targets: [{provider: a, priority: 101}]}\n", 6,
       50, "0..100"},
      {"affinity to no field", kHead + kRoute + "    affinity: 'a b'\n", 8, 15,
       "name of a header field, such as x-session-id"},
      {"no time to live", kHead + kRoute + "    cache: {ttl: 1ms}\n", 8, 18, "1s..720h"},
      {"too many attempts", kHead + kRoute + "    retry: {attempts: 11}\n", 8, 23, "1..10"},
      {"no burst", kHead + "    limits: {requests_per_minute: 5, burst_requests: 0}\n", 5, 54,
       "1..10000000"},
      {"too many tokens", kHead + "    limits: {tokens_per_minute: 1000000001}\n", 5, 33,
       "at most 1000000000"},
      {"no burst of tokens", kHead + "    limits: {tokens_per_minute: 5, burst_tokens: 0}\n", 5, 50,
       "1..1000000000"},
      {"burst of tokens alone", kHead + "    limits: {burst_tokens: 5}\n", 5, 28,
       "without tokens_per_minute"},
      {"no failures in a row", kHead + "    breaker: {consecutive_failures: 0}\n", 5, 37,
       "1..1000000"},
      {"share of failures", kHead + "    breaker: {error_rate: 0}\n", 5, 27,
       "above 0 and at most 1"},
      {"window of failures", kHead + "    breaker: {window: 2h}\n", 5, 23, "1s..1h"},
      {"too few calls", kHead + "    breaker: {minimum_calls: 0}\n", 5, 30, "1..1000000"},
      {"probes", kHead + "    breaker: {half_open_probes: 32}\n", 5, 33, "1..31"},
      {"a mock's latency", kHead + "    mock: {latency: 25h}\n", 5, 21, "0ms..24h"},
      {"a mock without speed", kHead + "    mock: {tokens_per_second: 0}\n", 5, 31,
       "above 0 and at most 1000000"},
      {"a mock without words", kHead + "    mock: {reply_tokens: 0}\n", 5, 26, "1..100000"},
      {"a mock's status", kHead + "    mock: {status: 200}\n", 5, 20, "400..599"},
      {"not a share", kHead + "    breaker: {error_rate: half}\n", 5, 27, "expected a number"},
      {"a list for a text", "version: 1\nproviders:\n  - {id: [a], dialect: mock}\n", 3, 10,
       "expected a text, not a list"},
      {"a key in parts", "version: 1\n? [a]\n: b\n", 2, 3, "a key must be a word"},
      {"two documents", "version: 1\n---\nversion: 1\n", 2, 1, "a second document"},
      {"too large a file", std::string((1 << 20) + 1, '#'), 1, 1, "larger than 1 MiB"},
  };
}

}  // namespace sluice::test
