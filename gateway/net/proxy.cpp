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

std::string Proxy::name() const {
  const std::string scheme = kind == Kind::Http ? "http://" : "socks5://";
  const bool bare = host.find(':') == std::string::npos;
  return scheme + (bare ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::optional<Proxy> proxyFor(const config::Origin& origin, const Environment& environment) {
  const QString host = QString::fromStdString(origin.host);
  if (isThisMachine(host)) return std::nullopt;
  QString text = variable(environment, QLatin1String(origin.tls ? "https_proxy" : "http_proxy"));
  if (text.isEmpty()) text = variable(environment, QStringLiteral("all_proxy"));
  if (text.isEmpty()) return std::nullopt;
  if (isListed(host, variable(environment, QStringLiteral("no_proxy")))) {
    return std::nullopt;
  }
  if (!text.contains(QLatin1String("://"))) text.prepend(QLatin1String("http://"));
  const QUrl url(text);
  if (url.host().isEmpty()) return std::nullopt;
  const bool socks = url.scheme().startsWith(QLatin1String("socks"));
  Proxy proxy;
  proxy.kind = socks ? Proxy::Kind::Socks5 : Proxy::Kind::Http;
  proxy.host = url.host().toStdString();
  proxy.port = static_cast<std::uint16_t>(url.port(socks ? 1080 : 8080));
  proxy.user = url.userName(QUrl::FullyDecoded).toStdString();
  proxy.password = url.password(QUrl::FullyDecoded).toStdString();
  return proxy;
}

}  // namespace sluice::net
