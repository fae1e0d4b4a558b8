// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "gateway/engine.h"

class QWidget;

namespace sluice::ui {

/// Shows what the file's edit and ours change and asks which holds. Nothing: it is to be decided later.
std::optional<Resolution> askAboutConflict(QWidget* parent, const FileConflict& conflict);

}  // namespace sluice::ui
