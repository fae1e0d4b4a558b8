// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/metrics/prometheus.h"

#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice::metrics {

namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr std::array<std::uint64_t, 17> kSlowBounds = {
    1'000,      2'500,      5'000,      10'000,      25'000,     50'000,
    100'000,    250'000,    500'000,    1'000'000,   2'500'000,  5'000'000,
    10'000'000, 30'000'000, 60'000'000, 120'000'000, 600'000'000};
constexpr std::array<std::uint64_t, 10> kFastBounds = {10,  25,    50,    100,    250,
                                                       500, 1'000, 2'500, 10'000, 100'000};

class Writer {
 public:
  std::string text;

  void family(std::string_view name, std::string_view type, std::string_view help) {
    text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    text.append(name).append(" ").append(type).append("\n");
  }

  template <class Number>
  void sample(std::string_view name, Labels labels, Number value) {
    text.append(name);
    if (labels.size() > 0) {
      char open = '{';
      for (const auto& [key, label] : labels) {
        text += open;
        text.append(key).append("=\"");
        for (const char c : label) {
          if (c == '\\' || c == '"') text += '\\';
          if (c == '\n') {
            text += "\\n";
          } else {
            text += c;
          }
        }
        text += '"';
        open = ',';
      }
      text += '}';
    }
    text += ' ';
    text += number(value);
    text += '\n';
  }

  template <std::size_t N>
  void histogram(std::string_view name, std::string_view provider,
                 const std::array<std::uint64_t, N>& bounds, const core::Histogram& values) {
    const std::string bucket = std::string(name) + "_bucket";
    for (const std::uint64_t bound : bounds) {
      labelled(bucket, provider, number(static_cast<double>(bound) / 1e6),
               values.countAtOrBelow(bound));
    }
    labelled(bucket, provider, "+Inf", values.count());
    const std::string sum = std::string(name) + "_sum";
    const std::string count = std::string(name) + "_count";
    if (provider.empty()) {
      sample(sum, {}, static_cast<double>(values.sum()) / 1e6);
      sample(count, {}, values.count());
    } else {
      sample(sum, {{"provider", provider}}, static_cast<double>(values.sum()) / 1e6);
      sample(count, {{"provider", provider}}, values.count());
    }
  }

 private:
  template <class Number>
  static std::string number(Number value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
  }

  void labelled(std::string_view name, std::string_view provider, std::string_view bound,
                std::uint64_t count) {
    if (provider.empty()) {
      sample(name, {{"le", bound}}, count);
    } else {
      sample(name, {{"provider", provider}, {"le", bound}}, count);
    }
  }
};

int stateNumber(BreakerState state) {
  switch (state) {
    case BreakerState::Closed:
    case BreakerState::ForcedClosed:
      return 0;
    case BreakerState::HalfOpen:
      return 1;
    case BreakerState::Open:
    case BreakerState::ForcedOpen:
      return 2;
  }
  return 0;
}

}  // namespace

