// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/engine.h"

/// What tests of a config and its file share: a file, and an edit of it.
namespace sluice::test {

inline const QByteArray kText =
    "# mine\nversion: 1\nserver: {listen: '127.0.0.1:0'}\nproviders:\n  - id: a   # the one\n"
    "    dialect: mock\n    limits: {requests_per_minute: 500, queue: 7}   # asked for\n"
    "routes:\n  - model: m\n    targets: [{provider: a, weight: 2}]\n";

inline QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
inline void write(const QString& path, const QByteArray& text) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
  file.write(text);
}
inline QByteArray with(QByteArray text, const char* from, const char* to) {
  return text.replace(from, to);
}

inline Engine::Change perMinute(std::uint32_t value) {
  return [value](const config::Config& now) {
    config::ReadResult changed{now, {}};
    changed.config->providers[0].limits.requestsPerMinute = value;
    return changed;
  };
}
inline std::vector<std::string> warningsOf(Engine& engine) {
  std::vector<std::string> all;
  for (const Event& event : engine.takeEvents()) {
    if (event.kind == Event::Kind::Warning) all.push_back(event.text);
  }
  return all;
}
inline std::uint32_t limitOf(const Engine& engine) {
  return engine.config()->providers[0].limits.requestsPerMinute.value_or(0);
}
inline std::string newestOf(const Engine& engine) {
  return engine.revisions().back().what;
}

/// A file that says kText, anew.
inline QString freshConfig(const QTemporaryDir& folder) {
  const QString file = folder.filePath(QStringLiteral("sluice.yaml"));
  QFile::remove(file);
  write(file, kText);
  return file;
}

}  // namespace sluice::test
