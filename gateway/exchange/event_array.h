// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace sluice::exchange {

/// Gemini's other way to stream: the data of the events as elements of one JSON array, which is how
/// streamGenerateContent answers without alt=sse. Confined to one thread.
class EventArray {
 public:
  /// Appends whole events.
  void append(std::string_view events, std::string& out);
  /// Appends the end.
  void end(std::string& out);
  void reset() { m_begun = false; }

  /// An answer that is an error instead: the array has nothing else in it.
  static std::string ofError(std::string_view body);

 private:
  bool m_begun = false;
};

}  // namespace sluice::exchange
