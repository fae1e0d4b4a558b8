// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/text_edit.h"
#include "gateway/config_history.h"

class QFileSystemWatcher;
class QTimer;

namespace sluice {

/// The file was changed by somebody else while a change of ours was not written yet.
struct FileConflict {
  std::string base;                   ///< what both began with
  std::string mine;                   ///< what is in force here
  std::string theirs;                 ///< what stands in the file
  std::optional<std::string> merged;  ///< both; nothing when they touch the same values
  std::string why;                    ///< why there is no `merged`, in words
};

enum class Resolution : std::uint8_t {
  Reload,    ///< the file's; mine is kept in the history
  KeepMine,  ///< mine is written; the file's is kept in the history
  Merge,     ///< both
};

/// How the config in force stands to its file.
struct FileState {
  QString file;  ///< empty: there is none, changes last as long as the program
  bool saved = true;
  QString readOnly;  ///< why the file cannot be written; empty: it can
  QString problem;   ///< why the last change was not written; empty: it was
  /// Why what stands in the file is not in force: its first fault; empty: it is, or was not read yet.
  QString refused;
};

/// Keeps the config in force and its file one: what is changed here is written there, value by value,
/// and what is changed there is read. Never overwrites an edit it has not seen. Confined to the
/// engine's thread.
class ConfigKeeper final : public QObject {
  Q_OBJECT
 public:
  struct Hooks {
    /// Brings a config into force in place of that revision; the faults, if it is refused. Nothing: another
    /// one is in force by now, and stays.
    std::function<std::optional<std::vector<config::Fault>>(config::Config, std::uint64_t revision)>
        apply;
    struct InForce {
      std::shared_ptr<const config::Config> config;  ///< null: none yet
      std::uint64_t revision = 0;
    };
    /// The config in force. Others change it on other threads, and post a settle() afterwards.
    std::function<InForce()> inForce;
    std::function<void(Author, const std::string& what, std::uint64_t revision)> told;
    std::function<void(const std::string& problem)> warn;
    std::function<void(std::vector<config::Fault>)> refused;
  };
  ConfigKeeper(Hooks hooks, const QString& historyFolder, QObject* parent = nullptr);

  std::vector<config::Fault> load(const QString& file);
  std::vector<config::Fault> reload();
  /// Begins with a config that is of no file. `text` empty: made of the config.
  void begin(config::Config config, std::string text = {});

  /// Values are being changed and more is to come: nothing is written until settle().
  void unsettled() { m_unsettled = true; }
  /// What is in force is written, and kept in the history as the work of `author`.
  void settle(Author author);
  /// A whole text comes into force and is written.
  std::vector<config::Fault> replace(const std::string& text, Author author,
                                     const std::string& what);
  /// Writes the config to a new file, which is its file from now on. The problem; empty: done.
  QString saveAs(const QString& file);

  const std::string& text() const { return m_text; }
  FileState state() const;
  const std::deque<Revision>& revisions() const { return m_history.revisions(); }
  const std::optional<FileConflict>& conflict() const { return m_conflict; }
  std::vector<config::Fault> resolve(Resolution resolution);
  /// Somebody asks people about conflicts; otherwise what can be merged is, and else the file wins.
  void setAsked(bool asked) { m_asked = asked; }

 signals:
  void conflicted();
  /// state() or revisions() are others.
  void changed();

 private:
  std::optional<std::string> readDisk(QString* problem = nullptr) const;
  enum class Over : std::uint8_t { Settled, Anything };
  std::optional<std::vector<config::Fault>> take(const std::string& disk, Author author, Over over);
  std::vector<config::Fault> readAgain();
  std::optional<std::vector<config::Fault>> bring(const std::string& text, Author author,
                                                  const std::string& what);
  bool takeUp(Author author);
  void catchUp();
  struct Carried {
    config::Config config;
    std::vector<config::Change> lost;
  };
  Carried carryOver(const config::Config& to) const;
  void tellLost(const std::vector<config::Change>& lost);
  void tellUnsaid(std::vector<std::string> unsaid);
  std::vector<config::Fault> refuse(std::vector<config::Fault> faults);
  void look();
  void watch();
  void write();
  std::vector<config::Fault> collide(std::string theirs);
  void remember(Author author, const std::string& what, const std::string& text);

  Hooks m_hooks;
  ConfigHistory m_history;
  QString m_file;
  std::string m_text;       // of the config in force, once settled
  config::Config m_config;  // what m_text reads as
  config::Config m_mine;    // what was in force then, with what the text cannot say
  std::string m_disk;       // what was last read as sound, or written
  std::string m_seen;       // what was last read
  QString m_problem;
  std::vector<std::string> m_unsaid;  // why m_config is not m_mine
  QString m_refused;
  bool m_unsettled = false;
  bool m_asked = false;
  std::optional<FileConflict> m_conflict;
  QFileSystemWatcher* m_watcher;
  QTimer* m_watchTimer;
};

}  // namespace sluice
