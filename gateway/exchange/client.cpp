// SPDX-License-Identifier: GPL-3.0-or-later
// Who asks, and what they may.
#include <algorithm>
#include <array>

#include "gateway/exchange/exchange.h"
#include "gateway/exchange/secret.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

namespace {

std::string_view bearer(const net::HttpHead& head) {
  const std::string_view field = head.find("authorization").value_or("");
  constexpr std::string_view kScheme = "bearer ";
  if (!net::equalsIgnoreCase(field.substr(0, kScheme.size()), kScheme)) return {};
  return field.substr(kScheme.size());
}

}  // namespace

bool Exchange::identify() {
  const net::HttpHead& head = m_connection.request();
  // Each dialect's own place for a key; clients that know several dialects send several.
  const std::string decoded = percentDecoded(parameter(m_query, "key"));
  const std::array<std::string_view, 5> given = {bearer(head), head.find("x-api-key").value_or(""),
                                                 head.find("x-goog-api-key").value_or(""),
                                                 head.find("api-key").value_or(""), decoded};
  // All are compared, whoever it is, so that the time does not tell.
  for (const route::ClientEntry& client : m_table->clients) {
    if (client.key.empty()) continue;
    for (const std::string_view key : given) {
      if (sameSecret(key, client.key)) m_client = &client;
    }
  }
  m_hasKey = std::ranges::any_of(given, [](std::string_view key) { return !key.empty(); });
  return m_client != nullptr;
}

void Exchange::answerUnknownClient() {
  const dialect::ErrorBody error{
      m_hasKey ? "the API key is not known to this gateway; it wants one of its client_keys"
               : "this gateway wants an API key: one of its client_keys, as 'Authorization: Bearer "
                 "...', "
                 "or where the client's dialect has it",
      "invalid_request_error",
      {},
      "invalid_api_key"};
  beginRequest();
  m_refusedFor = &metrics::Refusals::unknownKey;
  reject(401, error, "WWW-Authenticate: Bearer\r\n");
}

bool Exchange::mayUse() {
  if (m_client && !m_client->mayUse(m_request.model)) {
    reject(403, {"the key '" + m_client->config.id + "' may not use the model '" +
                     shownModel(m_request.model) + "'",
                 "permission_error", "model", "model_not_allowed"});
    return false;
  }
  return true;
}

bool Exchange::admitClient() {
  if (m_client && !pay({m_client->config.limits, m_client->runtime->buckets}, m_clientToll,
                       m_client->runtime->refused, "the key '" + m_client->config.id + "'")) {
    return false;
  }
  return pay({m_route->limits, m_route->runtime->buckets}, m_routeToll, m_route->runtime->refused,
             "model '" + m_route->model + "'");
}

bool Exchange::pay(const TollGate& gate, Toll& toll, route::Refused& counts,
                   const std::string& whose) {
  if (gate.open()) return true;
  auto taken = gate.take(m_need, m_askedAt);
  if (auto* paid = std::get_if<Toll>(&taken)) {
    toll = std::move(*paid);  // goes back unless an attempt begins
    return true;
  }
  const auto& refused = std::get<TollRefusal>(taken);
  counts.count(refused.tokens);
  Refusal refusal;
  refusal.limit = true;
  refusal.tokens = refused.tokens;
  refusal.tooLarge = refused.tooLarge;
  refusal.retryIn = refused.retryIn;
  refusal.reason = describeLimit(whose, gate.limits, refusal, m_need);
  refuse(refusal);
  return false;
}

}  // namespace sluice::exchange
