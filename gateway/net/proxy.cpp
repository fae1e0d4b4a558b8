// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/proxy.h"

#include <QHostAddress>
#include <QUrl>

namespace sluice::net {

namespace {

QString variable(const Environment& environment, const QString& lower) {
  for (const QString& name : {lower, lower.toUpper()}) {
    const std::string value = environment(name.toLatin1().constData());
    if (!value.empty()) return QString::fromStdString(value);
  }
  return {};
}

bool isThisMachine(const QString& host) {
  return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 ||
         host.endsWith(QLatin1String(".localhost"), Qt::CaseInsensitive) ||
         QHostAddress(host).isLoopback();
}

bool isListed(const QString& host, const QString& list) {
  const QStringList entries = list.split(QLatin1Char(','), Qt::SkipEmptyParts);
  for (const QString& entry : entries) {
    QString name = entry.trimmed();
    if (name == QLatin1String("*")) return true;
    if (name.startsWith(QLatin1Char('.'))) name.remove(0, 1);
    if (name.isEmpty()) continue;
    if (host.compare(name, Qt::CaseInsensitive) == 0 ||
        host.endsWith(QLatin1Char('.') + name, Qt::CaseInsensitive)) {
      return true;
    }
  }
  return false;
}

}  // namespace

QNetworkProxy proxyFor(const config::Origin& origin, const Environment& environment) {
  const QString host = QString::fromStdString(origin.host);
  if (isThisMachine(host)) return QNetworkProxy::NoProxy;
  QString text = variable(environment, QLatin1String(origin.tls ? "https_proxy" : "http_proxy"));
  if (text.isEmpty()) text = variable(environment, QStringLiteral("all_proxy"));
  if (text.isEmpty()) return QNetworkProxy::NoProxy;
  if (isListed(host, variable(environment, QStringLiteral("no_proxy")))) {
    return QNetworkProxy::NoProxy;
  }
  if (!text.contains(QLatin1String("://"))) text.prepend(QLatin1String("http://"));
  const QUrl url(text);
  if (url.host().isEmpty()) return QNetworkProxy::NoProxy;
  const bool socks = url.scheme().startsWith(QLatin1String("socks"));
  return {socks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
          static_cast<quint16>(url.port(socks ? 1080 : 8080)), url.userName(QUrl::FullyDecoded),
          url.password(QUrl::FullyDecoded)};
}

}  // namespace sluice::net
