// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/http_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace sluice::net {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

namespace {

std::string_view view(string_view s) {
  return {s.data(), s.size()};
}

ParseFailure describe(const error_code& ec) {
  if (ec == http::error::header_limit) return {431, "the request head is too large"};
  if (ec == http::error::body_limit) return {413, "the body is larger than max_body"};
  return {400, "malformed HTTP: " + ec.message()};
}

/// What Beast lets pass in a request's head, and another hop may read in another way. Empty: nothing.
/// (RFC 9112 3, 3.2, 6.1 and 6.3)
ParseFailure ambiguityOf(const HttpHead& head) {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto [name, value] = head[i];
    if (equalsIgnoreCase(name, "host")) ++hosts;
    if (equalsIgnoreCase(name, "content-length")) {
      ++lengths;
      if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) {
        return {400, "malformed HTTP: Content-Length is not a number"};
      }
    }
    if (equalsIgnoreCase(name, "transfer-encoding")) {
      ++codings;
      if (!equalsIgnoreCase(value, "chunked")) {
        return {501, "a Transfer-Encoding other than chunked is not supported"};
      }
    }
  }
  if (hosts > 1) return {400, "malformed HTTP: more than one Host"};
  if (codings > 1 || lengths > 1 || (codings > 0 && lengths > 0)) {
    return {400, "malformed HTTP: the length of the body is given more than once"};
  }
  if (codings > 0 && head.version < 11) {
    return {400, "malformed HTTP: Transfer-Encoding in HTTP/1.0"};
  }
  return {};
}

/// Nobody asks an origin for another coding than this, and whoever is given the body would take it for
/// plain. Empty: it is in no other. (RFC 9112 6.1, 7.4)
ParseFailure codingOf(const HttpHead& head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto [name, value] = head[i];
    if (!equalsIgnoreCase(name, "transfer-encoding")) continue;
    if (equalsIgnoreCase(value, "chunked") || equalsIgnoreCase(value, "identity")) continue;
    return {501, "the answer has a Transfer-Encoding other than chunked"};
  }
  return {};
}

/// Of what makes a request ambiguous, what no longer shows once the lines are parsed: a line that
/// continues the one before (obsolete since RFC 7230), and one that ends without a CR. `input`: begins
/// with a line of the head.
bool hasOddLine(std::string_view input) {
  if (input.starts_with("\r\n")) return false;  // the end of it
  for (std::size_t at = input.find('\n'); at != std::string_view::npos;
       at = input.find('\n', at + 1)) {
    if (at > 0 && input[at - 1] != '\r') return true;
    const std::string_view next = input.substr(at + 1, 2);
    if (next == "\r\n") return false;
    if (next.starts_with(' ') || next.starts_with('\t')) return true;
  }
  return false;
}

/// Beast's parser, turned from call-backs into a filled HttpHead and body.
template <bool IsRequest>
class Machine final : public http::basic_parser<IsRequest> {
 public:
  HttpHead* head = nullptr;
  std::string* body = nullptr;

 private:
  bool m_trailing = false;

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    head->method.assign(method.data(), method.size());
    head->target.assign(target.data(), target.size());
    head->version = version;
  }
  void on_response_impl(int code, string_view, int version, error_code&) override {
    head->status = code;
    head->version = version;
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    // Trailers are not to be taken for fields of the head, which is checked (RFC 9110 6.5.1).
    if (!m_trailing) head->add(view(name), view(value));
  }
  void on_header_impl(error_code&) override {
    head->keepAlive = this->keep_alive();
    m_trailing = true;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view part, error_code&) override {
    body->append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code&) override {
    body->append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(error_code&) override {}
};

}  // namespace

template <bool IsRequest>
class HttpParser<IsRequest>::Impl {
 public:
  std::optional<Machine<IsRequest>> machine;
  HttpHead head;
  ParseFailure failure;
  std::uint32_t mostUntaken = 0;
  bool headChecked = false;
};

template <bool IsRequest>
HttpParser<IsRequest>::HttpParser(const Limits& limits) : m_impl(std::make_unique<Impl>()) {
  reset(limits);
}

template <bool IsRequest>
HttpParser<IsRequest>::~HttpParser() = default;

template <bool IsRequest>
void HttpParser<IsRequest>::reset(const Limits& limits) {
  m_impl->head.clear();
  m_impl->failure = {};
  m_impl->headChecked = false;
  m_impl->mostUntaken = limits.head;
  auto& machine = m_impl->machine.emplace();
  machine.eager(true);
  machine.header_limit(limits.head);
  // Not boost::none for "unbounded": Boost 1.74 takes any length for more than none.
  machine.body_limit(limits.body > 0 ? limits.body : UINT64_MAX);
  machine.skip(limits.headOnly);
  machine.head = &m_impl->head;
}

template <bool IsRequest>
std::size_t HttpParser<IsRequest>::feed(std::string_view input, std::string& body) {
  auto& machine = *m_impl->machine;
  machine.body = &body;
  std::size_t taken = 0;
  if (IsRequest && !machine.got_some()) {
    // Empty lines before a request are left over from the one before (RFC 9112 2.2).
    while (input.substr(taken).starts_with("\r\n")) taken += 2;
    if (input.substr(taken) == "\r") return taken;
  }
  if (IsRequest && !machine.is_header_done() && hasOddLine(input.substr(taken))) {
    m_impl->failure = {400, "malformed HTTP: a line of the head is folded, or ends without CR LF"};
    return 0;
  }
  while (taken < input.size() && !failed() && !machine.is_done()) {
    error_code ec;
    const std::size_t n =
        machine.put(boost::asio::const_buffer(input.data() + taken, input.size() - taken), ec);
    taken += n;
    const bool wantsMore = ec == http::error::need_more;
    if (ec && !wantsMore) m_impl->failure = describe(ec);
    // The same step may have gone on from the head into the body.
    if (!failed() && !m_impl->headChecked && machine.is_header_done()) {
      m_impl->headChecked = true;
      m_impl->failure = IsRequest ? ambiguityOf(m_impl->head) : codingOf(m_impl->head);
    }
    if (wantsMore || (n == 0 && !ec)) break;
  }
  // Beast waits for the end of a chunk's extension, or of the trailers, however long they are.
  const bool inBody = machine.is_header_done() && !machine.is_done() && !failed();
  if (inBody && input.size() - taken > m_impl->mostUntaken) {
    m_impl->failure = {431, "a chunk's extension, or the trailers, are too large"};
  }
  return taken;
}

template <bool IsRequest>
void HttpParser<IsRequest>::feedEnd() {
  auto& machine = *m_impl->machine;
  if (failed() || !machine.got_some() || machine.is_done()) return;
  error_code ec;
  machine.put_eof(ec);
  if (ec) m_impl->failure = describe(ec);
}

template <bool IsRequest>
bool HttpParser<IsRequest>::started() const {
  return m_impl->machine->got_some();
}
template <bool IsRequest>
bool HttpParser<IsRequest>::headDone() const {
  return m_impl->machine->is_header_done();
}
template <bool IsRequest>
bool HttpParser<IsRequest>::complete() const {
  return m_impl->machine->is_done() && !failed();
}
template <bool IsRequest>
bool HttpParser<IsRequest>::failed() const {
  return m_impl->failure.status != 0;
}
template <bool IsRequest>
const ParseFailure& HttpParser<IsRequest>::failure() const {
  return m_impl->failure;
}
template <bool IsRequest>
const HttpHead& HttpParser<IsRequest>::head() const {
  return m_impl->head;
}

template class HttpParser<true>;
template class HttpParser<false>;

}  // namespace sluice::net
