// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "gateway/core/sync.h"
#include "gateway/core/time.h"

/// A circuit breaker in one 64-bit word: stops asking a provider that fails, and lets a few probes
/// find out when it is back.
///
/// Thread safety: all operations from any thread, lock-free.
///
/// Word: [state:2 | generation:24 | attempts:6 | payload:32]
///   Closed    payload = consecutive failures
///   Open      payload = retry at, ticks of 16 ms (wrap-safe, half range 397 days)
///   HalfOpen  payload = probes in flight:5 | probes ok:5 | lease end:22, ticks of 64 ms (half range 37 h)
///   Forced    payload = 0 open, 1 closed; set and left by a person only
///   attempts = opens in a row, saturating at 62; drives the back-off; 0 after a close;
///              63: hard down, opened for long, and one good probe closes it
///
/// Invariants (tests name them):
///   B1 every transition raises the generation by one; so does replacing a probe whose lease is over
///   B2 probes in flight in one generation <= probes still needed, and at least one can be had
///   B3 a report of another generation changes nothing
///   B4 no failure of one generation is lost
///   B5 exactly one caller is told `opened` per opening and `closed` per closing
///   B6 no state but Forced lacks an exit: after the open period, or a probe's lease, someone gets in
///   B7 after a close nothing carries over
///   B8 a provider's "not before" only ever moves the end of an open period further away
///
/// Memory order: loads acquire, CAS acq_rel. Parameters are relaxed: each is used on its own, any
/// mix of old and new ones is sound, and they only shape the next transition.
/// Cost: admission while Closed and a success with no failures recorded are one load.
namespace sluice::core {

struct BreakerParams {
  std::uint32_t consecutiveFailures = 5;  ///< >= 1
  Nanos openFor = 5 * kSecond;            ///< first open period; doubles with each in a row
  Nanos maxOpenFor = 120 * kSecond;       ///< before jitter of +-20 %
  std::uint32_t halfOpenProbes = 2;       ///< 1..31: successes needed to close
  Nanos probeLease = 600 * kSecond;       ///< a probe silent for longer is replaced; < 37 h
  Nanos hardDownFor = 600 * kSecond;      ///< open period when waiting does not help by itself
};

enum class Outcome : std::uint8_t {
  Success,   ///< the provider works: also a 4xx that is the caller's fault
  Failure,   ///< transient: 5xx, connect, TLS, time-out, broken stream
  HardDown,  ///< will not pass by itself: our own key was refused
  Neutral,   ///< says nothing: the client left, 429, context too long, an error of our own
};

/// The word as a value. Pure.
struct BreakerWord {
  enum State : std::uint64_t { Closed = 0, Open = 1, HalfOpen = 2, Forced = 3 };
  static constexpr std::uint32_t kLeaseMask = 0x3FFFFF;
  static constexpr std::uint64_t kMostAttempts = 62;
  static constexpr std::uint64_t kHardDown = 63;

  std::uint64_t bits = 0;

  static constexpr BreakerWord make(State state, std::uint64_t generation, std::uint64_t attempts,
                                    std::uint32_t payload) {
    return {std::uint64_t{state} << 62 | (generation & 0xFFFFFF) << 38 | (attempts & 63) << 32 |
            payload};
  }
  static constexpr std::uint32_t probes(std::uint32_t inFlight, std::uint32_t ok,
                                        std::uint32_t lease) {
    return inFlight << 27 | ok << 22 | (lease & kLeaseMask);
  }

