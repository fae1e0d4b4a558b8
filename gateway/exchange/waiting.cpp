// SPDX-License-Identifier: GPL-3.0-or-later
// A request that waits until a call under way ends.
#include <atomic>
#include <string>
#include <utility>

#include "gateway/exchange/exchange.h"

namespace sluice::exchange {

bool Exchange::enqueue(const Refusal& refusal) {
  const route::TargetEntry& target = *refusal.busy;
  const route::ProviderEntry& provider = m_table->providers[target.provider];
  m_self = std::make_shared<Exchange*>(this);
  // Whoever gives back a place may do so on another worker's thread, and after we are gone.
  m_waiter = std::make_shared<core::ConcurrencyLimiter::Waiter>(
      [address = m_worker.address(), self = m_self] {
        address->post([self] {
          if (*self) (*self)->onPlace();
        });
      });
  m_waitsFor = &target;
  m_waitsOn = refusal.busyRoute;
  auto admission = provider.runtime->concurrency.acquire(m_waiter, provider.config.limits.queue);
  if (admission.queued) {
    enter(Phase::Queued, provider.config.limits.queueTimeout, m_askedAt);
    m_worker.watch(*this);
    return true;
  }
  *m_self = nullptr;
  m_waiter.reset();
  if (!admission.permit) return false;
  // One ended just now.
  m_worker.watch(*this);
  leaveQueue(std::move(admission.permit));
  return true;
}

void Exchange::onPlace() {
  if (m_phase != Phase::Queued) return;
  if (auto place = m_waiter->take()) leaveQueue(std::move(place));
}

/// With a place, or without: then the time to wait for one is over.
void Exchange::leaveQueue(std::optional<core::ConcurrencyLimiter::Permit> place) {
  const core::Nanos now = m_worker.now();
  const route::TargetEntry& target = *m_waitsFor;
  const route::ProviderEntry& provider = m_table->providers[target.provider];
  m_worker.unwatch(*this);
  m_queuedFor = now - m_askedAt;
  m_worker.counters().providers[provider.runtime->slot].queueWait.record(
      core::micros(now - m_askedAt));
  *m_self = nullptr;
  m_waiter.reset();
  m_phase = Phase::Idle;
  if (!place) {
    Refusal refusal;
    refusal.busy = &target;
    refusal.retryIn = core::kSecond;
    refusal.reason = "model '" + m_route->model + "': " + describeBusy(provider) +
                     ", and none ended in " +
                     std::to_string(provider.config.limits.queueTimeout.count()) + " ms";
    refuse(refusal);
    return;
  }
  // Things may have changed meanwhile: its breaker and its bucket are asked now; if they refuse,
  // the others.
  const Wish wish = wishAt(now);
  auto chosen = chooseQueued(m_worker, wish, *m_waitsOn, target, std::move(*place));
  if (std::holds_alternative<Refusal>(chosen)) chosen = choose(m_worker, wish);
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
  } else if (!throttle(std::get<Refusal>(chosen))) {
    refuse(std::get<Refusal>(chosen));
  }
}

bool Exchange::throttle(const Refusal& refusal) {
  if (m_route->onExhausted != config::OnExhausted::Queue) return false;
  if (!refusal.limit || !refusal.limited || refusal.tooLarge) return false;
  const config::Limits& limits = refusal.limited->config.limits;
  const core::Nanos now = m_worker.now();
  if (refusal.retryIn > m_askedAt + core::nanos(limits.queueTimeout) - now) return false;
  std::atomic<std::uint32_t>& waiting = refusal.limited->runtime->throttled;
  std::uint32_t count = waiting.load(std::memory_order_relaxed);
  do {
    if (count >= limits.queue) return false;
  } while (!waiting.compare_exchange_weak(count, count + 1, std::memory_order_relaxed));
  ++m_worker.throttled();
  m_limitedBy = refusal.limited;
  m_phase = Phase::Throttled;
  m_deadline = now + refusal.retryIn;
  m_worker.watch(*this);
  return true;
}

/// Its place in the queue is another's.
void Exchange::leaveThrottle() {
  m_worker.unwatch(*this);
  --m_worker.throttled();
  std::exchange(m_limitedBy, nullptr)->runtime->throttled.fetch_sub(1, std::memory_order_relaxed);
  m_phase = Phase::Idle;
}

void Exchange::onThrottleOver(core::Nanos now) {
  leaveThrottle();
  m_queuedFor = now - m_askedAt;
  auto chosen = choose(m_worker, wishAt(now));
  if (auto* choice = std::get_if<Choice>(&chosen)) {
    begin(std::move(*choice));
    return;
  }
  // Another was quicker, or things have changed.
  const auto& refusal = std::get<Refusal>(chosen);
  if (!throttle(refusal)) refuse(refusal);
}

}  // namespace sluice::exchange
