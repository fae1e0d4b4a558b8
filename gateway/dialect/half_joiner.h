// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "gateway/dialect/conversation.h"

namespace sluice::dialect {

/// Puts characters together that a stream has cut between two pieces of one text. A character beyond the
/// first 65536 is two halves in JSON (RFC 8259, section 7), and a server that cuts its text by UTF-16 units
/// sends one with each piece. Steps of a reader, whose texts may begin and end with a half as
/// JsonValue::piece() gives it, go on to `sink`, whose texts are UTF-8. A half that ends a piece waits for
/// the next piece of the same text; usage may stand between. One that nothing fits becomes U+FFFD.
/// Confined to one thread.
class HalfJoiner final : public EventSink {
 public:
  /// `sink` must outlive it.
  explicit HalfJoiner(EventSink& sink) : m_sink(sink) {}
  void on(const StreamEvent& event) override;

 private:
  /// The half that waits finds nothing.
  void settle();

  EventSink& m_sink;
  std::string m_half;  // the first of a character, that ended the last text
  std::string m_text;
  StreamEvent::Type m_type = StreamEvent::Type::Text;  // of the text with the half
};

}  // namespace sluice::dialect
