// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/core/time.h"
#include "gateway/route/route_table.h"

namespace sluice::route {

/// The keys that a config refers to, by provider id, or "client:" and client id: read before any lock
/// is taken.
struct Key {
  std::string value;
  std::string problem;  ///< why there is none; empty: there is
};
using Keys = std::map<std::string, Key>;
/// Reads the environment and files; `keychained` is what the keychain has told, by name. Who has no key
/// is left out.
Keys readKeys(const config::Config& config, const Keys& keychained = {});

/// Turns configs into route tables and keeps the runtimes they share. A provider that stays, or
/// comes back, is given its runtime again: applying a config never refills a bucket, closes a
/// breaker or drops a count. Callers are serialised (the engine's config lock).
class Registry {
 public:
  struct Built {
    std::shared_ptr<const RouteTable> table;
    std::vector<std::string> warnings;  ///< one line each: providers whose key is missing
  };
  /// `config` has passed config::check(); `keys` are its own. `mockPort` is where the mock providers answer.
  Built build(const std::shared_ptr<const config::Config>& config, const Keys& keys,
              std::uint64_t revision, std::uint16_t mockPort, core::Nanos now);

  /// Names by counter slot; [0] is "".
  const std::vector<std::string>& providerNames() const { return m_providerNames; }
  const std::vector<std::string>& routeNames() const { return m_routeNames; }

 private:
  std::shared_ptr<ProviderRuntime> providerRuntime(const config::Provider& provider,
                                                   const std::string& authorization,
                                                   core::Nanos now);
  std::shared_ptr<ClientRuntime> clientRuntime(const config::ClientKey& client, core::Nanos now);
  std::shared_ptr<RouteRuntime> routeRuntime(const config::Route& route, core::Nanos now);

  std::map<std::string, std::shared_ptr<ProviderRuntime>> m_providers;
  std::map<std::string, std::shared_ptr<ClientRuntime>> m_clients;
  std::map<std::string, std::shared_ptr<RouteRuntime>> m_routes;
  std::vector<std::string> m_providerNames{""};
  std::vector<std::string> m_routeNames{""};
};

}  // namespace sluice::route
