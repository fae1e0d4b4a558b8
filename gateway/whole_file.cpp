// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QTemporaryFile>
#include <cerrno>
#include <cstdio>

namespace sluice {

namespace {

QString problemOf(const QString& file, const QString& why) {
  return QStringLiteral("cannot write %1: %2").arg(file, why);
}

std::optional<std::string> contentsOf(const QString& file) {
  QFile in(file);
  if (!in.open(QIODevice::ReadOnly)) return std::nullopt;
  return in.readAll().toStdString();
}

/// Puts a text on the disk, in a file that is to be as the one in whose place it comes.
bool put(QFileDevice& file, const std::string& text, const QString& target) {
  QFile::Permissions mode = QFile::ReadOwner | QFile::WriteOwner;
  struct stat before {};
  if (::stat(QFile::encodeName(target).constData(), &before) == 0) {
    mode = QFile::permissions(target);
    // Root may give it away; others have nothing to give but to their groups.
    [[maybe_unused]] const bool given =
        ::fchown(file.handle(), before.st_uid, before.st_gid) == 0 ||
        ::fchown(file.handle(), static_cast<uid_t>(-1), before.st_gid) == 0;
  }
  const auto size = static_cast<qint64>(text.size());
  return file.setPermissions(mode) && file.write(text.data(), size) == size && file.flush() &&
         ::fsync(file.handle()) == 0;
}

int exchange(const QString& a, const QString& b) {
  return ::renameat2(AT_FDCWD, QFile::encodeName(a).constData(), AT_FDCWD,
                     QFile::encodeName(b).constData(), RENAME_EXCHANGE);
}

}  // namespace

QString targetOf(const QString& file) {
  const QString canonical = QFileInfo(file).canonicalFilePath();
  return canonical.isEmpty() ? file : canonical;
}

QString writeWhole(const QString& file, const std::string& text) {
  const QString target = targetOf(file);
  QSaveFile save(target);
  const bool written = save.open(QIODevice::WriteOnly) && put(save, text, target) && save.commit();
  return written ? QString() : problemOf(target, save.errorString());
}

Replaced replaceWhole(const QString& file, const std::string& expected, const std::string& text,
                      const std::function<void()>& beforeExchange) {
  const QString target = targetOf(file);
  // By a name of its own, as another program may do the same; whatever bears it in the end is removed.
  QTemporaryFile made(target + QStringLiteral(".XXXXXX"));
  if (!made.open() || made.fileName().isEmpty() || !put(made, text, target)) {
    return {problemOf(target, made.errorString()), {}};
  }
  const QString next = made.fileName();
  if (beforeExchange) beforeExchange();
  if (exchange(next, target) == 0) {
    std::optional<std::string> before = contentsOf(next);
    if (before == expected) return {};
    // Somebody's edit: it goes back, unless a newer one has come to its place by now.
    if (exchange(next, target) != 0) {  // ours has gone from there
      ::rename(QFile::encodeName(next).constData(), QFile::encodeName(target).constData());
    } else if (contentsOf(next) != text) {
      exchange(next, target);
      before = contentsOf(target);
    }
    return {{}, before.value_or(std::string())};
  }
  const std::optional<std::string> now = contentsOf(target);
  if (now && now != expected) return {{}, now};
  if (::rename(QFile::encodeName(next).constData(), QFile::encodeName(target).constData()) == 0) {
    return {};
  }
  return {problemOf(target, qt_error_string(errno)), {}};
}

}  // namespace sluice
