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
  if (!m_folder.isEmpty()) readNew();
}

std::uint64_t ConfigHistory::readNew() {
  std::uint64_t last = m_revisions.empty() ? 0 : m_revisions.back().number;
  const auto names = QDir(m_folder).entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name);
  for (const QString& name : names) {
    const std::uint64_t number = name.section(QLatin1Char('.'), 0, 0).toULongLong();
    if (number <= last) continue;
    read(number);
    last = number;
  }
  return last;
}

/// What is damaged, or not written yet, is passed over.
void ConfigHistory::read(std::uint64_t number) {
  QFile file(fileOf(number));
  if (number == 0 || !file.open(QIODevice::ReadOnly)) return;
  const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
  Revision revision;
  revision.number = number;
  revision.at = json[QLatin1String("at")].toInteger();
  revision.what = json[QLatin1String("what")].toString().toStdString();
  revision.text = json[QLatin1String("text")].toString().toStdString();
  const QString who = json[QLatin1String("who")].toString();
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (who == QLatin1String(kWords[i])) revision.author = static_cast<Author>(i);
  }
  if (!revision.text.empty()) m_revisions.push_back(std::move(revision));
}

QString ConfigHistory::fileOf(std::uint64_t number) const {
  return m_folder + QStringLiteral("/%1.json").arg(number, 9, 10, QLatin1Char('0'));
}

QString ConfigHistory::add(Author author, std::string what, std::string text) {
  if (!m_revisions.empty() && m_revisions.back().text == text) return {};
  std::uint64_t number = m_revisions.empty() ? 1 : m_revisions.back().number + 1;
  QString problem;
  if (!m_folder.isEmpty()) {
    QDir().mkpath(m_folder);
    // What another program with this folder has kept, of which the first may be gone by now.
    number = readNew() + 1;
    if (!m_revisions.empty() && m_revisions.back().text == text) return {};  // from the same file
    // A number is whose file it is: the other may be taking it just now.
    QFile taken(fileOf(number));
    while (!taken.open(QIODevice::WriteOnly | QIODevice::NewOnly) && taken.exists()) {
      read(number);
      if (!m_revisions.empty() && m_revisions.back().text == text) return {};
      taken.setFileName(fileOf(++number));
    }
  }
  m_revisions.push_back(
      {number, QDateTime::currentMSecsSinceEpoch(), author, std::move(what), std::move(text)});
  if (!m_folder.isEmpty()) problem = write(m_revisions.back());
  while (m_revisions.size() > kMost) {
    if (!m_folder.isEmpty()) QFile::remove(fileOf(m_revisions.front().number));
    m_revisions.pop_front();
  }
  return problem;
}

QString ConfigHistory::write(const Revision& revision) const {
  QSaveFile file(fileOf(revision.number));
  const QJsonObject json{{QStringLiteral("at"), static_cast<qint64>(revision.at)},
                         {QStringLiteral("who"), QLatin1String(wordOf(revision.author))},
                         {QStringLiteral("what"), QString::fromStdString(revision.what)},
                         {QStringLiteral("text"), QString::fromStdString(revision.text)}};
  const QByteArray bytes = QJsonDocument(json).toJson(QJsonDocument::Compact);
  const bool written = file.open(QIODevice::WriteOnly) &&
                       file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
                       file.write(bytes) == bytes.size() && file.commit();
  if (written) return {};
  const QString why = file.errorString();
  QFile::remove(file.fileName());
  return QStringLiteral("cannot keep this config in the history: %1: %2").arg(file.fileName(), why);
}

}  // namespace sluice
