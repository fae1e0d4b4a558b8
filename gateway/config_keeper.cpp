// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config_keeper.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QTimer>
#include <algorithm>
#include <deque>
#include <filesystem>
#include <set>
#include <utility>

#include "gateway/config/text_edit.h"
#include "gateway/config/yaml.h"
#include "gateway/whole_file.h"

namespace sluice {

namespace {

constexpr int kWatchSettleMs = 50;
constexpr int kMostLinks = 40;  // as the kernel: path_resolution(7)

/// Where each name of an absolute path stands, those of links on the way included: whoever puts another
/// thing there by such a name puts another file in its place.
QStringList foldersOnTheWayTo(const QString& file) {
  const std::filesystem::path path(QFile::encodeName(file).toStdString());
  std::set<std::filesystem::path> folders;
  std::filesystem::path at;
  std::deque<std::filesystem::path> rest(path.begin(), path.end());
  for (int links = 0; !rest.empty() && links <= kMostLinks;) {
    const std::filesystem::path name = std::move(rest.front());
    rest.pop_front();
    if (name.is_absolute()) {
      at = name;
    } else if (name == "..") {
      at = at.parent_path();
    } else if (!name.empty() && name != ".") {
      folders.insert(at);
      std::error_code isNone;
      const auto target = std::filesystem::read_symlink(at / name, isNone);
      if (isNone) {
        at /= name;
      } else {
        ++links;
        rest.insert(rest.begin(), target.begin(), target.end());
      }
    }
  }
  QStringList names;
  for (const auto& folder : folders) names << QFile::decodeName(folder.c_str());
  return names;
}

}  // namespace

ConfigKeeper::ConfigKeeper(Hooks hooks, const QString& historyFolder, QObject* parent)
    : QObject(parent),
      m_hooks(std::move(hooks)),
      m_history(historyFolder),
      m_watcher(new QFileSystemWatcher(this)),
      m_watchTimer(new QTimer(this)) {
  m_watchTimer->setSingleShot(true);
  m_watchTimer->setInterval(kWatchSettleMs);
  connect(m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { m_watchTimer->start(); });
  // In a folder others may be at work without a pause.
  connect(m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
    if (!m_watchTimer->isActive()) m_watchTimer->start();
  });
  connect(m_watchTimer, &QTimer::timeout, this, &ConfigKeeper::look);
}

// --- from the file

void ConfigKeeper::watch() {
  // Told anew each time: what stands by a name may be another thing by now, of which the watcher knows
  // nothing.
  const QStringList before = m_watcher->files() + m_watcher->directories();
  if (!before.isEmpty()) m_watcher->removePaths(before);
  if (m_file.isEmpty()) return;
  QStringList paths = foldersOnTheWayTo(m_file);
  paths << QFileInfo(m_file).canonicalFilePath();
  for (const QString& path : paths) {
    if (QFileInfo(path).isReadable()) m_watcher->addPath(path);
  }
}

std::optional<std::string> ConfigKeeper::readDisk(QString* problem) const {
  QFile file(m_file);
  QByteArray text;
  if (file.open(QIODevice::ReadOnly)) text = file.readAll();
  if (file.error() == QFileDevice::NoError) return text.toStdString();
  if (problem) *problem = file.errorString();
  return std::nullopt;
}

std::vector<config::Fault> ConfigKeeper::load(const QString& file) {
  m_file = QFileInfo(file).absoluteFilePath();
  m_conflict.reset();
  m_text.clear();
  m_disk.clear();
  watch();
  QString problem;
  const auto disk = readDisk(&problem);
  if (!disk) {
    return refuse({{"", "cannot read the file: " + problem.toStdString(), 0, 0}});
  }
  return *take(*disk, Author::Start, Over::Anything);
}

std::vector<config::Fault> ConfigKeeper::reload() {
  if (m_file.isEmpty()) {
    return {{"", "there is no config file to reload: the config was not read from one", 0, 0}};
  }
  watch();
  QString problem;
  const auto disk = readDisk(&problem);
  if (!disk) {
    return refuse({{"", "cannot read the file: " + problem.toStdString(), 0, 0}});
  }
  if (m_text != m_disk && *disk != m_disk) return collide(*disk);
  if (*disk == m_disk && !m_disk.empty()) {
    if (!m_refused.isEmpty()) {
      look();
    } else if (m_text != m_disk && !m_unsettled) {
      write();  // what stood in the way may be gone
    }
    return readAgain();
  }
  if (auto faults = take(*disk, Author::File, Over::Settled)) return std::move(*faults);
  catchUp();
  return reload();
}