  constexpr State state() const { return static_cast<State>(bits >> 62); }
  constexpr std::uint32_t generation() const {
    return static_cast<std::uint32_t>(bits >> 38 & 0xFFFFFF);
  }
  constexpr std::uint64_t attempts() const { return bits >> 32 & 63; }
  constexpr bool hardDown() const { return attempts() == kHardDown; }
  constexpr std::uint32_t payload() const { return static_cast<std::uint32_t>(bits); }
  constexpr std::uint32_t probesInFlight() const { return payload() >> 27; }
  constexpr std::uint32_t probesOk() const { return payload() >> 22 & 31; }
  constexpr std::uint32_t lease() const { return payload() & kLeaseMask; }
  constexpr bool operator==(const BreakerWord&) const = default;
};

namespace breaker {

constexpr Nanos kOpenTick = 16 * kMillisecond;
constexpr Nanos kLeaseTick = 64 * kMillisecond;

constexpr std::uint32_t openTicks(Nanos at) {
  return static_cast<std::uint32_t>(at / kOpenTick);
}
constexpr std::uint32_t openTicksUp(Nanos at) {
  return static_cast<std::uint32_t>((at + kOpenTick - 1) / kOpenTick);
}
constexpr std::uint32_t leaseEnd(Nanos now, const BreakerParams& params) {
  return static_cast<std::uint32_t>((now + params.probeLease) / kLeaseTick) + 1;
}
constexpr bool leaseOver(BreakerWord word, Nanos now) {
  const auto since = static_cast<std::uint32_t>(now / kLeaseTick) - word.lease();
  return (since & BreakerWord::kLeaseMask) < (BreakerWord::kLeaseMask + 1) / 2;
}
/// Successes in one half-open period that close.
constexpr std::uint32_t probesNeeded(BreakerWord word, const BreakerParams& params) {
  return word.hardDown() ? 1 : params.halfOpenProbes;
}
/// Ticks until an open breaker lets a probe in; <= 0: now.
constexpr std::int32_t ticksToRetry(BreakerWord word, Nanos now) {
  return static_cast<std::int32_t>(word.payload() - openTicks(now));
}

/// The open period after `attempts` openings before it: base * 2^attempts, at most max, +-20 % by
/// `unit` in [0, 1).
constexpr Nanos openPeriod(const BreakerParams& params, std::uint64_t attempts, double unit) {
  Nanos period = params.maxOpenFor;
  if (attempts < 40 && params.openFor <= (params.maxOpenFor >> attempts)) {
    period = params.openFor << attempts;
  }
  return static_cast<Nanos>(static_cast<double>(period) * (0.8 + 0.4 * unit));
}

struct AcquireStep {
  enum class Kind : std::uint8_t { Admit, AdmitProbe, Refuse } kind;
  BreakerWord next{};  ///< to be written for AdmitProbe
};

/// What an admission at `now` does to `word`.
constexpr AcquireStep stepAcquire(BreakerWord word, Nanos now, const BreakerParams& params) {
  using Kind = AcquireStep::Kind;
  const auto firstProbe = [&] {
    return AcquireStep{
        Kind::AdmitProbe,
        BreakerWord::make(BreakerWord::HalfOpen, word.generation() + 1ull, word.attempts(),
                          BreakerWord::probes(1, 0, leaseEnd(now, params)))};
  };
  switch (word.state()) {
    case BreakerWord::Closed:
      return {Kind::Admit};
    case BreakerWord::Forced:
      return {word.payload() == 1 ? Kind::Admit : Kind::Refuse};
    case BreakerWord::Open:
      return ticksToRetry(word, now) > 0 ? AcquireStep{Kind::Refuse} : firstProbe();
    case BreakerWord::HalfOpen:
      break;
  }
  if (word.probesInFlight() > 0 && leaseOver(word, now)) return firstProbe();
  // With none in flight one may always try: the number needed may have been lowered meanwhile.
  if (word.probesInFlight() == 0 ||
      word.probesInFlight() + word.probesOk() < probesNeeded(word, params)) {
    return {Kind::AdmitProbe,
            BreakerWord::make(BreakerWord::HalfOpen, word.generation(), word.attempts(),
                              BreakerWord::probes(word.probesInFlight() + 1, word.probesOk(),
                                                  leaseEnd(now, params)))};
  }
  return {Kind::Refuse};
}

struct ReportStep {
  enum class Kind : std::uint8_t { Keep, Write, Stale } kind;
  BreakerWord next{};
  bool opened = false;
  bool closed = false;
};

/// `word` opened anew at `now`, not to be tried before `notBefore`.
constexpr BreakerWord opened(BreakerWord word, Nanos now, const BreakerParams& params, double unit,
                             Nanos notBefore) {
  const std::uint64_t before = word.hardDown() ? 0 : word.attempts();
  const Nanos end = std::max(now + openPeriod(params, before, unit), notBefore);
  return BreakerWord::make(BreakerWord::Open, word.generation() + 1ull,
                           std::min(before + 1, BreakerWord::kMostAttempts), openTicksUp(end));
}
/// The same, for a fault that does not pass by itself.
constexpr BreakerWord openedHard(BreakerWord word, Nanos now, const BreakerParams& params,
                                 Nanos notBefore) {
  return BreakerWord::make(BreakerWord::Open, word.generation() + 1ull, BreakerWord::kHardDown,
                           openTicksUp(std::max(now + params.hardDownFor, notBefore)));
}

/// What the outcome of a call admitted in `generation` does to `word`.
constexpr ReportStep stepReport(BreakerWord word, std::uint32_t generation, Outcome outcome,
                                Nanos now, const BreakerParams& params, double unit,
                                Nanos notBefore) {
  using Kind = ReportStep::Kind;
  if (word.generation() != generation) return {Kind::Stale};
  const auto openHard = [&] {
    return ReportStep{Kind::Write, openedHard(word, now, params, notBefore), true};
  };
  if (word.state() == BreakerWord::Closed) {
    if (outcome == Outcome::Neutral) return {Kind::Keep};
    if (outcome == Outcome::Success) {
      if (word.payload() == 0) return {Kind::Keep};
      return {Kind::Write, BreakerWord::make(BreakerWord::Closed, generation, word.attempts(), 0)};
    }
    if (outcome == Outcome::HardDown) return openHard();
    if (std::uint64_t{word.payload()} + 1 >= params.consecutiveFailures) {
      return {Kind::Write, opened(word, now, params, unit, notBefore), true};
    }
    return {Kind::Write, BreakerWord::make(BreakerWord::Closed, generation, word.attempts(),
                                           word.payload() + 1)};
  }
  if (word.state() != BreakerWord::HalfOpen || word.probesInFlight() == 0) return {Kind::Stale};
  if (outcome == Outcome::HardDown) return openHard();
  if (outcome == Outcome::Failure) {
    return {Kind::Write, opened(word, now, params, unit, notBefore), true};
  }
  const std::uint32_t ok = word.probesOk() + (outcome == Outcome::Success ? 1 : 0);
  if (outcome == Outcome::Success && ok >= probesNeeded(word, params)) {
    return {Kind::Write, BreakerWord::make(BreakerWord::Closed, generation + 1ull, 0, 0), false,
            true};
  }
  return {Kind::Write,
          BreakerWord::make(BreakerWord::HalfOpen, generation, word.attempts(),
                            BreakerWord::probes(word.probesInFlight() - 1, ok, word.lease()))};
}

/// "Not before": what it does to `word`, if anything.
constexpr std::optional<BreakerWord> stepHoldOpen(BreakerWord word, Nanos notBefore) {
  const std::uint32_t end = openTicksUp(notBefore);
  if (word.state() != BreakerWord::Open) return std::nullopt;
  if (static_cast<std::int32_t>(end - word.payload()) <= 0) return std::nullopt;
  return BreakerWord::make(BreakerWord::Open, word.generation(), word.attempts(), end);
}

/// Housekeeping: keeps tick fields from ageing to half their range, and gives up a lost probe.
constexpr std::optional<BreakerWord> stepTouch(BreakerWord word, Nanos now) {
  if (word.state() == BreakerWord::Open && ticksToRetry(word, now) < -(1 << 28)) {
    return BreakerWord::make(BreakerWord::Open, word.generation(), word.attempts(), openTicks(now));
  }
  if (word.state() == BreakerWord::HalfOpen && word.probesInFlight() > 0 && leaseOver(word, now)) {
    return BreakerWord::make(BreakerWord::HalfOpen, word.generation() + 1ull, word.attempts(),
                             BreakerWord::probes(0, word.probesOk(), word.lease()));
  }
  return std::nullopt;
}

}  // namespace breaker

template <class Sync>
class BasicCircuitBreaker {
 public:
  struct Report {
    bool applied = false;  ///< the word was of the permit's generation
    bool opened = false;   ///< this call opened the breaker
    bool closed = false;   ///< this call closed the breaker
    bool probe = false;    ///< the call was a probe: the breaker was half-open
  };

