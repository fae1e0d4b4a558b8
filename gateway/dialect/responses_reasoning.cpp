// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/responses.h"
#include "gateway/dialect/signature.h"

namespace sluice::dialect::responses {

namespace {

constexpr std::string_view kSignature = "signature:";

/// Of parts that have a text each: a summary has one paragraph in each.
std::string joined(JsonValue list, std::string_view name, FieldReader& fields) {
  std::string text;
  std::size_t index = 0;
  for (const JsonValue part : fields.array(list)) {
    const FieldReader::Scope scope(fields, name, index++);
    if (!fields.isObject(part)) break;
    const std::string_view one = fields.string(part["text"]);
    if (!text.empty() && !one.empty()) text += "\n\n";
    text += one;
  }
  return text;
}

}  // namespace

ReasoningPart readThoughts(JsonValue item, FieldReader& fields) {
  ReasoningPart thoughts;
  thoughts.text = joined(item["summary"], "summary", fields);
  // Open models tell all of it.
  if (thoughts.text.empty()) thoughts.text = joined(item["content"], "content", fields);
  std::string_view encrypted = fields.string(item["encrypted_content"]);
  if (encrypted.starts_with(kSignature)) {
    thoughts.signature = marked(Kind::Anthropic, encrypted.substr(kSignature.size()));
  } else {
    thoughts.encrypted = marked(Kind::Responses, encrypted);
  }
  return thoughts;
}

void writeReasoningItem(std::string_view id, const ReasoningPart& reasoning, JsonWriter& writer) {
  writer.beginObject();
  if (!id.empty()) writer.member("id", id);
  writer.member("type", "reasoning").key("summary").beginArray();
  if (!reasoning.text.empty()) {
    writer.beginObject().member("type", "summary_text").member("text", reasoning.text).endObject();
  }
  writer.endArray();
  if (!reasoning.signature.empty()) {
    writer.member("encrypted_content", std::string(kSignature) + reasoning.signature);
  } else if (!reasoning.encrypted.empty()) {
    writer.member("encrypted_content", shownTo(Kind::Responses, reasoning.encrypted));
  }
  writer.endObject();
}

}  // namespace sluice::dialect::responses
