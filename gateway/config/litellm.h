// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::config {

/// What came of a config of the LiteLLM proxy (docs.litellm.ai/docs/proxy/config_settings).
struct Imported {
  /// A config that readYaml() accepts, with comments; set exactly when `faults` is empty.
  std::optional<std::string> yaml;
  /// What could not be taken over, or not quite, with its place in LiteLLM's file and why; in file order.
  std::vector<Fault> notes;
  /// Why it is no config of LiteLLM's, or nothing of it can be taken over.
  std::vector<Fault> faults;
};

/// The same for Sluice. Nothing is left out that is not in `notes`, and those stand as comments in the
/// YAML as well. A key that the file holds itself is in none of them: where it was, a reference names the
/// environment variable that is to hold it. `variable` tells the value of one, null when it is not set; it
/// is asked for what Sluice wants to know by itself, such as addresses, never for keys. Never throws.
Imported importLiteLlm(std::string_view text,
                       const std::function<const char*(const char* name)>& variable);

}  // namespace sluice::config