/// The file is as it was; the keys that it refers to may be others.
std::vector<config::Fault> ConfigKeeper::readAgain() {
  std::optional<std::vector<config::Fault>> faults;
  while (!faults) {
    const auto [mine, revision] = m_hooks.inForce();
    faults = m_hooks.apply(*mine, revision);
  }
  if (!faults->empty()) return refuse(std::move(*faults));
  m_hooks.told(Author::File, "nothing has changed but perhaps the keys",
               m_hooks.inForce().revision);
  return {};
}

/// A config that was read, with what is in force though the text before cannot say it; that would be lost
/// without a word else. What the new one changes too is its own.
ConfigKeeper::Carried ConfigKeeper::carryOver(const config::Config& to) const {
  const auto theirs = config::changesBetween(m_config, to);
  std::vector<config::Change> unsaid = config::changesBetween(m_config, m_mine);
  std::erase_if(unsaid, [&](const config::Change& change) {  // said by now
    return std::ranges::find(theirs, change) != theirs.end();
  });
  const auto stay = std::stable_partition(
      unsaid.begin(), unsaid.end(),
      [&](const config::Change& change) { return config::touchTheSame({change}, theirs); });
  if (stay == unsaid.end()) return {to, std::move(unsaid)};
  config::ReadResult both = config::applyChanges(to, {stay, unsaid.end()});
  if (!both.config) return {to, std::move(unsaid)};
  unsaid.erase(stay, unsaid.end());
  return {std::move(*both.config), std::move(unsaid)};
}

/// Reads a text of the file and brings it into force. Nothing: there is an edit that is not settled, over
/// which it is not to go.
std::optional<std::vector<config::Fault>> ConfigKeeper::take(const std::string& disk, Author author,
                                                             Over over) {
  config::ReadResult read = config::readYaml(disk);
  std::optional<std::vector<config::Fault>> faults;
  Carried carried;
  if (!read.config) {
    faults = std::move(read.faults);
  } else {
    carried = m_text.empty() ? Carried{*read.config, {}} : carryOver(*read.config);
  }
  while (!faults) {
    const auto [mine, revision] = m_hooks.inForce();
    if (over == Over::Settled && mine && !(*mine == m_mine)) return std::nullopt;
    faults = m_hooks.apply(carried.config, revision);
  }
  m_seen = disk;
  if (!faults->empty()) return refuse(std::move(*faults));
  const std::string what = author == Author::Start || m_text.empty()
                               ? std::string("as it was read")
                               : config::describe(config::changesBetween(m_config, *read.config));
  m_text = m_disk = disk;
  m_config = std::move(*read.config);
  m_mine = std::move(carried.config);
  m_unsettled = false;
  m_conflict.reset();
  m_problem.clear();
  m_refused.clear();
  remember(author, what.empty() ? "remarks or order" : what, disk);
  m_hooks.told(author, author == Author::Start ? std::string() : what, m_hooks.inForce().revision);
  tellLost(carried.lost);
  settle(Author::Admin);  // this text may be able to say what was carried over
  return faults;
}

/// What stands in the file does not come into force: that is known until it is mended.
std::vector<config::Fault> ConfigKeeper::refuse(std::vector<config::Fault> faults) {
  m_refused = QString::fromStdString(config::describe(faults.front(), m_file.toStdString()));
  m_hooks.refused(faults);
  emit changed();
  return faults;
}

/// The file may be another.
void ConfigKeeper::look() {
  watch();
  const auto disk = readDisk();
  // In the middle of being replaced; if it stays away, a reload will say so.
  if (!disk) return;
  if (*disk == m_disk && !m_refused.isEmpty()) {  // as it was before it was refused
    m_seen = m_disk;
    m_refused.clear();
    m_conflict.reset();
    // What was changed here meanwhile has waited for that.
    if (m_text != m_disk && !m_unsettled) write();
    emit changed();
    return;
  }
  if (*disk == m_disk || *disk == m_seen) return;
  if (m_unsettled) return;  // settle() will see it
  if (m_text != m_disk || m_conflict) {
    collide(*disk);
  } else if (!take(*disk, Author::File, Over::Settled)) {
    catchUp();
    look();
  }
}

// --- to the file

void ConfigKeeper::begin(config::Config config, std::string text) {
  m_text = text.empty() ? config::toYaml(config) : std::move(text);
  m_config = m_mine = std::move(config);
  m_unsaid.clear();
  if (m_file.isEmpty()) m_disk = m_text;
  remember(Author::Start, "as it was read", m_text);
}

