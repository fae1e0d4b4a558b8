// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mock/mock_host.h"

#include <QDateTime>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cmath>

#include "gateway/mock/mock_call.h"
#include "gateway/net/http_connection.h"

namespace sluice::mock {

namespace {

constexpr net::RequestParser::Limits kLimits{64 * 1024, 64ull << 20};
/// Tokens faster than this come several at a time.
constexpr double kTickMs = 5;

std::chrono::milliseconds ms(double value) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(std::max(0.0, value))));
}

}  // namespace

/// Serves one connection: waits, then gives out the reply at the provider's pace.
class MockHandler final : public net::HttpConnection::Handler {
 public:
  MockHandler(MockHost& host, net::HttpConnection& connection)
      : m_host(host), m_connection(connection) {
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { advance(); });
  }

  void onRequest() override {
    const std::string& target = m_connection.request().target;
    constexpr std::string_view kVersion = "/v1";
    const std::size_t slash = target.find('/', 1);
    const bool below =
        slash != std::string::npos && std::string_view(target).substr(slash).starts_with(kVersion);
    const auto temper = below ? m_host.temperOf(target.substr(1, slash - 1)) : std::nullopt;
    auto call = temper ? MockCall::at(temper->speaks,
                                      std::string_view(target).substr(slash + kVersion.size()))
                       : std::nullopt;
    if (!call) {
      refuse(404, mockError(404, "no mock provider answers at " + target));
      return;
    }
    m_call = std::move(*call);
    m_temper = *temper;
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    const double latency =
        static_cast<double>(m_temper.latency.count()) +
        (unit(m_host.m_random) * 2 - 1) * static_cast<double>(m_temper.jitter.count());
    m_fails = unit(m_host.m_random) < m_temper.errorRate;
    auto made = m_call.read(m_connection.body(), m_temper, ++m_host.m_serial,
                            QDateTime::currentSecsSinceEpoch());
    if (auto* refusal = std::get_if<MockCall::Refusal>(&made)) {
      refuse(refusal->status, refusal->body);
      return;
    }
    m_ready.reset();
    m_sent = 0;
    m_headSent = false;
    double wait = latency;
    if (auto* ready = std::get_if<MockCall::Ready>(&made)) {
      m_ready = std::move(*ready);
      m_timer.start(ms(wait));
      return;
    }
    m_reply = std::get<MockReply>(std::move(made));
    if (!m_fails && !m_reply.stream()) wait += m_reply.tokens() * 1000.0 / m_temper.tokensPerSecond;
    m_timer.start(ms(wait));
  }

  void onBadRequest(const net::ParseFailure& failure) override {
    refuse(failure.status, mockError(failure.status, failure.text));
  }
  void onClientGone() override { m_timer.stop(); }

 private:
  void refuse(int status, const std::string& body) {
    m_connection.respond(status, {}, "application/json", body);
  }

  void advance() {
    if (m_fails) {
      refuse(m_temper.status,
             m_call.error(m_temper.status, "the mock provider fails, as its error_rate asks"));
      return;
    }
    if (m_ready || !m_reply.stream()) {
      m_connection.respond(200, {}, "application/json", m_ready ? *m_ready : m_call.whole(m_reply));
      return;
    }
    if (!m_headSent) {
      m_headSent = true;
      net::appendField(m_connection.beginHead(200), "Content-Type", "text/event-stream");
      m_connection.endHead(net::HttpConnection::Framing::Stream);
      m_connection.write(m_call.events(m_reply.firstEvent()));
      m_begun = std::chrono::steady_clock::now();
    }
    // By the clock, not by counting ticks: a late timer does not slow the reply down.
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - m_begun;
    const auto due = static_cast<std::uint64_t>(elapsed.count() * m_temper.tokensPerSecond) + 1;
    for (; m_sent < m_reply.tokens() && m_sent < due; ++m_sent) {
      m_connection.write(m_call.events(m_reply.tokenEvent(m_sent)));
    }
    if (m_sent == m_reply.tokens()) {
      m_connection.write(m_call.events(m_reply.lastEvents()));
      m_connection.end();
      return;
    }
    m_connection.flush();
    const double nextMs = m_sent * 1000.0 / m_temper.tokensPerSecond - elapsed.count() * 1000;
    m_timer.start(ms(std::max(kTickMs, std::ceil(nextMs))));
  }

  MockHost& m_host;
  net::HttpConnection& m_connection;
  QTimer m_timer;
  config::Mock m_temper;
  MockCall m_call;
  MockReply m_reply;
  std::optional<std::string> m_ready;
  std::chrono::steady_clock::time_point m_begun;
  std::uint32_t m_sent = 0;
  bool m_headSent = false;
  bool m_fails = false;
};

MockHost::MockHost(std::uint64_t seed)
    : m_listener([this](qintptr descriptor) { accept(descriptor); }, this), m_random(seed) {
  m_listener.listen(QHostAddress(QHostAddress::LocalHost), 0);
}

MockHost::~MockHost() = default;

void MockHost::setTempers(std::map<std::string, config::Mock> tempers) {
  const core::MutexLock lock(m_mutex);
  m_tempers.swap(tempers);
}

std::optional<config::Mock> MockHost::temperOf(const std::string& id) const {
  const core::MutexLock lock(m_mutex);
  const auto at = m_tempers.find(id);
  return at == m_tempers.end() ? std::nullopt : std::optional(at->second);
}

void MockHost::accept(qintptr descriptor) {
  auto* connection = new net::HttpConnection(descriptor, kLimits, this);
  connection->setHandler(std::make_unique<MockHandler>(*this, *connection));
}

}  // namespace sluice::mock
