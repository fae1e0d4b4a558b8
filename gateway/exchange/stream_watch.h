// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/dialect/kind.h"

namespace sluice::exchange {

/// Looks at a stream that is forwarded as it is, for its end and for failures that the provider tells
/// of within it. Knows just enough of each dialect's grammar, and builds nothing. Confined to one
/// thread.
class StreamWatch {
 public:
  void begin(dialect::Kind kind);
  /// The next whole events.
  void see(std::string_view events);

  /// The event that ends a stream of that dialect has passed; but Chat's, which the splitter knows.
  bool ended() const { return m_ended; }
  /// Chat: so many choices, or more, have told why they end.
  bool finished(std::uint64_t choices) const { return m_finished >= choices; }
  /// An error event has passed, or an answer that failed.
  bool failed() const { return m_failed; }
  /// Responses: the number of the event that would come next.
  std::uint64_t nextSequence() const { return m_nextSequence; }

 private:
  dialect::Kind m_kind = dialect::Kind::Chat;
  bool m_ended = false;
  bool m_failed = false;
  std::uint64_t m_nextSequence = 0;
  std::uint64_t m_finished = 0;
};

}  // namespace sluice::exchange
