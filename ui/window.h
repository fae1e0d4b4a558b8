// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <memory>

#include "gateway/engine.h"

namespace sluice::ui {

/// What the program asks of the window module.
struct WindowRequest {
  /// Makes the engine, with its config applied and not started. Called once, after the application
  /// object exists.
  std::function<std::unique_ptr<Engine>()> makeEngine;
  bool demo = false;       ///< there was no config file: mock providers, demo traffic on
  QString config;          ///< the config file; there is one window for each
  QString screenshotPage;  ///< with screenshotFile: draw this page there and leave
  QString screenshotFile;
  QString screenshotTheme;  ///< "dark" or "light"; empty: as the system has it
};

/// Runs the window until it is closed. Returns the exit code of the program.
using RunWindow = int (*)(int argc, char** argv, const WindowRequest& request);
inline constexpr const char* kRunWindowSymbol = "sluiceRunWindow";

}  // namespace sluice::ui
