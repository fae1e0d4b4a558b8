// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QMenuBar;
class QWidget;

namespace sluice::ui {

/// Lists what the keyboard does: the shortcuts of the menus, as they are, and the keys of plots and cards.
void showShortcuts(QWidget* parent, const QMenuBar& menus);

}  // namespace sluice::ui
