// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config_history.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <array>
#include <utility>

namespace sluice {

namespace {
constexpr std::array<const char*, 5> kWords = {"start", "file", "window", "admin", "rollback"};
}

const char* wordOf(Author author) {
  return kWords[static_cast<std::size_t>(author)];
}

ConfigHistory::ConfigHistory(const QString& folder) : m_folder(folder) {
  if (m_folder.isEmpty()) return;
  const QDir dir(m_folder);
  const auto names = dir.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name);
  for (const QString& name : names) {
    QFile file(dir.filePath(name));
    if (!file.open(QIODevice::ReadOnly)) continue;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    Revision revision;
    revision.number = name.section(QLatin1Char('.'), 0, 0).toULongLong();
    revision.at = json[QLatin1String("at")].toInteger();
    revision.what = json[QLatin1String("what")].toString().toStdString();
    revision.text = json[QLatin1String("text")].toString().toStdString();
    const QString who = json[QLatin1String("who")].toString();
    for (std::size_t i = 0; i < kWords.size(); ++i) {
      if (who == QLatin1String(kWords[i])) revision.author = static_cast<Author>(i);
    }
    if (revision.number > 0 && !revision.text.empty()) m_revisions.push_back(std::move(revision));
  }
}

QString ConfigHistory::fileOf(std::uint64_t number) const {
  return m_folder + QStringLiteral("/%1.json").arg(number, 9, 10, QLatin1Char('0'));
}

QString ConfigHistory::add(Author author, std::string what, std::string text) {
  if (!m_revisions.empty() && m_revisions.back().text == text) return {};
  const std::uint64_t number = m_revisions.empty() ? 1 : m_revisions.back().number + 1;
  m_revisions.push_back(
      {number, QDateTime::currentMSecsSinceEpoch(), author, std::move(what), std::move(text)});
  const Revision& made = m_revisions.back();
  QString problem;
  if (!m_folder.isEmpty()) {
    QDir().mkpath(m_folder);
    QSaveFile file(fileOf(number));
    const QJsonObject json{{QStringLiteral("at"), static_cast<qint64>(made.at)},
                           {QStringLiteral("who"), QLatin1String(wordOf(author))},
                           {QStringLiteral("what"), QString::fromStdString(made.what)},
                           {QStringLiteral("text"), QString::fromStdString(made.text)}};
    const QByteArray bytes = QJsonDocument(json).toJson(QJsonDocument::Compact);
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
                         file.write(bytes) == bytes.size() && file.commit();
    if (!written) {
      problem = QStringLiteral("cannot keep this config in the history: %1: %2")
                    .arg(fileOf(number), file.errorString());
    }
  }
  while (m_revisions.size() > kMost) {
    if (!m_folder.isEmpty()) QFile::remove(fileOf(m_revisions.front().number));
    m_revisions.pop_front();
  }
  return problem;
}

}  // namespace sluice
