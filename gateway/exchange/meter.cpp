// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/meter.h"

#include <algorithm>
#include <array>

namespace sluice::exchange {

namespace {

using dialect::Kind;

constexpr std::string_view kKey = "\"usage\"";
constexpr std::string_view kGeminiKey = "\"usageMetadata\"";
/// A blank line behind the end of another.
constexpr std::array<std::string_view, 3> kBlank = {"\n\n", "\n\r\n", "\r\r"};

/// Whether an object follows the key that ends at `at`.
bool objectFollows(std::string_view text, std::size_t at) {
  const std::size_t colon = text.find_first_not_of(" \t", at);
  if (colon == std::string_view::npos || text[colon] != ':') return false;
  const std::size_t value = text.find_first_not_of(" \t", colon + 1);
  return value != std::string_view::npos && text[value] == '{';
}

std::size_t startOfEvent(std::string_view text, std::size_t at) {
  std::size_t start = 0;
  for (const std::string_view blank : kBlank) {
    const std::size_t before = text.substr(0, at).rfind(blank);
    if (before != std::string_view::npos) start = std::max(start, before + blank.size());
  }
  return start;
}

std::size_t endOfEvent(std::string_view text, std::size_t at) {
  std::size_t end = text.size();
  for (const std::string_view blank : kBlank) {
    const std::size_t behind = text.find(blank, at);
    if (behind != std::string_view::npos) end = std::min(end, behind + blank.size());
  }
  return end;
}

}  // namespace

void Meter::begin(Kind kind, bool strip) {
  if (kind != m_kind) {
    m_kind = kind;
    m_member = dialect::JsonMember(kind == Kind::Gemini ? "usageMetadata" : "usage");
  }
  m_strip = strip;
  m_usage.reset();
  m_told = {};
  m_pieces = 0;
  m_bytes = 0;
  m_member.reset();
}

void Meter::set(const std::optional<dialect::TokenUsage>& usage, std::uint64_t pieces,
                std::uint64_t bytes) {
  if (usage) m_usage = dialect::Usage{usage->prompt, usage->completion};
  m_pieces = pieces;
  m_bytes = bytes;
}

std::string_view Meter::events(std::string_view whole, std::uint64_t pieces) {
  m_pieces = pieces;
  bool stripped = false;
  // In the text of an answer the quotes would be escaped; what is found is a key, or nearly always so.
  const std::string_view key = m_kind == Kind::Gemini ? kGeminiKey : kKey;
  for (std::size_t at = whole.find(key); at != std::string_view::npos;
       at = whole.find(key, at + key.size())) {
    if (!objectFollows(whole, at + key.size())) continue;
    const std::size_t start = startOfEvent(whole, at);
    const std::size_t end = endOfEvent(whole, at);
    if (m_kind != Kind::Chat) {
      if (dialect::readUsageEventOf(m_kind, whole.substr(start, end - start), m_told)) {
        m_usage = dialect::Usage{m_told.prompt, m_told.completion};
      }
      at = end - key.size();
      continue;
    }
    const auto event = dialect::readUsageEvent(whole.substr(start, end - start));
    if (!event.usage) continue;
    m_usage = event.usage;
    if (!m_strip || !event.usageOnly) continue;
    std::string rest(whole.substr(0, start));
    rest.append(whole.substr(end));
    m_out.swap(rest);
    whole = m_out;
    at = start;
    stripped = true;
    if (at >= whole.size()) break;
  }
  return stripped ? std::string_view(m_out) : whole;
}

std::optional<dialect::Usage> Meter::usage() const {
  if (m_usage) return m_usage;
  if (m_member.value().empty()) return std::nullopt;
  if (m_kind == Kind::Chat) return dialect::readUsage(m_member.value());
  std::string body = m_kind == Kind::Gemini ? "{\"usageMetadata\":" : "{\"usage\":";
  body.append(m_member.value()).append("}");
  const auto usage = dialect::readUsageOf(m_kind, body);
  if (!usage) return std::nullopt;
  return dialect::Usage{usage->prompt, usage->completion};
}

}  // namespace sluice::exchange