void ConfigKeeper::settle(Author author) {
  if (takeUp(author)) write();
}

/// Makes the text say what is in force. False: nothing is.
bool ConfigKeeper::takeUp(Author author) {
  m_unsettled = false;
  const auto [mine, revision] = m_hooks.inForce();
  if (!mine) return false;
  if (m_text.empty()) begin(m_config);
  m_mine = *mine;
  std::vector<std::string> unsaid;
  if (!(m_mine == m_config)) {
    config::PartlyEdited edited = config::editTextToward(m_text, m_config, m_mine);
    unsaid = std::move(edited.unsaid);
    if (!(edited.config == m_config)) {
      const std::string what = config::describe(config::changesBetween(m_config, edited.config));
      m_text = std::move(edited.text);
      m_config = std::move(edited.config);
      remember(author, what, m_text);
      m_hooks.told(author, what, revision);
    }
  }
  tellUnsaid(std::move(unsaid));
  return true;
}

/// Each once: it may stay so while others come and are written.
void ConfigKeeper::tellUnsaid(std::vector<std::string> unsaid) {
  for (const std::string& why : unsaid) {
    if (std::ranges::find(m_unsaid, why) == m_unsaid.end()) {
      m_hooks.warn("the change is in force, but not written: " + why);
    }
  }
  m_unsaid = std::move(unsaid);
}

void ConfigKeeper::tellLost(const std::vector<config::Change>& lost) {
  for (const config::Change& change : lost) {
    m_hooks.warn("a change that could not be written has given way to a later one: " +
                 config::describe(change));
  }
}

/// What others have edited and not settled yet is settled.
void ConfigKeeper::catchUp() {
  const auto mine = m_hooks.inForce().config;
  if (m_unsettled) {
    settle(Author::Window);
  } else if (mine && !(*mine == m_mine)) {
    settle(Author::Admin);
  }
}

std::vector<config::Fault> ConfigKeeper::replace(const std::string& text, Author author,
                                                 const std::string& what) {
  for (;;) {
    catchUp();  // so that it is among the revisions
    if (auto faults = bring(text, author, what)) return std::move(*faults);
  }
}

/// A whole text comes into force, if it is in place of what was settled; nothing: it is not, and does not.
std::optional<std::vector<config::Fault>> ConfigKeeper::bring(const std::string& text,
                                                              Author author,
                                                              const std::string& what) {
  config::ReadResult read = config::readYaml(text);
  if (!read.config) return std::move(read.faults);
  Carried carried = carryOver(*read.config);
  std::optional<std::vector<config::Fault>> faults;
  while (!faults) {
    const auto [mine, revision] = m_hooks.inForce();
    if (mine && !(*mine == m_mine)) return std::nullopt;
    faults = m_hooks.apply(carried.config, revision);
  }
  if (!faults->empty()) return faults;
  const std::string change = config::describe(config::changesBetween(m_config, *read.config));
  std::string words = what;
  if (!change.empty()) words += (words.empty() ? "" : ": ") + change;
  m_text = text;
  m_config = std::move(*read.config);
  m_mine = std::move(carried.config);
  remember(author, words.empty() ? "remarks or order" : words, m_text);
  m_hooks.told(author, words, m_hooks.inForce().revision);
  tellLost(carried.lost);
  settle(Author::Admin);  // as in take()
  return faults;
}

void ConfigKeeper::write() {
  m_problem.clear();
  if (m_file.isEmpty()) {
    m_disk = m_text;
  } else if (m_text != m_disk || m_conflict) {
    const auto disk = readDisk(&m_problem);
    if (disk && *disk != m_disk) {
      collide(*disk);
      return;
    }
    if (const QString why = state().readOnly; !why.isEmpty()) {
      m_problem = why;
    } else {
      Replaced replaced = replaceWhole(m_file, m_disk, m_text);
      if (replaced.theirs) {  // in the meantime
        collide(std::move(*replaced.theirs));
        return;
      }
      m_problem = std::move(replaced.problem);
    }
    if (m_problem.isEmpty()) {
      m_disk = m_seen = m_text;
      m_refused.clear();
    } else {
      m_hooks.warn("the change is in force, but not written: " + m_problem.toStdString());
    }
    watch();
    m_watchTimer->start();  // since it was written it may be another
  }
  emit changed();
}

