// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <deque>
#include <string>

namespace sluice {

/// Who brought a config into force.
enum class Author : std::uint8_t {
  Start,     ///< as it was found when the program began
  File,      ///< an edit of the file
  Window,    ///< a person at the window
  Admin,     ///< the admin paths
  Rollback,  ///< a person who went back to an earlier one
};
/// "file", "window": as in the history's files.
const char* wordOf(Author author);

/// One config that was in force.
struct Revision {
  std::uint64_t number = 0;  ///< from 1; goes on over restarts, and is nobody else's
  std::int64_t at = 0;       ///< milliseconds since 1970, UTC
  Author author = Author::Start;
  std::string what;  ///< "openai.requests_per_minute 500 -> 600"
  std::string text;  ///< the whole file
};

/// The last kMost configs, oldest first, each a file in a folder: readable by its owner only, written
/// whole or not at all. Programs may share a folder: each sees what the others have kept when it begins, and
/// when it keeps one itself. Confined to one thread.
class ConfigHistory {
 public:
  static constexpr std::size_t kMost = 200;

  /// Reads what is there; files that are damaged are passed over. Empty: in memory only.
  explicit ConfigHistory(const QString& folder = {});
  /// Nothing if the newest one has the same text. The returned problem is one line; empty: kept.
  QString add(Author author, std::string what, std::string text);
  const std::deque<Revision>& revisions() const { return m_revisions; }

 private:
  QString fileOf(std::uint64_t number) const;
  /// Reads what has come after the newest; the highest number in the folder.
  std::uint64_t readNew();
  void read(std::uint64_t number);
  QString write(const Revision& revision) const;

  QString m_folder;
  std::deque<Revision> m_revisions;
};

}  // namespace sluice
