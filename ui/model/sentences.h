// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QString>
#include <QStringList>
#include <functional>
#include <initializer_list>
#include <vector>

namespace sluice::ui {

/// What the engine says in English, sentence by sentence, to be said in the language of the window.
/// UI thread only.
class Sentences {
 public:
  /// `context`: of the translations. `sources`: marked with QT_TRANSLATE_NOOP, with %1 to %9, each once and
  /// in this order, where something varies. The first that fits counts.
  Sentences(const char* context, std::initializer_list<const char*> sources);

  /// How a value is said.
  using Inner = std::function<QString(const QString&)>;
  /// `text` in the language of the window when it is one of these; else as it is. Values stay as they are
  /// without `inner`.
  QString said(const QString& text, const Inner& inner = {}) const;

  /// Puts each value into its place, once: a value may itself hold a "%1".
  static QString filled(const QString& text, const QStringList& values);

 private:
  struct Sentence {
    const char* source;
    QRegularExpression form;
  };
  const char* const m_context;
  std::vector<Sentence> m_sentences;
};

}  // namespace sluice::ui
