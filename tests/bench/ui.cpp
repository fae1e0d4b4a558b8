// SPDX-License-Identifier: GPL-3.0-or-later
// What the window costs while the gateway is busy: the engine with many providers and as much traffic
// as the machine gives, by turns without and with the window, in one process.
#include <time.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QTimer>
#include <QUrl>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include "gateway/config/yaml.h"
#include "gateway/engine.h"
#include "tests/support/http_client.h"
#include "ui/main_window.h"
#include "ui/page/overview_page.h"
#include "ui/plot/live_plot.h"
#include "ui/style/theme.h"

using namespace sluice;
using namespace sluice::ui;

namespace {

constexpr int kProviders = 50;
constexpr int kClients = 6;
// Without and with, by turns: many, as two turns of the same differ by several per cent on a machine
// that is shared. What counts is the median of the pairs.
constexpr int kTurns = 20;
constexpr int kTurnMs = 3'000;
constexpr int kSettleMs = 800;

double threadMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Times the window's ticks, as they are delivered.
class Application final : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override {
    if (event->type() != QEvent::Timer || receiver->objectName() != QLatin1String("pullTimer")) {
      return QApplication::notify(receiver, event);
    }
    QElapsedTimer wall;
    wall.start();
    const double cpu = threadMs();
    const bool done = QApplication::notify(receiver, event);
    ticks.push_back(static_cast<double>(wall.nsecsElapsed()) / 1e6);
    tickCpu.push_back(threadMs() - cpu);
    return done;
  }
  std::vector<double> ticks;
  std::vector<double> tickCpu;
};

double percentile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

void turn(int ms) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

double residentMiB() {
  QFile file(QStringLiteral("/proc/self/statm"));
  if (!file.open(QIODevice::ReadOnly)) return 0;
  return file.readAll().split(' ').value(1).toDouble() * 4096 / (1 << 20);
}

config::Config manyProviders() {
  config::Config config;
  config.server.port = 0;
  config.log.level = config::LogLevel::Error;
  config::Route route;
  route.model = "m";
  for (int i = 0; i < kProviders; ++i) {
    config::Provider provider;
    provider.id = "provider-" + std::to_string(i);
    provider.dialect = config::Dialect::Mock;
    provider.mock.latency = provider.mock.jitter = config::Duration(0);
    provider.mock.tokensPerSecond = 1e6;
    provider.mock.replyTokens = 1;
    provider.mock.errorRate = i % 10 == 0 ? 0.02 : 0;
    provider.limits.requestsPerMinute = 10'000'000;
    provider.limits.burstRequests = 1'000'000;
    config.providers.push_back(provider);
    route.targets.push_back({provider.id, "", 1});
  }
  config.routes = {route};
  return config;
}

class Load {
 public:
  explicit Load(std::uint16_t port) {
    for (int i = 0; i < kClients; ++i) {
      m_threads.emplace_back([this, port] {
        test::HttpClient client(port);
        while (!m_done) {
          if (client.chat("m")) m_answered.fetch_add(1, std::memory_order_relaxed);
        }
      });
    }
  }
  ~Load() {
    m_done = true;
    for (std::thread& thread : m_threads) thread.join();
  }
  std::uint64_t answered() const { return m_answered.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> m_done = false;
  std::atomic<std::uint64_t> m_answered = 0;
  std::vector<std::thread> m_threads;
};

void line(const char* what, double value, const char* unit, const char* target = "") {
  std::printf("%-34s %9.2f %-6s %s\n", what, value, unit, target);
  std::fflush(stdout);
}

/// Six hours in fast motion, then six more: the second take nothing.
void memory(const EngineSnapshot& like) {
  SnapshotHistory history;
  EngineSnapshot snapshot = like;
  const auto hours = [&](int n) {
    for (int i = 0; i < n * 3600; ++i) {
      snapshot.takenAt += core::kSecond;
      for (ProviderSnapshot& p : snapshot.providers) {
        p.started += 7;
        p.ok += 7;
        p.total.record(20'000);
        p.requests.available = (i * 37) % 1'000;
      }
      history.add(snapshot);
    }
    return residentMiB();
  };
  const double filled = hours(6);
  const double later = hours(6);
  line("memory, after six hours", filled, "MiB");
  line("grown in six more", later - filled, "MiB", "<= 1");
}

}  // namespace

int main(int argc, char** argv) {
  QElapsedTimer start;
  start.start();
  Application application(argc, argv);
  applyTheme(application, Theme::Dark);
  Engine engine;
  const ApplyResult applied = engine.apply(manyProviders());
  if (!applied.applied()) {
    std::fprintf(stderr, "%s\n", config::describe(applied.faults.front(), "config").c_str());
    return 1;
  }
  auto window = std::make_unique<MainWindow>(engine);
  window->show();
  if (!window->start()) return 1;
  while (!window->isVisible() || window->grab().isNull()) turn(1);
  line("main() to the window drawn", static_cast<double>(start.elapsed()), "ms", "<= 700");

  const Load load(static_cast<std::uint16_t>(QUrl(engine.url()).port()));
  double answered[2] = {0, 0};
  double without = 0;
  std::vector<double> ratios;
  double uiCpu = 0, uiWall = 0, replot = 0;
  for (int i = 0; i < 2 * kTurns; ++i) {
    const bool shown = i % 2 == 1;
    if (shown && !window) {
      window = std::make_unique<MainWindow>(engine);
      window->show();
    } else if (!shown) {
      window.reset();
    }
    turn(kSettleMs);
    application.ticks.clear();
    application.tickCpu.clear();
    const std::uint64_t before = load.answered();
    const double cpu = threadMs();
    QElapsedTimer wall;
    wall.start();
    static std::vector<double> ticks, tickCpu;
    turn(kTurnMs);
    const auto passed = static_cast<double>(wall.elapsed());
    const double rate = static_cast<double>(load.answered() - before) / passed * 1e3;
    answered[shown] += rate / kTurns;
    if (shown) {
      ratios.push_back(rate / without);
    } else {
      without = rate;
    }
    if (!shown) continue;
    uiCpu += threadMs() - cpu;
    uiWall += passed;
    ticks.insert(ticks.end(), application.ticks.begin(), application.ticks.end());
    tickCpu.insert(tickCpu.end(), application.tickCpu.begin(), application.tickCpu.end());
    for (LivePlot* plot : window->findChild<OverviewPage*>()->plots()) {
      replot = std::max(replot, plot->replotMillis());
    }
    if (i < 2 * kTurns - 1) continue;
    line("requests a second, headless", answered[0], "/s");
    line("requests a second, window open", answered[1], "/s");
    line("window / headless, median", percentile(ratios, 0.5), "x", ">= 0.97");
    line("  a quarter is below", percentile(ratios, 0.25), "x");
    line("  a quarter is above", percentile(ratios, 0.75), "x");
    line("tick, median", percentile(ticks, 0.5), "ms");
    line("tick, 99 of 100", percentile(ticks, 0.99), "ms", "<= 4");
    line("tick, 99 of 100, CPU alone", percentile(tickCpu, 0.99), "ms");
    line("UI thread at 10 Hz", 100 * uiCpu / uiWall, "%", "<= 8");
    line("busiest plot drawn in", replot, "ms", "<= 8");
  }
  memory(engine.snapshot());
  return 0;
}
