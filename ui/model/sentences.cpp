// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/sentences.h"

#include <QCoreApplication>

namespace sluice::ui {

Sentences::Sentences(const char* context, std::initializer_list<const char*> sources)
    : m_context(context) {
  static const QRegularExpression place(QStringLiteral("%\\d"));
  for (const char* source : sources) {
    QStringList pieces = QString::fromLatin1(source).split(place);
    for (QString& piece : pieces) piece = QRegularExpression::escape(piece);
    m_sentences.push_back(
        {source, QRegularExpression(
                     QRegularExpression::anchoredPattern(pieces.join(QStringLiteral("(.+?)"))),
                     QRegularExpression::DotMatchesEverythingOption)});
  }
}

QString Sentences::filled(const QString& text, const QStringList& values) {
  QString out;
  for (qsizetype i = 0; i < text.size(); ++i) {
    const int place =
        text[i] == QLatin1Char('%') && i + 1 < text.size() ? text[i + 1].digitValue() : -1;
    if (place < 1 || place > values.size()) {
      out += text[i];
      continue;
    }
    out += values[place - 1];
    ++i;
  }
  return out;
}

QString Sentences::said(const QString& text, const Inner& inner) const {
  for (const Sentence& sentence : m_sentences) {
    const auto match = sentence.form.match(text);
    if (!match.hasMatch()) continue;
    QStringList values = match.capturedTexts().mid(1);
    if (inner) {
      for (QString& value : values) value = inner(value);
    }
    return filled(QCoreApplication::translate(m_context, sentence.source), values);
  }
  return text;
}

}  // namespace sluice::ui
