// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <string>

#include "gateway/exchange/forward.h"
#include "gateway/net/http_parser.h"
#include "gateway/net/sse.h"

using namespace sluice;
using namespace sluice::net;

namespace {

constexpr RequestParser::Limits kLimits{1024, 64};

/// Feeds in pieces of `step` bytes; returns what was left over.
template <class Parser>
std::string feedAll(Parser& parser, std::string_view text, std::size_t step, std::string& body) {
  std::string held;
  for (std::size_t at = 0; at < text.size(); at += step) {
    held.append(text.substr(at, step));
    held.erase(0, parser.feed(held, body));
  }
  return held;
}

}  // namespace

class TestHttp : public QObject {
  Q_OBJECT
 private slots:
  void requestsInAnySplit() {
    const std::string text =
        "POST /v1/x?y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\nGET /next";
    for (std::size_t step = 1; step <= text.size(); ++step) {
      RequestParser parser(kLimits);
      std::string body;
      const std::string left = feedAll(parser, text, step, body);
      QVERIFY2(parser.complete(), parser.failure().text.c_str());
      QCOMPARE(parser.head().method, std::string("POST"));
      QCOMPARE(parser.head().target, std::string("/v1/x?y"));
      QCOMPARE(std::string(*parser.head().find("HOST")), std::string("a"));
      QVERIFY(!parser.head().find("trailer"));  // RFC 9110 6.5.1
      QCOMPARE(body, std::string("hello world"));
      QCOMPARE(left, std::string("GET /next"));
      QVERIFY(parser.head().keepAlive);
    }
  }

  /// Not only with their last byte: what has come of the body is not given on by then.
  void refusedBeforeTheEnd() {
    const std::string chunk = "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n";
    std::string body;
    RequestParser request(kLimits);
    request.feed("POST / HTTP/1.1\r\nHost: a\r\n" + chunk, body);
    QVERIFY(request.failed());
    ResponseParser response({});
    response.feed("HTTP/1.1 200 OK\r\n" + chunk, body);
    QVERIFY(response.failed());
  }

  /// What is neither head nor body has its bound too.
  void endlessChunkLines() {
    for (const std::string_view begun : {"1;", "0\r\nX: "}) {
      RequestParser parser(kLimits);
      std::string body;
      std::string held = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
      held += begun;
      held.erase(0, parser.feed(held, body));
      for (int i = 0; i < 20 && !parser.failed(); ++i) {
        held.append(100, 'x');
        held.erase(0, parser.feed(held, body));
      }
      QCOMPARE(parser.failure().status, 431);
    }
  }

