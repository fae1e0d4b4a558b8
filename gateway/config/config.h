// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The configuration as plain values. Immutable once applied: a change is a new Config.
/// Names, units and defaults are those of the config file.
namespace sluice::config {

using Duration = std::chrono::milliseconds;

enum class Dialect : std::uint8_t { OpenAi, Anthropic, Gemini, Mock };
/// As the file has it: "openai".
const char* wordOf(Dialect dialect);
/// Whether an OpenAI provider has the Responses API beside chat completions, or nothing else. Where it
/// has not, callers of /v1/responses are translated.
enum class ResponsesApi : std::uint8_t { No, Yes, Only };
/// What a mock provider speaks.
enum class Speech : std::uint8_t { OpenAi, Responses, Anthropic, Gemini };
enum class ProviderState : std::uint8_t { Ready, Drain, Disabled };
enum class Balance : std::uint8_t { RoundRobin, LeastConnections, Latency };
/// What is done with a request that no target may take now because of its limits.
enum class OnExhausted : std::uint8_t { Reject, Queue };
/// Which answers are kept: of requests with temperature 0, of all, of none.
enum class CacheWhen : std::uint8_t { Never, Deterministic, Always };
enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };
enum class LogFormat : std::uint8_t { Text, Json };

struct Limits {
  /// Requests per minute, 0..10'000'000; absent: no limit; 0: nothing passes.
  std::optional<std::uint32_t> requestsPerMinute;
  /// Requests that may be saved up, 1..10'000'000; absent: a tenth of requestsPerMinute, at least 1.
  std::optional<std::uint32_t> burstRequests;
  /// Tokens, of the prompt and of the answer, per minute; as requestsPerMinute.
  std::optional<std::uint32_t> tokensPerMinute;
  /// Tokens that may be saved up; absent: as many as come in a minute, as a request that needs more
  /// than may be saved up can never pass.
  std::optional<std::uint32_t> burstTokens;
  /// Calls at once, 0..1'000'000; absent: no limit; 0: nothing passes.
  std::optional<std::uint32_t> concurrency;
  std::uint32_t queue = 64;      ///< calls that may wait for one of these to end, 0..65'535
  Duration queueTimeout{5'000};  ///< and for how long
  bool operator==(const Limits&) const = default;

  /// 0 exactly when nothing may pass.
  std::uint32_t effectiveBurst() const {
    if (requestsPerMinute == 0u) return 0;
    if (burstRequests) return *burstRequests;
    const std::uint32_t tenth = requestsPerMinute.value_or(0) / 10;
    return tenth > 0 ? tenth : 1;
  }
  std::uint32_t effectiveTokenBurst() const {
    if (tokensPerMinute == 0u) return 0;
    return burstTokens.value_or(tokensPerMinute.value_or(0));
  }
};

/// One who may ask.
struct ClientKey {
  std::string id;                   ///< unique; letters, digits, '-', '_', '.'
  std::string key;                  ///< a reference: "env:NAME", "keychain:NAME" or "file:PATH"
  Limits limits;                    ///< of requests and tokens; over all providers
  std::vector<std::string> models;  ///< "name" or "prefix*"; empty: all
  bool operator==(const ClientKey&) const = default;
};

struct Server {
  std::string host = "127.0.0.1";       ///< an address; a loopback one unless there are client keys
  std::uint16_t port = 8787;            ///< 0: any free port
  unsigned workers = 0;                 ///< 0: chosen from the number of cores; at most 64
  std::uint64_t maxBody = 32ull << 20;  ///< bytes
  /// A stream in which the provider is silent for that long is sent a comment, so that nothing between
  /// takes it for dead; 0: never.
  Duration streamKeepAlive{15'000};
  /// A client that takes nothing of its answer for that long is cut off.
  Duration clientStall{60'000};
  std::uint32_t maxConnections = 10'000;  ///< client connections at once, 1..1'000'000
  /// Who may ask; empty: everybody who reaches us, which is then this machine only.
  std::vector<ClientKey> clientKeys;
  bool operator==(const Server&) const = default;
};

struct Breaker {
  std::uint32_t consecutiveFailures = 5;  ///< 1..1'000'000
  double errorRate = 0.5;           ///< share of failures among recent calls that opens it, (0, 1]
  Duration window{30'000};          ///< what counts as recent; 1s..1h
  std::uint32_t minimumCalls = 10;  ///< fewer recent calls are no evidence; 1..1'000'000
  Duration openFor{5'000};          ///< first open period; doubles up to maxOpenFor
  Duration maxOpenFor{120'000};
  std::uint32_t halfOpenProbes =
      2;  ///< successes needed to close, and the most probes at once; 1..31
  bool operator==(const Breaker&) const = default;
};

struct Timeouts {
  Duration connect{5'000};
  Duration headers{60'000};    ///< request sent -> response head
  Duration firstByte{60'000};  ///< request sent -> first byte of the body
  Duration idle{60'000};       ///< between two chunks of a body
  Duration total{600'000};     ///< the whole attempt
  bool operator==(const Timeouts&) const = default;
};

/// How a provider is asked whether it lives, beside its traffic.
struct Probe {
  std::string path;  ///< below base_url, of an endpoint that costs nothing; empty: never asked
  Duration interval{30'000};  ///< 1s..24h
  bool operator==(const Probe&) const = default;
};

/// The temper of a built-in mock provider.
struct Mock {
  Duration latency{300};           ///< to the first byte
  Duration jitter{100};            ///< uniform, +- around latency
  double tokensPerSecond = 80;     ///< > 0
  std::uint32_t replyTokens = 60;  ///< 1..100'000
  double errorRate = 0;            ///< share of requests answered with `status`, 0..1
  int status = 500;                ///< 400..599
  Speech speaks = Speech::OpenAi;
  bool operator==(const Mock&) const = default;
};

struct Provider {
  std::string id;  ///< unique; letters, digits, '-', '_', '.'
  Dialect dialect = Dialect::OpenAi;
  ResponsesApi responses = ResponsesApi::No;  ///< of dialect OpenAi
  std::string baseUrl;  ///< http(s)://host[:port][/path], up to the version: .../v1; empty for mock
  std::string
      apiKey;  ///< a reference: "env:NAME", "keychain:NAME" or "file:PATH"; empty: none is sent
  /// The header field the key goes into: "authorization", as a bearer token, or any other, bare.
  /// Empty: as the dialect has it.
  std::string keyHeader;
  std::string caFile;  ///< PEM file of certificates trusted beside the system's; empty: none
  /// Whether a stream is asked for its usage when the client did not; some servers refuse to be asked.
  bool askUsage = true;
  ProviderState state = ProviderState::Ready;
  Limits limits;
  Breaker breaker;
  Timeouts timeouts;
  Probe health;
  Mock mock;
  bool operator==(const Provider&) const = default;
};

struct Target {
  std::string provider;        ///< id of a provider
  std::string model;           ///< model name sent upstream; empty: as the client asked
  std::uint32_t weight = 1;    ///< 1..1000
  std::uint32_t priority = 0;  ///< 0..100; larger ones are for when all smaller ones cannot serve
  bool operator==(const Target&) const = default;
};

/// What is done when an attempt fails before the client has been sent anything.
struct Retry {
  std::uint32_t attempts = 3;  ///< in all, 1..10
  Duration backoff{250};       ///< before the same target is asked again; doubles
  Duration maxBackoff{4'000};
  bool operator==(const Retry&) const = default;
};

struct RouteCache {
  Duration ttl{600'000};  ///< 1s..30 days
  CacheWhen when = CacheWhen::Never;
  bool operator==(const RouteCache&) const = default;
};

struct Route {
  std::string model;  ///< exact name, "prefix*", or "*"; unique
  Balance balance = Balance::RoundRobin;
  std::vector<Target> targets;        ///< at least one
  std::vector<std::string> fallback;  ///< models of other routes, asked in order when these cannot
  Retry retry;
  Limits limits;  ///< of requests and tokens; over all its targets
  std::string
      affinity;  ///< a header whose value keeps to one target while it can serve; empty: none
  OnExhausted onExhausted = OnExhausted::Reject;
  RouteCache cache;
  bool operator==(const Route&) const = default;
};

struct Cache {
  std::uint64_t maxSize = 256ull << 20;  ///< bytes, over all routes
  bool operator==(const Cache&) const = default;
};

struct Log {
  LogLevel level = LogLevel::Info;
  LogFormat format = LogFormat::Text;
  bool operator==(const Log&) const = default;
};

struct Config {
  Server server;
  std::vector<Provider> providers;
  std::vector<Route> routes;
  Cache cache;
  Log log;
  bool operator==(const Config&) const = default;
};

/// One thing wrong with a configuration.
struct Fault {
  std::string path;     ///< e.g. "providers[0].limits.requests_per_minute"; empty: the whole file
  std::string message;  ///< what is wrong and what was expected
  int line = 0;         ///< 1-based; 0: not from a file
  int column = 0;       ///< 1-based
};

/// Faults in meaning: duplicate ids, unknown references, impossible values. Empty: sound.
std::vector<Fault> check(const Config& config);

}  // namespace sluice::config
