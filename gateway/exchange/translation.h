// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/dialect/translate.h"

namespace sluice::exchange {

/// What an attempt at a provider of another dialect needs: the request in its words, and the answer on
/// its way back.
struct Translation {
  dialect::Kind from = dialect::Kind::Chat;  ///< of the provider
  std::string request;                       ///< its body
  std::vector<std::string> dropped;          ///< what could not be carried
  dialect::AnswerContext context;
  bool embeds = false;  ///< embeddings, which have translators of their own
  bool begun = false;   ///< the first byte of the answer's body has come
  std::optional<dialect::StreamTranslator> stream;  ///< once events have begun to come
  std::string whole;  ///< an answer that is no stream, as far as it came
  std::string out;    ///< for the client, before it is written
};

}  // namespace sluice::exchange
