// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/stream_watch.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "gateway/dialect/translate.h"

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

/// Whether the data of an event has a member `error` that tells of one. Events are read only where the
/// word stands with its quotes; in the text of an answer these would be escaped.
bool hasErrorObject(std::string_view events) {
  constexpr std::string_view kError = "\"error\"";
  for (std::size_t at = events.find(kError); at != std::string_view::npos;
       at = events.find(kError, at)) {
    const std::size_t from = events.find_last_of("\r\n", at) + 1;  // npos + 1 is the beginning
    const std::size_t end = std::min(events.find_first_of("\r\n", at), events.size());
    constexpr std::string_view kData = "data:";
    const std::string_view line = events.substr(from, end - from);
    if (line.starts_with(kData) && dialect::tellsOfError(line.substr(kData.size()))) return true;
    at = end;
  }
  return false;
}

struct Finishes {
  std::uint64_t count = 0;
  bool failed = false;
};

/// How often `"finish_reason":"..."` stands there: the member of a choice that has ended. "error" is
/// what some say of one that broke off (OpenRouter).
Finishes finishesIn(std::string_view events) {
  constexpr std::string_view kName = "\"finish_reason\"";
  Finishes finishes;
  for (std::size_t at = events.find(kName); at != std::string_view::npos;
       at = events.find(kName, at + 1)) {
    const std::size_t colon = events.find_first_not_of(" \t", at + kName.size());
    if (colon == std::string_view::npos || events[colon] != ':') continue;
    const std::size_t value = events.find_first_not_of(" \t", colon + 1);
    if (value == std::string_view::npos || events[value] != '"') continue;
    ++finishes.count;
    finishes.failed = finishes.failed || events.substr(value).starts_with("\"error\"");
  }
  return finishes;
}

}  // namespace

void StreamWatch::begin(Kind kind) {
  *this = {};
  m_kind = kind;
}

void StreamWatch::see(std::string_view events) {
  if (events.empty()) return;
  switch (m_kind) {
    case Kind::Chat: {
      const Finishes finishes = finishesIn(events);
      m_failed = m_failed || finishes.failed || hasErrorObject(events);
      m_finished += finishes.count;
      return;
    }
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
