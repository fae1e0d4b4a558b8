// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/chooser.h"

#include <algorithm>

namespace sluice::exchange {

namespace {

std::string inSeconds(core::Nanos span) {
  return std::to_string((span + core::kSecond - 1) / core::kSecond) + " s";
}

std::string describe(const Refusal& refusal, const route::RouteEntry& route) {
  const std::string model = "model '" + route.model + "': ";
  if (refusal.cooling) {
    return model + "provider '" + refusal.limited->config.id +
           "' limits its rate and asked to be left alone; try again in " +
           inSeconds(refusal.retryIn);
  }
  if (refusal.limited) {
    const std::string limit =
        model + "the limit of provider '" + refusal.limited->config.id + "' is reached (" +
        std::to_string(refusal.limited->config.limits.requestsPerMinute.value_or(0)) +
        " requests per minute)";
    return refusal.retryIn == core::kNever ? limit
                                           : limit + "; try again in " + inSeconds(refusal.retryIn);
  }
  if (refusal.retryIn != core::kNever) {
    return model + "no provider can serve now, their breakers are open; try again in " +
           inSeconds(refusal.retryIn) + (refusal.reason.empty() ? "" : "; " + refusal.reason);
  }
  return model + refusal.reason;
}

void addReason(Refusal& refusal, const std::string& reason) {
  if (!refusal.reason.empty()) refusal.reason += "; ";
  refusal.reason += reason;
}

}  // namespace

std::variant<Choice, Refusal> choose(Worker& worker, const route::RouteTable& table,
                                     const route::RouteEntry& route, core::Nanos now) {
  metrics::Counters& counters = worker.counters();
  Refusal refusal;
  core::Nanos bucketIn = core::kNever;
  core::Nanos breakerIn = core::kNever;
  std::optional<Choice> choice;
  core::forEachFrom(
      route.sequence, route.targets.size(), route.runtime->turns.next(), [&](std::uint16_t index) {
        const route::TargetEntry& target = route.targets[index];
        const route::ProviderEntry& provider = table.providers[target.provider];
        metrics::ProviderCounters& counts = counters.providers[provider.runtime->slot];
        if (!provider.ready()) {
          addReason(refusal, "provider '" + provider.config.id + "' " +
                                 (provider.unready.empty() ? "is switched off" : provider.unready));
          return false;
        }
        const auto limitedFor = [&](core::Nanos in, bool cooling) {
          if (refusal.limited && in >= bucketIn) return;
          refusal.limited = &provider;
          refusal.cooling = cooling;
          bucketIn = in;
        };
        if (const core::Nanos left = provider.runtime->coolDown.left(now); left > 0) {
          ++counts.coolDownRefused;
          limitedFor(left, true);
          return false;
        }
        auto admission = provider.runtime->breaker.tryAcquire(now);
        if (admission.halfOpened) {
          ++counts.halfOpened;
          worker.report(Event::Kind::BreakerHalfOpen, provider.config.id,
                        "the breaker lets probes through");
        }
        if (!admission.permit) {
          if (provider.runtime->breaker.view(now).hardDown) {
            addReason(refusal, "provider '" + provider.config.id +
                                   "' refused the gateway's key; check its api_key");
          }
          ++counts.breakerRefused;
          breakerIn = std::min(breakerIn, admission.retryAfter);
          return false;
        }
        if (provider.limited) {
          const auto taken = provider.runtime->requests.tryAcquire(1, now);
          if (!taken.granted()) {
            ++counts.limited;
            const core::Nanos in = taken.retryAt == core::kNever
                                       ? core::kNever
                                       : std::max<core::Nanos>(taken.retryAt - now, 0);
            limitedFor(in, false);
            return false;  // the permit goes back unreported
          }
        }
        ++counters.cells[route.runtime->slot][provider.runtime->slot].picks;
        choice.emplace(Choice{&target, &provider, std::move(*admission.permit)});
        return true;
      });
  if (choice) return std::move(*choice);
  refusal.retryIn = refusal.limited ? std::min(bucketIn, breakerIn) : breakerIn;
  refusal.reason = describe(refusal, route);
  return refusal;
}

}  // namespace sluice::exchange
