// SPDX-License-Identifier: GPL-3.0-or-later
// Gemini: its streams, read and written, and what judges them.
#include "tests/unit/dialect/test_gemini_streams.h"

#include <QTest>

#include "gateway/dialect/dialect.h"
#include "tests/support/stream_grammar.h"
#include "tests/unit/dialect/json_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

namespace {

using State = StreamTranslator::State;

/// An event as Google sends it.
std::string chunk(const std::string& parts, const std::string& rest = "") {
  return R"(data: {"candidates": [{"content": {"parts": [)" + parts +
         R"(],"role": "model"},"index": 0)" + rest +
         R"(}],"modelVersion": "gemini-x","responseId": "r9"})" + "\r\n\r\n";
}
const std::string kStop = R"(,"finishReason": "STOP")";

struct Told {
  State state = State::Open;
  std::string out;
  std::string breach;
  Error error;
  std::optional<TokenUsage> usage;
};

Told tell(Kind from, Kind to, const std::string& stream) {
  StreamTranslator translator(from, to, kContext);
  Told told;
  translator.feed(stream, told.out);
  translator.finish(told.out);
  told.state = translator.state();
  told.breach = translator.breach();
  told.error = translator.error();
  told.usage = translator.usage();
  return told;
}

StreamVerdict judged(Kind kind, const Told& told) {
  return judgeStream(kind, told.out, {.usageAsked = true});
}

}  // namespace

void TestGeminiStreams::tellsTheAnswer() {
  const std::string stream =
      chunk(R"({"text":"hm","thought":true})") + chunk(R"({"text":"Hel"})") +
      chunk(R"({"text":"lo"},{"functionCall":{"name":"f","args":{"a":[1, 2]}}})") +
      chunk(R"({"functionCall":{"id":"own","name":"g"}})") + chunk(R"({"text":""})", kStop);
  for (const Kind to : {kChat, kAnthropic, kResponses}) {
    const Told told = tell(kGemini, to, stream);
    QCOMPARE(told.breach, std::string());
    const StreamVerdict verdict = judged(to, told);
    QCOMPARE(verdict.fault, std::string());
    QVERIFY(verdict.ended);
    QCOMPARE(verdict.text, std::string("Hello"));
    QCOMPARE(verdict.reasoning, std::string("hm"));
    QCOMPARE(verdict.model, std::string("asked"));
    QCOMPARE(verdict.calls.size(), 2u);
    QCOMPARE(verdict.calls[0].id, std::string("call_r9_0"));
    QCOMPARE(verdict.calls[0].arguments, std::string(R"({"a":[1, 2]})"));
    QCOMPARE(verdict.calls[1].id, std::string("own"));
    QCOMPARE(verdict.calls[1].name, std::string("g"));
  }
  QCOMPARE(judged(kChat, tell(kGemini, kChat, stream)).stop, std::string("tool_calls"));
}

/// Older models tell a reason in each chunk: what follows is still of the answer.
void TestGeminiStreams::endsWithTheConnection() {
  const std::string stream =
      chunk(R"({"text":"a"})", kStop) + chunk(R"({"text":"b"})", R"(,"finishReason":"MAX_TOKENS")");
  StreamTranslator translator(kGemini, kChat, kContext);
  std::string out;
  QCOMPARE(translator.feed(stream, out), State::Open);
  QCOMPARE(translator.finish(out), State::Ended);
  const StreamVerdict verdict = judgeStream(kChat, out, {.usageAsked = true});
  QCOMPARE(verdict.text, std::string("ab"));
  QCOMPARE(verdict.stop, std::string("length"));

  const Told cut = tell(kGemini, kChat, chunk(R"({"text":"a"})"));
  QCOMPARE(cut.state, State::Broken);
  QVERIFY(judged(kChat, cut).failed);
}

void TestGeminiStreams::blockedPrompts() {
  const Told told = tell(
      kGemini, kChat,
      R"(data: {"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":3}})"
      "\n\n");
  QCOMPARE(told.state, State::Ended);
  QCOMPARE(judged(kChat, told).stop, std::string("content_filter"));
  QCOMPARE(told.usage->prompt, 3u);
}

