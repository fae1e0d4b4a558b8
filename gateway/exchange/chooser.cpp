// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/chooser.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "gateway/core/balancer.h"

namespace sluice::exchange {

namespace {

/// What a provider that has never answered is taken to need, once it has a call under way: it gets
/// one, and no more until that one has told.
constexpr double kUnknownMs = 1e6;

/// While a breaker is open or half-open it decides itself who gets in: passed over for its health, its
/// provider would never be given the probe that finds it well again.
bool mayBePicked(const core::HealthVerdict& health) {
  constexpr unsigned kBreaker = core::kHealthOpen | core::kHealthHalfOpen;
  return health.healthy() || (health.reasons & kBreaker) != 0;
}

std::string inSeconds(core::Nanos span) {
  return std::to_string((span + core::kSecond - 1) / core::kSecond) + " s";
}

std::string describe(const Refusal& refusal, const Wish& wish) {
  const route::RouteEntry& route = wish.route;
  const std::string model = "model '" + route.model + "': ";
  if (refusal.cooling) {
    return model + "provider '" + refusal.limited->config.id +
           "' limits its rate and asked to be left alone; try again in " +
           inSeconds(refusal.retryIn);
  }
  if (refusal.limited) {
    return model + describeLimit("provider '" + refusal.limited->config.id + "'",
                                 refusal.limited->config.limits, refusal, wish.need);
  }
  if (refusal.limit) return model + refusal.reason;
  if (refusal.busy) return model + describeBusy(wish.table.providers[refusal.busy->provider]);
  if (refusal.retryIn != core::kNever) {
    return model + "no provider can serve now, their breakers are open; try again in " +
           inSeconds(refusal.retryIn) + (refusal.reason.empty() ? "" : "; " + refusal.reason);
  }
  return model + refusal.reason;
}

/// Asks target after target, and keeps why each refused.
class Chooser {
 public:
  Chooser(Worker& worker, const Wish& wish) : m_worker(worker), m_wish(wish) {}

  std::variant<Choice, Refusal> choose() {
    if (auto choice = chooseOf(m_wish.route)) return std::move(*choice);
    for (const std::uint32_t index : m_wish.route.fallbacks) {
      const route::RouteEntry& other = m_wish.table.routes[index];
      if (!mayServe(other)) continue;
      auto toll = pay(other);
      if (!toll) continue;
      if (auto choice = chooseOf(other)) {
        choice->routeToll = std::move(*toll);
        return std::move(*choice);
      }
    }
    return refusal();
  }

  std::variant<Choice, Refusal> chooseQueued(const route::RouteEntry& route,
                                             const route::TargetEntry& target,
                                             core::ConcurrencyLimiter::Permit place) {
    auto toll = isThere(providerOf(target)) ? pay(route) : std::nullopt;
    if (toll) {
      if (auto choice = admit(route, target, std::move(place))) {
        choice->routeToll = std::move(*toll);
        return std::move(*choice);
      }
    }
    return refusal();
  }

 private:
  const route::ProviderEntry& providerOf(const route::TargetEntry& target) const {
    return m_wish.table.providers[target.provider];
  }

  /// Some target of it can be asked such a thing, and has not been. Else its limits are nobody's matter.
  bool mayServe(const route::RouteEntry& route) const {
    return std::ranges::any_of(route.targets, [this](const route::TargetEntry& target) {
      return serves(providerOf(target).config, m_wish.endpoint) &&
             std::ranges::find(m_wish.tried, &target) == m_wish.tried.end();
    });
  }

  /// What goes to the targets of a fallback route is within its limits, as what is asked of it by name.
  /// Nothing: it is passed over. The route that is asked has been paid.
  std::optional<Toll> pay(const route::RouteEntry& route) {
    const TollGate gate{route.limits, route.runtime->buckets};
    const bool paid =
        &route == &m_wish.route ||
        std::ranges::find(m_wish.paid, &route, &PaidRoute::route) != m_wish.paid.end();
    if (paid || gate.open()) return Toll();
    auto taken = gate.take(m_wish.need, m_wish.now);
    if (auto* toll = std::get_if<Toll>(&taken)) return std::move(*toll);
    const auto& refused = std::get<TollRefusal>(taken);
    route.runtime->refused.count(refused.tokens);
    if (!m_atLimit || refused.retryIn < m_routeLimit.retryIn) {
      m_atLimit = &route;
      m_routeLimit = refused;
    }
    return std::nullopt;
  }

  std::optional<Choice> chooseOf(const route::RouteEntry& route) {
    std::vector<core::Candidate>& candidates = m_worker.candidates();
    // One turn for each request: with two targets, one that fails would else be asked first each time.
    const std::uint64_t ticket =
        m_wish.tried.empty() ? route.runtime->turns.next() : m_worker.random()();
    for (const std::uint32_t tier : route.tiers) {
      fill(candidates, route, tier);
      while (const auto index = m_wish.affinity.empty()
                                    ? core::pick(route.balance, candidates, route.sequence, ticket,
                                                 m_worker.random())
                                    : pickSticky(route)) {
        if (auto choice = admit(route, route.targets[*index], std::nullopt)) return choice;
        candidates[*index].usable = false;
      }
    }
    return std::nullopt;
  }

