// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/forward.h"

#include <algorithm>
#include <array>
#include <span>

namespace sluice::exchange {

using net::equalsIgnoreCase;

namespace {

constexpr std::array<std::string_view, 9> kHopByHop = {"connection",
                                                       "keep-alive",
                                                       "proxy-authenticate",
                                                       "proxy-authorization",
                                                       "te",
                                                       "proxy-connection",
                                                       "trailer",
                                                       "transfer-encoding",
                                                       "upgrade"};
constexpr std::array<std::string_view, 14> kRequestOnly = {
    "host",           "content-length", "authorization",   "x-api-key", "api-key",
    "x-goog-api-key", "cookie",         "accept-encoding", "expect",    "x-request-id",
    "x-sluice-token", "x-sluice-model", "origin",          "referer"};
/// What browsers say of the page that asks (WHATWG Fetch, "forbidden request-header").
constexpr std::array<std::string_view, 2> kOfPages = {"sec-", "access-control-request-"};
constexpr std::array<std::string_view, 7> kResponseOnly = {
    "content-length",           "x-request-id", "request-id",
    "x-should-retry",           "set-cookie",   "alt-svc",
    "strict-transport-security"};
constexpr std::array<std::string_view, 4> kForeign = {"anthropic-", "openai-", "x-goog-",
                                                      "chatgpt-"};

constexpr std::array<std::string_view, 4> kIdentity = {"openai-organization", "openai-project",
                                                       "x-goog-user-project", "chatgpt-account-id"};
/// How other names of such fields end.
constexpr std::array<std::string_view, 5> kCredential = {"-key", "-token", "-secret", "-auth",
                                                         "-authorization"};

constexpr std::string_view kAnthropicLimit = "anthropic-ratelimit-";

bool isOneOf(std::string_view name, std::span<const std::string_view> names) {
  for (const std::string_view known : names) {
    if (equalsIgnoreCase(name, known)) return true;
  }
  return false;
}

bool startsWith(std::string_view name, std::string_view lowerPrefix) {
  return name.size() >= lowerPrefix.size() &&
         equalsIgnoreCase(name.substr(0, lowerPrefix.size()), lowerPrefix);
}

bool startsWithOneOf(std::string_view name, std::span<const std::string_view> lowerPrefixes) {
  return std::ranges::any_of(lowerPrefixes,
                             [name](std::string_view prefix) { return startsWith(name, prefix); });
}

bool endsWith(std::string_view name, std::string_view lowerSuffix) {
  return name.size() >= lowerSuffix.size() &&
         equalsIgnoreCase(name.substr(name.size() - lowerSuffix.size()), lowerSuffix);
}

/// What the Connection fields name besides their usual words; those fields stay behind too.
std::string nominated(const net::HttpHead& head) {
  std::string names;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto [name, value] = head[i];
    if (!equalsIgnoreCase(name, "connection") || equalsIgnoreCase(value, "keep-alive") ||
        equalsIgnoreCase(value, "close")) {
      continue;
    }
    names.append(value).append(",");
  }
  return names;
}

/// `named`: by the Connection field.
bool goesToProvider(std::string_view name, std::string_view named, const Towards& to) {
  if (isOneOf(name, kHopByHop) || isOneOf(name, kRequestOnly)) return false;
  if (startsWithOneOf(name, kOfPages)) return false;
  if (equalsIgnoreCase(name, to.keyField)) return false;
  if (to.another && equalsIgnoreCase(name, "idempotency-key")) return false;
  if (to.foreign && startsWithOneOf(name, kForeign)) return false;
  return named.empty() || !net::hasToken(named, name);
}

bool isOfIdentity(std::string_view name) {
  if (equalsIgnoreCase(name, "idempotency-key")) return false;
  return isOneOf(name, kIdentity) || std::ranges::any_of(kCredential, [&](std::string_view suffix) {
           return endsWith(name, suffix);
         });
}

}  // namespace

void appendForwardedRequestFields(std::string& out, const net::HttpHead& head, const Towards& to) {
  const std::string named = nominated(head);
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto [name, value] = head[i];
    if (goesToProvider(name, named, to)) net::appendField(out, name, value);
  }
}

bool cameThrough(const net::HttpHead& head, std::string_view via) {
  return net::hasToken(head, "via", via);
}

bool forwardsIdentity(const net::HttpHead& head, const Towards& to) {
  const std::string named = nominated(head);
  for (std::size_t i = 0; i < head.size(); ++i) {
    const std::string_view name = head[i].name;
    if (isOfIdentity(name) && goesToProvider(name, named, to)) return true;
  }
  return false;
}

void appendForwardedResponseFields(std::string& out, const net::HttpHead& head, OwnFields own) {
  const std::string named = nominated(head);
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto [name, value] = head[i];
    if (isOneOf(name, kHopByHop) || isOneOf(name, kResponseOnly)) continue;
    if (startsWith(name, "x-sluice-")) continue;
    const bool wait = startsWith(name, "retry-after");
    if (wait ? own.retryAfter : own.all) continue;
    if (own.contentType && equalsIgnoreCase(name, "content-type")) continue;
    if (startsWith(name, "x-ratelimit-")) {
      if (own.requests && endsWith(name, "-requests")) continue;
      if (own.tokens && endsWith(name, "-tokens")) continue;
    }
    if (startsWith(name, kAnthropicLimit)) {
      const bool requests = startsWith(name.substr(kAnthropicLimit.size()), "requests-");
      if (requests ? own.requests : own.tokens) continue;
    }
    if (!named.empty() && net::hasToken(named, name)) continue;
    net::appendField(out, name, value);
  }
}

void appendStreamFields(std::string& out, const net::HttpHead& head) {
  if (!head.find("cache-control")) net::appendField(out, "Cache-Control", "no-cache");
  if (!head.find("x-accel-buffering")) net::appendField(out, "X-Accel-Buffering", "no");
}

bool isEventStream(const net::HttpHead& head) {
  const auto type = head.find("content-type");
  if (!type || !net::equalsIgnoreCase(type->substr(0, 17), "text/event-stream")) return false;
  return !isEncoded(head);
}

bool isEncoded(const net::HttpHead& head) {
  const auto encoding = head.find("content-encoding");
  return encoding && !net::equalsIgnoreCase(*encoding, "identity");
}

bool hostAllowed(std::string_view hostField, std::string_view listenHost) {
  std::string_view host = hostField;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    host = host.substr(1, end - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  return equalsIgnoreCase(host, "localhost") || host == "127.0.0.1" || host == "::1" ||
         endsWith(host, ".localhost") || equalsIgnoreCase(host, listenHost);
}

bool isForeignPage(std::string_view origin, std::string_view listenHost) {
  if (origin == "null") return true;  // a page may hide where it is from
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (startsWith(origin, scheme)) return !hostAllowed(origin.substr(scheme.size()), listenHost);
  }
  return false;
}

}  // namespace sluice::exchange
