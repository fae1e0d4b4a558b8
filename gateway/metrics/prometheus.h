// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "gateway/metrics/snapshot.h"

namespace sluice::metrics {

/// The snapshot in the Prometheus text exposition format 0.0.4. Pure.
std::string prometheusText(const EngineSnapshot& snapshot);

}  // namespace sluice::metrics
