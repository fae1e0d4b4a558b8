// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "gateway/metrics/counters.h"
#include "gateway/metrics/snapshot.h"
#include "gateway/route/route_table.h"

namespace sluice {

/// What counters and words say, as plain values. `all`: the counters of all workers, merged; `table`:
/// the one in force, null before the first; names by counter slot; `at`: the instant at which buckets
/// and breakers are read. Fills what follows from these; the rest is the engine's.
EngineSnapshot buildSnapshot(metrics::Counters all, const route::RouteTable* table,
                             const std::vector<std::string>& providerNames,
                             const std::vector<std::string>& routeNames, core::Nanos at);

}  // namespace sluice
