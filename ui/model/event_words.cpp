// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/event_words.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include "ui/model/refusal_words.h"
#include "ui/model/sentences.h"

namespace sluice::ui {

namespace {

constexpr char kContext[] = "EventWords";

Sentences sentences(std::initializer_list<const char*> sources) {
  return {kContext, sources};
}

/// Why a call failed, a key is missing, or a probe was bad.
QString causeWords(const QString& text) {
  static const Sentences known = sentences({
      QT_TRANSLATE_NOOP("EventWords", "status %1"),
      QT_TRANSLATE_NOOP("EventWords", "a time-out"),
      QT_TRANSLATE_NOOP("EventWords", "an answer that broke off"),
      QT_TRANSLATE_NOOP("EventWords", "no answer"),
      QT_TRANSLATE_NOOP("EventWords", "answered %1"),
      QT_TRANSLATE_NOOP("EventWords", "did not answer in %1 s"),
      QT_TRANSLATE_NOOP("EventWords", "waits for its key from the keychain"),
      QT_TRANSLATE_NOOP("EventWords", "has no key: the environment variable %1 is not set"),
      QT_TRANSLATE_NOOP("EventWords",
                        "has no key: the first line of %1 cannot be read or is empty"),
      QT_TRANSLATE_NOOP("EventWords",
                        "has no key: there is no keychain here; use env:NAME or file:PATH"),
      QT_TRANSLATE_NOOP("EventWords", "has no key: %1"),
      QT_TRANSLATE_NOOP("EventWords", "something answers at %1"),
      QT_TRANSLATE_NOOP("EventWords", "%1 is set"),
      QT_TRANSLATE_NOOP("EventWords", "both are in force"),
      QT_TRANSLATE_NOOP("EventWords", "the file's is in force"),
  });
  const QString words = known.said(text);
  return words == text ? refusalWords(text) : words;
}

QString authorWords(const QString& who) {
  static const Sentences known = sentences({
      QT_TRANSLATE_NOOP("EventWords", "start"),
      QT_TRANSLATE_NOOP("EventWords", "file"),
      QT_TRANSLATE_NOOP("EventWords", "window"),
      QT_TRANSLATE_NOOP("EventWords", "admin"),
      QT_TRANSLATE_NOOP("EventWords", "rollback"),
  });
  return known.said(who);
}

QString oneChange(const QString& text) {
  static const Sentences known = sentences({
      QT_TRANSLATE_NOOP("EventWords", "provider %1 added"),
      QT_TRANSLATE_NOOP("EventWords", "provider %1 removed"),
      QT_TRANSLATE_NOOP("EventWords", "%1 added"),
      QT_TRANSLATE_NOOP("EventWords", "%1 removed"),
      QT_TRANSLATE_NOOP("EventWords", "%1 none -> %2"),
      QT_TRANSLATE_NOOP("EventWords", "%1 -> none"),
      QT_TRANSLATE_NOOP("EventWords", "client %1"),
      QT_TRANSLATE_NOOP("EventWords", "as it was read"),
      QT_TRANSLATE_NOOP("EventWords", "remarks or order"),
      QT_TRANSLATE_NOOP("EventWords", "nothing has changed but perhaps the keys"),
      QT_TRANSLATE_NOOP("EventWords", "an edit that met a change in the window"),
      QT_TRANSLATE_NOOP("EventWords", "undo"),
      QT_TRANSLATE_NOOP("EventWords", "redo"),
      QT_TRANSLATE_NOOP("EventWords", "merged with the file"),
      QT_TRANSLATE_NOOP("EventWords", "kept over the file"),
  });
  return known.said(text, [](const QString& value) {
    return value.startsWith(QLatin1String("client ")) ? oneChange(value) : value;
  });
}

QString changes(const QString& text) {
  static const Sentences more = sentences({QT_TRANSLATE_NOOP("EventWords", "%1 and %2 more")});
  static const Sentences why = sentences({
      QT_TRANSLATE_NOOP("EventWords", "undo: %1"),
      QT_TRANSLATE_NOOP("EventWords", "redo: %1"),
      QT_TRANSLATE_NOOP("EventWords", "merged with the file: %1"),
      QT_TRANSLATE_NOOP("EventWords", "kept over the file: %1"),
  });
  const QString comma = QStringLiteral(", ");
  const auto each = [&](const QString& list) {
    QStringList all = list.split(comma);
    for (QString& one : all) one = oneChange(one);
    return all.join(comma);
  };
  const auto list = [&](const QString& inner) {
    const QString words = more.said(inner, each);
    return words == inner ? each(inner) : words;
  };
  const QString words = why.said(text, list);
  return words == text ? list(text) : words;
}

const Sentences& sentencesOf(Event::Kind kind) {
  static const Sentences breaker = sentences({
      QT_TRANSLATE_NOOP("EventWords", "the breaker opened: the provider refused our key (%1)"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker opened: a probe failed (%1)"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker opened: a call failed (%1)"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker opened: %1 failures in a row, the last: %2"),
      QT_TRANSLATE_NOOP("EventWords",
                        "the breaker opened: %1 of %2 calls failed in %3 s, the limit is %4 %"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker was opened by hand"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker was reset by hand"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker is held closed by hand until it is reset"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker is held open by hand until it is reset"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker closed: the provider is back"),
      QT_TRANSLATE_NOOP("EventWords", "the breaker lets probes through"),
      QT_TRANSLATE_NOOP("EventWords", "answered 429: left alone for %1 s"),
      QT_TRANSLATE_NOOP("EventWords", "its health probe is answered again"),
      QT_TRANSLATE_NOOP("EventWords", "listening"),
      QT_TRANSLATE_NOOP("EventWords", "no longer listening"),
  });
  static const Sentences applied = sentences({
      QT_TRANSLATE_NOOP("EventWords", "revision %1 is in force"),
  });
  static const Sentences warning = sentences({
      QT_TRANSLATE_NOOP("EventWords",
                        "clients '%1' and '%2' have the same key: who asks with it counts as '%3'"),
      QT_TRANSLATE_NOOP("EventWords", "provider '%1' %2"),
      QT_TRANSLATE_NOOP("EventWords", "client '%1' %2"),
      QT_TRANSLATE_NOOP("EventWords", "its health probe %1"),
      QT_TRANSLATE_NOOP("EventWords",
                        "server.listen and server.workers are read at the start: as long as the "
                        "gateway runs it listens on %1"),
      QT_TRANSLATE_NOOP("EventWords", "the change is in force, but not written: %1"),
      QT_TRANSLATE_NOOP("EventWords",
                        "a change that could not be written has given way to a later one: %1"),
      QT_TRANSLATE_NOOP("EventWords",
                        "the file was changed while a change of ours was not written: %1"),
      QT_TRANSLATE_NOOP("EventWords", "cannot keep this config in the history: %1"),
      QT_TRANSLATE_NOOP("EventWords",
                        "new connections have to wait: accept() says \"%1\"; it is tried again and "
                        "again. Does the limit of open files (ulimit -n) fit "
                        "server.max_connections?"),
  });
  static const Sentences offer = sentences({
      QT_TRANSLATE_NOOP("EventWords", "%1; to use it, put %2 into the config's providers"),
  });
  switch (kind) {
    case Event::Kind::ConfigApplied:
      return applied;
    case Event::Kind::Warning:
      return warning;
    case Event::Kind::Offer:
      return offer;
    default:
      return breaker;
  }
}

}  // namespace

QString eventWords(const Event& event) {
  const QString text = QString::fromStdString(event.text);
  if (event.kind == Event::Kind::ConfigRefused) {
    return faultLine(event.text, event.subject);
  }
  if (event.kind == Event::Kind::ConfigApplied) {
    constexpr const char* kChange =
        QT_TRANSLATE_NOOP("EventWords", "%1 (%2); revision %3 is in force");
    // What changed may hold brackets and semicolons; what follows it does not.
    static const QRegularExpression form(
        QStringLiteral("^(.+) \\((\\w+)\\); revision (\\d+) is in force$"),
        QRegularExpression::DotMatchesEverythingOption);
    if (const auto match = form.match(text); match.hasMatch()) {
      return Sentences::filled(
          QCoreApplication::translate(kContext, kChange),
          {changes(match.captured(1)), authorWords(match.captured(2)), match.captured(3)});
    }
  }
  return sentencesOf(event.kind).said(text, causeWords);
}

QString keyWords(const std::string& unready) {
  return causeWords(QString::fromStdString(unready));
}

QString changeWords(const std::string& what) {
  return changes(QString::fromStdString(what));
}

}  // namespace sluice::ui
