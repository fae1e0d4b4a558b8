// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::mock {

/// What a mock provider answers to one chat completion: the OpenAI shapes, piece by piece, so that
/// the host can send them at the provider's pace. Calls a tool when the request offers one and the
/// last message is not a tool's result; the first two at once when there are several and the request
/// does not forbid that. Pure.
class MockReply {
 public:
  /// The body of a 400 when the request is not one.
  using Refusal = std::string;
  /// `serial` makes the reply's id, `unixSeconds` its time of creation.
  static std::variant<MockReply, Refusal> make(std::string_view requestBody,
                                               const config::Mock& temper, std::uint64_t serial,
                                               std::int64_t unixSeconds);

  bool stream() const { return m_stream; }
  /// Tokens of the text, or 1 for each tool call.
  std::uint32_t tokens() const { return m_tokens; }

  /// The whole answer, for a request that does not stream.
  std::string body() const;
  /// First event of a stream: the role.
  std::string firstEvent() const;
  /// The event of token `i`, 0 <= i < tokens().
  std::string tokenEvent(std::uint32_t i) const;
  /// Finish reason, usage if it was asked for, and [DONE].
  std::string lastEvents() const;

 private:
  std::string m_id;
  std::string m_model;
  struct Call {
    std::string id;
    std::string name;
    std::string arguments;
  };
  std::vector<Call> m_calls;  // empty: text
  std::int64_t m_created = 0;
  std::uint32_t m_tokens = 0;
  std::uint32_t m_promptTokens = 0;
  bool m_stream = false;
  bool m_usage = false;
  bool m_cut = false;  // by max_tokens
};

/// The body of an error the temper asked for, or of any other.
std::string mockError(int status, std::string_view message);

}  // namespace sluice::mock
