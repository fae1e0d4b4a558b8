// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::dialect {

/// One event of a stream (HTML Living Standard, 9.2.6): its name, and its data, lines joined by "\n".
struct SseText {
  std::string_view name;
  std::string_view data;  ///< empty: a comment, or nothing
};

/// Cuts whole events apart. Lines may end in LF, CRLF or CR. Keeps room for data of several lines. A line
/// that begins with a brace is taken for data: it is how some servers, Google's among them, tell of an
/// error within a stream.
class SseCutter {
 public:
  /// Takes the next event from the front of `events`; absent: there are none left. The last need not
  /// have its empty line. Views live until the next call, and not longer than `events`' text.
  std::optional<SseText> next(std::string_view& events);

 private:
  std::string m_joined;
};

}  // namespace sluice::dialect
