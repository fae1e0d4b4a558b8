// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <optional>
#include <string>

/// Files that are written whole or not at all, whatever ends the program, and that lose no edit of
/// somebody else. Any thread; they block until the disk has it.
namespace sluice {

/// Where a link leads: the file behind it is written, and the link stays one.
QString targetOf(const QString& file);

/// The problem, in words that name the file; empty: written. A new file is its owner's alone (0600), of
/// one that exists mode, group and owner are kept, as far as the system lets us.
QString writeWhole(const QString& file, const std::string& text);

struct Replaced {
  QString problem;  ///< empty: written, or `theirs`
  /// What the file held instead of what was expected; it still does.
  std::optional<std::string> theirs;
};

/// Writes `file` if it holds `expected`, or has gone. The two are exchanged in one step of the kernel
/// (renameat2(2), RENAME_EXCHANGE) and what comes back is compared, so that no moment is left in which an
/// edit could be overwritten unseen; only where the file system has no exchange, there is the moment
/// between a look and rename(2). `beforeExchange` is for tests.
Replaced replaceWhole(const QString& file, const std::string& expected, const std::string& text,
                      const std::function<void()>& beforeExchange = {});

}  // namespace sluice
