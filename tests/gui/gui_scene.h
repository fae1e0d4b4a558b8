// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QTest>
#include <QUrl>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/engine.h"
#include "tests/gui/shots.h"
#include "tests/support/http_client.h"

/// What tests of the window share: a config, traffic, and a hand on the mouse.
namespace sluice::test {

using Clock = std::chrono::steady_clock;

inline config::Config quickConfig() {
  config::Config config;
  config.server.port = 0;
  config.server.workers = 2;
  for (const char* id : {"alpha", "beta"}) {
    config::Provider provider;
    provider.id = id;
    provider.dialect = config::Dialect::Mock;
    provider.mock.latency = provider.mock.jitter = config::Duration(0);
    provider.mock.tokensPerSecond = 1e6;
    provider.mock.replyTokens = 2;
    config.providers.push_back(provider);
  }
  config.providers[0].limits.requestsPerMinute = 600'000;
  config::Route route;
  route.model = "m";
  route.targets = {{"alpha", "", 1}};
  config.routes = {route};
  return config;
}

inline std::uint16_t portOf(const Engine& engine) {
  return static_cast<std::uint16_t>(QUrl(engine.url()).port());
}

/// A client that asks again and again, and keeps when it got what.
class Traffic {
 public:
  struct Got {
    Clock::time_point asked;
    int status;  // 0: none
  };
  explicit Traffic(std::uint16_t port)
      : m_thread([this, port] {
          HttpClient client(port);
          while (!m_done) {
            const auto asked = Clock::now();
            const auto answer = client.chat("m");
            {
              const std::scoped_lock lock(m_mutex);
              m_got.push_back({asked, answer ? answer->status : 0});
            }
            std::this_thread::sleep_for(
                std::chrono::milliseconds(2));  // a client's pace, not a wait
          }
        }) {}
  ~Traffic() { stop(); }
  /// Asks no more; how often it has asked.
  std::size_t stop() {
    m_done = true;
    if (m_thread.joinable()) m_thread.join();
    return got().size();
  }
  std::vector<Got> got() {
    const std::scoped_lock lock(m_mutex);
    return m_got;
  }
  int count(int status, Clock::time_point from) {
    int n = 0;
    for (const Got& g : got()) n += g.status == status && g.asked >= from;
    return n;
  }

 private:
  std::atomic<bool> m_done = false;
  std::mutex m_mutex;
  std::vector<Got> m_got;
  std::thread m_thread;
};

/// Drags the handle of a slider with the mouse, from where it is to an end.
inline void dragToEnd(QSlider* slider, bool up) {
  QStyleOptionSlider option;
  option.initFrom(slider);
  option.minimum = slider->minimum();
  option.maximum = slider->maximum();
  option.sliderPosition = option.sliderValue = slider->value();
  option.orientation = Qt::Horizontal;
  option.subControls = QStyle::SC_All;
  const QPoint from =
      slider->style()
          ->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, slider)
          .center();
  const QPoint to(up ? slider->width() + 20 : -20, from.y());
  QTest::mousePress(slider, Qt::LeftButton, {}, from);
  for (int step = 1; step <= 8; ++step) QTest::mouseMove(slider, from + (to - from) * step / 8);
  QTest::mouseRelease(slider, Qt::LeftButton, {}, to);
}

}  // namespace sluice::test
