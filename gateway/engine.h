// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/command.h"
#include "gateway/config/config.h"
#include "gateway/config/yaml.h"
#include "gateway/config_history.h"
#include "gateway/config_keeper.h"
#include "gateway/event.h"
#include "gateway/keychain.h"
#include "gateway/metrics/snapshot.h"

namespace sluice {

namespace core {
class Clock;
}
class KeyRing;

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
/// signals are emitted there). apply(), edit(), patch(), command(), config(), setDemoTraffic(), snapshot() and
/// takeEvents() from any thread.
/// Nothing here waits for I/O.
class Engine : public QObject {
  Q_OBJECT
 public:
  struct Options {
    unsigned maxWorkers = 0;                   ///< 0: as many as cores
    const core::Clock* clock = nullptr;        ///< not owned; null: steady clock
    std::optional<config::LogLevel> logLevel;  ///< of the request log, in place of the config's
    /// Takes lines of the request log, the last without its LF. On the control thread; as the
    /// gateway stops, on any of its threads. Null: there is no such log.
    std::function<void(std::string lines)> requestLog;
    std::string adminToken;        ///< for /_sluice/*; empty: there are no such paths
    QString historyFolder;         ///< for revisions; empty: in memory only
    Keychain* keychain = nullptr;  ///< not owned; null: there is none
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
  /// No matter of the config, which goes on telling what its file does.
  void overrideListen(const std::string& host, std::uint16_t port);
  /// Host and port where start() listens: as overrideListen() said, else as the config does. Any thread.
  std::pair<std::string, std::uint16_t> listenAddress() const;
  /// The file given to load(); empty when there is none.
  QString configFile() const;

  /// Applies a config to all that follows, at once: the next request on any worker sees it; a
  /// request under way keeps the one it began with. Runtime state (bucket levels, breakers, counts)
  /// of providers that stay is kept. A changed `server` section takes effect at the next start().
  /// Nothing is written: for configs that are of no file.
  ApplyResult apply(config::Config next);
  /// As apply(), with the text the config was read from.
  ApplyResult applyText(const std::string& text);

  // Edits. What is changed is in force at once, and written to the file, if there is one, so that only
  // the text of the changed values is another. Whoever edits the file meanwhile is not overwritten:
  // see conflict().

  /// `change` gets the config in force and returns another; called again if that one is not in force
  /// any more when it is to take effect. Any thread.
  using Change = std::function<config::ReadResult(const config::Config&)>;
  ApplyResult edit(const Change& change, Author author);
  /// As edit(), and more is to come at once, as from a slider that is dragged: the file waits for
  /// settle(). The engine's thread.
  ApplyResult editOn(const Change& change);
  /// No more is to come: one change in the file, one revision, one event. The engine's thread.
  void settle();
  /// A whole text: of an editor, of an earlier revision. `what` is told before the changed values. The
  /// engine's thread.
  ApplyResult replaceText(const std::string& text, Author author, const std::string& what = {});
  /// Makes a file, 0600, of a config that has none, or another. The problem; empty: done.
  QString saveAs(const QString& file);

  /// The config in force as a file has it. The engine's thread, as all that follows here.
  const std::string& configText() const;
  /// Where `keychain:` references are read from; null: there is none.
  Keychain* keychain() const;
  /// Asks the keychain again for all that the config refers to.
  void readKeychain();
  FileState fileState() const;
  const std::deque<Revision>& revisions() const;
  /// An edit of the file that met a change of ours. Unless people are asked, what can be merged is, and
  /// else the file wins; nothing is lost either way, the other is among the revisions.
  const std::optional<FileConflict>& conflict() const;
  void askAboutConflicts(bool asked);
  ApplyResult resolve(Resolution resolution);

  /// Changes the config in force by a JSON patch (see config::applyPatch()), on top of whatever is in
  /// force when it takes effect; an edit.
  ApplyResult patch(std::string_view json, Author author = Author::Admin);
  /// Does it at once. Drain, Ready and Disable are edits. False: there is no such provider. Any thread.
  bool command(const std::string& provider, ProviderCommand command,
               Author author = Author::Window);
  /// The config in force as its file has it, also where overrideListen() rules; null before the first apply.
  std::shared_ptr<const config::Config> config() const;

  /// Begins to listen on the config's address. Needs an applied config.
  std::optional<StartError> start();
  /// Stops listening, lets requests in flight end for up to `drain`, then cuts them. Returns at
  /// once; stopped() follows.
  void stop(std::chrono::milliseconds drain);
  bool running() const;
  /// "http://127.0.0.1:8787", with the real port; of the last start().
  QString url() const;

  /// Looks for providers that could be used as they stand (findProviders()), and tells of each by an event.
  void offerProviders();

  /// The built-in traffic against our own port, for the demo. Off at first. Its requests are real
  /// ones for every route whose targets are all mock providers, in the name of a client that may ask.
  void setDemoTraffic(bool on);
  /// The key that a request of the window's own for this model needs; empty: none; nothing: there is none
  /// that may ask and can be read. For the request alone: it is shown nowhere. Any thread.
  std::optional<std::string> ownKey(std::string_view model) const;

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
  /// fileState() or revisions() are others.
  void fileChanged();
  /// There is a conflict() to resolve; only if people are asked.
  void conflicted();

 private:
  void keepConfig();
  std::uint64_t revision() const;
  ApplyResult resultOf(std::vector<config::Fault> faults) const;
  /// Only if that revision is in force; else nothing is done and nothing returned.
  std::optional<ApplyResult> applyIf(config::Config next, std::optional<std::uint64_t> expected);
  ApplyResult change(const Change& change);
  /// What is in force, with what is known by now beside it: keys, where to listen.
  void applyAgain();
  void post(std::function<void()> work);
  void finishStop();
  void addEvent(Event event);

  struct Private;
  std::unique_ptr<Private> m_d;
  std::unique_ptr<KeyRing> m_keyRing;
  ConfigKeeper* m_keeper = nullptr;  // the config as a text and a file, on the engine's thread
};

}  // namespace sluice
