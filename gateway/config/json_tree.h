// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include "gateway/config/config.h"

namespace sluice::config {

/// The config as a tree with the keys of the file; for this room only.
nlohmann::ordered_json treeOf(const Config& config);

}  // namespace sluice::config
