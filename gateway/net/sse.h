// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::net {

/// Cuts a byte stream of server-sent events at event boundaries (WHATWG HTML 9.2), whatever the
/// splits it arrives in, so that only whole events are relayed and an error can be put in between.
/// Line ends may be LF, CRLF or CR. Confined to one thread.
class SseSplitter {
 public:
  static constexpr std::size_t kMaxEvent = 8 * 1024 * 1024;

  /// Takes the next bytes; returns all that is now complete: zero or more whole events, each with
  /// its blank line. The view lives until the next call.
  std::string_view feed(std::string_view bytes);

  /// Of an event that has begun and not ended: bytes, and what has come.
  std::size_t pending() const { return m_tail.size(); }
  std::string_view rest() const { return m_tail; }
  /// The unfinished event is longer than kMaxEvent: the stream is not to be trusted.
  bool overflow() const { return m_tail.size() > kMaxEvent; }
  /// An event whose data is "[DONE]" has passed: the OpenAI stream is complete.
  bool done() const { return m_done; }
  void reset();

 private:
  std::string m_tail;  // begun event, and before a return what is given out
  std::string m_ready;
  std::size_t m_lineStart = 0;  // in m_tail
  bool m_afterCr = false;
  bool m_done = false;
};

}  // namespace sluice::net
