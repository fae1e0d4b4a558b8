// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/desktop/notify.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

namespace sluice::ui {

namespace {
uint g_shown = 0;  // the message to take the place of; 0: none
}  // namespace

void notifyDesktop(QDBusConnection bus, const QString& title, const QString& words) {
  if (!bus.isConnected()) return;
  QDBusMessage call = QDBusMessage::createMethodCall(
      QStringLiteral("org.freedesktop.Notifications"),
      QStringLiteral("/org/freedesktop/Notifications"),
      QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
  constexpr int kAsTheDesktopLikes = -1;  // for how long
  call << QStringLiteral("Sluice") << g_shown << QStringLiteral("io.github.sluice.Sluice")
       << title
       // Its body is a kind of HTML.
       << words.toHtmlEscaped() << QStringList()
       << QVariantMap{{QStringLiteral("desktop-entry"), QStringLiteral("io.github.sluice.Sluice")},
                      {QStringLiteral("category"), QStringLiteral("network.error")}}
       << kAsTheDesktopLikes;
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call));
  QObject::connect(watcher, &QDBusPendingCallWatcher::finished, watcher, [watcher] {
    const QDBusPendingReply<uint> reply = *watcher;
    if (!reply.isError()) g_shown = reply.value();
    watcher->deleteLater();
  });
}

}  // namespace sluice::ui
