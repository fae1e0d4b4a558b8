// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/request_log.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "gateway/dialect/openai.h"
#include "gateway/net/http_head.h"

namespace sluice::exchange {

Q_LOGGING_CATEGORY(requestLog, "sluice.request", QtInfoMsg)

namespace {

using net::appendNumber;

/// RFC 3339, UTC, with milliseconds. Of a second's many lines only the first works it out.
void appendTime(std::string& out, std::int64_t unixMillis) {
  thread_local std::time_t known = -1;
  thread_local char text[24];
  thread_local std::size_t size = 0;
  const std::time_t seconds = unixMillis / 1000;
  if (seconds != known) {
    known = seconds;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &parts);
  }
  out.append(text, size);
  const auto millis = static_cast<std::uint64_t>(unixMillis % 1000);
  out.append(millis < 10 ? "00" : millis < 100 ? "0" : "");
  appendNumber(out, millis);
  out.push_back('Z');
}

/// Milliseconds with one decimal.
void appendMillis(std::string& out, core::Nanos span) {
  const std::uint64_t tenths = core::micros(span) / 100;
  appendNumber(out, tenths / 10);
  out.push_back('.');
  appendNumber(out, tenths % 10);
}

/// As it is when that is one plain word, else as a JSON string: no name can make a line of its own.
void appendWord(std::string& out, std::string_view word) {
  static constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-_.:/@*+")) {
      plain[static_cast<unsigned char>(c)] = true;
    }
    return plain;
  }();
  if (std::ranges::all_of(word, [](unsigned char c) { return kPlain[c]; })) {
    out.append(word);
  } else {
    out.append(dialect::jsonString(word));
  }
}

class Fields {
 public:
  Fields(std::string& out, config::LogFormat format)
      : m_out(out), m_json(format == config::LogFormat::Json) {}

  void word(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    name(key);
    m_json ? void(m_out.append(dialect::jsonString(value))) : appendWord(m_out, value);
  }
  void number(std::string_view key, std::uint64_t value) {
    name(key);
    appendNumber(m_out, value);
  }
  void millis(std::string_view key, core::Nanos span) {
    if (span <= 0) return;
    name(key);
    appendMillis(m_out, span);
  }

 private:
  void name(std::string_view key) {
    if (m_json) {
      m_out.append(",\"").append(key).append("\":");
    } else {
      m_out.append(" ").append(key).append("=");
    }
  }
  std::string& m_out;
  bool m_json;
};

}  // namespace

void appendLine(std::string& out, const RequestLine& line, config::LogFormat format,
                std::int64_t unixMillis) {
  const bool json = format == config::LogFormat::Json;
  out.append(json ? "{\"time\":\"" : "");
  appendTime(out, unixMillis);
  out.append(json ? "\",\"status\":" : " ");
  appendNumber(out, static_cast<std::uint64_t>(line.status));
  Fields fields(out, format);
  fields.word("outcome", line.outcome);
  fields.word("model", line.model);
  fields.word("provider", line.provider);
  fields.word("client", line.client);
  fields.number("attempts", line.attempts);
  if (line.stream) fields.number("stream", 1);
  fields.word("dropped", line.dropped);
  fields.word("cache", line.cache);
  if (line.tokens > 0) fields.number("tokens", line.tokens);
  fields.millis("queued_ms", line.queued);
  fields.millis("first_byte_ms", line.firstByte);
  fields.millis("total_ms", line.total);
  fields.word("id", line.id);
  out.append(json ? "}\n" : "\n");
}

}  // namespace sluice::exchange
