// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
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

/// The reason; empty: written.
QString write(const QString& file, const std::string& text, QFile::Permissions mode) {
  QSaveFile save(file);
  const auto size = static_cast<qint64>(text.size());
  const bool written = save.open(QIODevice::WriteOnly) && save.setPermissions(mode) &&
                       save.write(text.data(), size) == size && save.flush() &&
                       ::fsync(save.handle()) == 0 && save.commit();
  return written ? QString() : save.errorString();
}

QFile::Permissions modeOf(const QString& file) {
  const QFileInfo info(file);
  return info.exists() ? info.permissions() : QFile::ReadOwner | QFile::WriteOwner;
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
  const QString why = write(target, text, modeOf(target));
  return why.isEmpty() ? QString() : problemOf(target, why);
}

Replaced replaceWhole(const QString& file, const std::string& expected, const std::string& text,
                      const std::function<void()>& beforeExchange) {
  const QString target = targetOf(file);
  const QString next = target + QStringLiteral(".sluice-new");
  if (const QString why = write(next, text, modeOf(target)); !why.isEmpty()) {
    return {problemOf(target, why), {}};
  }
  if (beforeExchange) beforeExchange();
  if (exchange(next, target) == 0) {
    std::optional<std::string> before = contentsOf(next);
    if (before == expected) {
      QFile::remove(next);
      return {};
    }
    // Somebody's edit: it goes back, unless a newer one has come to its place by now.
    if (exchange(next, target) != 0) {  // ours has gone from there
      ::rename(QFile::encodeName(next).constData(), QFile::encodeName(target).constData());
    } else if (contentsOf(next) != text) {
      exchange(next, target);
      before = contentsOf(target);
    }
    QFile::remove(next);
    return {{}, before.value_or(std::string())};
  }
  const std::optional<std::string> now = contentsOf(target);
  if (now && now != expected) {
    QFile::remove(next);
    return {{}, now};
  }
  if (::rename(QFile::encodeName(next).constData(), QFile::encodeName(target).constData()) == 0) {
    return {};
  }
  const QString why = qt_error_string(errno);
  QFile::remove(next);
  return {problemOf(target, why), {}};
}

}  // namespace sluice
