// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAbstractButton;

namespace sluice::ui {

/// Says "Copied" on a button for a moment, in sight and to screen readers; then it is as it was. It gets
/// no narrower meanwhile.
void showCopied(QAbstractButton& button);

}  // namespace sluice::ui
