// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "gateway/net/upstream.h"

namespace sluice::test {

/// Asks a provider through an upstream connection, and keeps what it is told.
class Asker final : public net::UpstreamConnection::Client {
 public:
  void onUpstreamSent() override { ++sent; }
  bool onUpstreamStale() override {
    ++reconnects;
    return true;
  }
  void onUpstreamPart(const net::UpstreamConnection::Part& part) override {
    body += part.body;
    done = done || part.last;
    if (pauses && !part.last) connection->pause();
  }
  void onUpstreamFailure(const net::UpstreamFailure& failure) override {
    why = failure.text;
    kind = failure.kind;
  }

  net::UpstreamConnection* connection = nullptr;  ///< for who asks to remember it
  bool pauses = false;                            ///< the connection, at each part
  int sent = 0;
  int reconnects = 0;
  std::string body;
  bool done = false;
  std::string why;  ///< empty: nothing failed
  net::UpstreamFailure::Kind kind = net::UpstreamFailure::Kind::Ours;
};

}  // namespace sluice::test
