// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/json.h"

#include <algorithm>

#include "gateway/config/json_tree.h"

namespace sluice::config {

namespace {

using Json = nlohmann::ordered_json;

/// As a person would write it.
std::string span(Duration duration) {
  const auto count = duration.count();
  const auto whole = [count](std::int64_t unit, std::int64_t from) {
    return count >= from && count % unit == 0;
  };
  if (whole(3'600'000, 3'600'000)) return std::to_string(count / 3'600'000) + "h";
  if (whole(60'000, 600'000)) return std::to_string(count / 60'000) + "m";
  if (whole(1'000, 1'000)) return std::to_string(count / 1'000) + "s";
  return std::to_string(count) + "ms";
}

const char* wordOf(Speech speech) {
  switch (speech) {
    case Speech::Responses:
      return "responses";
    case Speech::Anthropic:
      return "anthropic";
    case Speech::Gemini:
      return "gemini";
    case Speech::OpenAi:
      break;
  }
  return "openai";
}
Json jsonOf(ResponsesApi responses) {
  if (responses == ResponsesApi::Only) return "only";
  return responses == ResponsesApi::Yes;
}
const char* wordOf(ProviderState state) {
  switch (state) {
    case ProviderState::Drain:
      return "drain";
    case ProviderState::Disabled:
      return "disabled";
    case ProviderState::Ready:
      break;
  }
  return "ready";
}
const char* wordOf(Balance balance) {
  switch (balance) {
    case Balance::LeastConnections:
      return "least_connections";
    case Balance::Latency:
      return "latency";
    case Balance::RoundRobin:
      break;
  }
  return "round_robin";
}
const char* wordOf(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Error:
      return "error";
    case LogLevel::Info:
      break;
  }
  return "info";
}

const char* wordOf(CacheWhen when) {
  switch (when) {
    case CacheWhen::Deterministic:
      return "deterministic";
    case CacheWhen::Always:
      return "always";
    case CacheWhen::Never:
      break;
  }
  return "never";
}

/// Of requests and tokens.
Json ratesOf(const Limits& limits) {
  Json json = Json::object();
  if (limits.requestsPerMinute) json["requests_per_minute"] = *limits.requestsPerMinute;
  if (limits.burstRequests) json["burst_requests"] = *limits.burstRequests;
  if (limits.tokensPerMinute) json["tokens_per_minute"] = *limits.tokensPerMinute;
  if (limits.burstTokens) json["burst_tokens"] = *limits.burstTokens;
  return json;
}

Json jsonOf(const Limits& limits) {
  Json json = ratesOf(limits);
  if (limits.concurrency) json["concurrency"] = *limits.concurrency;
  json["queue"] = limits.queue;
  json["queue_timeout"] = span(limits.queueTimeout);
  return json;
}

Json jsonOf(const Provider& provider) {
  const Breaker& breaker = provider.breaker;
  const Timeouts& timeouts = provider.timeouts;
  Json json = {{"id", provider.id}, {"dialect", wordOf(provider.dialect)}};
  if (provider.dialect == Dialect::OpenAi) json["responses"] = jsonOf(provider.responses);
  if (!provider.baseUrl.empty()) json["base_url"] = provider.baseUrl;
  if (!provider.apiKey.empty()) json["api_key"] = provider.apiKey;
  if (!provider.keyHeader.empty()) json["key_header"] = provider.keyHeader;
  if (!provider.caFile.empty()) json["ca_file"] = provider.caFile;
  json["ask_usage"] = provider.askUsage;
  json["state"] = wordOf(provider.state);
  json["limits"] = jsonOf(provider.limits);
  json["breaker"] = {{"consecutive_failures", breaker.consecutiveFailures},
                     {"error_rate", breaker.errorRate},
                     {"window", span(breaker.window)},
                     {"minimum_calls", breaker.minimumCalls},
                     {"open_for", span(breaker.openFor)},
                     {"max_open_for", span(breaker.maxOpenFor)},
                     {"half_open_probes", breaker.halfOpenProbes}};
  json["timeouts"] = {{"connect", span(timeouts.connect)},
                      {"headers", span(timeouts.headers)},
                      {"first_byte", span(timeouts.firstByte)},
                      {"idle", span(timeouts.idle)},
                      {"total", span(timeouts.total)}};
  json["health"] = {{"probe", provider.health.path.empty() ? "none" : provider.health.path},
                    {"interval", span(provider.health.interval)}};
  if (provider.dialect == Dialect::Mock) {
    const Mock& mock = provider.mock;
    json["mock"] = {{"latency", span(mock.latency)},
                    {"jitter", span(mock.jitter)},
                    {"tokens_per_second", mock.tokensPerSecond},
                    {"reply_tokens", mock.replyTokens},
                    {"error_rate", mock.errorRate},
                    {"status", mock.status},
                    {"speaks", wordOf(mock.speaks)}};
  }
  return json;
}

Json jsonOf(const Route& route) {
  Json targets = Json::array();
  for (const Target& target : route.targets) {
    Json json = {{"provider", target.provider}};
    if (!target.model.empty()) json["model"] = target.model;
    json["weight"] = target.weight;
    json["priority"] = target.priority;
    targets.push_back(std::move(json));
  }
  Json json = {{"model", route.model},
               {"balance", wordOf(route.balance)},
               {"targets", std::move(targets)},
               {"fallback", route.fallback},
               {"retry",
                {{"attempts", route.retry.attempts},
                 {"backoff", span(route.retry.backoff)},
                 {"max_backoff", span(route.retry.maxBackoff)}}},
               {"limits", ratesOf(route.limits)},
               {"on_exhausted", route.onExhausted == OnExhausted::Queue ? "queue" : "reject"},
               {"cache", {{"ttl", span(route.cache.ttl)}, {"when", wordOf(route.cache.when)}}}};
  if (!route.affinity.empty()) json["affinity"] = route.affinity;
  return json;
}

Json jsonOf(const Config& config) {
  const Server& server = config.server;
  const std::string host =
      server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  Json json = {{"version", 1},
               {"server",
                {{"listen", host + ":" + std::to_string(server.port)},
                 {"workers", server.workers > 0 ? Json(server.workers) : Json("auto")},
                 {"max_body", server.maxBody},
                 {"stream_keep_alive", span(server.streamKeepAlive)},
                 {"client_stall", span(server.clientStall)},
                 {"max_connections", server.maxConnections}}},
               {"providers", Json::array()},
               {"routes", Json::array()},
               {"cache", {{"max_size", config.cache.maxSize}}},
               {"log",
                {{"level", wordOf(config.log.level)},
                 {"format", config.log.format == LogFormat::Json ? "json" : "text"}}}};
  for (const ClientKey& client : server.clientKeys) {
    Json made = {{"id", client.id},
                 {"key", client.key},
                 {"limits", ratesOf(client.limits)},
                 {"models", client.models}};
    json["server"]["client_keys"].push_back(std::move(made));
  }
  for (const Provider& provider : config.providers) json["providers"].push_back(jsonOf(provider));
  for (const Route& route : config.routes) json["routes"].push_back(jsonOf(route));
  return json;
}

/// Merges the members of `patch` into the elements of `list` that bear their names.
void mergeByName(Json& list, const Json& patch, const char* nameKey) {
  for (const auto& [name, change] : patch.items()) {
    const auto at = std::ranges::find_if(list, [&, &name = name](const Json& element) {
      const auto bears = element.is_object() ? element.find(nameKey) : element.end();
      return bears != element.end() && *bears == name;
    });
    if (change.is_null()) {
      if (at != list.end()) list.erase(at);
    } else if (at != list.end()) {
      at->merge_patch(change);
    } else {
      Json made = {{nameKey, name}};
      made.merge_patch(change);
      list.push_back(std::move(made));
    }
  }
}

}  // namespace

const char* wordOf(Dialect dialect) {
  switch (dialect) {
    case Dialect::Anthropic:
      return "anthropic";
    case Dialect::Gemini:
      return "gemini";
    case Dialect::Mock:
      return "mock";
    case Dialect::OpenAi:
      break;
  }
  return "openai";
}

nlohmann::ordered_json treeOf(const Config& config) {
  return jsonOf(config);
}

std::string toJson(const Config& config) {
  return jsonOf(config).dump();
}

ReadResult applyPatch(const Config& config, std::string_view patch) {
  // What is nested deeper than a config could be is not looked at: all that follows recurses as deep.
  constexpr int kDeepest = 64;
  bool deep = false;
  Json change = Json::parse(
      patch,
      [&deep](int depth, Json::parse_event_t, const Json&) {
        deep = deep || depth > kDeepest;
        return !deep;
      },
      false);
  if (deep || !change.is_object()) {
    ReadResult refused;
    refused.faults.push_back({"", "the patch is not a JSON object", 0, 0});
    return refused;
  }
  Json whole = jsonOf(config);
  for (const auto& [list, nameKey] : {std::pair{"providers", "id"}, {"routes", "model"}}) {
    const auto at = change.find(list);
    if (at == change.end() || !at->is_object()) continue;
    mergeByName(whole[list], *at, nameKey);
    change.erase(at);
  }
  whole.merge_patch(change);
  // JSON is YAML: what reads the file reads this, and says what is wrong in the same words.
  ReadResult read = readYaml(whole.dump());
  for (Fault& fault : read.faults) fault.line = fault.column = 0;
  return read;
}

}  // namespace sluice::config
