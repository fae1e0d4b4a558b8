// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/admin_token.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <cerrno>
#include <cstring>

namespace sluice::app {

namespace {

constexpr int kBytes = 32;

QByteArray makeToken() {
  QByteArray bytes(kBytes, Qt::Uninitialized);
  for (char& byte : bytes) {
    byte = static_cast<char>(QRandomGenerator::system()->bounded(256));
  }
  return bytes.toHex();
}

std::string failure(const char* what, const QByteArray& path) {
  return std::string("cannot ") + what + " " + path.toStdString() + ": " + std::strerror(errno);
}

}  // namespace

QString stateDirectory() {
  const QString given = qEnvironmentVariable("XDG_STATE_HOME");
  // Relative values do not count (XDG base directory rules).
  const QString base =
      QDir::isAbsolutePath(given) ? given : QDir::homePath() + QStringLiteral("/.local/state");
  return base + QStringLiteral("/sluice");
}

std::string adminToken(std::string& problem) {
  const QString folder = stateDirectory();
  const QByteArray path = QFile::encodeName(folder + QStringLiteral("/token"));
  if (!QDir().mkpath(folder)) {
    problem = failure("make the folder", QFile::encodeName(folder));
    return {};
  }
  // Made with its mode, so that at no time anybody else can read it.
  const int made = ::open(path.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) {
    const QByteArray token = makeToken();
    const QByteArray line = token + '\n';
    const bool written = ::write(made, line.constData(), static_cast<std::size_t>(line.size())) ==
                         static_cast<ssize_t>(line.size());
    if (!written) problem = failure("write", path);
    ::close(made);
    if (written) return token.toStdString();
    ::unlink(path.constData());
    return {};
  }
  QFile file(QFile::decodeName(path));
  if (errno != EEXIST || !file.open(QIODevice::ReadOnly)) {
    problem = failure("read", path);
    return {};
  }
  ::chmod(path.constData(), 0600);
  const QByteArray token = file.readLine().trimmed();
  if (token.size() < 2 * kBytes) {
    problem =
        path.toStdString() + " holds no token; remove it, and another is made at the next start";
    return {};
  }
  return token.toStdString();
}

}  // namespace sluice::app
