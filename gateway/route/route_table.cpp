// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/route/route_table.h"

#include <algorithm>

namespace sluice::route {

bool ClientEntry::mayUse(std::string_view model) const {
  if (config.models.empty()) return true;
  return std::ranges::any_of(config.models, [model](std::string_view allowed) {
    return allowed.ends_with('*') ? model.starts_with(allowed.substr(0, allowed.size() - 1))
                                  : model == allowed;
  });
}

const ClientEntry* RouteTable::ownClient(std::string_view model) const {
  const ClientEntry* first = nullptr;
  for (const ClientEntry& client : clients) {
    if (client.key.empty() || !client.mayUse(model)) continue;
    const config::Limits& limits = client.config.limits;
    if (!limits.requestsPerMinute && !limits.tokensPerMinute) return &client;
    if (!first) first = &client;
  }
  return first;
}

void RouteTable::index() {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].model.ends_with('*')) {
      m_prefixes.push_back(i);
    } else {
      m_exact.emplace(routes[i].model, i);
    }
  }
  std::stable_sort(m_prefixes.begin(), m_prefixes.end(), [this](std::size_t a, std::size_t b) {
    return routes[a].model.size() > routes[b].model.size();
  });
}

const RouteEntry* RouteTable::match(std::string_view model) const {
  if (const auto at = m_exact.find(model); at != m_exact.end()) return &routes[at->second];
  for (const std::size_t i : m_prefixes) {
    const std::string_view pattern = routes[i].model;
    if (model.starts_with(pattern.substr(0, pattern.size() - 1))) return &routes[i];
  }
  return nullptr;
}

}  // namespace sluice::route
