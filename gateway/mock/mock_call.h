// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/config/config.h"
#include "gateway/dialect/embeddings.h"
#include "gateway/dialect/translate.h"
#include "gateway/mock/mock_reply.h"

namespace sluice::mock {

/// One call to a mock provider in the dialect it speaks. Replies are made in OpenAI's chat, and
/// translated where it speaks another. Pure.
class MockCall {
 public:
  struct Refusal {
    int status;
    std::string body;
  };
  /// A whole answer, at once: embeddings and counts of tokens.
  using Ready = std::string;

  /// `path`: below the provider's own, such as "/messages". Empty: there is no such address.
  static std::optional<MockCall> at(config::Speech speaks, std::string_view path);

  /// What it is answered with: a reply, which takes its time; at once; or not at all.
  std::variant<MockReply, Ready, Refusal> read(std::string_view body, const config::Mock& temper,
                                               std::uint64_t serial, std::int64_t unixSeconds);
  /// The body of an error that has nothing to do with the request.
  std::string error(int status, std::string_view message) const;

  /// A whole reply, or the next events of one, in the dialect that is spoken.
  std::string whole(const MockReply& reply) const;
  std::string events(const std::string& chatEvents);

 private:
  enum class What : std::uint8_t { Generate, Embed, Count };
  std::string embeddings(std::string_view body, const std::string& openAiBody) const;

  What m_what = What::Generate;
  dialect::Kind m_kind = dialect::Kind::Chat;
  dialect::EmbedForm m_form = dialect::EmbedForm::OpenAi;
  dialect::AnswerContext m_context;
  std::optional<dialect::StreamTranslator> m_stream;
  std::string m_model;
  bool m_streams = false;
};

}  // namespace sluice::mock
