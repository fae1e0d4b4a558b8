// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/origin.h"
#include "gateway/core/balancer.h"
#include "gateway/core/snapshot_cell.h"
#include "gateway/route/runtime.h"

namespace sluice::route {

struct ProviderEntry {
  config::Provider config;
  config::Origin origin;
  std::string keyField;           ///< name of the header field the key goes into
  std::string authorization;      ///< its value; empty: none is sent
  std::uint32_t keyRevision = 0;  ///< ProviderRuntime's, when this key came into force
  /// Why it cannot serve although the config says ready (its key is missing); empty: it can.
  std::string unready;
  std::shared_ptr<ProviderRuntime> runtime;

  /// What is said of the key that was sent is true of the one in force.
  bool keyInForce() const {
    return runtime->keyRevision.fetch_add(0, std::memory_order_acq_rel) == keyRevision;
  }
  bool ready() const { return config.state == config::ProviderState::Ready && unready.empty(); }
};

/// One who may ask.
struct ClientEntry {
  config::ClientKey config;
  std::string key;  ///< empty: it is missing, so nobody gets in by it
  std::shared_ptr<ClientRuntime> runtime;

  bool mayUse(std::string_view model) const;
};

struct TargetEntry {
  std::uint32_t provider;  ///< index in RouteTable::providers
  std::uint32_t weight;
  std::string modelToken;     ///< JSON string sent upstream; empty: as the client asked
  std::string fallbackToken;  ///< the same, for who asked for another route's model
  std::uint32_t priority;
  std::string modelName;     ///< as modelToken, but bare
  std::string fallbackName;  ///< as fallbackToken, but bare
};

struct RouteEntry {
  std::string model;
  core::Balance balance;
  std::vector<TargetEntry> targets;
  std::vector<std::uint16_t> sequence;   ///< smooth weighted order of target indices
  std::vector<std::uint32_t> tiers;      ///< priorities there are, smallest first
  std::vector<std::uint32_t> fallbacks;  ///< indices in RouteTable::routes
  config::Retry retry;
  config::Limits limits;
  std::string affinity;  ///< name of a header field; empty: none
  config::OnExhausted onExhausted;
  config::RouteCache cache;
  std::shared_ptr<RouteRuntime> runtime;
};

/// One revision of the config, ready for the hot path. Immutable; a request keeps the one it began
/// with.
class RouteTable {
 public:
  std::uint64_t revision = 0;
  std::shared_ptr<const config::Config> config;
  std::vector<ClientEntry> clients;      ///< empty: everybody may ask
  std::vector<ProviderEntry> providers;  ///< in config order
  std::vector<RouteEntry> routes;        ///< in config order
  bool countsTokens = false;             ///< somebody's tokens are limited
  std::size_t providerSlots = 1;         ///< all slots in use are below
  std::size_t routeSlots = 1;

  /// The route for a model: exact name, else the longest "prefix*", else "*"; null: none.
  const RouteEntry* match(std::string_view model) const;
  /// In whose name we ask for a model ourselves: of those that may and whose key is known the first
  /// without limits, as ours are not to take what is another's, else the first. Null: nobody.
  const ClientEntry* ownClient(std::string_view model) const;
  /// To be called once, after `routes` is complete.
  void index();

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> m_exact;
  std::vector<std::size_t> m_prefixes;  ///< longest first; "*" last
};

/// The table in force.
using RouteTableCell = core::SnapshotCell<RouteTable>;

}  // namespace sluice::route
