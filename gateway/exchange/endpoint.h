// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/config/config.h"
#include "gateway/dialect/kind.h"

/// The addresses of all dialects, on the way in and on the way out. Pure.
namespace sluice::exchange {

using dialect::Kind;

enum class Operation : std::uint8_t {
  Unknown,
  ListModels,
  ShowModel,
  Generate,     ///< a conversation: translated where the provider speaks another dialect
  Complete,     ///< OpenAI's older completions: to who speaks OpenAI
  Embed,        ///< translated between OpenAI and Gemini
  EmbedMany,    ///< the same, Gemini's form for several texts
  CountTokens,  ///< asked of who speaks the same dialect, else estimated
  Pass,         ///< anything else below /v1/ or /v1beta/: to who speaks the same dialect, as it is
};

/// What one request wants, by its path. Views are into the path.
struct Endpoint {
  Kind caller = Kind::Chat;
  Operation operation = Operation::Unknown;
  std::string_view method = "POST";  ///< the only one that is accepted; empty: any
  std::string_view model;            ///< where it stands in the path, percent-encoded; else empty
  bool stream = false;               ///< where it is said by the path
  bool array = false;  ///< Gemini: a stream that comes as one JSON array, not as events

  bool generates() const { return operation == Operation::Generate; }
  bool embeds() const { return operation == Operation::Embed || operation == Operation::EmbedMany; }
};

/// `path` without its query, `query` with its '?' or empty. `anthropic`: the request has the field
/// anthropic-version, which tells whose /v1/models is meant.
Endpoint endpointOf(std::string_view path, std::string_view query, bool anthropic);

/// Why a path below /v1/ or /v1beta/ is not passed on; empty: it may be. It must not leave the
/// provider's base_url, nor be an address of ours in another spelling, which the provider would take
/// for the same and we for none that has limits.
std::string pathFault(std::string_view path);

/// "http://host/path?query" as a client of a proxy asks (RFC 9112 3.2.2): its two parts; an authority
/// that is empty: the target is a path already.
struct Target {
  std::string_view authority;
  std::string_view path;  ///< with its query
};
Target targetOf(std::string_view target);

/// Which dialect a provider is spoken to in, for a caller of that one.
Kind spokenTo(const config::Provider& provider, Kind caller);
/// Whether that provider can be asked such a thing at all.
bool serves(const config::Provider& provider, const Endpoint& endpoint);

/// Appends the path below base_url, with its query, for a request in dialect `to`. `model`:
/// percent-encoded, for those that have it there. Not for Operation::Pass.
void appendPath(std::string& out, const Endpoint& endpoint, Kind to, std::string_view model,
                bool stream);

/// "?a=b&key=secret" without Gemini's `key`, and without `alt`, which is ours to choose; "" when
/// nothing is left.
std::string withoutSecrets(std::string_view query);
/// The value of a parameter; empty: it is not there. Not decoded.
std::string_view parameter(std::string_view query, std::string_view name);

/// RFC 3986 2.1. What is malformed stays as it is.
std::string percentDecoded(std::string_view text);
/// For one segment of a path; '/' is kept, as models' names have it there.
std::string percentEncoded(std::string_view text);

}  // namespace sluice::exchange
