// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

namespace sluice::ui {

/// Why the engine refuses something, in the language of the window: what is wrong with a config, why a
/// text or a file cannot be changed, why it cannot start. Names and values stay as they are, and so does
/// what is not known, such as the words of the system.
QString refusalWords(const QString& text);
QString refusalWords(const std::string& text);

/// The same for a line of config::describe(), with or without "(and N more)" behind it: only what is wrong
/// is said in the language of the window. `file` is what it begins with.
QString faultLine(const std::string& line, const std::string& file);

}  // namespace sluice::ui
