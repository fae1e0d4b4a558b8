// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/config/config.h"
#include "gateway/config/yaml.h"

/// The config as JSON, with the keys of the file format: what it prints, readYaml() reads. Keys are
/// references, so no secret is in it. Pure.
namespace sluice::config {

std::string toJson(const Config& config);

/// `config` changed by a JSON merge patch (RFC 7396) and checked. Two things beyond the RFC, as lists
/// could only be replaced whole: `providers` may be an object by id and `routes` one by model, whose
/// members are merged into the one of that name, added if there is none, and removed if null.
/// Durations and sizes are as in the file. On a fault nothing is returned but the faults.
ReadResult applyPatch(const Config& config, std::string_view patch);

}  // namespace sluice::config
