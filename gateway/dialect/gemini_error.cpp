// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/gemini.h"
#include "gateway/dialect/json_writer.h"

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
  const JsonValue told = body["error"];
  Error error;
  error.kind = errorKindOf(status);
  error.message = told["message"].text();
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::Server); ++kind) {
    if (statusWordOf(static_cast<ErrorKind>(kind)) != told["status"].text()) continue;
    error.kind = static_cast<ErrorKind>(kind);
    break;
  }
  for (const JsonValue detail : told["details"]) {
    if (detail["reason"].text() == "API_KEY_INVALID") error.kind = ErrorKind::Authentication;
  }
  return error;
}

void writeError(int status, const Error& error, std::string& out) {
  JsonWriter writer(out);
  writer.beginObject().key("error").beginObject().key("code").integer(status);
  writer.member("message", error.message).member("status", statusWordOf(error.kind));
  writer.endObject().endObject();
}

UsageUpdate readUsage(JsonValue body) {
  const JsonValue usage = body["usageMetadata"];
  UsageUpdate update;
  update.prompt = usage["promptTokenCount"].count();
  update.cached = usage["cachedContentTokenCount"].count();
  update.reasoning = usage["thoughtsTokenCount"].count();
  const auto candidates = usage["candidatesTokenCount"].count();
  if (candidates || update.reasoning) {
    update.completion = candidates.value_or(0) + update.reasoning.value_or(0);
  }
  return update;
}

}  // namespace sluice::dialect::gemini
