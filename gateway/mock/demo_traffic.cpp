// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mock/demo_traffic.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace sluice::mock {

namespace {
/// Requests per second: the wave's middle and height.
constexpr double kMeanRate = 7;
constexpr double kSwing = 4;
constexpr double kWaveSeconds = 90;
}  // namespace

class DemoTraffic::Call final : public net::UpstreamConnection::Client {
 public:
  bool done() const { return m_connection == nullptr; }

  void start(net::UpstreamPool& pool, const net::Origin& origin, const std::string& key,
             const std::string& body) {
    m_connection = &pool.acquire(origin);
    std::string& out = m_connection->requestBuffer();
    out.append("POST ").append(origin.basePath).append("/chat/completions HTTP/1.1\r\n");
    net::appendField(out, "Host", origin.authority);
    net::appendField(out, "Content-Type", "application/json");
    net::appendField(out, "User-Agent", "sluice-demo");
    if (!key.empty()) net::appendField(out, "Authorization", "Bearer " + key);
    net::appendField(out, "Content-Length", std::to_string(body.size()));
    out.append("\r\n").append(body);
    m_connection->start(this);
  }
  void cancel() {
    if (m_connection) std::exchange(m_connection, nullptr)->cancel();
  }

  void onUpstreamSent() override {}
  void onUpstreamPart(const net::UpstreamConnection::Part& part) override {
    if (part.last) m_connection = nullptr;
  }
  void onUpstreamFailure(const net::UpstreamFailure&) override { m_connection = nullptr; }

 private:
  net::UpstreamConnection* m_connection = nullptr;
};

DemoTraffic::DemoTraffic(std::uint64_t seed) : m_pool(this), m_random(seed) {
  m_next.setParent(this);
  m_next.setSingleShot(true);
  connect(&m_next, &QTimer::timeout, this, &DemoTraffic::sendOne);
}

DemoTraffic::~DemoTraffic() {
  for (auto& call : m_calls) call->cancel();
}

void DemoTraffic::aim(const std::string& baseUrl, std::vector<Target> targets) {
  post([this, baseUrl, targets = std::move(targets)] { aimHere(baseUrl, targets); });
}

void DemoTraffic::aimHere(const std::string& baseUrl, std::vector<Target> targets) {
  m_targets = std::move(targets);
  if (m_targets.empty()) {
    m_next.stop();
    for (auto& call : m_calls) call->cancel();
    m_calls.clear();
    return;
  }
  m_origin = *config::parseOrigin(baseUrl);
  if (!m_next.isActive()) scheduleNext();
}

void DemoTraffic::scheduleNext() {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  const double rate = kMeanRate + kSwing * std::sin(seconds * 2 * std::numbers::pi / kWaveSeconds);
  std::exponential_distribution<double> gap(rate);
  m_next.start(std::chrono::milliseconds(std::llround(std::min(gap(m_random), 2.0) * 1000)));
}

void DemoTraffic::sendOne() {
  std::erase_if(m_calls, [](const auto& call) { return call->done(); });
  if (m_calls.size() < kMostOpen) {
    const Target& target = m_targets[m_sent % m_targets.size()];
    const nlohmann::json body = {
        {"model", target.model},
        {"stream", m_random() % 2 == 0},
        {"messages",
         nlohmann::json::array({{{"role", "user"}, {"content", "Tell me of water."}}})}};
    ++m_sent;
    auto& call = m_calls.emplace_back(std::make_unique<Call>());
    call->start(m_pool, m_origin, target.key, body.dump());
  }
  scheduleNext();
}

}  // namespace sluice::mock
