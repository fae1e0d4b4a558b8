// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "gateway/config/config.h"

namespace sluice::config {

/// The config as a tree with the keys of the file; for this room only.
nlohmann::ordered_json treeOf(const Config& config);
/// An element of "providers", "routes" or "targets" of it, without what is as it would be if it were not
/// told.
nlohmann::ordered_json toldElement(std::string_view list, const nlohmann::ordered_json& element);

}  // namespace sluice::config
