// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/health/prober.h"

#include <algorithm>
#include <utility>

namespace sluice::health {

namespace {

constexpr core::Nanos kPatience = 10 * core::kSecond;
/// What is read of an answer before the rest is left.
constexpr std::size_t kMostRead = 1 << 20;

std::string problemOf(int status) {
  const bool refused =
      status >= 500 || status == 401 || status == 402 || status == 403 || status == 429;
  return refused ? "answered " + std::to_string(status) : std::string();
}

}  // namespace

/// One probe under way.
class Prober::Call final : public net::UpstreamConnection::Client {
 public:
  Call(Prober& prober, std::shared_ptr<route::ProviderRuntime> runtime, core::Nanos now)
      : m_prober(prober), m_runtime(std::move(runtime)), m_until(now + kPatience) {}
  ~Call() override {
    if (m_connection) m_connection->cancel();
  }

  void send(net::UpstreamConnection& connection) {
    m_connection = &connection;
    connection.start(this);
  }
  bool late(core::Nanos now) const { return now >= m_until; }
  route::ProviderRuntime& runtime() { return *m_runtime; }

  void onUpstreamSent() override {}
  void onUpstreamPart(const net::UpstreamConnection::Part& part) override {
    m_read += part.body.size();
    if (part.last) m_connection = nullptr;
    if (part.last || m_read > kMostRead) over(problemOf(part.head.status));
  }
  void onUpstreamFailure(const net::UpstreamFailure& failure) override {
    m_connection = nullptr;
    over(failure.text);
  }
  /// Says how it ended, once.
  void over(const std::string& problem) {
    if (!std::exchange(m_over, true)) m_prober.end(*this, problem);
  }

 private:
  Prober& m_prober;
  std::shared_ptr<route::ProviderRuntime> m_runtime;
  core::Nanos m_until;
  net::UpstreamConnection* m_connection = nullptr;
  std::size_t m_read = 0;
  bool m_over = false;
};

Prober::Prober(Services services)
    : m_services(std::move(services)), m_tables(m_services.tables), m_pool(this) {
  m_timer.setParent(this);  // moves threads with us
  connect(&m_timer, &QTimer::timeout, this, &Prober::tick);
  post([this] {
    m_timer.start(std::chrono::seconds(1));
    tick();
  });
}

Prober::~Prober() {
  m_subjects.clear();
  m_timer.setParent(nullptr);
}

void Prober::tick() {
  const core::Nanos now = m_services.clock.now();
  const auto& providers = m_tables.get().providers;
  // Of one that was removed nobody asks any more.
  std::erase_if(m_subjects, [&](const auto& subject) {
    return std::ranges::none_of(providers, [&](const route::ProviderEntry& provider) {
      return provider.runtime->slot == subject.first;
    });
  });
  for (const route::ProviderEntry& provider : providers) {
    const bool wanted = !provider.config.health.path.empty() && provider.ready();
    if (!wanted) {
      m_subjects.erase(provider.runtime->slot);
      provider.runtime->probe.store(route::Probe::Unknown, std::memory_order_relaxed);
      continue;
    }
    Subject& subject = m_subjects[provider.runtime->slot];
    if (subject.call && subject.call->late(now)) {
      subject.call->over("did not answer in 10 s");
    }
    if (!subject.call && now >= subject.next) begin(provider, subject, now);
  }
  m_pool.sweep();
}

void Prober::begin(const route::ProviderEntry& provider, Subject& subject, core::Nanos now) {
  subject.next = now + core::nanos(provider.config.health.interval);
  subject.call = std::make_unique<Call>(*this, provider.runtime, now);
  net::UpstreamConnection& connection = m_pool.acquire(provider.origin);
  std::string& out = connection.requestBuffer();
  out.append("GET ").append(provider.origin.basePath).append(provider.config.health.path);
  out.append(" HTTP/1.1\r\n");
  net::appendField(out, "Host", provider.origin.authority);
  net::appendField(out, "User-Agent", "sluice-probe");
  net::appendField(out, "Accept", "application/json");
  if (!provider.authorization.empty()) {
    net::appendField(out, provider.keyField, provider.authorization);
  }
  if (provider.config.dialect == config::Dialect::Anthropic) {
    net::appendField(out, "anthropic-version", "2023-06-01");
  }
  out.append("\r\n");
  subject.call->send(connection);
}

void Prober::end(Call& call, const std::string& problem) {
  route::ProviderRuntime& runtime = call.runtime();
  const auto next = problem.empty() ? route::Probe::Good : route::Probe::Bad;
  const auto before = runtime.probe.exchange(next, std::memory_order_relaxed);
  const core::Nanos now = m_services.clock.now();
  if (next == route::Probe::Bad && before != next) {
    m_services.event({Event::Kind::Warning, now, runtime.id, "its health probe " + problem});
  } else if (next == route::Probe::Good && before == route::Probe::Bad) {
    m_services.event(
        {Event::Kind::ProbeGood, now, runtime.id, "its health probe is answered again"});
  }
  // Not now: its connection may be about to use it.
  auto over = std::shared_ptr<Call>(std::move(m_subjects[runtime.slot].call));
  post([over] {});
}

}  // namespace sluice::health
