// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/stream_watch.h"

#include <charconv>
#include <string>

namespace sluice::exchange {

using dialect::Kind;

namespace {

/// Whether an object of the events has that member. In the text of an answer its quotes would be
/// escaped.
bool hasMember(std::string_view events, std::string_view quotedName) {
  for (std::size_t at = events.find(quotedName); at != std::string_view::npos;
       at = events.find(quotedName, at + 1)) {
    const std::size_t behind = events.find_first_not_of(" \t", at + quotedName.size());
    if (behind != std::string_view::npos && events[behind] == ':') return true;
  }
  return false;
}

/// Whether an event is of that type: by its name, or by the member `type` of its data.
bool hasType(std::string_view events, std::string_view type) {
  for (std::size_t at = events.find(type); at != std::string_view::npos;
       at = events.find(type, at + 1)) {
    std::string_view before = events.substr(0, at);
    const std::string_view behind = events.substr(at + type.size());
    if (behind.starts_with('\n') || behind.starts_with('\r')) {
      while (before.ends_with(' ')) before.remove_suffix(1);
      if (before == "event:" || before.ends_with("\nevent:") || before.ends_with("\revent:")) {
        return true;
      }
    } else if (behind.starts_with('"') && before.ends_with('"')) {
      before.remove_suffix(1);
      while (before.ends_with(' ')) before.remove_suffix(1);
      if (!before.ends_with(':')) continue;
      before.remove_suffix(1);
      while (before.ends_with(' ')) before.remove_suffix(1);
      if (before.ends_with("\"type\"")) return true;
    }
  }
  return false;
}

/// Whether the data of an event begins with the member `error`.
bool hasErrorObject(std::string_view events) {
  for (std::size_t at = events.find("\"error\""); at != std::string_view::npos;
       at = events.find("\"error\"", at + 1)) {
    std::string_view before = events.substr(0, at);
    while (before.ends_with(' ')) before.remove_suffix(1);
    if (!before.ends_with('{')) continue;
    before.remove_suffix(1);
    while (before.ends_with(' ')) before.remove_suffix(1);
    if (before == "data:" || before.ends_with("\ndata:") || before.ends_with("\rdata:"))
      return true;
  }
  return false;
}

/// How often `"finish_reason":"..."` stands there: the member of a choice that has ended.
std::uint64_t finishesIn(std::string_view events) {
  constexpr std::string_view kName = "\"finish_reason\"";
  std::uint64_t count = 0;
  for (std::size_t at = events.find(kName); at != std::string_view::npos;
       at = events.find(kName, at + 1)) {
    const std::size_t colon = events.find_first_not_of(" \t", at + kName.size());
    if (colon == std::string_view::npos || events[colon] != ':') continue;
    const std::size_t value = events.find_first_not_of(" \t", colon + 1);
    if (value != std::string_view::npos && events[value] == '"') ++count;
  }
  return count;
}

}  // namespace

void StreamWatch::begin(Kind kind) {
  *this = {};
  m_kind = kind;
}

void StreamWatch::see(std::string_view events) {
  if (events.empty()) return;
  switch (m_kind) {
    case Kind::Chat:
      m_failed = m_failed || hasErrorObject(events);
      m_finished += finishesIn(events);
      return;
    case Kind::Anthropic:
      m_failed = m_failed || hasType(events, "error");
      m_ended = m_ended || m_failed || hasType(events, "message_stop");
      return;
    case Kind::Gemini:
      m_failed = m_failed || hasErrorObject(events);
      m_ended = m_ended || m_failed || hasMember(events, "\"finishReason\"") ||
                hasMember(events, "\"blockReason\"");
      return;
    case Kind::Responses:
      break;
  }
  constexpr std::string_view kSequence = "\"sequence_number\"";
  if (const std::size_t at = events.rfind(kSequence); at != std::string_view::npos) {
    const std::size_t number = events.find_first_of("0123456789", at);
    std::uint64_t value = 0;
    if (number != std::string_view::npos &&
        std::from_chars(events.data() + number, events.data() + events.size(), value).ec ==
            std::errc()) {
      m_nextSequence = value + 1;
    }
  }
  m_failed = m_failed || hasType(events, "response.failed") || hasType(events, "error");
  m_ended = m_ended || m_failed || hasType(events, "response.completed") ||
            hasType(events, "response.incomplete");
}

}  // namespace sluice::exchange
