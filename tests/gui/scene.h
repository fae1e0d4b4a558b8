// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUrl>
#include <atomic>
#include <memory>
#include <thread>

#include "gateway/engine.h"
#include "tests/gui/shots.h"
#include "tests/support/http_client.h"
#include "ui/main_window.h"

/// What tests of the window share: a quick engine, traffic, and pictures.
namespace sluice::test {

inline config::Config quickConfig(const std::vector<std::string>& ids = {"alpha", "beta"}) {
  config::Config config;
  config.server.port = 0;
  config.server.workers = 2;
  config::Route route;
  route.model = "m";
  for (const std::string& id : ids) {
    config::Provider provider;
    provider.id = id;
    provider.dialect = config::Dialect::Mock;
    provider.mock.latency = provider.mock.jitter = config::Duration(2);
    provider.mock.tokensPerSecond = 1e6;
    provider.mock.replyTokens = 2;
    config.providers.push_back(provider);
    route.targets.push_back({id, "", 1});
  }
  config.routes = {route};
  return config;
}

/// A client that asks again and again until it goes.
class Load {
 public:
  explicit Load(const Engine& engine)
      : m_thread([this, port = static_cast<std::uint16_t>(QUrl(engine.url()).port())] {
          HttpClient client(port);
          while (!m_done) {
            client.chat("m");
            std::this_thread::sleep_for(std::chrono::milliseconds(2));  // its pace, not a wait
          }
        }) {}
  ~Load() {
    m_done = true;
    m_thread.join();
  }

 private:
  std::atomic<bool> m_done = false;
  std::thread m_thread;
};

}  // namespace sluice::test
