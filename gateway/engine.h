// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/command.h"
#include "gateway/config/config.h"
#include "gateway/config/yaml.h"
#include "gateway/event.h"
#include "gateway/metrics/snapshot.h"

namespace sluice {

namespace core {
class Clock;
}

/// Why the engine could not listen.
struct StartError {
  enum class Kind : std::uint8_t { PortTaken, AddressInvalid, Other };
  Kind kind = Kind::Other;
  QString message;  ///< one line for a person; names the other process where the system tells
  quint16 nextFreePort = 0;  ///< set for PortTaken: the next port above that was free a moment ago
};

/// Outcome of a config change: either every fault, and nothing changed; or the new revision.
struct ApplyResult {
  std::vector<config::Fault> faults;
  std::uint64_t revision = 0;
  bool applied() const { return faults.empty(); }
};

/// The gateway. The only door for app/ and ui/.
///
/// Owns its threads: workers (one event loop each, a request lives and dies on one of them), a
/// control thread (listener, housekeeping), and a thread for the built-in mock providers.
///
/// Thread safety: construct, start, stop, load and destroy on one thread (it needs an event loop,
/// signals are emitted there). apply(), patch(), command(), config(), setDemoTraffic(), snapshot() and
/// takeEvents() from any thread.
/// Nothing here waits for I/O.
class Engine : public QObject {
  Q_OBJECT
 public:
  struct Options {
    unsigned maxWorkers = 0;                   ///< 0: as many as cores
    const core::Clock* clock = nullptr;        ///< not owned; null: steady clock
    std::optional<config::LogLevel> logLevel;  ///< of the request log, in place of the config's
    std::string adminToken;                    ///< for /_sluice/*; empty: there are no such paths
  };
  explicit Engine(QObject* parent = nullptr);
  explicit Engine(const Options& options, QObject* parent = nullptr);
  /// Stops at once; requests in flight are cut.
  ~Engine() override;

  /// Reads, checks and applies a config file, and watches it from now on: later edits are applied
  /// when they are sound; otherwise the last good config serves on and a ConfigRefused event tells
  /// why. A file that cannot be read is a fault too.
  ApplyResult load(const QString& path);
  /// Reads the loaded file again (SIGHUP). Faults when none was loaded.
  ApplyResult reload();
  /// Listen here, whatever configs say, from the next start() on. A loopback address; port 0: any.
  void overrideListen(const std::string& host, std::uint16_t port);
  /// The file given to load(); empty when there is none.
  QString configFile() const;

  /// Applies a config to all that follows, at once: the next request on any worker sees it; a
  /// request under way keeps the one it began with. Runtime state (bucket levels, breakers, counts)
  /// of providers that stay is kept. A changed `server` section takes effect at the next start().
  ApplyResult apply(config::Config next);
  /// Changes the config in force by a JSON patch (see config::applyPatch()), on top of whatever is in
  /// force when it takes effect. Like a slider's change it is not written to the file.
  ApplyResult patch(std::string_view json);
  /// Does it at once. Drain, Ready and Disable change the config as patch() does. False: there is no
  /// such provider. Any thread.
  bool command(const std::string& provider, ProviderCommand command);
  /// The config in force; null before the first apply.
  std::shared_ptr<const config::Config> config() const;

  /// Begins to listen on the config's address. Needs an applied config.
  std::optional<StartError> start();
  /// Stops listening, lets requests in flight end for up to `drain`, then cuts them. Returns at
  /// once; stopped() follows.
  void stop(std::chrono::milliseconds drain);
  bool running() const;
  /// "http://127.0.0.1:8787", with the real port; of the last start().
  QString url() const;

  /// The built-in traffic against our own port, for the demo. Off at first. Its requests are real
  /// ones for every route whose targets are all mock providers.
  void setDemoTraffic(bool on);

  /// A consistent view; costs some microseconds. `inflight` and totals are as of each worker's last
  /// publication (at most 100 ms ago); breakers and buckets are read now.
  EngineSnapshot snapshot() const;
  /// Engine time now, the axis of snapshots and events.
  core::Nanos now() const;

  /// Events since the last call, oldest first; bounded, the oldest are dropped when nobody takes
  /// them.
  std::vector<Event> takeEvents();

 signals:
  /// There are events to take. Coalesced: one signal for many.
  void eventsPending();
  void started();
  void stopped();
  /// Another config is in force (a file edit, a reload, or apply()).
  void configChanged(quint64 revision);
  /// A config file was refused; what was in force stays.
  void configRefused(const QString& file, const std::vector<sluice::config::Fault>& faults);

 private:
  ApplyResult readFile(bool evenIfSame);
  /// Only if that revision is in force; else nothing is done and nothing returned.
  std::optional<ApplyResult> applyIf(config::Config next, std::optional<std::uint64_t> expected);
  ApplyResult edit(const std::function<config::ReadResult(const config::Config&)>& change);
  void finishStop();
  void addEvent(Event event);

  struct Private;
  std::unique_ptr<Private> m_d;
};

}  // namespace sluice
