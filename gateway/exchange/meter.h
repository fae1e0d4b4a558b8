// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/json_member.h"
#include "gateway/dialect/openai.h"

namespace sluice::exchange {

/// Reads from an answer on its way what it cost. Confined to one thread.
class Meter {
 public:
  /// Before each answer. `strip`: the usage was asked for by us, so the client is not to see the event
  /// that is there for it alone.
  void begin(bool strip);

  /// The next bytes of an answer that is one JSON object.
  void plain(std::string_view body) { m_member.feed(body); }
  /// The next whole events of a stream; what of them is for the client. The view lives until the next
  /// call, and not longer than `whole`.
  std::string_view events(std::string_view whole);

  /// What the provider said, so far.
  std::optional<dialect::Usage> usage() const;
  /// Events that have passed: about as many tokens were made.
  std::uint64_t pieces() const { return m_lines / 2; }

 private:
  dialect::JsonMember m_member{"usage"};
  std::optional<dialect::Usage> m_usage;  // of a stream
  std::uint64_t m_lines = 0;
  std::string m_out;
  bool m_strip = false;
};

}  // namespace sluice::exchange