void TestGeminiStreams::errorsInTheStream() {
  const Told told =
      tell(kGemini, kChat,
           chunk(R"({"text":"a"})") +
               R"(data: {"error":{"code":503,"message":"too much","status":"UNAVAILABLE"}})"
               "\n\n");
  QCOMPARE(told.state, State::Failed);
  QCOMPARE(told.error.kind, ErrorKind::Overloaded);
  QCOMPARE(judged(kChat, told).errorMessage, std::string("too much"));
  // As Google sends it: no event, and the last thing said.
  const Told bare =
      tell(kGemini, kChat,
           chunk(R"({"text":"a"})") +
               R"({"error":{"code":503,"message":"too much","status":"UNAVAILABLE"}})");
  QCOMPARE(bare.state, State::Failed);
  QCOMPARE(judged(kChat, bare).errorMessage, std::string("too much"));
}

void TestGeminiStreams::breaches_data() {
  QTest::addColumn<QByteArray>("event");
  QTest::addColumn<QByteArray>("named");
  const auto row = [](const char* name, const std::string& event, const char* named) {
    QTest::newRow(name) << QByteArray::fromStdString(event) << QByteArray(named);
  };
  row("not JSON", "data: {\n\n", "not a JSON object");
  row("an array", "data: []\n\n", "not a JSON object");
  row("candidates", "data: {\"candidates\":5}\n\n", "candidates");
  row("parts",
      R"(data: {"candidates":[{"content":{"parts":"a"}}]})"
      "\n\n",
      "parts");
  row("a part", chunk("5"), "a part");
  row("a text", chunk(R"({"text":5})"), "text");
  row("a call without a name", chunk(R"({"functionCall":{}})"), "no name");
  row("a call with a text", chunk(R"({"functionCall":{"name":"f","args":"{}"}})"), "args of 'f'");
  row("a second candidate",
      R"(data: {"candidates":[{"index":1}]})"
      "\n\n",
      "second candidate");
  row("a call that cannot be read", chunk("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL")"),
      "MALFORMED_FUNCTION_CALL");
}
void TestGeminiStreams::breaches() {
  QFETCH(QByteArray, event);
  QFETCH(QByteArray, named);
  for (const Kind to : {kChat, kAnthropic, kResponses}) {
    const Told told = tell(kGemini, to, chunk(R"({"text":"a"})") + event.toStdString());
    QCOMPARE(told.state, State::Broken);
    QVERIFY2(QByteArray::fromStdString(told.breach).contains(named), told.breach.c_str());
    const StreamVerdict verdict = judged(to, told);
    QCOMPARE(verdict.fault, std::string());
    QVERIFY(verdict.failed);
  }
}

void TestGeminiStreams::signatures() {
  const std::string stream =
      chunk(R"({"text":"hm","thought":true})") +
      chunk(R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"s1"})") +
      chunk(R"({"text":"b"})") + chunk(R"({"text":"","thoughtSignature":"s2"})", kStop);
  const std::vector<std::string> both = {"s1", "s2"};
  // On its way to who speaks otherwise each says whose it is.
  const std::vector<std::string> marked = {"sluice0000geminis1", "sluice0000geminis2"};
  const Told told = tell(kGemini, kAnthropic, stream);
  StreamVerdict verdict = judged(kAnthropic, told);
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.signatures == marked);
  // And again to a caller who knows where they belong.
  const Told again = tell(kAnthropic, kGemini, told.out);
  QVERIFY(
      again.out.find(
          R"({"functionCall":{"id":"call_r9_0","name":"f","args":{}},"thoughtSignature":"s1"})") !=
      std::string::npos);
  QVERIFY(again.out.find(R"({"text":"","thoughtSignature":"s2"})") != std::string::npos);
  verdict = judged(kGemini, again);
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.signatures == both);
}

void TestGeminiStreams::usageOfEvents() {
  TokenUsage usage;
  QVERIFY(!readUsageEventOf(kGemini, chunk(R"({"text":"a"})"), usage));
  const std::string first =
      R"(data: {"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":3,"totalTokenCount":12}})"
      "\n\n";
  QVERIFY(readUsageEventOf(kGemini, first, usage));
  QVERIFY((usage == TokenUsage{9, 0, 0, 3, 3}));
  // It is the sum so far.
  const std::string second =
      R"(data: {"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":3}})"
      "\n\n";
  QVERIFY(readUsageEventOf(kGemini, second, usage));
  QVERIFY((usage == TokenUsage{9, 4, 0, 8, 3}));
}

