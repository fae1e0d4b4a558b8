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

/// Beast's parser, turned from call-backs into a filled HttpHead and body.
template <bool IsRequest>
class Machine final : public http::basic_parser<IsRequest> {
 public:
  HttpHead* head = nullptr;
  std::string* body = nullptr;

 private:
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
    head->add(view(name), view(value));
  }
  void on_header_impl(error_code&) override { head->keepAlive = this->keep_alive(); }
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
  auto& machine = m_impl->machine.emplace();
  machine.eager(true);
  machine.header_limit(limits.head);
  // Not boost::none for "unbounded": Boost 1.74 takes any length for more than none.
  machine.body_limit(limits.body > 0 ? limits.body : UINT64_MAX);
  machine.head = &m_impl->head;
}

template <bool IsRequest>
std::size_t HttpParser<IsRequest>::feed(std::string_view input, std::string& body) {
  auto& machine = *m_impl->machine;
  machine.body = &body;
  std::size_t taken = 0;
  while (taken < input.size() && !failed() && !machine.is_done()) {
    error_code ec;
    const std::size_t n =
        machine.put(boost::asio::const_buffer(input.data() + taken, input.size() - taken), ec);
    taken += n;
    if (ec == http::error::need_more) break;
    if (ec) m_impl->failure = describe(ec);
    if (n == 0 && !ec) break;
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
