// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/wording.h"

#include "gateway/dialect/translate.h"

namespace sluice::exchange {

using dialect::ErrorBody;
using dialect::Kind;

namespace {

dialect::Error told(int status, const ErrorBody& error) {
  return {dialect::errorKindOf(status), std::string(error.message), std::string(error.code),
          std::string(error.param)};
}

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // UTF-8
  return std::string(text.substr(0, end)) + "...";
}

std::string shownModel(std::string_view model) {
  return shortened(model, 200);
}

std::string errorText(Kind caller, int status, const ErrorBody& error, std::string_view requestId) {
  if (caller == Kind::Chat || caller == Kind::Responses) return dialect::errorBody(error);
  std::string body = dialect::errorBody(caller, status, told(status, error));
  if (caller == Kind::Anthropic) addRequestId(body, requestId);
  return body;
}

void addRequestId(std::string& body, std::string_view requestId) {
  if (!body.ends_with('}')) return;
  body.pop_back();
  body.append(",\"request_id\":").append(dialect::jsonString(requestId)).append("}");
}

std::string errorEvents(Kind caller, int status, const ErrorBody& error, std::string_view requestId,
                        std::uint64_t sequence) {
  switch (caller) {
    case Kind::Chat:
      return dialect::errorEvent(error);
    case Kind::Anthropic:
      return "event: error\ndata: " + errorText(caller, status, error, requestId) + "\n\n";
    case Kind::Responses:
    case Kind::Gemini:
      break;
  }
  return dialect::errorEvents(caller, status, told(status, error), sequence);
}

}  // namespace sluice::exchange
