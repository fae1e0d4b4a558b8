// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/wording.h"

#include "gateway/dialect/gemini.h"
#include "gateway/dialect/translate.h"

namespace sluice::exchange {

using dialect::ErrorBody;
using dialect::Kind;

std::string errorText(Kind caller, int status, const ErrorBody& error, std::string_view requestId) {
  if (caller == Kind::Chat || caller == Kind::Responses) return dialect::errorBody(error);
  std::string body = dialect::errorBody(caller, status,
                                        {dialect::errorKindOf(status), std::string(error.message),
                                         std::string(error.code), std::string(error.param)});
  if (caller == Kind::Anthropic && body.ends_with('}')) {
    body.pop_back();
    body.append(",\"request_id\":").append(dialect::jsonString(requestId)).append("}");
  }
  return body;
}

std::string errorEvents(Kind caller, int status, const ErrorBody& error, std::string_view requestId,
                        std::uint64_t sequence) {
  switch (caller) {
    case Kind::Chat:
      return dialect::errorEvent(error);
    case Kind::Responses: {
      std::string event = "event: error\ndata: {\"type\":\"error\",\"code\":";
      event.append(dialect::jsonString(error.code.empty() ? error.type : error.code));
      event.append(",\"message\":").append(dialect::jsonString(error.message));
      event.append(",\"param\":null,\"sequence_number\":").append(std::to_string(sequence));
      return event.append("}\n\n");
    }
    case Kind::Anthropic:
      return "event: error\ndata: " + errorText(caller, status, error, requestId) + "\n\n";
    case Kind::Gemini:
      break;
  }
  std::string events;
  dialect::gemini::writeErrorEvents(status,
                                    {dialect::errorKindOf(status), std::string(error.message),
                                     std::string(error.code), std::string(error.param)},
                                    events);
  return events;
}

}  // namespace sluice::exchange
