// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/metrics/snapshot.h"

namespace sluice::metrics {

/// "closed", "half_open", "open", "forced_open", "forced_closed".
std::string_view wordOf(BreakerState state);

/// The snapshot as JSON, for scripts: names as in snapshot.h, in snake case; times in seconds;
/// latencies as percentiles since the start. Pure.
std::string snapshotJson(const EngineSnapshot& snapshot);

}  // namespace sluice::metrics
