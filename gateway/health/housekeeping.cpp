// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/health/housekeeping.h"

#include <algorithm>
#include <cmath>

namespace sluice::health {

namespace {
/// The most a provider is worth whose probe fails: not healthy, but better than an open breaker.
constexpr std::uint32_t kProbeFails = 40;
}  // namespace

Housekeeping::Housekeeping(Services services, std::uint64_t seed)
    : m_services(std::move(services)), m_tables(m_services.tables), m_random(seed) {
  m_timer.setParent(this);  // moves threads with us
  connect(&m_timer, &QTimer::timeout, this, &Housekeeping::tick);
  post([this] { m_timer.start(std::chrono::seconds(1)); });
}

Housekeeping::~Housekeeping() {
  m_timer.setParent(nullptr);
}

void Housekeeping::tick() {
  const core::Nanos now = m_services.clock.now();
  const route::RouteTable& table = m_tables.get();
  metrics::Counters counters = m_services.counters();
  counters.reserve(table.routeSlots, table.providerSlots);  // there may have been no traffic yet
  for (const route::ProviderEntry& provider : table.providers) {
    provider.runtime->breaker.touch(now);
    trip(provider, counters.providers[provider.runtime->slot], now);
    score(provider, counters.providers[provider.runtime->slot], now);
  }
  for (const route::RouteEntry& route : table.routes) {
    const core::Histogram& output = counters.outputs[route.runtime->slot];
    if (output.count() == 0) continue;
    route.runtime->usualOutput.store(static_cast<std::uint32_t>(output.percentile(0.95)),
                                     std::memory_order_relaxed);
  }
  m_services.cache.sweep(now);
  m_services.tables.collect();
}

void Housekeeping::trip(const route::ProviderEntry& provider,
                        const metrics::ProviderCounters& counts, core::Nanos now) {
  const config::Breaker& limits = provider.config.breaker;
  core::ErrorWindow& window = m_windows[provider.runtime->slot];
  window.push(counts.verdicts, now, core::nanos(limits.window));
  provider.runtime->window.store(window.calls() << 32 | (window.failures() & 0xFFFFFFFF),
                                 std::memory_order_relaxed);
  if (!window.exceeds(limits.errorRate, limits.minimumCalls)) return;
  const double unit = std::uniform_real_distribution<double>(0.0, 1.0)(m_random);
  if (!provider.runtime->breaker.trip(window.generation(), now, unit)) return;
  provider.runtime->tripped.fetch_add(1, std::memory_order_relaxed);
  m_services.event({Event::Kind::BreakerOpened, now, provider.config.id,
                    "the breaker opened: " + std::to_string(window.failures()) + " of " +
                        std::to_string(window.calls()) + " calls failed in " +
                        std::to_string(limits.window.count() / 1000) + " s, the limit is " +
                        std::to_string(std::lround(limits.errorRate * 100)) + " %"});
}

void Housekeeping::score(const route::ProviderEntry& provider,
                         const metrics::ProviderCounters& counts, core::Nanos now) {
  using Breaker = core::HealthJudge::Breaker;
  const auto view = provider.runtime->breaker.view(now);
  Breaker breaker = Breaker::Closed;
  if (view.state == core::BreakerWord::HalfOpen) breaker = Breaker::HalfOpen;
  if (view.state == core::BreakerWord::Open ||
      (view.state == core::BreakerWord::Forced && !view.forcedClosed)) {
    breaker = Breaker::Open;
  }
  core::HealthVerdict verdict = m_judges[provider.runtime->slot].judge(
      {counts.ok, counts.failed - counts.rateLimited, counts.rateLimited, counts.firstByte},
      breaker, now);
  if (provider.runtime->probe.load(std::memory_order_relaxed) == route::Probe::Bad) {
    verdict.score = std::min(verdict.score, kProbeFails);
    verdict.reasons |= core::kHealthProbe;
  }
  provider.runtime->health.set(verdict);
}

}  // namespace sluice::health
