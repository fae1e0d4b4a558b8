// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <functional>
#include <map>
#include <random>

#include "gateway/cache/answer_cache.h"
#include "gateway/core/error_window.h"
#include "gateway/core/health_score.h"
#include "gateway/core/time.h"
#include "gateway/event.h"
#include "gateway/metrics/counters.h"
#include "gateway/net/inbox.h"
#include "gateway/route/route_table.h"

namespace sluice::health {

/// What the control thread does once a second: replaces lost probes of breakers, opens those of
/// providers that fail too often though not in a row, scores their health, and lets go of route
/// tables that are out of use and of kept answers that have expired. Made on any thread, then moved to the one it is to work on.
class Housekeeping final : public net::Inbox {
  Q_OBJECT
 public:
  struct Services {
    const core::Clock& clock;
    route::RouteTableCell& tables;
    cache::AnswerCache& cache;
    std::function<metrics::Counters()> counters;  ///< of all workers, merged; takes a lock
    std::function<void(Event)> event;
  };
  Housekeeping(Services services, std::uint64_t seed);
  ~Housekeeping() override;

 private:
  void tick();
  void trip(const route::ProviderEntry& provider, const metrics::ProviderCounters& counts,
            core::Nanos now);
  void score(const route::ProviderEntry& provider, const metrics::ProviderCounters& counts,
             core::Nanos now);

  Services m_services;
  route::RouteTableCell::Reader m_tables;
  std::map<std::uint32_t, core::ErrorWindow> m_windows;  // by provider slot
  std::map<std::uint32_t, core::HealthJudge> m_judges;   // by provider slot
  std::mt19937_64 m_random;
  QTimer m_timer;
};

}  // namespace sluice::health
