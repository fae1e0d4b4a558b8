// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/core/time.h"
#include "gateway/event.h"
#include "gateway/net/inbox.h"
#include "gateway/net/upstream.h"
#include "gateway/route/route_table.h"

namespace sluice::health {

/// Asks providers that have a probe, each in its interval, by a GET that costs nothing, and notes in
/// their runtimes whether they answered: any status below 500 but 401, 402, 403 and 429 will do.
/// Separate from traffic: a probe takes no token and no place, and the breaker does not hear of it.
/// Made on any thread, then moved to the one it is to work on.
class Prober final : public net::Inbox {
  Q_OBJECT
 public:
  struct Services {
    const core::Clock& clock;
    route::RouteTableCell& tables;
    std::function<void(Event)> event;
  };
  explicit Prober(Services services);
  ~Prober() override;

 private:
  class Call;
  struct Subject {
    core::Nanos next = 0;
    std::unique_ptr<Call> call;  // null: none under way
  };
  void tick();
  void begin(const route::ProviderEntry& provider, Subject& subject, core::Nanos now);
  void end(Call& call, const std::string& problem);

  Services m_services;
  route::RouteTableCell::Reader m_tables;
  net::UpstreamPool m_pool;
  std::map<std::uint32_t, Subject> m_subjects;  // by provider slot
  QTimer m_timer;
};

}  // namespace sluice::health
