// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::ui {

/// A piece of text that points a client at the gateway and works as pasted.
struct Snippet {
  QString name;  ///< "Python"
  QString text;
};

/// A model that the config routes, for examples.
QString exampleModel(const config::Config& config);

/// Base URL, shell exports, Python, TypeScript and curl. `url` as of Engine::url().
std::vector<Snippet> snippets(const QString& url, const QString& model);

/// One SDK and how to point it here, in several languages and shells.
struct SdkSnippets {
  QString sdk;  ///< "OpenAI"
  std::vector<Snippet> snippets;
};
std::vector<SdkSnippets> sdkSnippets(const QString& url, const QString& model);

/// A number with so many decimals, as the person's language writes it.
QString decimalText(double value, int decimals);

/// A count for a narrow place: "9,431", "112k", "3.4M".
QString countText(std::int64_t count);

/// A duration in microseconds for a person: "640 µs", "320 ms", "1.9 s".
QString spanText(std::uint64_t micros);

}  // namespace sluice::ui
