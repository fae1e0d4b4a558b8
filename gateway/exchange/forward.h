// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/net/http_head.h"

/// Which header fields cross the gateway. Pure.
namespace sluice::exchange {

/// Who is asked.
struct Towards {
  std::string_view keyField;  ///< where the gateway's own key goes; empty: it has none for it
  bool foreign = false;       ///< of another dialect than the caller's
  bool another = false;       ///< after somebody else was asked the same
};

/// Appends the client's fields that go to a provider: all but hop-by-hop fields (RFC 9110 7.6.1),
/// those this hop writes itself (Host, Content-Length, X-Request-Id), the client's credentials, and what
/// tells of a page: the gateway has let it in and asks in its own name, and some providers refuse pages
/// (Anthropic with 401, Ollama with 403). Accept-Encoding stays behind so that streams arrive
/// uncompressed; what only means something in the caller's dialect, where that is another; and an
/// Idempotency-Key, where another has seen it.
void appendForwardedRequestFields(std::string& out, const net::HttpHead& head, const Towards& to);

/// Whether one of those says as whom to ask, or by what right: OpenAI-Organization, a key by a name of its
/// own. A provider that refuses may mean that, and not our key.
bool forwardsIdentity(const net::HttpHead& head, const Towards& to);

/// Whether a request has passed through whom `via` names (RFC 9110 7.6.3).
bool cameThrough(const net::HttpHead& head, std::string_view via);

/// What of the provider's fields gives way to ours.
struct OwnFields {
  bool requests = false;     ///< x-ratelimit-*-requests, anthropic-ratelimit-requests-*
  bool tokens = false;       ///< the same of tokens
  bool contentType = false;  ///< the body is another
  bool retryAfter = false;   ///< retry-after, retry-after-ms
  bool all = false;          ///< it speaks another dialect: only how long to wait is told on
};
/// Appends the provider's fields that go to the client: all but hop-by-hop fields, those this hop
/// writes itself, cookies, and what speaks of the provider's own origin.
void appendForwardedResponseFields(std::string& out, const net::HttpHead& head, OwnFields own);

/// Appends what keeps proxies in front of us from holding a stream back, where the provider does not say.
void appendStreamFields(std::string& out, const net::HttpHead& head);

/// Whether the body is compressed, or otherwise not what its type says.
bool isEncoded(const net::HttpHead& head);
/// Whether the answer is a stream of events that can be read on its way.
bool isEventStream(const net::HttpHead& head);

/// Whether a Host field names this machine's loopback or the address we listen on, with any port.
/// A page of the web that rebinds its own name to 127.0.0.1 still sends its own name.
bool hostAllowed(std::string_view hostField, std::string_view listenHost);

/// Whether an Origin field names a page of the web that is not of this machine. Programs that show pages
/// of their own name themselves by other schemes.
bool isForeignPage(std::string_view origin, std::string_view listenHost);

}  // namespace sluice::exchange
