// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QLocale>
#include <QTimer>
#include <QTranslator>
#include <cstdio>
#include <string>

#include "ui/desktop/single_instance.h"
#include "ui/desktop/tray.h"
#include "ui/main_window.h"
#include "ui/page/pages.h"
#include "ui/style/theme.h"

namespace {

using namespace sluice;
using namespace sluice::ui;

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "sluice: %s\n", what.c_str());
  return code;
}

std::string pageNames() {
  std::string names;
  for (const PageEntry& entry : pages())
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

/// $XDG_STATE_HOME/sluice; relative values do not count (XDG base directory rules).
QString stateFolder() {
  const QString given = qEnvironmentVariable("XDG_STATE_HOME");
  const QString base =
      QDir::isAbsolutePath(given) ? given : QDir::homePath() + QStringLiteral("/.local/state");
  return base + QStringLiteral("/sluice");
}

}  // namespace

extern "C" Q_DECL_EXPORT int sluiceRunWindow(int argc, char** argv, const WindowRequest& request) {
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("Sluice"));
  QApplication::setDesktopFileName(QStringLiteral("io.github.sluice.Sluice"));
  QTranslator qtWords, words;
  if (qtWords.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
                   QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
    QApplication::installTranslator(&qtWords);
  }
  if (words.load(QLocale(), QStringLiteral("sluice"), QStringLiteral("_"),
                 QStringLiteral(":/sluice/i18n"))) {
    QApplication::installTranslator(&words);
  }
  const bool screenshot = !request.screenshotFile.isEmpty();
  applyTheme(application, request.screenshotTheme == QLatin1String("dark")    ? Theme::Dark
                          : request.screenshotTheme == QLatin1String("light") ? Theme::Light
                                                                              : Theme::System);
  SingleInstance instance(stateFolder(), QFileInfo(request.config).canonicalFilePath());
  if (!screenshot && !instance.claim()) {
    std::printf("sluice: it runs already; its window was asked to show itself\n");
    return 0;
  }
  // Hidden in the tray is not left.
  QApplication::setQuitOnLastWindowClosed(false);
  const auto engine = request.makeEngine();
  if (!engine) return 2;
  MainWindow window(*engine);
  if (screenshot && !window.showPage(request.screenshotPage)) {
    return fail("there is no such page; pages are " + pageNames(), 2);
  }
  if (screenshot) window.setAskPort([](QWidget*, const StartError&) { return std::nullopt; });
  if (!screenshot) window.rememberIn(stateFolder() + QStringLiteral("/window.ini"));
  QObject::connect(&instance, &SingleInstance::asked, &window, [&window] { raiseWindow(window); });
  QObject::connect(&window, &MainWindow::left, &application, &QApplication::quit,
                   Qt::QueuedConnection);
  window.show();
  if (!window.start() && screenshot) return fail("cannot listen, so there is nothing to draw", 4);
  if (request.demo) engine->setDemoTraffic(true);
  QTimer poll;
  if (screenshot) {
    QObject::connect(&poll, &QTimer::timeout, &window, [&] {
      if (!window.page().worthAPicture()) return;
      if (engine->snapshot().requests.ok == 0) return;
      poll.stop();
      const bool saved = window.grab().save(request.screenshotFile);
      QApplication::exit(saved ? 0 : fail("cannot write the screenshot", 1));
    });
    poll.start(200);
  }
  return QApplication::exec();
}
