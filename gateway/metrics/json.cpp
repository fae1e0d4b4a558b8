// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/metrics/json.h"

#include <nlohmann/json.hpp>

namespace sluice::metrics {

namespace {

using Json = nlohmann::ordered_json;

double seconds(core::Nanos span) {
  return static_cast<double>(span) / 1e9;
}

Json jsonOf(const core::Histogram& micros) {
  const auto at = [&](double share) { return static_cast<double>(micros.percentile(share)) / 1e6; };
  return {{"count", micros.count()}, {"p50", at(0.5)}, {"p95", at(0.95)}, {"p99", at(0.99)}};
}

Json jsonOf(const core::HealthVerdict& health) {
  Json reasons = Json::array();
  for (const auto& [bit, word] : {std::pair{core::kHealthQuiet, "quiet"},
                                  {core::kHealthErrors, "errors"},
                                  {core::kHealthSlow, "slow"},
                                  {core::kHealthRateLimited, "rate_limited"},
                                  {core::kHealthHalfOpen, "half_open"},
                                  {core::kHealthOpen, "open"},
                                  {core::kHealthProbe, "probe"}}) {
    if (health.reasons & bit) reasons.push_back(word);
  }
  return {{"score", health.score},
          {"healthy", health.healthy()},
          {"known", health.known},
          {"reasons", std::move(reasons)},
          {"calls", health.calls},
          {"failed_share", health.failedPerMille / 1000.0},
          {"slowness", health.slownessPercent / 100.0}};
}

Json jsonOf(const BucketSnapshot& bucket) {
  return {{"available", bucket.available},
          {"capacity", bucket.capacity},
          {"per_minute", bucket.perMinute}};
}

/// Those buckets that are limited.
void addBuckets(Json& json, const BucketSnapshot& requests, const BucketSnapshot& tokens) {
  if (requests.limited) json["requests"] = jsonOf(requests);
  if (tokens.limited) json["tokens"] = jsonOf(tokens);
}

Json jsonOf(const ScopeSnapshot& scope) {
  Json json = {{"refused", {{"requests", scope.requestsRefused}, {"tokens", scope.tokensRefused}}}};
  addBuckets(json, scope.requests, scope.tokens);
  return json;
}

Json jsonOf(const ProviderSnapshot& p) {
  Json json = {{"id", p.id},
               {"state", p.state == config::ProviderState::Ready   ? "ready"
                         : p.state == config::ProviderState::Drain ? "drain"
                                                                   : "disabled"},
               {"unready", p.unready},
               {"breaker",
                {{"state", wordOf(p.breaker.state)},
                 {"generation", p.breaker.generation},
                 {"failures", p.breaker.failures},
                 {"hard_down", p.breaker.hardDown},
                 {"window",
                  {{"calls", p.breaker.windowCalls},
                   {"failures", p.breaker.windowFailures},
                   {"minimum_calls", p.breaker.minimumCalls},
                   {"error_rate", p.breaker.errorRate}}},
                 {"retry_in", seconds(p.breaker.retryIn)}}},
               {"health", jsonOf(p.health)},
               {"cool_down_left", seconds(p.coolDownLeft)}};
  addBuckets(json, p.requests, p.tokens);
  json["concurrency"] = {{"in_flight", p.concurrency.inFlight}, {"waiting", p.concurrency.waiting}};
  if (p.concurrency.limited) {
    json["concurrency"]["limit"] = p.concurrency.limit;
    json["concurrency"]["queue"] = p.concurrency.queue;
  }
  json["attempts"] = {{"started", p.started},   {"ok", p.ok},
                      {"failed", p.failed},     {"cancelled", p.cancelled},
                      {"inflight", p.inflight}, {"rate_limited", p.rateLimited}};
  json["failures"] = {{"rate_limited", p.rateLimited}, {"server_error", p.serverErrors},
                      {"timeout", p.timedOut},         {"cut", p.cut},
                      {"unreachable", p.unreachable},  {"key_refused", p.keyRefused}};
  json["used"] = {{"input", p.tokensIn}, {"output", p.tokensOut}};
  json["refused"] = {{"limit", p.limited},
                     {"tokens", p.tokensLimited},
                     {"breaker", p.breakerRefused},
                     {"cool_down", p.coolDownRefused},
                     {"busy", p.busyRefused}};
  json["first_byte"] = jsonOf(p.firstByte);
  json["total"] = jsonOf(p.total);
  json["queue_wait"] = jsonOf(p.queueWait);
  json["gap"] = jsonOf(p.gap);
  return json;
}

}  // namespace

std::string_view wordOf(BreakerState state) {
  switch (state) {
    case BreakerState::Closed:
      return "closed";
    case BreakerState::HalfOpen:
      return "half_open";
    case BreakerState::Open:
      return "open";
    case BreakerState::ForcedOpen:
      return "forced_open";
    case BreakerState::ForcedClosed:
      return "forced_closed";
  }
  return "unknown";
}

std::string snapshotJson(const EngineSnapshot& snapshot) {
  const RequestTotals& requests = snapshot.requests;
  Json json = {{"taken_at", seconds(snapshot.takenAt)},
               {"revision", snapshot.revision},
               {"workers", snapshot.workers},
               {"connections", snapshot.connections},
               {"requests",
                {{"started", requests.started},
                 {"ok", requests.ok},
                 {"failed", requests.failed},
                 {"cancelled", requests.cancelled},
                 {"rejected", requests.rejected},
                 {"inflight", requests.inflight}}},
               {"rejected",
                {{"limit", snapshot.refusals.limit},
                 {"busy", snapshot.refusals.busy},
                 {"breaker", snapshot.refusals.breaker},
                 {"no_target", snapshot.refusals.noTarget},
                 {"unknown_model", snapshot.refusals.unknownModel},
                 {"unknown_key", snapshot.refusals.unknownKey},
                 {"invalid", snapshot.refusals.invalid}}},
               {"overhead", jsonOf(snapshot.overhead)},
               {"cache",
                {{"hits", snapshot.cache.hits},
                 {"misses", snapshot.cache.misses},
                 {"joined", snapshot.cache.joined},
                 {"evictions", snapshot.cache.evictions},
                 {"entries", snapshot.cache.entries},
                 {"bytes", snapshot.cache.bytes}}},
               {"providers", Json::array()},
               {"routes", Json::array()},
               {"clients", Json::array()},
               {"locks", Json::array()},
               {"loops", Json::array()}};
  for (const WorkerSnapshot& loop : snapshot.workerLoops) {
    json["loops"].push_back({{"connections", loop.connections},
                             {"under_way", loop.underWay},
                             {"waiting", loop.waiting},
                             {"idle_upstream", loop.idleUpstream},
                             {"lag", seconds(loop.lag)},
                             {"revision", loop.revision}});
  }
  for (const ProviderSnapshot& p : snapshot.providers) json["providers"].push_back(jsonOf(p));
  for (const RouteSnapshot& route : snapshot.routes) {
    Json picks = Json::object();
    for (std::size_t i = 0; i < route.providers.size(); ++i) {
      picks[route.providers[i]] = route.picks[i];
    }
    json["routes"].push_back(
        {{"model", route.model}, {"picks", std::move(picks)}, {"limits", jsonOf(route.limits)}});
  }
  for (const ClientSnapshot& client : snapshot.clients) {
    json["clients"].push_back({{"id", client.id}, {"limits", jsonOf(client.limits)}});
  }
  for (const LockSnapshot& lock : snapshot.locks) {
    json["locks"].push_back({{"name", lock.name},
                             {"acquisitions", lock.acquisitions},
                             {"contended", lock.contended},
                             {"waited", seconds(lock.waited)}});
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace sluice::metrics
