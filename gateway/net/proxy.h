// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkProxy>
#include <functional>
#include <string>

#include "gateway/config/origin.h"

namespace sluice::net {

/// Value of an environment variable; empty: not set.
using Environment = std::function<std::string(const char* name)>;

/// The proxy that the environment names for an origin, as curl reads it: https_proxy or http_proxy by
/// the origin's scheme, else all_proxy; no_proxy lists hosts and domains that are reached directly,
/// '*' all. Upper or lower case, lower first. This machine itself is always reached directly. An HTTP
/// proxy is asked for a tunnel (CONNECT), for plain origins too. Pure.
QNetworkProxy proxyFor(const config::Origin& origin, const Environment& environment);

}  // namespace sluice::net
