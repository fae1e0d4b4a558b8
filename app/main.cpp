// SPDX-License-Identifier: GPL-3.0-or-later
// Composition root: command line, signals, and the window or the headless host.
#include <malloc.h>
#include <sys/resource.h>

#include <QCoreApplication>
#include <QFile>
#include <QLibrary>
#include <QTimer>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "app/admin_token.h"
#include "app/keychain.h"
#include "app/options.h"
#include "app/signals.h"
#include "gateway/config/litellm.h"
#include "gateway/config/yaml.h"
#include "gateway/engine.h"
#include "ui/window.h"

namespace {

using namespace sluice;
using namespace sluice::app;

constexpr std::chrono::seconds kDrain{10};

void print(std::FILE* to, std::string text) {
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), to);  // in one piece, whoever else writes there
  std::fflush(to);
}

/// Whatever Qt may be built to do with them otherwise.
void printMessage(QtMsgType, const QMessageLogContext&, const QString& text) {
  print(stderr, text.toStdString());
}

void printFaults(std::FILE* to, const QString& file, const std::vector<config::Fault>& faults) {
  for (const config::Fault& fault : faults) print(to, config::describe(fault, file.toStdString()));
}

std::string readDemo() {
  QFile file(QStringLiteral(":/sluice/demo.yaml"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return file.readAll().toStdString();
}

/// Nothing, with the reason printed, when it cannot be read.
std::optional<std::string> readFile(const QString& path) {
  QFile file(path);
  if (file.open(QIODevice::ReadOnly)) return file.readAll().toStdString();
  print(stderr, path.toStdString() + ": cannot read the file: " + file.errorString().toStdString());
  return std::nullopt;
}

int checkConfig(const QString& path) {
  const auto text = readFile(path);
  if (!text) return kUsage;
  const config::ReadResult read = config::readYaml(*text);
  if (!read.config) {
    printFaults(stdout, path, read.faults);
    return kUsage;
  }
  print(stdout, "ok");
  return kOk;
}

/// The config goes to stdout, which is meant for a file; what is lost to stderr.
int importLiteLlm(const QString& path) {
  const auto text = readFile(path);
  if (!text) return kUsage;
  const config::Imported imported =
      config::importLiteLlm(*text, [](const char* name) { return std::getenv(name); });
  printFaults(stderr, path, imported.notes);
  printFaults(stderr, path, imported.faults);
  if (!imported.yaml) return kUsage;
  std::fputs(imported.yaml->c_str(), stdout);
  return kOk;
}

config::LogLevel severity(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::ConfigRefused:
    case Event::Kind::Warning:
    case Event::Kind::BreakerOpened:
    case Event::Kind::BreakerForcedOpen:
      return config::LogLevel::Warning;
    default:
      return config::LogLevel::Info;
  }
}

/// Prints events as lines on stderr.
void logEvents(Engine& engine, std::optional<config::LogLevel> level) {
  QObject::connect(&engine, &Engine::eventsPending, &engine, [&engine, level] {
    const auto config = engine.config();
    const config::LogLevel least =
        level.value_or(config ? config->log.level : config::LogLevel::Info);
    for (const Event& event : engine.takeEvents()) {
      // Refused files are told fault by fault below.
      if (event.kind == Event::Kind::ConfigRefused || severity(event.kind) < least) continue;
      print(stderr, event.subject.empty() ? event.text : event.subject + ": " + event.text);
    }
  });
  QObject::connect(&engine, &Engine::configRefused, &engine,
                   [](const QString& file, const std::vector<config::Fault>& faults) {
                     printFaults(stderr, file, faults);
                     print(stderr,
                           file.toStdString() + ": refused; the last good config serves on");
                   });
}

/// The engine with its config applied; null, with the reason printed, when there is none.
std::unique_ptr<Engine> makeEngine(const Options& options, Engine::Options engineOptions) {
  std::string problem;
  engineOptions.adminToken = adminToken(problem);
  engineOptions.logLevel = options.logLevel;
  engineOptions.requestLog = [](std::string lines) { print(stderr, std::move(lines)); };
  static SystemKeychain keychain;
  engineOptions.keychain = &keychain;
  engineOptions.historyFolder = stateDirectory() + QStringLiteral("/history");
  if (!problem.empty()) print(stderr, "sluice: no admin paths: " + problem);
  auto engine = std::make_unique<Engine>(engineOptions);
  if (options.listen) engine->overrideListen(options.listen->first, options.listen->second);
  ApplyResult result;
  if (options.config.isEmpty()) {
    result = engine->applyText(readDemo());
  } else {
    result = engine->load(options.config);
  }
  if (!result.applied()) {
    printFaults(stderr, options.config, result.faults);
    return nullptr;
  }
  if (options.config.isEmpty()) engine->offerProviders();
  auto* signalWatcher = new Signals(engine.get());
  QObject::connect(signalWatcher, &Signals::hangUp, engine.get(),
                   [e = engine.get()] { e->reload(); });
  QObject::connect(signalWatcher, &Signals::terminate, engine.get(), [e = engine.get()] {
    if (!e->running()) {
      QCoreApplication::exit(kOk);  // asked twice, or never started
      return;
    }
    QObject::connect(e, &Engine::stopped, e, [] { QCoreApplication::exit(kOk); });
    e->stop(kDrain);
  });
  return engine;
}

int runHeadless(int argc, char** argv, const Options& options) {
  QCoreApplication application(argc, argv);
  const auto engine = makeEngine(options, {});
  if (!engine) return kUsage;
  logEvents(*engine, options.logLevel);
  if (const auto error = engine->start()) {
    print(stderr, "sluice: " + error->message.toStdString());
    return kCannotListen;
  }
  print(stdout, "listening on " + engine->url().toStdString());
  if (options.demo) engine->setDemoTraffic(true);
  return application.exec();
}

/// Qt ends the program where there is none.
bool hasDisplay() {
  const auto isSet = [](const char* name) { return !qgetenv(name).isEmpty(); };
  return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") || isSet("QT_QPA_PLATFORM");
}

int runWindow(int argc, char** argv, const Options& options) {
  if (!hasDisplay()) {
    print(stderr, "sluice: there is no display to show the window on\nTry: sluice --headless");
    return kFailed;
  }
  // Widgets are mapped only now: a headless run never pays for them.
  QFile self(QStringLiteral("/proc/self/exe"));
  const QString folder = QFile::symLinkTarget(self.fileName()).section(QLatin1Char('/'), 0, -2);
  QLibrary library(folder + QStringLiteral("/libsluice_window.so"));
  const auto run = reinterpret_cast<ui::RunWindow>(library.resolve(ui::kRunWindowSymbol));
  if (!run) {
    print(stderr, "sluice: cannot load the window: " + library.errorString().toStdString() +
                      "\nTry: sluice --headless");
    return kFailed;
  }
  ui::WindowRequest request;
  // Some cores are left to the window and to the programs that send the traffic.
  request.makeEngine = [&options] {
    Engine::Options engineOptions;
    engineOptions.maxWorkers = 4;
    return makeEngine(options, engineOptions);
  };
  request.demo = options.demo;
  request.config = options.config;
  request.screenshotPage = options.screenshotPage;
  request.screenshotFile = options.screenshotFile;
  request.screenshotTheme = options.screenshotTheme;
  return run(argc, argv, request);
}

/// Each request under way takes two sockets, and what a shell usually allows are a thousand.
void allowManySockets() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Buffers of some 64 KiB come and go all the time: the allocator is not to give them back to the system
/// and fetch them again for each. What it keeps instead is at most this much for each thread.
void keepSomeMemory() {
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  Signals::block();
  allowManySockets();
  keepSomeMemory();
  QStringList arguments;
  for (int i = 0; i < argc; ++i) arguments.append(QString::fromLocal8Bit(argv[i]));
  const auto parsed = parseOptions(arguments);
  if (const auto* leave = std::get_if<Leave>(&parsed)) {
    print(leave->code == kOk ? stdout : stderr, leave->text.toStdString());
    return leave->code;
  }
  const auto& options = std::get<Options>(parsed);
  qInstallMessageHandler(printMessage);
  if (options.importLiteLlm) return importLiteLlm(*options.importLiteLlm);
  if (options.checkConfig) return checkConfig(options.config);
  return options.headless ? runHeadless(argc, argv, options) : runWindow(argc, argv, options);
}
