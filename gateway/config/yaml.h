// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::config {

struct ReadResult {
  std::optional<Config> config;  ///< set exactly when `faults` is empty
  std::vector<Fault> faults;     ///< in file order, each with line and column
};

/// Reads and checks a YAML config. Refuses unknown keys, duplicate keys, wrong types, unknown
/// references, impossible values and literal API keys; reports every fault it can, not only the
/// first. Never throws. Pure.
ReadResult readYaml(std::string_view text);

/// "127.0.0.1:8787" or "[::1]:0" as host (no brackets; localhost becomes 127.0.0.1) and port.
std::optional<std::pair<std::string, std::uint16_t>> parseListen(std::string_view text);

/// "FILE:LINE:COLUMN: message", as printed by --check-config.
std::string describe(const Fault& fault, std::string_view fileName);

}  // namespace sluice::config
