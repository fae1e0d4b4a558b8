// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

namespace sluice::app {

/// $XDG_STATE_HOME/sluice, or ~/.local/state/sluice.
QString stateDirectory();

/// The token that scripts need for the admin paths: the one line of the file `token` in the state
/// directory ($XDG_STATE_HOME/sluice, or ~/.local/state/sluice), readable by its owner only. Made at
/// the first start. Empty when it can be neither read nor made; `problem` then says why.
std::string adminToken(std::string& problem);

}  // namespace sluice::app
