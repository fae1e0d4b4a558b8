// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/traffic_series.h"

#include <algorithm>
#include <type_traits>

#include "ui/model/seconds.h"

namespace sluice::ui {

namespace {

std::uint32_t grown(std::uint64_t before, std::uint64_t now) {
  return now > before ? static_cast<std::uint32_t>(now - before) : 0;
}

std::array<std::uint64_t, kTheirs> theirs(const ProviderSnapshot& p) {
  return {p.rateLimited, p.serverErrors, p.timedOut, p.cut + p.unreachable, p.keyRefused};
}

TrafficPiece trafficOf(const ProviderSnapshot& before, const ProviderSnapshot& now) {
  TrafficPiece traffic;
  traffic.started = grown(before.started, now.started);
  traffic.ended = grown(before.ok + before.failed, now.ok + now.failed);
  traffic.refused = grown(before.breakerRefused, now.breakerRefused);
  traffic.limited = grown(before.limited, now.limited);
  traffic.tokensLimited = grown(before.tokensLimited, now.tokensLimited);
  traffic.busy = grown(before.busyRefused, now.busyRefused);
  traffic.tokens = grown(before.tokensIn + before.tokensOut, now.tokensIn + now.tokensOut);
  const auto then = theirs(before);
  const auto here = theirs(now);
  for (std::size_t i = 0; i < kTheirs; ++i) traffic.failing[i] = grown(then[i], here[i]);
  return traffic;
}

/// Histograms are large and not needed of the past.
EngineSnapshot countsOf(const EngineSnapshot& snapshot) {
  EngineSnapshot counts;
  counts.takenAt = snapshot.takenAt;
  counts.requests = snapshot.requests;
  counts.refusals = snapshot.refusals;
  counts.providers.resize(snapshot.providers.size());
  for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
    const ProviderSnapshot& from = snapshot.providers[i];
    ProviderSnapshot& to = counts.providers[i];
    to.id = from.id;
    to.started = from.started;
    to.ok = from.ok;
    to.failed = from.failed;
    to.breakerRefused = from.breakerRefused;
    to.limited = from.limited;
    to.tokensLimited = from.tokensLimited;
    to.busyRefused = from.busyRefused;
    to.tokensIn = from.tokensIn;
    to.tokensOut = from.tokensOut;
    to.rateLimited = from.rateLimited;
    to.serverErrors = from.serverErrors;
    to.timedOut = from.timedOut;
    to.cut = from.cut;
    to.unreachable = from.unreachable;
    to.keyRefused = from.keyRefused;
  }
  return counts;
}

}  // namespace

void TrafficPiece::add(const TrafficPiece& other) {
  covered += other.covered;
  started += other.started;
  ended += other.ended;
  refused += other.refused;
  limited += other.limited;
  tokensLimited += other.tokensLimited;
  busy += other.busy;
  tokens += other.tokens;
  for (std::size_t i = 0; i < kFailings; ++i) failing[i] += other.failing[i];
}

TrafficPiece TrafficPiece::split(double share) {
  TrafficPiece out;
  const auto move = [share](auto& from, auto& to) {
    to = static_cast<std::remove_reference_t<decltype(to)>>(from * share);
    from -= to;
  };
  move(covered, out.covered);
  for (const auto count : {&TrafficPiece::started, &TrafficPiece::ended, &TrafficPiece::refused,
                           &TrafficPiece::limited, &TrafficPiece::tokensLimited,
                           &TrafficPiece::busy, &TrafficPiece::tokens}) {
    move(this->*count, out.*count);
  }
  for (std::size_t i = 0; i < kFailings; ++i) move(failing[i], out.failing[i]);
  return out;
}

void TrafficSeries::Sliding::add(const FineBins& now) {
  if (before) {
    FineBins piece = now;
    piece.subtract(*before);
    sum.add(piece);
    pieces.push_back(piece);
    if (pieces.size() > kLatencySeconds) {
      sum.subtract(pieces.front());
      pieces.pop_front();
    }
  }
  before = now;
}

Latencies TrafficSeries::Sliding::latencies() const {
  return {static_cast<std::uint32_t>(sum.count()), static_cast<float>(sum.percentile(0.5)),
          static_cast<float>(sum.percentile(0.95)), static_cast<float>(sum.percentile(0.99))};
}

