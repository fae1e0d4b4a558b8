// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "ui/page/page.h"

namespace sluice::ui {

/// A page as the rail, the View menu and --screenshot know it. A new page is one line of pages().
struct PageEntry {
  const char* name;   ///< for --screenshot and tests
  const char* title;  ///< English, marked for translation in the context "Pages"
  const char* glyph;  ///< UTF-8, before the title
  Page* (*make)(const PageContext& context);
};

/// In the order of the rail: Ctrl+1 is the first.
std::span<const PageEntry> pages();

}  // namespace sluice::ui
