// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/config/config.h"
#include "gateway/core/time.h"

namespace sluice::exchange {

/// One line for each request that ended, unless this category, sluice.request, is switched off (by
/// QT_LOGGING_RULES); the config's log.level must be info or debug as well.
Q_DECLARE_LOGGING_CATEGORY(requestLog)

/// Takes lines, several at once, the last without its LF.
using LogWriter = std::function<void(std::string lines)>;

/// What is told of a request. Neither bodies nor header fields: nothing in it is secret but what a
/// client may have put into a model's name.
struct RequestLine {
  std::string_view id;
  std::string_view client;    ///< empty: nobody in particular
  std::string_view model;     ///< as asked for; empty: the request was none
  std::string_view provider;  ///< of the last attempt; empty: nobody was asked
  std::string_view dropped;   ///< what could not be carried to its dialect
  std::string_view cache;     ///< hit, miss, bypass; empty: not to be kept
  std::string_view outcome;   ///< ok, failed, cancelled, rejected
  int status = 0;             ///< 499: the client left
  std::uint32_t attempts = 0;
  std::uint64_t tokens = 0;
  core::Nanos queued = 0;
  core::Nanos firstByte = 0;  ///< 0: there was none
  core::Nanos total = 0;
  bool stream = false;
};

/// Appends one line, with its LF: words for people, or a JSON object. `unixMillis`: when it ended.
/// Pure.
void appendLine(std::string& out, const RequestLine& line, config::LogFormat format,
                std::int64_t unixMillis);

}  // namespace sluice::exchange