/// A line's end within arguments is not one of the event.
void TestGeminiStreams::callsOfSeveralLines() {
  const std::string stream =
      R"(data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\n \"a\":\r\n\"x\\ny\"}"}}]},"finish_reason":"tool_calls"}]})"
      "\n\ndata: [DONE]\n\n";
  const StreamVerdict verdict = judged(kGemini, tell(kChat, kGemini, stream));
  QCOMPARE(verdict.fault, std::string());
  QCOMPARE(verdict.calls.at(0).arguments, std::string(R"({"a":"x\ny"})"));
}

void TestGeminiStreams::callsCutByLength() {
  const std::string stream =
      R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":"a","tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":"length"}]})"
      "\n\ndata: [DONE]\n\n";
  const StreamVerdict verdict = judged(kGemini, tell(kChat, kGemini, stream));
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.calls.empty());
  QCOMPARE(verdict.text, std::string("a"));
  QCOMPARE(verdict.stop, std::string("MAX_TOKENS"));
}

void TestGeminiStreams::failsBeforeTheStart() {
  StreamTranslator translator(kChat, kGemini, kContext);
  std::string out;
  translator.fail({ErrorKind::Timeout, "too slow", {}, {}}, out);
  const StreamVerdict verdict = judgeStream(kGemini, out);
  QCOMPARE(verdict.fault, std::string());
  QCOMPARE(verdict.errorMessage, std::string("too slow"));
  QVERIFY(out.find(R"("status":"DEADLINE_EXCEEDED")") != std::string::npos);
}

void TestGeminiStreams::judges_data() {
  QTest::addColumn<QByteArray>("stream");
  QTest::addColumn<QByteArray>("fault");
  const auto row = [](const char* name, const std::string& stream, const char* fault) {
    QTest::newRow(name) << QByteArray::fromStdString(stream) << QByteArray(fault);
  };
  const auto event = [](const std::string& parts, const std::string& rest = "",
                        const std::string& after = "") {
    return R"(data: {"candidates":[{"content":{"parts":[)" + parts +
           R"(],"role":"model"},"index":0)" + rest + "}]" + after +
           R"(,"modelVersion":"m","responseId":"1"})" + "\n\n";
  };
  const std::string last = event(R"({"text":""})", kStop);
  row("good", event(R"({"text":"a"})") + last, "");
  row("no end", event(R"({"text":"a"})"), "no end");
  row("behind the end", last + event(R"({"text":"a"})"), "behind the end");
  row("a name", "event: x\n" + last, "plain data event");
  row("Google's line ends", "data: {}\r\n\r\n", "plain data event");
  row("no parts", event("") + last, "content");
  row("an empty text", event(R"({"text":""})") + last, "empty text");
  row("a signature that is empty", event(R"({"text":"a","thoughtSignature":""})") + last,
      "signature");
  row("a thought that is none", event(R"({"text":"a","thought":false})") + last, "thought");
  row("a call in pieces", event(R"({"functionCall":{"id":"1","name":"f"}})") + last, "args");
  row("a call without an id", event(R"({"functionCall":{"name":"f","args":{}}})") + last, "id");
  row("an unknown part", event(R"({"refusal":"a"})") + last, "a part with refusal");
  row("a reason of another dialect", event(R"({"text":"a"})", R"(,"finishReason":"stop")"),
      "finishReason");
  row("a total that is not the sum",
      event(
          R"({"text":"a"})", kStop,
          R"(,"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":4})"),
      "the sum");
  const std::string error = R"({"error":{"code":500,"message":"m","status":"INTERNAL"}})";
  row("an error", "data: " + error + "\n\n" + error, "");
  row("an error its library does not see", "data: " + error + "\n\n", "bare");
  row("an error of another dialect",
      R"(data: {"error":{"message":"m","type":"t"}})"
      "\n\n",
      "shape");
}
void TestGeminiStreams::judges() {
  QFETCH(QByteArray, stream);
  QFETCH(QByteArray, fault);
  const StreamVerdict verdict = judgeStream(kGemini, stream.toStdString());
  if (fault.isEmpty()) {
    QCOMPARE(verdict.fault, std::string());
  } else {
    QVERIFY2(QByteArray::fromStdString(verdict.fault).contains(fault), verdict.fault.c_str());
  }
}

QTEST_APPLESS_MAIN(TestGeminiStreams)
