// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/metrics/counters.h"

#include <algorithm>

namespace sluice::metrics {

void ProviderCounters::merge(const ProviderCounters& other) {
  started += other.started;
  ok += other.ok;
  failed += other.failed;
  cancelled += other.cancelled;
  limited += other.limited;
  tokensLimited += other.tokensLimited;
  tokensIn += other.tokensIn;
  tokensOut += other.tokensOut;
  breakerRefused += other.breakerRefused;
  coolDownRefused += other.coolDownRefused;
  busyRefused += other.busyRefused;
  rateLimited += other.rateLimited;
  serverErrors += other.serverErrors;
  timedOut += other.timedOut;
  cut += other.cut;
  unreachable += other.unreachable;
  keyRefused += other.keyRefused;
  opened += other.opened;
  halfOpened += other.halfOpened;
  closed += other.closed;
  verdicts.merge(other.verdicts);
  firstByte.merge(other.firstByte);
  total.merge(other.total);
  queueWait.merge(other.queueWait);
  gap.merge(other.gap);
}

void Refusals::merge(const Refusals& other) {
  limit += other.limit;
  busy += other.busy;
  breaker += other.breaker;
  noTarget += other.noTarget;
  unknownModel += other.unknownModel;
  unknownKey += other.unknownKey;
  invalid += other.invalid;
}

void Counters::reserve(std::size_t routeSlots, std::size_t providerSlots) {
  if (providers.size() < providerSlots) providers.resize(providerSlots);
  if (cells.size() < routeSlots) cells.resize(routeSlots);
  if (outputs.size() < routeSlots) outputs.resize(routeSlots);
  for (auto& row : cells) {
    if (row.size() < providerSlots) row.resize(providerSlots);
  }
}

void Counters::merge(const Counters& other) {
  started += other.started;
  refusals.merge(other.refusals);
  overhead.merge(other.overhead);
  reserve(other.cells.size(), other.providers.size());
  for (std::size_t i = 0; i < other.providers.size(); ++i) providers[i].merge(other.providers[i]);
  for (std::size_t r = 0; r < other.outputs.size(); ++r) outputs[r].merge(other.outputs[r]);
  for (std::size_t r = 0; r < other.cells.size(); ++r) {
    for (std::size_t p = 0; p < other.cells[r].size(); ++p) {
      Cell& to = cells[r][p];
      const Cell& from = other.cells[r][p];
      to.ok += from.ok;
      to.failed += from.failed;
      to.cancelled += from.cancelled;
      to.rejected += from.rejected;
      to.picks += from.picks;
    }
  }
}

}  // namespace sluice::metrics
