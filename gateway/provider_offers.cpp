// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/provider_offers.h"

#include <QNetworkProxy>
#include <QTcpSocket>
#include <cstdlib>

#include "gateway/config/origin.h"

namespace sluice {

void findProviders(QObject* owner, const std::function<void(const config::Offer&)>& found) {
  for (const config::Offer& offer :
       config::offersOfKeys([](const char* name) { return std::getenv(name); })) {
    found(offer);
  }
  for (const config::Preset& preset : config::presets()) {
    const auto origin = config::parseOrigin(preset.provider.baseUrl);
    if (!preset.local || !origin) continue;
    auto* socket = new QTcpSocket(owner);
    socket->setProxy(QNetworkProxy::NoProxy);
    QObject::connect(socket, &QTcpSocket::connected, socket, [socket, found, &preset] {
      found(config::offerOf(preset));
      socket->deleteLater();
    });
    QObject::connect(socket, &QTcpSocket::errorOccurred, socket, &QObject::deleteLater);
    socket->connectToHost(QString::fromStdString(origin->host), origin->port);
  }
}

}  // namespace sluice
