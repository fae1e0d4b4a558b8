// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gateway/config/config.h"

namespace sluice::app {

/// Exit codes of the program, as the contract has them.
enum ExitCode { kOk = 0, kFailed = 1, kUsage = 2, kCannotListen = 4 };

/// The command line.
struct Options {
  QString config;     ///< file to load; empty: the built-in demo
  bool demo = false;  ///< asked for, or for want of a config file
  bool headless = false;
  bool checkConfig = false;
  std::optional<QString> importLiteLlm;  ///< config of the LiteLLM proxy to translate
  std::optional<std::pair<std::string, std::uint16_t>> listen;
  std::optional<config::LogLevel> logLevel;
  QString screenshotPage;
  QString screenshotFile;
  QString screenshotTheme;
};

/// Something to print, and to leave with.
struct Leave {
  int code = kOk;
  QString text;
};

/// Reads the arguments ; the first, the name of the program, is skipped.
std::variant<Options, Leave> parseOptions(const QStringList& arguments);

}  // namespace sluice::app