  /// The right to one call. Destroyed unreported, it reports Neutral. Move-only; must not outlive
  /// the breaker.
  class Permit {
   public:
    Permit(Permit&& other) noexcept
        : m_breaker(std::exchange(other.m_breaker, nullptr)), m_generation(other.m_generation) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(m_breaker, other.m_breaker);
      std::swap(m_generation, other.m_generation);
      return *this;
    }
    ~Permit() {
      if (m_breaker) m_breaker->apply(m_generation, Outcome::Neutral, 0, 0, 0);
    }
    /// Once. `unit` in [0, 1): random, for the jitter of an opening. `notBefore`: what the provider
    /// asked for (Retry-After); an opening lasts at least until then, and so does a period that is
    /// open already, whoever opened it (B8).
    Report report(Outcome outcome, Nanos now, double unit, Nanos notBefore = 0) {
      BasicCircuitBreaker* breaker = std::exchange(m_breaker, nullptr);
      if (!breaker) return {};
      const Report report = breaker->apply(m_generation, outcome, now, unit, notBefore);
      if (notBefore > now && !report.opened) breaker->holdOpen(notBefore);
      return report;
    }
    /// The breaker is half-open, and waits for what comes of this call. False once it was told.
    bool isProbe() const {
      if (!m_breaker) return false;
      const BreakerWord word{m_breaker->m_word.load(std::memory_order_acquire)};
      return word.state() == BreakerWord::HalfOpen && word.generation() == m_generation;
    }
    std::uint32_t generation() const { return m_generation; }

