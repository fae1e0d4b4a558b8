// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/first_look.h"

#include "gateway/exchange/forward.h"
#include "gateway/exchange/wording.h"

namespace sluice::exchange {

using dialect::Kind;

namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kBlank);
  return from == std::string_view::npos ? std::string_view{} : text.substr(from);
}

/// Whether an object begins with a member `error` that holds something: `{"error": {`. Servers that
/// know no status but 200 do so.
bool beginsWithError(std::string_view json) {
  for (const std::string_view token : {"{", "\"error\"", ":"}) {
    json = trimmed(json);
    if (!json.starts_with(token)) return false;
    json.remove_prefix(token.size());
  }
  json = trimmed(json);
  return json.starts_with('{') || json.starts_with('"');
}

}  // namespace

std::string flawOf(Kind spoken, const net::HttpHead& head, std::string_view body, bool whole,
                   bool streamAsked) {
  if (isEncoded(head)) return {};
  const std::string_view text = trimmed(body);
  if (text.empty()) return whole ? "sent an answer with nothing in it" : std::string();
  if (beginsWithError(text)) {
    std::string flaw = "told of an error in an answer of status " + std::to_string(head.status);
    const std::string words = dialect::readErrorOf(spoken, 500, whole ? text : "").message;
    return words.empty() ? flaw : flaw + ": " + words;
  }
  const bool json = text.front() == '{' || text.front() == '[';
  const std::string type(head.find("content-type").value_or("no content-type"));
  if (streamAsked && (json || text.front() == '<')) {
    return "answered with something else than a stream of events (" + type + ")";
  }
  if (!streamAsked && !json) {
    return "answered with something else than JSON (" + type + "); check its base_url";
  }
  return {};
}

bool beginsAnswer(std::string_view body) {
  const std::string_view text = trimmed(body);
  return !text.empty() && !beginsWithError(text);
}

dialect::Error errorTold(Kind spoken, std::string_view events) {
  dialect::StreamTranslator reader(spoken, spoken, {});
  std::string unread;
  if (reader.feed(events, unread) == dialect::StreamTranslator::State::Failed) {
    return reader.error();
  }
  // Of what breaks the grammar its words at least.
  constexpr std::string_view kData = "data:";
  for (std::size_t at = events.find(kData); at != std::string_view::npos;
       at = events.find(kData, at + 1)) {
    if (at > 0 && events[at - 1] != '\n' && events[at - 1] != '\r') continue;
    const std::size_t from = at + kData.size();
    const std::string_view data = events.substr(from, events.find_first_of("\r\n", from) - from);
    if (data.find("\"error\"") == std::string_view::npos) continue;
    return dialect::readErrorOf(spoken, 0, data);
  }
  return {};
}

std::string quoted(std::string_view words, std::string_view secret) {
  constexpr std::size_t kMost = 300;
  std::string text(words);
  if (!secret.empty()) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "[key]");
      at += 5;
    }
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return shortened(text, kMost);
}

}  // namespace sluice::exchange