void TrafficSeries::add(const EngineSnapshot& snapshot) {
  const double at = toSeconds(snapshot.takenAt);
  if (!m_before) m_first = at;
  const double last = m_last;
  const double passed = at - last;
  if (m_before && passed <= 0) return;
  const bool gap = !m_before || passed > kGap;
  if (std::floor(at) > std::floor(m_last)) ++m_version;
  m_last = at;
  TrafficPiece all;
  const auto share = static_cast<float>(passed);
  const auto keep = [&](TwoRings<TrafficPiece>& rings, TrafficPiece traffic) {
    rings.coarse.at(at).add(traffic);
    double left = passed;
    TwoSteps::between(last, at, [&](double piece) {
      rings.fine.at(piece).add(traffic.split(kFine / left));
      left -= kFine;
    });
    rings.fine.at(at).add(traffic);
  };
  for (const ProviderSnapshot& now : snapshot.providers) {
    Provider& provider = m_providers[now.id];
    const auto then = gap ? m_before->providers.end() : [&] {
      // They stand where they stood, but for a change of the config.
      const auto guess = static_cast<std::size_t>(&now - snapshot.providers.data());
      auto& earlier = m_before->providers;
      if (guess < earlier.size() && earlier[guess].id == now.id) {
        return earlier.begin() + static_cast<std::ptrdiff_t>(guess);
      }
      return std::ranges::find(earlier, now.id, &ProviderSnapshot::id);
    }();
    if (gap || then == m_before->providers.end()) continue;
    TrafficPiece traffic = trafficOf(*then, now);
    traffic.covered = share;
    keep(provider.traffic, traffic);
    all.tokens += traffic.tokens;
    for (std::size_t i = 0; i < kTheirs; ++i) all.failing[i] += traffic.failing[i];
  }
  if (!gap) {
    const RequestTotals& then = m_before->requests;
    const RequestTotals& now = snapshot.requests;
    const RefusalTotals& before = m_before->refusals;
    const RefusalTotals& why = snapshot.refusals;
    all.covered = share;
    all.started = grown(then.started, now.started);
    all.ended = grown(then.ok + then.failed + then.rejected, now.ok + now.failed + now.rejected);
    const auto set = [&](Failing failing, std::uint64_t a, std::uint64_t b) {
      all.failing[static_cast<std::size_t>(failing)] = grown(a, b);
    };
    set(Failing::Limit, before.limit + before.busy, why.limit + why.busy);
    set(Failing::Breaker, before.breaker, why.breaker);
    set(Failing::NoTarget, before.noTarget, why.noTarget);
    set(Failing::Invalid, before.invalid + before.unknownModel + before.unknownKey,
        why.invalid + why.unknownModel + why.unknownKey);
    keep(m_all, all);
  }
  if (at - m_sampledAt >= 0.95) addLatencies(snapshot, at);
  m_before = countsOf(snapshot);
}

void TrafficSeries::addLatencies(const EngineSnapshot& snapshot, double at) {
  if (at - m_sampledAt > kGap) {  // what was not looked at is not of this second
    m_totals = {};
    m_first30 = {};
    for (auto& [id, provider] : m_providers) provider.heatBefore.reset();
  }
  const double last = m_sampledAt;
  // Half a second apart from what else is done once in a while, so that no look takes long.
  m_sampledAt = m_sampledAt < 0 ? at - 0.5 : at;
  FineBins totals, firstBytes;
  for (const ProviderSnapshot& p : snapshot.providers) {
    FineBins whole;
    whole.add(p.total);
    totals.add(whole);
    firstBytes.add(p.firstByte);
    Provider& provider = m_providers[p.id];
    const HeatBins heat = HeatBins::of(whole);
    if (provider.heatBefore) {
      for (BucketRing<HeatCell>* ring : {&provider.heatFine, &provider.heatCoarse}) {
        HeatCell& cell = ring->at(at);
        for (std::size_t i = 0; i < HeatBins::kBins; ++i) {
          const std::uint64_t sum =
              cell.counts[i] + heat.counts[i] - provider.heatBefore->counts[i];
          cell.counts[i] = static_cast<std::uint16_t>(std::min<std::uint64_t>(sum, 0xFFFF));
        }
      }
    }
    provider.heatBefore = heat;
  }
  // A provider that went takes its counts with it.
  if (m_totals.before && totals.count() < m_totals.before->count()) m_totals = m_first30 = {};
  m_totals.add(totals);
  m_first30.add(firstBytes);
  const Latencies latencies = m_totals.latencies();
  TwoSteps::between(last, at, [&](double piece) { m_latencies.fine.at(piece) = latencies; });
  m_latencies.fine.at(at) = latencies;
  m_latencies.coarse.at(at) = latencies;
  m_firstBytes.at(at) = m_first30.latencies();
}

const BucketRing<TrafficPiece>* TrafficSeries::provider(const std::string& id, double step) const {
  const auto found = m_providers.find(id);
  return found == m_providers.end() ? nullptr : &found->second.traffic.of(step);
}

const BucketRing<HeatCell>* TrafficSeries::heat(const std::string& id, double span) const {
  const auto found = m_providers.find(id);
  if (found == m_providers.end()) return nullptr;
  return span <= 900 ? &found->second.heatFine : &found->second.heatCoarse;
}

}  // namespace sluice::ui
