// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "gateway/core/response_cache.h"
#include "gateway/core/time.h"

namespace sluice::cache {

/// A whole good answer, as the client gets it.
struct Answer {
  std::string fields;  ///< head fields that belong to it, each with its CRLF
  std::string body;
  std::string dropped;  ///< what it could not be asked for; also in `fields`
  bool stream = false;
  core::Nanos madeAt = 0;
};

using AnswerCache = core::ResponseCache<Answer>;

}  // namespace sluice::cache
