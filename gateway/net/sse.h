// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
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
  /// its blank line. The view lives until the next call, and not longer than `bytes`.
  std::string_view feed(std::string_view bytes);

  /// Of an event that has begun and not ended: bytes, and what has come.
  std::size_t pending() const { return m_tail.size() - m_given; }
  std::string_view rest() const { return std::string_view(m_tail).substr(m_given); }
  /// The unfinished event is longer than kMaxEvent: the stream is not to be trusted.
  bool overflow() const { return pending() > kMaxEvent; }
  /// What has come of the unfinished event is "data: [DONE]", for all that counts.
  bool restIsDone() const;
  /// An event whose data is "[DONE]" has passed: the OpenAI stream is complete.
  bool done() const { return m_done; }
  /// Events with data that have ended since reset(); what has none, such as a comment, is no event.
  std::uint64_t events() const { return m_events; }
  /// Gives back memory that is not needed while nothing comes. Ends the life of what feed() returned.
  void release();
  void reset();

 private:
  std::string m_tail;           // begun event; in front of it what was given out of here
  std::size_t m_given = 0;      // so much of m_tail was
  std::size_t m_lineStart = 0;  // behind that
  std::uint64_t m_events = 0;
  bool m_afterCr = false;
  bool m_done = false;
  bool m_hasData = false;  // the event under way
};

}  // namespace sluice::net
