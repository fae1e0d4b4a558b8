// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>

#include "gateway/dialect/gemini.h"

namespace sluice::dialect::gemini {

namespace {

std::string_view statusWordOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest:
    case ErrorKind::TooLarge:
      return "INVALID_ARGUMENT";
    case ErrorKind::Authentication:
      return "UNAUTHENTICATED";
    case ErrorKind::Billing:
      return "FAILED_PRECONDITION";
    case ErrorKind::Permission:
      return "PERMISSION_DENIED";
    case ErrorKind::NotFound:
      return "NOT_FOUND";
    case ErrorKind::RateLimit:
      return "RESOURCE_EXHAUSTED";
    case ErrorKind::Overloaded:
      return "UNAVAILABLE";
    case ErrorKind::Timeout:
      return "DEADLINE_EXCEEDED";
    case ErrorKind::Server:
      break;
  }
  return "INTERNAL";
}

}  // namespace

Error readError(int status, JsonValue body) {
  // Asked for an array, it answers with one that has the error in it.
  const JsonValue told = (body.isArray() && !body.empty() ? *body.begin() : body)["error"];
  if (status == 0) {
    const std::int64_t code = told["code"].integer().value_or(0);
    if (code >= 400 && code < 600) status = static_cast<int>(code);
  }
  Error error;
  error.kind = errorKindOf(status);
  error.message = told["message"].text();
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::Server); ++kind) {
    if (statusWordOf(static_cast<ErrorKind>(kind)) != told["status"].text()) continue;
    error.kind = static_cast<ErrorKind>(kind);
    break;
  }
  for (const JsonValue detail : told["details"]) {
    const std::string_view reason = detail["reason"].text();
    if (reason.starts_with("API_KEY_") || reason == "SERVICE_DISABLED" ||
        reason == "BILLING_DISABLED" || reason == "CONSUMER_INVALID") {
      error.kind = ErrorKind::Authentication;
      error.code = "invalid_api_key";
    }
    // "22s", "1.5s" (google.rpc.RetryInfo)
    const std::string delay(detail["retryDelay"].text());
    if (delay.ends_with('s')) error.retryAfter = std::max(0.0, std::strtod(delay.c_str(), nullptr));
  }
  // "The input token count (1234567) exceeds the maximum number of tokens allowed (1048576)."
  if (error.message.find("input token count") != std::string::npos &&
      error.message.find("exceeds the maximum number of tokens") != std::string::npos) {
    error.code = "context_length_exceeded";
  }
  return error;
}

void writeError(int status, const Error& error, std::string& out) {
  JsonWriter writer(out);
  writer.beginObject().key("error").beginObject().key("code").integer(status);
  writer.member("message", error.message).member("status", statusWordOf(error.kind));
  writer.endObject().endObject();
}

void writeErrorEvents(int status, const Error& error, std::uint64_t, std::string& out) {
  out.append("data: ");
  const std::size_t from = out.size();
  writeError(status, error, out);
  const std::string bare = out.substr(from);
  out.append("\n\n").append(bare);
}

UsageUpdate readUsage(JsonValue body) {
  const JsonValue usage = body["usageMetadata"];
  UsageUpdate update;
  update.prompt = usage["promptTokenCount"].count();
  // What tools of the provider's own put into the prompt is told apart from it.
  if (const auto tools = usage["toolUsePromptTokenCount"].count()) {
    update.prompt = update.prompt.value_or(0) + *tools;
  }
  update.cached = usage["cachedContentTokenCount"].count();
  update.reasoning = usage["thoughtsTokenCount"].count();
  const auto candidates = usage["candidatesTokenCount"].count();
  if (candidates || update.reasoning) {
    update.completion = candidates.value_or(0) + update.reasoning.value_or(0);
  }
  return update;
}

void writeUsage(const TokenUsage& usage, JsonWriter& writer) {
  writer.beginObject().memberCount("promptTokenCount", usage.prompt);
  // Parts are no more than their sums, whatever a provider counts.
  const std::uint64_t cached = std::min(usage.cached, usage.prompt);
  if (cached > 0) writer.memberCount("cachedContentTokenCount", cached);
  const std::uint64_t thoughts = std::min(usage.reasoning, usage.completion);
  writer.memberCount("candidatesTokenCount", usage.completion - thoughts);
  if (thoughts > 0) writer.memberCount("thoughtsTokenCount", thoughts);
  writer.memberCount("totalTokenCount", usage.total()).endObject();
}

}  // namespace sluice::dialect::gemini
