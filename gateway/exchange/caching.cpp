// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that are kept, and requests that wait for the answer to an equal one under way.
#include <algorithm>

#include "gateway/exchange/exchange.h"

namespace sluice::exchange {

namespace {

/// A larger answer is not kept, and nobody else waits for it.
constexpr std::size_t kMostKept = 2 * 1024 * 1024;

/// What the client lets a cache do (RFC 9111 5.2.1).
struct Wanted {
  bool look = true;
  bool store = true;
};

Wanted wantedBy(const net::HttpHead& head) {
  const bool store = !net::hasToken(head, "cache-control", "no-store");
  return {store && !net::hasToken(head, "cache-control", "no-cache"), store};
}

}  // namespace

bool Exchange::lookUp() {
  const config::RouteCache& rules = m_route->cache;
  if (rules.when == config::CacheWhen::Never) return false;
  m_cached = Cached::Bypass;
  if (m_endpoint.operation == Operation::CountTokens) return false;
  if (rules.when == config::CacheWhen::Deterministic && !m_request.deterministic) return false;
  const Wanted wanted = wantedBy(m_connection.request());
  if (!wanted.store) return false;
  const auto canonical = dialect::canonicalRequest(m_connection.body());
  if (!canonical) return false;
  // One client's answers are not another's: to see that one was there would tell what others ask.
  m_cacheKey = m_client ? m_client->config.id : "";
  m_cacheKey.append("\n").append(m_route->model).append("\n");
  // Nor do they hold when others give them.
  for (const route::TargetEntry& target : m_route->targets) {
    const config::Provider& provider = m_table->providers[target.provider].config;
    m_cacheKey.append(provider.id).append("\t").append(provider.baseUrl).append("\t");
    m_cacheKey.append(target.modelName).append("\n");
  }
  m_cacheKey.append(m_path).append(withoutSecrets(m_query));
  m_cacheKey.append(m_endpoint.array ? "\narray\n" : "\n");
  const net::HttpHead& head = m_connection.request();
  for (const std::string_view name : {"openai-beta", "anthropic-beta", "anthropic-version"}) {
    for (std::size_t i = 0; i < head.size(); ++i) {  // a list may have several lines
      if (net::equalsIgnoreCase(head[i].name, name)) m_cacheKey.append(head[i].value).append(",");
    }
    m_cacheKey.append("\n");
  }
  m_cacheKey.append(!m_request.stream ? "plain\n" : m_request.usageAsked ? "usage\n" : "stream\n");
  m_cacheKey.append(*canonical);
  if (!wanted.look) return false;

  m_flightSelf = std::make_shared<Exchange*>(this);
  const auto post = [address = m_worker.address(), self = m_flightSelf](auto call) {
    address->post([self, call = std::move(call)] {
      if (*self) call(**self);
    });
  };
  m_follower =
      std::make_shared<cache::AnswerCache::Follower>([post](cache::AnswerCache::Pointer answer) {
        post([answer = std::move(answer)](Exchange& self) { self.onAnswer(answer); });
      });
  auto found = m_worker.services().cache.look(m_cacheKey, m_receivedAt, m_follower, [post] {
    post([](Exchange& self) { self.onAbandoned(); });
  });
  if (found.hit) {
    forgetFlight();
    replay(*found.hit);
    return true;
  }
  m_cached = Cached::Miss;
  if (found.fetch) {
    m_fetch.emplace(std::move(*found.fetch));
    return false;
  }
  m_phase = Phase::Following;
  return true;
}

void Exchange::onAnswer(const cache::AnswerCache::Pointer& answer) {
  if (m_phase != Phase::Following) return;  // our own
  m_phase = Phase::Idle;
  forgetFlight();
  if (answer) {
    replay(*answer);
    return;
  }
  // Theirs came to nothing; what became of it is not for us.
  m_cached = Cached::Bypass;
  m_askedAt = m_worker.now();
  admitAndChoose();
}

void Exchange::replay(const cache::Answer& answer) {
  m_cached = Cached::Hit;
  m_answered = 200;
  m_keptDropped = answer.dropped;
  std::string& head = m_connection.beginHead(200);
  head.append(answer.fields);
  head.append("Age: ");
  net::appendNumber(
      head, static_cast<std::uint64_t>(std::max<core::Nanos>(m_worker.now() - answer.madeAt, 0) /
                                       core::kSecond));
  head.append("\r\n");
  appendOwnFields(head);
  if (answer.stream) {
    m_connection.endHead(net::HttpConnection::Framing::Stream);
  } else {
    m_connection.endHead(net::HttpConnection::Framing::Length, answer.body.size());
  }
  m_connection.write(answer.body);
  endRequest(Ending::Ok);
  reset();
  m_connection.end();
}

void Exchange::beginKeeping(std::string_view contentType) {
  if (m_status != 200 || m_cacheKey.empty()) return;
  m_kept = std::make_shared<cache::Answer>();
  net::appendField(m_kept->fields, "Content-Type", contentType);
  m_kept->dropped = droppedText();
  appendDropped(m_kept->fields);  // whoever gets it asked for that as well
  m_kept->stream = m_stream;
}

void Exchange::keep(std::string_view body) {
  if (!m_kept) return;
  if (m_kept->body.size() + body.size() > kMostKept) {
    m_kept.reset();
    endFlight();
    return;
  }
  m_kept->body.append(body);
}

void Exchange::storeKept(core::Nanos now) {
  if (!m_kept) return;
  m_kept->madeAt = now;
  const std::size_t bytes = m_kept->fields.size() + m_kept->body.size();
  const core::Nanos ttl = core::nanos(m_route->cache.ttl);
  if (m_fetch) {
    m_fetch->finish(std::move(m_kept), bytes, ttl, now, m_worker.unit());
  } else {
    m_worker.services().cache.store(m_cacheKey, std::move(m_kept), bytes, ttl, now,
                                    m_worker.unit());
  }
  m_kept.reset();
}

bool Exchange::leaveFlight() {
  if (!m_follower) return false;
  const bool wasLast =
      !m_worker.services().cache.leave(*m_follower) || (m_fetch && m_fetch->abandoned());
  m_follower.reset();
  return m_fetch && m_upstream && !wasLast;
}

/// Who follows goes on alone.
void Exchange::endFlight() {
  if (!m_fetch) return;
  m_fetch.reset();
  // Without a client it was for them.
  if (!m_detached) return;
  m_worker.address()->post([self = m_flightSelf] {
    if (*self) (*self)->onAbandoned();
  });
}

void Exchange::detach() {
  m_detached = true;
  m_worker.keep(m_connection);
  if (m_paused) {
    m_paused = false;
    m_upstream->resume();
  }
}

void Exchange::onAbandoned() {
  if (!m_detached) return;
  abandon();
}

void Exchange::forgetFlight() {
  if (m_flightSelf) *m_flightSelf = nullptr;
  m_flightSelf.reset();
  m_follower.reset();
}

}  // namespace sluice::exchange
