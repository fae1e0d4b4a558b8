// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QDBusConnection;

namespace sluice::ui {

/// Shows a message by the desktop's own service (org.freedesktop.Notifications, Desktop Notifications
/// Specification 1.2), which needs no tray. The newest takes the place of the one before. Does not wait;
/// where there is no such service nothing happens.
void notifyDesktop(QDBusConnection bus, const QString& title, const QString& words);

}  // namespace sluice::ui
