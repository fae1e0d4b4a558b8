// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/proxy.h"

#include <QHostAddress>
#include <QUrl>

namespace sluice::net {

namespace {

struct Variable {
  QString name;
  QString value;  // empty: not set
};

Variable variable(const Environment& environment, const QString& lower) {
  for (const QString& name : {lower, lower.toUpper()}) {
    const std::string value = environment(name.toLatin1().constData());
    if (!value.empty()) return {name, QString::fromStdString(value)};
  }
  return {};
}

bool isThisMachine(const QString& host) {
  return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 ||
         host.endsWith(QLatin1String(".localhost"), Qt::CaseInsensitive) ||
         QHostAddress(host).isLoopback();
}

bool isListed(const QString& host, const QString& list) {
  const QHostAddress address(host);
  const QStringList entries = list.split(QLatin1Char(','), Qt::SkipEmptyParts);
  for (const QString& entry : entries) {
    QString name = entry.trimmed();
    if (name == QLatin1String("*")) return true;
    if (name.startsWith(QLatin1Char('.'))) name.remove(0, 1);
    if (name.startsWith(QLatin1Char('[')) && name.endsWith(QLatin1Char(']'))) {
      name = name.mid(1, name.size() - 2);
    }
    if (name.isEmpty()) continue;
    if (name.contains(QLatin1Char('/'))) {
      const auto network = QHostAddress::parseSubnet(name);
      if (network.second >= 0 && address.isInSubnet(network)) return true;
      continue;
    }
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

ProxySetting proxyFor(const config::Origin& origin, const Environment& environment) {
  const QString host = QString::fromStdString(origin.host);
  if (isThisMachine(host)) return {};
  Variable set = variable(environment, QLatin1String(origin.tls ? "https_proxy" : "http_proxy"));
  if (set.value.isEmpty()) set = variable(environment, QStringLiteral("all_proxy"));
  if (set.value.isEmpty()) return {};
  if (isListed(host, variable(environment, QStringLiteral("no_proxy")).value)) return {};
  const bool bare = !set.value.contains(QLatin1String("://"));
  const QUrl url(bare ? QStringLiteral("http://") + set.value : set.value);
  const auto flaw = [&](const std::string& why) {
    return ProxySetting{std::nullopt, "the environment's " + set.name.toStdString() + " " + why +
                                          "; it must be http://host:port or socks5://host:port"};
  };
  if (!url.isValid() || url.host().isEmpty()) return flaw("is not the address of a proxy");
  const QString scheme = url.scheme();
  Proxy proxy;
  if (scheme == QLatin1String("http")) {
    proxy.kind = Proxy::Kind::Http;
  } else if (scheme == QLatin1String("socks") || scheme == QLatin1String("socks5") ||
             scheme == QLatin1String("socks5h")) {
    proxy.kind = Proxy::Kind::Socks5;
  } else {
    return flaw("names a proxy of " + scheme.toStdString() + "://, which Sluice does not speak");
  }
  proxy.host = url.host().toStdString();
  proxy.port =
      static_cast<std::uint16_t>(url.port(proxy.kind == Proxy::Kind::Socks5 ? 1080 : 8080));
  proxy.user = url.userName(QUrl::FullyDecoded).toStdString();
  proxy.password = url.password(QUrl::FullyDecoded).toStdString();
  return {std::move(proxy), {}};
}

}  // namespace sluice::net
