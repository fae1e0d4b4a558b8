// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/refusal_words.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include "ui/model/sentences.h"

namespace sluice::ui {

namespace {

constexpr char kContext[] = "RefusalWords";

Sentences sentences(std::initializer_list<const char*> sources) {
  return {kContext, sources};
}

/// What a value of the config is to be, or is.
QString kindWords(const QString& text) {
  static const Sentences known = sentences({
      QT_TRANSLATE_NOOP("RefusalWords", "a text"),
      QT_TRANSLATE_NOOP("RefusalWords", "a number"),
      QT_TRANSLATE_NOOP("RefusalWords", "a whole number"),
      QT_TRANSLATE_NOOP("RefusalWords", "a map"),
      QT_TRANSLATE_NOOP("RefusalWords", "a list"),
      QT_TRANSLATE_NOOP("RefusalWords", "nothing"),
      QT_TRANSLATE_NOOP("RefusalWords", "a duration such as 250ms, 5s, 10m or 1h"),
      QT_TRANSLATE_NOOP("RefusalWords", "a size in bytes such as 65536, 64KiB, 32MiB or 1GiB"),
      QT_TRANSLATE_NOOP("RefusalWords", "HOST:PORT, such as 127.0.0.1:8787 or [::1]:8787"),
      QT_TRANSLATE_NOOP("RefusalWords", "env:NAME, keychain:NAME or file:PATH"),
      QT_TRANSLATE_NOOP("RefusalWords", "a map with version, providers and routes"),
  });
  return known.said(text);
}

}  // namespace

QString refusalWords(const QString& text) {
  static const Sentences ofKinds = sentences({
      QT_TRANSLATE_NOOP("RefusalWords", "expected %1, not %2"),
      QT_TRANSLATE_NOOP("RefusalWords", "expected %1"),
  });
  static const Sentences ofOthers = sentences({
      QT_TRANSLATE_NOOP("RefusalWords", "the file would not be sound: %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "the file is not sound: %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "together they would not be sound: %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "%1 cannot be changed in the file's text: %2"),
  });
  static const Sentences known = sentences({
      QT_TRANSLATE_NOOP("RefusalWords", "the file is larger than 1 MiB"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "with those that aliases repeat, these are more than %1 elements"),
      QT_TRANSLATE_NOOP("RefusalWords", "this line is not text in UTF-8"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' is not an address, such as 127.0.0.1 or [::1]"),
      QT_TRANSLATE_NOOP("RefusalWords", "a second document begins here; a config is one"),
      QT_TRANSLATE_NOOP("RefusalWords", "not valid YAML: %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "the patch is not a JSON object"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' is too long"),
      QT_TRANSLATE_NOOP("RefusalWords", "a key must be a word"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' is given twice"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' has no value"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' is not supported by this version of Sluice; use %2"),
      QT_TRANSLATE_NOOP("RefusalWords", "'%1' is not supported by this version of Sluice"),
      QT_TRANSLATE_NOOP("RefusalWords", "unknown key '%1'; did you mean '%2'?"),
      QT_TRANSLATE_NOOP("RefusalWords", "unknown key '%1'; known here: %2"),
      QT_TRANSLATE_NOOP("RefusalWords", "'version: 1' is missing"),
      QT_TRANSLATE_NOOP("RefusalWords", "this version of Sluice reads version 1"),
      QT_TRANSLATE_NOOP("RefusalWords", "only a provider of dialect %1 has this"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "'%1' is not a loopback address; listening elsewhere needs "
                        "client_keys. Without them use 127.0.0.1 or [::1]"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be larger than 0"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be at most %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be auto or %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be above 0 and at most %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be a share above 0 and at most 1"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be a share between 0 and 1"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "a client key needs a key: env:NAME, keychain:NAME or file:PATH"),
      QT_TRANSLATE_NOOP(
          "RefusalWords",
          "must be a reference, env:NAME, keychain:NAME or file:PATH, not the key itself"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "two clients have this key: nobody could tell who of them asks"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be a model's name, or a prefix that ends in '*'"),
      QT_TRANSLATE_NOOP("RefusalWords", "a mock provider has no base_url: it is built in"),
      QT_TRANSLATE_NOOP("RefusalWords", "a mock provider has no api_key"),
      QT_TRANSLATE_NOOP("RefusalWords", "a mock provider needs no probe: it is built in"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "a provider needs a base_url, such as https://api.openai.com/v1"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "is where this gateway itself listens: requests would go round for ever"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "'%1' is not of the form http(s)://host[:port][/path], with no user, "
                        "query or fragment"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "a key is not written into the config: put it into an environment "
                        "variable and write env:NAME, into the keychain and write "
                        "keychain:NAME, or into a file and write file:PATH"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be the name of a header field, such as %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "has a meaning only where base_url begins with https://"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be a path below base_url, such as /models, or none"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "a route needs a model: a name, a prefix such as 'openai/*', or '*'"),
      QT_TRANSLATE_NOOP("RefusalWords", "'*' may only be the last character of a model"),
      QT_TRANSLATE_NOOP("RefusalWords", "there is a route for '%1' already"),
      QT_TRANSLATE_NOOP("RefusalWords", "a route needs at least one target"),
      QT_TRANSLATE_NOOP("RefusalWords", "a route may have at most 1000 targets"),
      QT_TRANSLATE_NOOP("RefusalWords", "a target needs a provider"),
      QT_TRANSLATE_NOOP("RefusalWords", "there is no provider '%1'"),
      QT_TRANSLATE_NOOP("RefusalWords", "at most 100 other routes"),
      QT_TRANSLATE_NOOP("RefusalWords", "a route cannot fall back to itself"),
      QT_TRANSLATE_NOOP("RefusalWords", "there is no route for '%1'"),
      QT_TRANSLATE_NOOP("RefusalWords", "must not be shorter than %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "a client key needs an id"),
      QT_TRANSLATE_NOOP("RefusalWords", "a provider needs an id"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "'%1' may hold letters, digits, '-', '_' and '.', at most 64"),
      QT_TRANSLATE_NOOP("RefusalWords", "the id '%1' is used twice"),
      QT_TRANSLATE_NOOP("RefusalWords", "has no meaning without %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "must be %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "the file is not valid YAML"),
      QT_TRANSLATE_NOOP("RefusalWords", "both changed the same value"),
      QT_TRANSLATE_NOOP("RefusalWords", "the file's text cannot be brought to say this"),
      QT_TRANSLATE_NOOP("RefusalWords", "its new value is not JSON"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "where its value ends cannot be told; write it on one line"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "it stands behind an alias; write the value itself in its place"),
      QT_TRANSLATE_NOOP("RefusalWords", "what it would be in is not a map"),
      QT_TRANSLATE_NOOP("RefusalWords", "what it would be in is not a list"),
      QT_TRANSLATE_NOOP("RefusalWords", "it is the whole file"),
      QT_TRANSLATE_NOOP("RefusalWords", "nothing would be left of what it is in"),
      QT_TRANSLATE_NOOP("RefusalWords", "cannot read the file: %1"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "there is no config file to reload: the config was not read from one"),
      QT_TRANSLATE_NOOP("RefusalWords", "the folder of %1 is read-only"),
      QT_TRANSLATE_NOOP("RefusalWords", "%1 is read-only"),
      QT_TRANSLATE_NOOP("RefusalWords", "%1 exists already"),
      QT_TRANSLATE_NOOP("RefusalWords", "cannot make the folder of %1"),
      QT_TRANSLATE_NOOP("RefusalWords", "cannot write %1: %2"),
      QT_TRANSLATE_NOOP("RefusalWords", "there is no config to start with"),
      QT_TRANSLATE_NOOP("RefusalWords", "the gateway is running already"),
      QT_TRANSLATE_NOOP("RefusalWords",
                        "cannot listen on %1: the port is taken by another program"),
      QT_TRANSLATE_NOOP("RefusalWords", "cannot listen on %1: the port is taken by %2"),
      QT_TRANSLATE_NOOP("RefusalWords", "cannot listen on %1: %2"),
  });
  for (const QString& words :
       {ofKinds.said(text, kindWords),
        ofOthers.said(text, [](const QString& inner) { return refusalWords(inner); })}) {
    if (words != text) return words;
  }
  return known.said(text);
}

QString refusalWords(const std::string& text) {
  return refusalWords(QString::fromStdString(text));
}

QString faultLine(const std::string& line, const std::string& file) {
  // FILE:LINE:COLUMN: path: what is wrong (and N more)
  static const QRegularExpression form(
      QStringLiteral("^((?::\\d+:\\d+)?: (?:[A-Za-z_][\\w.\\[\\]-]*: )?)(.+?)"
                     "(?: \\(and (\\d+) more\\))?$"),
      QRegularExpression::DotMatchesEverythingOption);
  const QString text = QString::fromStdString(line);
  const QString name = QString::fromStdString(file);
  const auto match = form.match(text.mid(name.size()));
  if (!text.startsWith(name) || !match.hasMatch()) return text;
  const QString first = name + match.captured(1) + refusalWords(match.captured(2));
  if (match.captured(3).isEmpty()) return first;
  return Sentences::filled(
      QCoreApplication::translate(kContext, QT_TRANSLATE_NOOP("RefusalWords", "%1 (and %2 more)")),
      {first, match.captured(3)});
}

}  // namespace sluice::ui
