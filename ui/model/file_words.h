// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "gateway/config_keeper.h"

namespace sluice::ui {

/// How the config in force stands to its file, in a few words; empty: there is no file.
QString fileWords(const FileState& state);
/// The same, with the reason.
QString fileReason(const FileState& state);

}  // namespace sluice::ui