std::string prometheusText(const EngineSnapshot& snapshot) {
  Writer out;
  out.family("sluice_requests_started_total", "counter", "Requests that came in.");
  out.sample("sluice_requests_started_total", {}, snapshot.requests.started);
  out.family("sluice_requests_inflight", "gauge", "Requests under way.");
  out.sample("sluice_requests_inflight", {}, snapshot.requests.inflight);
  out.family("sluice_requests_total", "counter", "Requests that ended, by how.");
  for (const RequestCount& c : snapshot.requestCounts) {
    for (const auto& [outcome, count] : {std::pair{"ok", c.ok},
                                         {"failed", c.failed},
                                         {"cancelled", c.cancelled},
                                         {"rejected", c.rejected}}) {
      out.sample("sluice_requests_total",
                 {{"route", c.route}, {"provider", c.provider}, {"outcome", outcome}}, count);
    }
  }
  const auto perProvider = [&](std::string_view name, std::string_view type, std::string_view help,
                               auto value) {
    out.family(name, type, help);
    for (const ProviderSnapshot& p : snapshot.providers) {
      out.sample(name, {{"provider", p.id}}, value(p));
    }
  };
  out.family("sluice_attempts_total", "counter", "Attempts at a provider that ended, by how.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    for (const auto& [outcome, count] :
         {std::pair{"ok", p.ok}, {"failed", p.failed}, {"cancelled", p.cancelled}}) {
      out.sample("sluice_attempts_total", {{"provider", p.id}, {"outcome", outcome}}, count);
    }
  }
  out.family("sluice_tokens_total", "counter", "Tokens used, as the providers say.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.sample("sluice_tokens_total", {{"provider", p.id}, {"direction", "input"}}, p.tokensIn);
    out.sample("sluice_tokens_total", {{"provider", p.id}, {"direction", "output"}}, p.tokensOut);
  }
  perProvider("sluice_inflight", "gauge", "Attempts under way.",
              [](const ProviderSnapshot& p) { return p.inflight; });
  out.family("sluice_request_duration_seconds", "histogram", "Whole attempts.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.histogram("sluice_request_duration_seconds", p.id, kSlowBounds, p.total);
  }
  out.family("sluice_ttft_seconds", "histogram", "Time to the first byte of the answer's body.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.histogram("sluice_ttft_seconds", p.id, kSlowBounds, p.firstByte);
  }
  out.family("sluice_queue_wait_seconds", "histogram",
             "Waits for a call under way to end, of those that had to.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.histogram("sluice_queue_wait_seconds", p.id, kSlowBounds, p.queueWait);
  }
  out.family("sluice_gap_seconds", "histogram", "Time between two pieces of a stream.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.histogram("sluice_gap_seconds", p.id, kSlowBounds, p.gap);
  }
  perProvider("sluice_queued", "gauge", "Requests that wait for a call under way to end.",
              [](const ProviderSnapshot& p) { return p.concurrency.waiting; });
  out.family("sluice_overhead_seconds", "histogram", "Time the gateway itself added to a request.");
  out.histogram("sluice_overhead_seconds", {}, kFastBounds, snapshot.overhead);
  perProvider("sluice_breaker_state", "gauge", "0 closed, 1 half-open, 2 open.",
              [](const ProviderSnapshot& p) { return stateNumber(p.breaker.state); });
  perProvider("sluice_health_score", "gauge", "0 to 100; 70 and more is healthy.",
              [](const ProviderSnapshot& p) { return p.health.score; });
  perProvider("sluice_cooldown_seconds", "gauge",
              "Time until a provider that answered 429 is asked.",
              [](const ProviderSnapshot& p) { return static_cast<double>(p.coolDownLeft) / 1e9; });
  perProvider("sluice_rate_limited_total", "counter", "Attempts that a provider answered with 429.",
              [](const ProviderSnapshot& p) { return p.rateLimited; });
  out.family("sluice_attempt_failures_total", "counter", "Attempts that failed, by why.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    for (const auto& [why, count] : {std::pair{"rate_limited", p.rateLimited},
                                     {"server_error", p.serverErrors},
                                     {"timeout", p.timedOut},
                                     {"cut", p.cut},
                                     {"unreachable", p.unreachable},
                                     {"key_refused", p.keyRefused}}) {
      out.sample("sluice_attempt_failures_total", {{"provider", p.id}, {"reason", why}}, count);
    }
  }
  out.family("sluice_rejections_total", "counter", "Requests that were refused, by why.");
  for (const auto& [why, count] : {std::pair{"limit", snapshot.refusals.limit},
                                   {"busy", snapshot.refusals.busy},
                                   {"breaker", snapshot.refusals.breaker},
                                   {"no_target", snapshot.refusals.noTarget},
                                   {"unknown_model", snapshot.refusals.unknownModel},
                                   {"unknown_key", snapshot.refusals.unknownKey},
                                   {"invalid", snapshot.refusals.invalid}}) {
    out.sample("sluice_rejections_total", {{"reason", why}}, count);
  }
  out.family("sluice_loop_lag_seconds", "gauge",
             "The latest a worker's timer fired within the last second it had work.");
  for (std::size_t i = 0; i < snapshot.workerLoops.size(); ++i) {
    out.sample("sluice_loop_lag_seconds", {{"worker", std::to_string(i)}},
               static_cast<double>(snapshot.workerLoops[i].lag) / 1e9);
  }
  out.family("sluice_breaker_transitions_total", "counter", "Changes of a breaker's state.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    for (const auto& [to, count] :
         {std::pair{"open", p.opened}, {"half_open", p.halfOpened}, {"closed", p.closed}}) {
      out.sample("sluice_breaker_transitions_total", {{"provider", p.id}, {"to", to}}, count);
    }
  }
  out.family("sluice_bucket_tokens", "gauge", "What a bucket would let through now.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    for (const auto& [bucket, level] :
         {std::pair{"requests", &p.requests}, {"tokens", &p.tokens}}) {
      if (!level->limited) continue;
      out.sample("sluice_bucket_tokens", {{"provider", p.id}, {"bucket", bucket}},
                 level->available);
    }
  }
  // Apart: a sum over the family above is one over providers.
  out.family("sluice_scope_bucket_tokens", "gauge",
             "What a bucket of a client key or a route would let through now.");
  const auto levels = [&](const std::string& name, const ScopeSnapshot& limits) {
    for (const auto& [bucket, level] :
         {std::pair{"requests", &limits.requests}, {"tokens", &limits.tokens}}) {
      if (!level->limited) continue;
      out.sample("sluice_scope_bucket_tokens", {{"scope", name}, {"bucket", bucket}},
                 level->available);
    }
  };
  for (const RouteSnapshot& r : snapshot.routes) levels("route:" + r.model, r.limits);
  for (const ClientSnapshot& c : snapshot.clients) levels("client:" + c.id, c.limits);
  out.family("sluice_limit_rejections_total", "counter", "Times a bucket refused.");
  for (const ProviderSnapshot& p : snapshot.providers) {
    out.sample("sluice_limit_rejections_total",
               {{"scope", "provider:" + p.id}, {"bucket", "requests"}}, p.limited);
    out.sample("sluice_limit_rejections_total",
               {{"scope", "provider:" + p.id}, {"bucket", "tokens"}}, p.tokensLimited);
    out.sample("sluice_limit_rejections_total",
               {{"scope", "provider:" + p.id}, {"bucket", "concurrency"}}, p.busyRefused);
  }
  const auto scope = [&](const std::string& name, const ScopeSnapshot& limits) {
    out.sample("sluice_limit_rejections_total", {{"scope", name}, {"bucket", "requests"}},
               limits.requestsRefused);
    out.sample("sluice_limit_rejections_total", {{"scope", name}, {"bucket", "tokens"}},
               limits.tokensRefused);
  };
  for (const RouteSnapshot& r : snapshot.routes) scope("route:" + r.model, r.limits);
  for (const ClientSnapshot& c : snapshot.clients) scope("client:" + c.id, c.limits);
  out.family("sluice_balancer_picks_total", "counter", "Times the balancer chose a provider.");
  for (const RouteSnapshot& r : snapshot.routes) {
    for (std::size_t i = 0; i < r.providers.size(); ++i) {
      out.sample("sluice_balancer_picks_total", {{"route", r.model}, {"provider", r.providers[i]}},
                 r.picks[i]);
    }
  }
  for (const auto& [name, help, value] :
       {std::tuple{"sluice_cache_hits_total", "Answers that were kept.", snapshot.cache.hits},
        {"sluice_cache_misses_total", "Answers that were to be fetched.", snapshot.cache.misses},
        {"sluice_cache_joined_total", "Requests that waited for an equal one under way.",
         snapshot.cache.joined},
        {"sluice_cache_evictions_total", "Answers dropped for want of room.",
         snapshot.cache.evictions}}) {
    out.family(name, "counter", help);
    out.sample(name, {}, value);
  }
  out.family("sluice_cache_bytes", "gauge", "Size of the answers kept.");
  out.sample("sluice_cache_bytes", {}, snapshot.cache.bytes);
  const auto perLock = [&](std::string_view name, std::string_view help, auto value) {
    out.family(name, "counter", help);
    for (const LockSnapshot& lock : snapshot.locks) {
      out.sample(name, {{"lock", lock.name}}, value(lock));
    }
  };
  perLock("sluice_lock_acquisitions_total", "Times a lock was taken.",
          [](const LockSnapshot& lock) { return lock.acquisitions; });
  perLock("sluice_lock_contended_total", "Times a lock had to be waited for.",
          [](const LockSnapshot& lock) { return lock.contended; });
  perLock("sluice_lock_wait_seconds_total", "Time spent waiting for a lock.",
          [](const LockSnapshot& lock) { return static_cast<double>(lock.waited) / 1e9; });
  out.family("sluice_connections", "gauge", "Open client connections.");
  out.sample("sluice_connections", {}, snapshot.connections);
  out.family("sluice_config_revision", "gauge", "Revision of the config in force.");
  out.sample("sluice_config_revision", {}, snapshot.revision);
  out.family("sluice_config_rejected_total", "counter", "Configs that were refused.");
  out.sample("sluice_config_rejected_total", {}, snapshot.configRejected);
  return std::move(out.text);
}

}  // namespace sluice::metrics
