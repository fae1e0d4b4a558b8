// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>
#include <string>
#include <vector>

/// What is looked at of a request that was translated.
namespace sluice::test {

/// With a blank between.
inline QByteArray namesOf(const std::vector<std::string>& names) {
  QByteArray all;
  for (const std::string& name : names)
    all += (all.isEmpty() ? "" : " ") + QByteArray::fromStdString(name);
  return all;
}

/// By its path, "a/0/b"; objects and arrays as JSON.
inline QString field(const std::string& json, const char* path) {
  QJsonValue value = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
  for (const QString& step : QString::fromLatin1(path).split(QLatin1Char('/'))) {
    bool isIndex = false;
    const int index = step.toInt(&isIndex);
    value = isIndex ? value.toArray().at(index) : value.toObject().value(step);
  }
  if (value.isUndefined()) return QStringLiteral("(none)");
  if (value.isObject())
    return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
  if (value.isArray())
    return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
  return value.toVariant().toString();
}

}  // namespace sluice::test
