// SPDX-License-Identifier: GPL-3.0-or-later
// The admin paths: what runs, the config, and commands to providers.
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "gateway/config/json.h"
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/forward.h"
#include "gateway/exchange/secret.h"
#include "gateway/metrics/json.h"

namespace sluice::exchange {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kInvalid = "invalid_request_error";

/// A browser says which page asks: only our own machine's may.
bool originAllowed(std::string_view origin, std::string_view listenHost) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && hostAllowed(origin.substr(scheme + 3), listenHost);
}

std::optional<ProviderCommand> commandOf(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, ProviderCommand>, 7> kWords = {
      {{"trip", ProviderCommand::Trip},
       {"reset", ProviderCommand::Reset},
       {"drain", ProviderCommand::Drain},
       {"ready", ProviderCommand::Ready},
       {"disable", ProviderCommand::Disable},
       {"force-open", ProviderCommand::ForceOpen},
       {"force-closed", ProviderCommand::ForceClosed}}};
  for (const auto& [name, command] : kWords) {
    if (name == word) return command;
  }
  return std::nullopt;
}

}  // namespace

void Exchange::admin(std::string_view path) {
  const Admin& admin = m_worker.services().admin;
  const net::HttpHead& head = m_connection.request();
  const auto origin = head.find("origin");
  if (origin && !originAllowed(*origin, m_table->config->server.host)) {
    answerError(403, {"pages of other hosts may not use these paths", "permission_error", {}, {}});
    return;
  }
  const auto token = head.find("x-sluice-token");
  if (!token || !sameSecret(*token, admin.token)) {
    answerError(401, {"these paths need the field X-Sluice-Token with the token that stands in the "
                      "file 'token' of the state directory",
                      "authentication_error",
                      {},
                      "invalid_token"});
    return;
  }
  Services& services = m_worker.services();
  if (path == "snapshot") {
    if (head.method != "GET") return methodNotAllowed("GET");
    m_worker.publish();
    return answerAside([&services] {
      return Reply{200, kJson, metrics::snapshotJson(services.snapshot())};
    });
  }
  if (path == "config") {
    if (head.method == "GET") {
      // As its file has it: what is read here may be sent back changed.
      return answerAside([&services] {
        return Reply{200, kJson, config::toJson(*services.admin.config())};
      });
    }
    if (head.method != "PATCH") return methodNotAllowed("GET, PATCH");
    return answerAside([&services, patch = m_connection.body()] {
      const Admin::Patched patched = services.admin.patch(patch);
      if (patched.faults.empty()) {
        return Reply{200, kJson, nlohmann::json{{"revision", patched.revision}}.dump()};
      }
      const config::Fault& fault = patched.faults.front();
      const std::string message =
          fault.path.empty() ? fault.message : fault.path + ": " + fault.message;
      return Reply{400, kJson,
                   dialect::errorBody({message, kInvalid, fault.path, "invalid_config"})};
    });
  }
  constexpr std::string_view kProviders = "providers/";
  const std::size_t slash = path.rfind('/');
  if (path.starts_with(kProviders) && slash > kProviders.size()) {
    const std::string id(path.substr(kProviders.size(), slash - kProviders.size()));
    if (const auto command = commandOf(path.substr(slash + 1))) {
      if (head.method != "POST") return methodNotAllowed("POST");
      return answerAside([&services, id, command = *command] {
        if (services.admin.command(id, command)) {
          return Reply{200, kJson, nlohmann::json{{"provider", id}}.dump()};
        }
        return Reply{404, kJson,
                     dialect::errorBody({"there is no provider '" + id + "'", kInvalid, {}, {}})};
      });
    }
  }
  answerError(404, {"unknown admin path", kInvalid, {}, "unknown_url"});
}

}  // namespace sluice::exchange
