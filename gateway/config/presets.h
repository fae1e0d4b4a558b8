// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"

/// What is known of services and of servers that run on this machine, from resources/presets.json,
/// which is built in. Pure but for the environment that is handed in.
namespace sluice::config {

struct Preset {
  std::string name;   ///< for `preset:` of the config file
  std::string title;  ///< for people
  /// Where its users have their keys: environment variables, the usual one first. Empty: it needs none.
  std::vector<std::string> keys;
  /// Of a service whose address is each user's own: what it looks like; `provider.baseUrl` is empty.
  std::string address;
  bool local = false;  ///< it usually runs on this machine, at `provider.baseUrl`
  Provider provider;   ///< id is the name; the key is the usual one
};

/// In the order of the file. Never changes, may be read by any thread.
const std::vector<Preset>& presets();
/// Null: there is none of that name.
const Preset* findPreset(std::string_view name);

/// A provider that could be used as it stands.
struct Offer {
  std::string title;
  std::string because;  ///< "OPENAI_API_KEY is set"
  Provider provider;
  /// The same as one element of `providers` in the file.
  std::string yaml;
};
/// Of those whose key is in the environment. `variable`: its value, null when it is not set.
std::vector<Offer> offersOfKeys(const std::function<const char*(const char* name)>& variable);
/// Of a local server that was found to answer.
Offer offerOf(const Preset& local);

}  // namespace sluice::config