QString ConfigKeeper::saveAs(const QString& file) {
  if (QFileInfo::exists(file)) return QStringLiteral("%1 exists already").arg(file);
  if (m_unsettled) settle(Author::Window);
  if (!QDir().mkpath(QFileInfo(file).absolutePath())) {
    return QStringLiteral("cannot make the folder of %1").arg(file);
  }
  if (const QString problem = writeWhole(file, m_text); !problem.isEmpty()) return problem;
  m_file = QFileInfo(file).absoluteFilePath();
  m_disk = m_seen = m_text;
  m_refused.clear();
  watch();
  m_watchTimer->start();
  emit changed();
  return {};
}

FileState ConfigKeeper::state() const {
  FileState state{
      m_file, m_text == m_disk && !m_unsettled && m_unsaid.empty(), {}, m_problem, m_refused};
  if (m_problem.isEmpty() && !m_unsaid.empty()) {
    state.problem = QString::fromStdString(m_unsaid.front());
  }
  if (m_file.isEmpty()) return state;
  const QFileInfo info(targetOf(m_file));
  const auto permissions = info.permissions();
  // The owner's mark counts even where the system would let us.
  if (info.exists() && (!info.isWritable() || !(permissions & QFile::WriteOwner))) {
    state.readOnly = QStringLiteral("%1 is read-only").arg(m_file);
  } else if (!QFileInfo(info.absolutePath()).isWritable()) {
    state.readOnly = QStringLiteral("the folder of %1 is read-only").arg(m_file);
  }
  return state;
}

void ConfigKeeper::remember(Author author, const std::string& what, const std::string& text) {
  const QString problem = m_history.add(author, what, text);
  if (!problem.isEmpty()) m_hooks.warn(problem.toStdString());
}

// --- both at once

/// The faults, if nobody is asked and what would come into force is refused.
std::vector<config::Fault> ConfigKeeper::collide(std::string theirs) {
  m_seen = theirs;
  FileConflict conflict{m_disk, m_text, std::move(theirs), std::nullopt, {}};
  const config::ReadResult base = config::readYaml(conflict.base);
  const config::ReadResult other = config::readYaml(conflict.theirs);
  if (!other.config) {
    conflict.why = "the file is not sound: " + other.faults.front().message;
  } else if (base.config) {
    const auto ours = config::changesBetween(*base.config, m_config);
    if (config::touchTheSame(ours, config::changesBetween(*base.config, *other.config))) {
      conflict.why = "both changed the same value";
    } else {
      const config::ReadResult both = config::applyChanges(*other.config, ours);
      config::EditedText merged;
      if (both.config) {
        merged = config::editTextTo(
            conflict.theirs, config::changesBetween(*other.config, *both.config), *both.config);
      }
      if (merged.text) {
        conflict.merged = std::move(merged.text);
      } else {
        conflict.why = both.config
                           ? merged.problem
                           : "together they would not be sound: " + both.faults.front().message;
      }
    }
  }
  m_conflict = std::move(conflict);
  emit changed();
  if (m_asked) {
    emit conflicted();
    return {};
  }
  const bool both = m_conflict->merged.has_value();
  auto faults = resolve(both ? Resolution::Merge : Resolution::Reload);
  if (!faults.empty()) return faults;
  m_hooks.warn("the file was changed while a change of ours was not written: " +
               std::string(both ? "both are in force" : "the file's is in force"));
  return {};
}

std::vector<config::Fault> ConfigKeeper::resolve(Resolution resolution) {
  if (!m_conflict) return {};
  const FileConflict conflict = *m_conflict;
  if (resolution == Resolution::Merge && !conflict.merged) return {{"", conflict.why, 0, 0}};
  std::optional<std::vector<config::Fault>> faults;
  if (resolution == Resolution::Reload) {
    faults = take(conflict.theirs, Author::File, Over::Settled);
  } else {
    // Theirs was never in force; it is kept all the same.
    remember(Author::File, "an edit that met a change in the window", conflict.theirs);
    m_conflict.reset();
    m_disk = conflict.theirs;
    const bool both = resolution == Resolution::Merge;
    faults = bring(both ? *conflict.merged : conflict.mine, Author::Window,
                   both ? "merged with the file" : "kept over the file");
    if (!faults || !faults->empty()) {  // nothing is decided yet
      m_disk = conflict.base;
      m_conflict = conflict;
      if (faults) refuse(*faults);
    }
  }
  if (!faults) {  // Another edit has come on another thread: it meets the file's as well.
    takeUp(Author::Admin);
    return collide(conflict.theirs);
  }
  emit changed();
  return std::move(*faults);
}

}  // namespace sluice