  /// Rendezvous hashing by weight: a target that comes or goes moves only its own share of the values,
  /// and a value whose target cannot serve has a second choice of its own. (D. Thaler and
  /// C. Ravishankar, 1998; with weights: J. Resch, 2015.)
  std::optional<std::size_t> pickSticky(const route::RouteEntry& route) {
    const std::vector<core::Candidate>& candidates = m_worker.candidates();
    std::optional<std::size_t> best;
    double bestScore = 0;
    for (const bool healthy : {true, false}) {
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!candidates[i].usable || candidates[i].healthy != healthy) continue;
        const route::TargetEntry& target = route.targets[i];
        std::string key(m_wish.affinity);
        key.append("\n").append(providerOf(target).config.id);
        // The hash, well mixed, as a number within (0, 1).
        const std::uint64_t hash = std::hash<std::string>{}(key)*0x9E3779B97F4A7C15ull;
        const double unit = (static_cast<double>(hash >> 11) + 0.5) / 0x1p53;
        const double score = target.weight / -std::log(unit);
        if (best && score <= bestScore) continue;
        best = i;
        bestScore = score;
      }
      if (best) break;
    }
    return best;
  }

  void fill(std::vector<core::Candidate>& candidates, const route::RouteEntry& route,
            std::uint32_t tier) {
    candidates.clear();
    const double usual = route.balance == core::Balance::Latency ? medianLatency(route) : 0;
    for (const route::TargetEntry& target : route.targets) {
      const route::ProviderEntry& provider = providerOf(target);
      const route::ProviderRuntime& runtime = *provider.runtime;
      const bool asked =
          target.priority == tier && std::ranges::find(m_wish.tried, &target) == m_wish.tried.end();
      const std::uint32_t inFlight = runtime.concurrency.view().inFlight;
      double latency = 0;
      if (route.balance == core::Balance::Latency) {
        latency = runtime.latency.known() ? runtime.latency.millisApprox(m_wish.now, usual)
                  : inFlight > 0          ? kUnknownMs
                                          : 0;
      }
      candidates.push_back({core::costOf(route.balance, latency, inFlight, target.weight),
                            asked && isThere(provider), mayBePicked(runtime.health.get())});
    }
  }

  double medianLatency(const route::RouteEntry& route) {
    std::vector<double>& known = m_worker.scratch();
    known.clear();
    for (const route::TargetEntry& target : route.targets) {
      const core::PeakEwma& latency = providerOf(target).runtime->latency;
      if (latency.known()) known.push_back(latency.millisApprox(m_wish.now, 0));
    }
    if (known.empty()) return 0;
    const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
    std::ranges::nth_element(known, middle);
    return *middle;
  }

  /// Ready, large enough, not cooling down, and one that can be asked such a thing.
  bool isThere(const route::ProviderEntry& provider) {
    if (!serves(provider.config, m_wish.endpoint)) return false;
    // As it is now: the request may have waited, and its table be of a config before.
    const config::ProviderState state = provider.runtime->state.load(std::memory_order_acquire);
    if (state != config::ProviderState::Ready || !provider.unready.empty()) {
      addReason("provider '" + provider.config.id + "' " +
                (!provider.unready.empty()               ? provider.unready
                 : state == config::ProviderState::Drain ? "takes no new calls"
                                                         : "is switched off"));
      return false;
    }
    // Before all that passes by itself: it does not help here to wait for that.
    if (TollGate{provider.config.limits, provider.runtime->buckets}.neverLets(m_wish.need)) {
      ++countsOf(provider).tokensLimited;
      limitedFor(provider, {true, true, core::kNever}, false);
      return false;
    }
    if (const core::Nanos left = provider.runtime->coolDown.left(m_wish.now); left > 0) {
      ++countsOf(provider).coolDownRefused;
      limitedFor(provider, {false, false, left}, true);
      return false;
    }
    return true;
  }

