// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>
#include <cstdint>

class QApplication;

namespace sluice::ui {

enum class Theme : std::uint8_t {
  System,  ///< as the desktop has it, now and when it changes
  Light,
  Dark,
};

/// Sets the palette of the application. For System the desktop is asked through its settings portal;
/// where there is none, the platform's own palette decides.
void applyTheme(QApplication& application, Theme theme);
/// What was applied last.
Theme currentTheme();

QPalette themePalette(bool dark);
/// Whether a palette is a dark one.
bool isDark(const QPalette& palette);
/// The edge of a box to tick, or to write in; 3:1 at least against what is about it.
QColor controlEdge(const QPalette& palette);
/// Colour of what is secondary: captions, units.
QColor mutedText(const QPalette& palette);

}  // namespace sluice::ui