  void refusals_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("status");
    QTest::newRow("garbage") << QByteArray("\x16\x03\x01 hello\r\n\r\n") << 400;
    QTest::newRow("no version") << QByteArray("GET /\r\n\r\n") << 400;
    QTest::newRow("bad field") << QByteArray("GET / HTTP/1.1\r\nbad field: x\r\n\r\n") << 400;
    QTest::newRow("two lengths")
        << QByteArray("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n") << 400;
    QTest::newRow("length and chunked")
        << QByteArray("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n")
        << 400;
    QTest::newRow("bad chunk") << QByteArray(
                                      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
                               << 400;
    QTest::newRow("large head") << "GET / HTTP/1.1\r\nX: " + QByteArray(4096, 'x') << 431;
    QTest::newRow("large target") << "GET /" + QByteArray(4096, 'x') << 431;
    QTest::newRow("large body") << QByteArray("POST / HTTP/1.1\r\nContent-Length: 65\r\n\r\n")
                                << 413;
    QTest::newRow("large chunks") << "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" +
                                         QByteArray(65, 'x')
                                  << 413;
  }
  void refusals() {
    QFETCH(QByteArray, text);
    QFETCH(int, status);
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{17}, static_cast<std::size_t>(text.size())}) {
      RequestParser parser(kLimits);
      std::string body;
      feedAll(parser, text.toStdString(), step, body);
      QVERIFY(parser.failed());
      QCOMPARE(parser.failure().status, status);
    }
  }

  void responses() {
    std::string body;
    ResponseParser sized({1024, 0});
    feedAll(sized, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcX", 2, body);
    QVERIFY(sized.complete());
    QCOMPARE(body, std::string("abc"));
    body.clear();
    ResponseParser toEnd({1024, 0});
    feedAll(toEnd, "HTTP/1.0 200 OK\r\n\r\nabc", 5, body);
    QVERIFY(!toEnd.complete());
    toEnd.feedEnd();
    QVERIFY(toEnd.complete() && !toEnd.head().keepAlive);
    ResponseParser cut({1024, 0});
    feedAll(cut, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc", 5, body);
    cut.feedEnd();
    QVERIFY(cut.failed());
  }

  void eventsInAnySplit() {
    const std::string text =
        "data: a\n\n: note\r\n\r\nevent: x\ndata: b\ndata: c\n\ndata: d\r\rdata: [DONE]\n\nrest";
    const std::string whole = text.substr(0, text.size() - 4);
    for (std::size_t step = 1; step <= text.size(); ++step) {
      SseSplitter splitter;
      std::string out;
      for (std::size_t at = 0; at < text.size(); at += step) {
        const std::string_view ready = splitter.feed(std::string_view(text).substr(at, step));
        out += ready;
        // Whole events only: each call ends with a line end.
        const bool ends = ready.empty() || ready.back() == '\n' || ready.back() == '\r';
        QVERIFY2(ends, std::string(ready).c_str());
      }
      QCOMPARE(out, whole);
      QCOMPARE(splitter.pending(), std::size_t{4});
      QVERIFY(splitter.done());
    }
  }

  void doneOnlyAsAnEvent() {
    SseSplitter splitter;
    splitter.feed("data: {\"text\":\"data: [DONE]\"}\n\n: data: [DONE]\n\n");
    QVERIFY(!splitter.done());
    splitter.feed("data:[DONE]\n");
    QVERIFY(splitter.done());
  }

  /// Neither comments nor empty lines are any.
  void eventsAreCounted() {
    const std::string text = "data: a\n\n: ping\n\n\nevent: b\ndata: b\r\n\r\ndata: c\r\rdata: d";
    for (std::size_t step = 1; step <= text.size(); ++step) {
      SseSplitter splitter;
      for (std::size_t at = 0; at < text.size(); at += step) splitter.feed(text.substr(at, step));
      QCOMPARE(splitter.events(), std::uint64_t{3});
      splitter.reset();
      QCOMPARE(splitter.events(), std::uint64_t{0});
    }
  }

  /// In the middle of an event and of a CRLF, and again before the next bytes.
  void releasedInAnySplit() {
    const std::string text = "data: one\r\n\r\nevent: b\ndata: two\n\ndata: [DONE]\n\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
      SseSplitter splitter;
      std::string out;
      for (std::size_t at = 0; at < text.size(); at += step) {
        const std::string bytes = text.substr(at, step);
        out += splitter.feed(bytes);
        splitter.release();
        QCOMPARE(out + std::string(splitter.rest()), text.substr(0, at + bytes.size()));
      }
      QCOMPARE(out, text);
      QVERIFY(splitter.done());
    }
  }

  void longEventsOverflow() {
    SseSplitter splitter;
    splitter.feed("data: " + std::string(SseSplitter::kMaxEvent, 'x'));
    QVERIFY(splitter.overflow());
  }

  void fieldsThatCross() {
    HttpHead head;
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"Host", "h"},
             {"Authorization", "Bearer client"},
             {"Content-Type", "application/json"},
             {"Connection", "close, X-Hop"},
             {"X-Hop", "1"},
             {"Cookie", "c"},
             {"accept-encoding", "gzip"},
             {"OpenAI-Organization", "o"},
             {"Idempotency-Key", "k"},
             {"Te", "trailers"},
             {"Expect", "100-continue"}}) {
      head.add(name, value);
    }
    std::string out;
    exchange::appendForwardedRequestFields(out, head, {});
    QCOMPARE(
        out,
        std::string(
            "Content-Type: application/json\r\nOpenAI-Organization: o\r\nIdempotency-Key: k\r\n"));
    QVERIFY(exchange::forwardsIdentity(head, {}));
    QVERIFY(!exchange::forwardsIdentity(head, {.foreign = true}));  // it stays behind there
    HttpHead own;
    own.add("Idempotency-Key", "k");
    own.add("X-Api-Key", "ours goes instead");
    QVERIFY(!exchange::forwardsIdentity(own, {}));
    own.add("Connection", "X-Other-Key");
    own.add("X-Other-Key", "k");
    QVERIFY(!exchange::forwardsIdentity(own, {}));
    own.add("x-auth-TOKEN", "k");
    QVERIFY(exchange::forwardsIdentity(own, {.foreign = true}));
    // There ours goes instead.
    QVERIFY(!exchange::forwardsIdentity(own, {.keyField = "X-Auth-Token", .foreign = true}));
    HttpHead answer;
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"Content-Length", "3"},
             {"Set-Cookie", "c"},
             {"openai-processing-ms", "5"},
             {"x-sluice-provider", "z"},
             {"x-ratelimit-limit-requests", "9"},
             {"x-ratelimit-limit-tokens", "8"},
             {"X-Request-Id", "r"}}) {
      answer.add(name, value);
    }
    out.clear();
    exchange::appendForwardedResponseFields(out, answer, {true, false});
    QCOMPARE(out, std::string("openai-processing-ms: 5\r\nx-ratelimit-limit-tokens: 8\r\n"));
    out.clear();
    exchange::appendForwardedResponseFields(out, answer, {});
    QVERIFY(out.find("x-ratelimit-limit-requests: 9") != std::string::npos);
  }

  void hosts() {
    for (const char* host : {"localhost", "LOCALHOST:8787", "127.0.0.1:1", "[::1]:8787",
                             "app.localhost", "127.0.0.5"}) {
      QVERIFY2(exchange::hostAllowed(host, "127.0.0.5"), host);
    }
    for (const char* host :
         {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil", "[::1", "evil:80"}) {
      QVERIFY2(!exchange::hostAllowed(host, "127.0.0.1"), host);
    }
  }
};

QTEST_APPLESS_MAIN(TestHttp)
#include "test_http.moc"
