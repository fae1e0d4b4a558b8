// SPDX-License-Identifier: GPL-3.0-or-later
// Who asks, and what they may.
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/secret.h"

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
  const std::string_view given = bearer(m_connection.request());
  // All are compared, whoever it is, so that the time does not tell.
  for (const route::ClientEntry& client : m_table->clients) {
    if (sameSecret(given, client.key) && !client.key.empty()) m_client = &client;
  }
  return m_client != nullptr;
}

void Exchange::answerUnknownClient() {
  const dialect::ErrorBody error{
      m_connection.request().find("authorization")
          ? "the API key is not known to this gateway; it wants one of its client_keys"
          : "this gateway wants an API key: one of its client_keys, as 'Authorization: Bearer ...'",
      "invalid_request_error",
      {},
      "invalid_api_key"};
  answerError(401, error, "WWW-Authenticate: Bearer\r\n");
}

bool Exchange::admitClient() {
  if (!m_client) return true;
  if (!m_client->mayUse(m_request.model)) {
    reject(403,
           {"the key '" + m_client->config.id + "' may not use the model '" + m_request.model + "'",
            "permission_error", "model", "model_not_allowed"});
    return false;
  }
  const auto perMinute = m_client->config.limits.requestsPerMinute;
  if (!perMinute) return true;
  core::TokenBucket& bucket = m_client->runtime->requests;
  const auto taken = bucket.tryAcquire(1, m_receivedAt);
  if (taken.granted()) {
    m_clientToken = core::TokenReservation(bucket, 1);  // goes back unless an attempt begins
    return true;
  }
  Refusal refusal;
  refusal.limit = true;
  refusal.retryIn = taken.retryAt == core::kNever
                        ? core::kNever
                        : std::max<core::Nanos>(taken.retryAt - m_receivedAt, 0);
  refusal.reason = "the limit of the key '" + m_client->config.id + "' is reached (" +
                   std::to_string(*perMinute) + " requests per minute)";
  refuse(refusal);
  return false;
}

}  // namespace sluice::exchange
