// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/options.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QStandardPaths>
#include <map>

#include "gateway/config/yaml.h"

namespace sluice::app {

std::variant<Options, Leave> parseOptions(const QStringList& arguments) {
  QCommandLineParser parser;
  parser.setApplicationDescription(
      QStringLiteral("A gateway for LLM traffic on your own machine, with a live view of it."));
  const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                                QStringLiteral("Show this help."));
  const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("version")},
                                   QStringLiteral("Show the version."));
  const QCommandLineOption config(
      QStringLiteral("config"),
      QStringLiteral("Config file; else $XDG_CONFIG_HOME/sluice/sluice.yaml, else the demo."),
      QStringLiteral("FILE"));
  const QCommandLineOption listen(QStringLiteral("listen"),
                                  QStringLiteral("Listen here instead of where the config says; "
                                                 "port 0 takes any free port."),
                                  QStringLiteral("HOST:PORT"));
  const QCommandLineOption headless(QStringLiteral("headless"),
                                    QStringLiteral("Run without a window."));
  const QCommandLineOption demo(
      QStringLiteral("demo"), QStringLiteral("Run on built-in mock providers with demo traffic."));
  const QCommandLineOption check(QStringLiteral("check-config"),
                                 QStringLiteral("Check the config file and leave."));
  const QCommandLineOption import(
      QStringLiteral("import-litellm"),
      QStringLiteral(
          "Print a config that does what this one of the LiteLLM proxy does, and leave."),
      QStringLiteral("FILE"));
  const QCommandLineOption screenshot(
      QStringLiteral("screenshot"),
      QStringLiteral(
          "Draw a page (overview, providers, config, connect, diagnostics) to a PNG once "
          "it has live data, and leave."),
      QStringLiteral("PAGE=FILE"));
  const QCommandLineOption theme(QStringLiteral("theme"),
                                 QStringLiteral("Theme of the screenshot: dark or light."),
                                 QStringLiteral("THEME"));
  const QCommandLineOption level(
      QStringLiteral("log-level"),
      QStringLiteral("debug, info, warning or error; else as the config says."),
      QStringLiteral("L"));
  for (const auto& option :
       {help, version, config, listen, headless, demo, check, import, screenshot, theme, level}) {
    parser.addOption(option);
  }
  const auto usage = [&](const QString& what) {
    return Leave{kUsage,
                 QStringLiteral("sluice: ") + what + QStringLiteral("\nTry: sluice --help")};
  };
  if (!parser.parse(arguments)) return usage(parser.errorText());
  if (parser.isSet(help)) {
    // Qt asks the application for its name, and there is none yet: the options decide which it is.
    return Leave{kOk, parser.helpText()
                          .replace(QLatin1String("<executable_name>"), QLatin1String("sluice"))
                          .trimmed()};
  }
  if (parser.isSet(version)) return Leave{kOk, QStringLiteral("sluice " SLUICE_VERSION)};
  if (!parser.positionalArguments().isEmpty()) {
    return usage(
        QStringLiteral("unexpected argument '%1'").arg(parser.positionalArguments().first()));
  }

  Options options;
  options.headless = parser.isSet(headless);
  options.checkConfig = parser.isSet(check);
  if (parser.isSet(import)) options.importLiteLlm = parser.value(import);
  options.config = parser.value(config);
  options.demo = parser.isSet(demo);
  if (options.demo && parser.isSet(config)) {
    return usage(QStringLiteral("--demo and --config exclude each other"));
  }
  if (parser.isSet(listen)) {
    options.listen = config::parseListen(parser.value(listen).toStdString());
    if (!options.listen) {
      return usage(QStringLiteral("--listen wants HOST:PORT, such as 127.0.0.1:8787, not '%1'")
                       .arg(parser.value(listen)));
    }
  }
  if (parser.isSet(level)) {
    const std::map<QString, config::LogLevel> levels = {
        {QStringLiteral("debug"), config::LogLevel::Debug},
        {QStringLiteral("info"), config::LogLevel::Info},
        {QStringLiteral("warning"), config::LogLevel::Warning},
        {QStringLiteral("error"), config::LogLevel::Error}};
    const auto found = levels.find(parser.value(level));
    if (found == levels.end()) {
      return usage(QStringLiteral("--log-level wants debug, info, warning or error, not '%1'")
                       .arg(parser.value(level)));
    }
    options.logLevel = found->second;
  }
  if (parser.isSet(screenshot)) {
    const QString text = parser.value(screenshot);
    const qsizetype equals = text.indexOf(QLatin1Char('='));
    if (equals <= 0 || equals == text.size() - 1 || options.headless) {
      return usage(QStringLiteral("--screenshot wants PAGE=FILE, and no --headless"));
    }
    options.screenshotPage = text.left(equals);
    options.screenshotFile = text.mid(equals + 1);
  }
  options.screenshotTheme = parser.value(theme);
  if (options.config.isEmpty() && !options.demo) {
    const QString usual = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                          QStringLiteral("/sluice/sluice.yaml");
    if (QFileInfo::exists(usual)) {
      options.config = usual;
    } else if (options.checkConfig) {
      return usage(
          QStringLiteral("there is no config file to check: %1 does not exist").arg(usual));
    } else {
      options.demo = true;
    }
  }
  return options;
}

}  // namespace sluice::app
