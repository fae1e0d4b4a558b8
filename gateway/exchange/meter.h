// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/json_member.h"
#include "gateway/dialect/kind.h"
#include "gateway/dialect/openai.h"
#include "gateway/dialect/translate.h"

namespace sluice::exchange {

/// Reads from an answer on its way what it cost. Confined to one thread.
class Meter {
 public:
  /// Before each answer, which is in that dialect. `strip`: the usage was asked for by us, so the
  /// client is not to see the event that is there for it alone (Chat).
  void begin(dialect::Kind kind, bool strip);

  /// The next bytes of an answer that is one JSON object.
  void plain(std::string_view body) {
    m_member.feed(body);
    m_bytes += body.size();
  }
  /// The next whole events of a stream; what of them is for the client. The view lives until the next
  /// call, and not longer than `whole`. `pieces`: so many events have passed with these.
  std::string_view events(std::string_view whole, std::uint64_t pieces);

  /// What was read elsewhere, of an answer that is translated. `bytes`: it is one JSON object.
  void set(const std::optional<dialect::TokenUsage>& usage, std::uint64_t pieces,
           std::uint64_t bytes = 0);

  /// What the provider said, so far.
  std::optional<dialect::Usage> usage() const;
  /// Bytes of an answer that is one JSON object, as the provider wrote it.
  std::uint64_t bytes() const { return m_bytes; }
  /// Events that have passed: about as many tokens were made.
  std::uint64_t pieces() const { return m_pieces; }

 private:
  dialect::JsonMember m_member{"usage"};
  std::optional<dialect::Usage> m_usage;  // of a stream
  dialect::TokenUsage m_told;             // of a stream that is not Chat's: it tells bit by bit
  dialect::Kind m_kind = dialect::Kind::Chat;
  std::uint64_t m_pieces = 0;
  std::uint64_t m_bytes = 0;
  std::string m_out;
  bool m_strip = false;
};

}  // namespace sluice::exchange
