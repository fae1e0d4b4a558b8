// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

/// Choosing one of several candidates: in turn, by calls in flight, or by expected wait. Pure;
/// randomness and the turn are arguments. What is unhealthy is passed over unless most are.
///
/// Invariants (tests name them):
///   L1 the answer is an index of the span, and of a usable candidate while there is one
///   L2 among equals each is as likely as any other: no first-host bias
///   L3 two choices never compare a candidate with itself
///   L4 in turn, with all eligible, over each round of the sequence each gets its exact share
namespace sluice::core {

/// How a route shares its load.
enum class Balance : std::uint8_t { InTurn, LeastConnections, Latency };

struct Candidate {
  double cost = 0;      ///< >= 0: see costOf(); lower is better
  bool usable = true;   ///< its breaker and its limits admit, as far as one can see
  bool healthy = true;  ///< its health score says so
};

/// Calls in flight for its weight: (inFlight + 1) / weight.
constexpr double leastConnectionsCost(std::uint32_t inFlight, std::uint32_t weight) {
  return (static_cast<double>(inFlight) + 1) / std::max(1u, weight);
}
/// Expected wait: latency x (inFlight + 1) / weight. `latencyMs` as of now, floored at the peers'
/// median (see PeakEwma::millisApprox).
constexpr double latencyCost(double latencyMs, std::uint32_t inFlight, std::uint32_t weight) {
  return latencyMs * leastConnectionsCost(inFlight, weight);
}

/// What one more call would meet; in turn: nothing to compare.
constexpr double costOf(Balance by, double latencyMs, std::uint32_t inFlight,
                        std::uint32_t weight) {
  if (by == Balance::InTurn) return 0;
  return by == Balance::Latency ? latencyCost(latencyMs, inFlight, weight)
                                : leastConnectionsCost(inFlight, weight);
}

/// Up to this many candidates are all looked at; beyond, two at random (full scans by many workers
/// herd on the same minimum).
inline constexpr std::size_t kFullScan = 8;
/// With a smaller share of healthy ones than this, health is ignored: a fault that all share must
/// not move all load to the last that stand.
inline constexpr double kPanicShare = 0.5;

/// Who may be chosen now.
class Filter {
 public:
  explicit Filter(std::span<const Candidate> candidates) {
    std::size_t healthy = 0;
    for (const Candidate& candidate : candidates) {
      m_count += candidate.usable;
      healthy += candidate.usable && candidate.healthy;
    }
    m_panic = static_cast<double>(healthy) < kPanicShare * static_cast<double>(m_count);
    if (!m_panic) m_count = healthy;
  }
  bool operator()(const Candidate& candidate) const {
    return candidate.usable && (m_panic || candidate.healthy);
  }
  std::size_t count() const { return m_count; }

 private:
  std::size_t m_count = 0;
  bool m_panic = false;
};

/// The first eligible of `sequence` (indices in smooth weighted order, see expandSmooth()) from turn
/// `ticket` on. Empty: none is.
inline std::optional<std::size_t> pickInTurn(std::span<const Candidate> candidates,
                                             std::span<const std::uint16_t> sequence,
                                             std::uint64_t ticket) {
  const Filter eligible(candidates);
  if (eligible.count() == 0) return std::nullopt;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const std::uint16_t index = sequence[(ticket + i) % sequence.size()];
    if (eligible(candidates[index])) return index;
  }
  return std::nullopt;
}

/// The cheapest of all usable, ties broken at random; of two at random where there are more than
/// kFullScan. `random()` gives uniform 64-bit numbers. Empty: none is usable.
template <class Random>
std::optional<std::size_t> pickCheapest(std::span<const Candidate> candidates, Random&& random) {
  const auto below = [&](std::size_t n) {
    // Lemire's multiply-and-shift: no modulo bias worth the name at these sizes.
    __extension__ using Product = unsigned __int128;
    return static_cast<std::size_t>(
        static_cast<Product>(static_cast<std::uint64_t>(random())) * n >> 64);
  };
  const Filter eligible(candidates);
  const std::size_t count = eligible.count();
  if (count == 0) return std::nullopt;
  if (count > kFullScan) {
    const std::size_t first = below(count);
    std::size_t second = below(count - 1);
    if (second >= first) ++second;  // L3
    std::size_t seen = 0;
    std::size_t at[2] = {};
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!eligible(candidates[i])) continue;
      if (seen == first) at[0] = i;
      if (seen == second) at[1] = i;
      ++seen;
    }
    // Drawn in random order, so a tie goes either way.
    return candidates[at[1]].cost < candidates[at[0]].cost ? at[1] : at[0];
  }
  std::optional<std::size_t> best;
  std::uint64_t ties = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!eligible(candidates[i])) continue;
    if (!best || candidates[i].cost < candidates[*best].cost) {
      best = i;
      ties = 1;
    } else if (candidates[i].cost == candidates[*best].cost && below(++ties) == 0) {
      best = i;  // reservoir sampling: each of k equals with 1/k
    }
  }
  return best;
}

/// The one for all routes: as `by` says.
template <class Random>
std::optional<std::size_t> pick(Balance by, std::span<const Candidate> candidates,
                                std::span<const std::uint16_t> sequence, std::uint64_t ticket,
                                Random&& random) {
  return by == Balance::InTurn ? pickInTurn(candidates, sequence, ticket)
                               : pickCheapest(candidates, random);
}

}  // namespace sluice::core