  std::optional<Choice> admit(const route::RouteEntry& route, const route::TargetEntry& target,
                              std::optional<core::ConcurrencyLimiter::Permit> place) {
    const route::ProviderEntry& provider = providerOf(target);
    route::ProviderRuntime& runtime = *provider.runtime;
    auto admission = runtime.breaker.tryAcquire(m_wish.now);
    if (admission.halfOpened) {
      ++countsOf(provider).halfOpened;
      m_worker.report(Event::Kind::BreakerHalfOpen, provider.config.id,
                      "the breaker lets probes through");
    }
    if (!admission.permit) {
      if (runtime.breaker.view(m_wish.now).hardDown) {
        addReason("provider '" + provider.config.id +
                  "' refused the gateway's key; check its api_key");
      }
      ++countsOf(provider).breakerRefused;
      m_breakerIn = std::min(m_breakerIn, admission.retryAfter);
      return std::nullopt;
    }
    // What was taken goes back by itself; the bucket comes last, as a token would have to be given
    // back.
    if (!place) place = runtime.concurrency.tryAcquire();
    if (!place) {
      if (!m_refusal.busy) {
        m_refusal.busy = &target;
        m_refusal.busyRoute = &route;
      }
      return std::nullopt;
    }
    const TollGate gate{provider.config.limits, runtime.buckets};
    auto toll = gate.open() ? Toll() : gate.take(m_wish.need, m_wish.now);
    if (const auto* refused = std::get_if<TollRefusal>(&toll)) {
      ++(refused->tokens ? countsOf(provider).tokensLimited : countsOf(provider).limited);
      limitedFor(provider, *refused, false);
      return std::nullopt;
    }
    ++m_worker.counters().cells[route.runtime->slot][runtime.slot].picks;
    const bool own = &route == &m_wish.route;
    return Choice{&target,
                  &route,
                  own ? target.modelToken : target.fallbackToken,
                  own ? target.modelName : target.fallbackName,
                  &provider,
                  std::move(*admission.permit),
                  std::move(*place),
                  std::move(std::get<Toll>(toll)),
                  Toll()};
  }

  Refusal refusal() {
    // Too large for some only: another that would take it may be free, or well again, soon.
    const core::Nanos others = std::min(m_breakerIn, m_routeLimit.retryIn);
    if (m_refusal.tooLarge && (m_refusal.busy || others != core::kNever)) {
      addReason("for provider '" + m_refusal.limited->config.id + "' the request is too large");
      m_refusal.limited = nullptr;
      m_refusal.limit = m_refusal.tokens = m_refusal.tooLarge = false;
    }
    m_refusal.retryIn = m_refusal.limited ? std::min(m_limitIn, others) : others;
    if (m_refusal.busy && !m_refusal.limited) m_refusal.retryIn = core::kSecond;
    const bool lasting = m_routeLimit.retryIn == core::kNever && others != core::kNever;
    if (m_atLimit && !lasting && !m_refusal.limited && !m_refusal.busy) {
      m_refusal.limit = true;
      m_refusal.tokens = m_routeLimit.tokens;
      m_refusal.tooLarge = m_routeLimit.tooLarge;
      m_refusal.reason = describeLimit("its fallback '" + m_atLimit->model + "'", m_atLimit->limits,
                                       m_refusal, m_wish.need);
    }
    m_refusal.reason = describe(m_refusal, m_wish);
    return std::move(m_refusal);
  }

  metrics::ProviderCounters& countsOf(const route::ProviderEntry& provider) {
    return m_worker.counters().providers[provider.runtime->slot];
  }
  void limitedFor(const route::ProviderEntry& provider, const TollRefusal& refused, bool cooling) {
    if (m_refusal.limited && refused.retryIn >= m_limitIn) return;
    m_refusal.limited = &provider;
    m_refusal.limit = true;
    m_refusal.tokens = refused.tokens;
    m_refusal.tooLarge = refused.tooLarge;
    m_refusal.cooling = cooling;
    m_limitIn = refused.retryIn;
  }
  void addReason(const std::string& reason) {
    if (!m_refusal.reason.empty()) m_refusal.reason += "; ";
    m_refusal.reason += reason;
  }

  Worker& m_worker;
  const Wish& m_wish;
  Refusal m_refusal;
  const route::RouteEntry* m_atLimit = nullptr;  // of the fallback routes the first that will pass
  TollRefusal m_routeLimit;                      // its own
  core::Nanos m_limitIn = core::kNever;
  core::Nanos m_breakerIn = core::kNever;
};

}  // namespace

std::variant<Choice, Refusal> choose(Worker& worker, const Wish& wish) {
  return Chooser(worker, wish).choose();
}

std::variant<Choice, Refusal> chooseQueued(Worker& worker, const Wish& wish,
                                           const route::RouteEntry& route,
                                           const route::TargetEntry& target,
                                           core::ConcurrencyLimiter::Permit place) {
  return Chooser(worker, wish).chooseQueued(route, target, std::move(place));
}

std::string describeLimit(const std::string& whose, const config::Limits& limits,
                          const Refusal& refusal, const Need& need) {
  if (refusal.tooLarge) {
    return "the request needs about " + std::to_string(need.sure) +
           " tokens, more than the limit of " + whose + " ever lets through at once (" +
           std::to_string(limits.effectiveTokenBurst()) +
           "); ask for fewer with max_tokens, or raise burst_tokens";
  }
  const std::string limit =
      "the limit of " + whose + " is reached (" +
      (refusal.tokens
           ? std::to_string(limits.tokensPerMinute.value_or(0)) + " tokens per minute)"
           : std::to_string(limits.requestsPerMinute.value_or(0)) + " requests per minute)");
  return refusal.retryIn == core::kNever ? limit
                                         : limit + "; try again in " + inSeconds(refusal.retryIn);
}

std::string describeBusy(const route::ProviderEntry& provider) {
  return "provider '" + provider.config.id + "' has " +
         std::to_string(provider.config.limits.concurrency.value_or(0)) +
         " calls under way, as many as it may at once";
}

}  // namespace sluice::exchange