   private:
    friend class BasicCircuitBreaker;
    Permit(BasicCircuitBreaker* breaker, std::uint32_t generation)
        : m_breaker(breaker), m_generation(generation) {}
    BasicCircuitBreaker* m_breaker;
    std::uint32_t m_generation;
  };

  struct Admission {
    std::optional<Permit> permit;
    Nanos retryAfter = 0;  ///< refused: time until trying again can help; kNever when forced open
    bool halfOpened = false;  ///< this call took the breaker from Open to HalfOpen
  };

  /// What a person is shown: one consistent word.
  struct View {
    BreakerWord::State state = BreakerWord::Closed;
    bool forcedClosed = false;
    bool hardDown = false;  ///< Open or HalfOpen for a fault that does not pass by itself
    std::uint32_t generation = 0;
    std::uint32_t failures = 0;
    std::uint32_t probesOk = 0;
    std::uint32_t probesInFlight = 0;
    Nanos retryIn = 0;
  };

  explicit BasicCircuitBreaker(const BreakerParams& params = {}) {
    m_word.store(BreakerWord::make(BreakerWord::Closed, 1, 0, 0).bits, std::memory_order_release);
    reconfigure(params);
  }

  Admission tryAcquire(Nanos now) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BreakerWord word{seen};
      if (word.state() == BreakerWord::Closed) return {Permit(this, word.generation())};
      const breaker::AcquireStep step = breaker::stepAcquire(word, now, params());
      using Kind = breaker::AcquireStep::Kind;
      if (step.kind == Kind::Admit) return {Permit(this, word.generation())};
      if (step.kind == Kind::Refuse) return {std::nullopt, retryAfter(word, now)};
      if (cas(seen, step.next)) {
        return {Permit(this, step.next.generation()), 0, word.state() == BreakerWord::Open};
      }
    }
  }

  /// Opens it if it is Closed in that generation: for evaluators of error rates. True: it did.
  bool trip(std::uint32_t expectedGeneration, Nanos now, double unit) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BreakerWord word{seen};
      if (word.state() != BreakerWord::Closed || word.generation() != expectedGeneration)
        return false;
      if (cas(seen, breaker::opened(word, now, params(), unit, 0))) return true;
    }
  }

  /// By a person: holds it open or closed until reset(). True: it was not so already.
  bool force(bool closed) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BreakerWord word{seen};
      const std::uint32_t payload = closed ? 1 : 0;
      if (word.state() == BreakerWord::Forced && word.payload() == payload) return false;
      if (cas(seen, BreakerWord::make(BreakerWord::Forced, word.generation() + 1ull, 0, payload))) {
        return true;
      }
    }
  }
  /// By a person: Closed, with nothing carried over.
  void reset() {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    while (!cas(seen, BreakerWord::make(BreakerWord::Closed, BreakerWord{seen}.generation() + 1ull,
                                        0, 0))) {
    }
  }

  /// A fault that does not pass by itself was perhaps mended (another key): a probe is let in now.
  void retryHardDown(Nanos now) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const BreakerWord word{seen};
      if (word.state() != BreakerWord::Open || !word.hardDown()) return;
      if (cas(seen, BreakerWord::make(BreakerWord::Open, word.generation(), word.attempts(),
                                      breaker::openTicks(now)))) {
        return;
      }
    }
  }

  /// About once a second.
  void touch(Nanos now) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const auto next = breaker::stepTouch(BreakerWord{seen}, now);
      if (!next || cas(seen, *next)) return;
    }
  }

  void reconfigure(const BreakerParams& params) {
    constexpr auto relaxed = std::memory_order_relaxed;
    m_consecutiveFailures.store(std::max(1u, params.consecutiveFailures), relaxed);
    m_openFor.store(params.openFor, relaxed);
    m_maxOpenFor.store(params.maxOpenFor, relaxed);
    m_halfOpenProbes.store(std::clamp(params.halfOpenProbes, 1u, 31u), relaxed);
    m_probeLease.store(params.probeLease, relaxed);
    m_hardDownFor.store(params.hardDownFor, relaxed);
  }

  View view(Nanos now) const {
    const BreakerWord word{m_word.load(std::memory_order_acquire)};
    View view;
    view.state = word.state();
    view.generation = word.generation();
    view.hardDown = word.hardDown();
    if (word.state() == BreakerWord::Forced) view.forcedClosed = word.payload() == 1;
    if (word.state() == BreakerWord::Closed) view.failures = word.payload();
    if (word.state() == BreakerWord::Open) view.retryIn = retryAfter(word, now);
    if (word.state() == BreakerWord::HalfOpen) {
      view.probesOk = word.probesOk();
      view.probesInFlight = word.probesInFlight();
    }
    return view;
  }
  std::uint32_t generation() const {
    return BreakerWord{m_word.load(std::memory_order_acquire)}.generation();
  }

 private:
  Report apply(std::uint32_t generation, Outcome outcome, Nanos now, double unit, Nanos notBefore) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const breaker::ReportStep step = breaker::stepReport(BreakerWord{seen}, generation, outcome,
                                                           now, params(), unit, notBefore);
      using Kind = breaker::ReportStep::Kind;
      if (step.kind == Kind::Stale) return {};
      if (step.kind == Kind::Keep) return {true};
      if (cas(seen, step.next)) {
        const bool probe = BreakerWord{seen}.state() == BreakerWord::HalfOpen;
        return {true, step.opened, step.closed, probe};
      }
    }
  }

  void holdOpen(Nanos notBefore) {
    std::uint64_t seen = m_word.load(std::memory_order_acquire);
    for (;;) {
      const auto next = breaker::stepHoldOpen(BreakerWord{seen}, notBefore);
      if (!next || cas(seen, *next)) return;
    }
  }

  /// How long a refused caller should wait.
  Nanos retryAfter(BreakerWord word, Nanos now) const {
    if (word.state() == BreakerWord::Forced) return kNever;
    if (word.state() == BreakerWord::HalfOpen) return kSecond;  // probes are out: soon
    const Nanos wait =
        breaker::ticksToRetry(word, now) * breaker::kOpenTick - now % breaker::kOpenTick;
    return std::max<Nanos>(wait, 0);
  }

  bool cas(std::uint64_t& seen, BreakerWord next) {
    return m_word.compare_exchange_weak(seen, next.bits, std::memory_order_acq_rel,
                                        std::memory_order_acquire);
  }

  BreakerParams params() const {
    constexpr auto relaxed = std::memory_order_relaxed;
    return {m_consecutiveFailures.load(relaxed), m_openFor.load(relaxed),
            m_maxOpenFor.load(relaxed),          m_halfOpenProbes.load(relaxed),
            m_probeLease.load(relaxed),          m_hardDownFor.load(relaxed)};
  }

  template <class T>
  using Atomic = typename Sync::template atomic<T>;
  alignas(64) Atomic<std::uint64_t> m_word;
  alignas(64) Atomic<std::uint32_t> m_consecutiveFailures;
  Atomic<std::uint32_t> m_halfOpenProbes;
  Atomic<Nanos> m_openFor;
  Atomic<Nanos> m_maxOpenFor;
  Atomic<Nanos> m_probeLease;
  Atomic<Nanos> m_hardDownFor;
};

using CircuitBreaker = BasicCircuitBreaker<StdSync>;

}  // namespace sluice::core
