// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/net/http_head.h"

namespace sluice::net {

/// Why a message was refused, as the status to answer it with (400, 413, 431, 501) and words.
struct ParseFailure {
  int status = 0;
  std::string text;
};

/// Incremental HTTP/1.1 message parser (RFC 9112) over Boost.Beast's.
///
/// Feed it bytes as they come; it fills head() and appends the decoded body (chunked coding
/// removed) to the string given. It never calls back, so nothing can be destroyed under it.
/// Confined to one thread.
template <bool IsRequest>
class HttpParser {
 public:
  struct Limits {
    std::uint32_t head =
        32 * 1024;           ///< bytes of start line and of fields, each; of trailers as well
    std::uint64_t body = 0;  ///< decoded bytes; 0: unbounded
    bool headOnly = false;   ///< an answer to HEAD: of its body only the length is told
  };

  explicit HttpParser(const Limits& limits);
  ~HttpParser();

  /// Makes ready for the next message. `limits` from now on.
  void reset(const Limits& limits);

  /// Parses from `input` up to the end of the current message at most. Returns how many bytes were
  /// taken; the rest must be fed again, with more behind it. After complete() or failed(), nothing
  /// is taken.
  std::size_t feed(std::string_view input, std::string& body);
  /// The sender closed. Completes a close-delimited body; otherwise, in the middle of a message,
  /// fails.
  void feedEnd();

  bool started() const;  ///< at least one byte of the message was taken
  bool headDone() const;
  bool complete() const;
  bool failed() const;
  const ParseFailure& failure() const;
  const HttpHead& head() const;

 private:
  class Impl;
  std::unique_ptr<Impl> m_impl;
};

using RequestParser = HttpParser<true>;
using ResponseParser = HttpParser<false>;

extern template class HttpParser<true>;
extern template class HttpParser<false>;

}  // namespace sluice::net
