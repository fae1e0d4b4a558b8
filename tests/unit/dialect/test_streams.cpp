// SPDX-License-Identifier: GPL-3.0-or-later
// Streams: what is held, what is not, and how broken ones end.
#include "tests/unit/dialect/test_streams.h"

#include <QTest>
#include <atomic>
#include <cstdlib>
#include <new>

#include "gateway/dialect/translate.h"
#include "tests/support/stream_grammar.h"
#include "tests/unit/dialect/stream_pieces.h"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

namespace {

const AnswerContext kContext{"asked", "77", 1700000000, true};

}  // namespace

/// Interleaved by index, as chat allows: in Anthropic's stream one block after the other.
void TestStreams::interleavedCalls() {
  const auto call = [](int index, const char* rest) {
    return chunk(R"({"tool_calls":[{"index":)" + std::to_string(index) + rest + "}]}");
  };
  const std::vector<std::string> events = {
      chunk(R"({"role":"assistant","content":null})"),
      call(0, R"(,"id":"a","function":{"name":"f","arguments":""})"),
      call(1, R"(,"id":"b","function":{"name":"g","arguments":"{\"x"})"),
      call(0, R"(,"function":{"arguments":"{\"q\":\"}"})"),
      call(1, R"(,"function":{"arguments":"\":1}"})"),
      call(2, R"(,"id":"c","function":{"name":"h","arguments":""})"),
      call(0, R"(,"function":{"arguments":"\"}"})"),
      chunk("{}", "\"tool_calls\""),
      "data: [DONE]\n\n"};
  StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
  std::string out;
  for (const auto& one : events) translator.feed(one, out);
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Ended));
  const auto verdict = test::judgeStream(Kind::Anthropic, out);
  QCOMPARE(verdict.fault, std::string());
  const std::vector<test::StreamedCall> wanted = {
      {"a", "f", R"({"q":"}"})"}, {"b", "g", R"({"x":1})"}, {"c", "h", ""}};
  QVERIFY(verdict.calls == wanted);
  QCOMPARE(verdict.stop, std::string("tool_use"));
}

/// Nothing is held that need not be: each event in gives its event out at once.
void TestStreams::eventsAreNotHeld() {
  StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
  std::string out;
  translator.feed(chunk(R"({"role":"assistant","content":""})"), out);
  QVERIFY(out.find("message_start") != std::string::npos);
  for (const char* delta :
       {R"({"content":"a"})",
        R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]})",
        R"({"tool_calls":[{"index":1,"id":"b","function":{"name":"f","arguments":"{"}}]})",
        R"({"tool_calls":[{"index":1,"function":{"arguments":"}"}}]})", R"({"content":"b"})"}) {
    out.clear();
    translator.feed(chunk(delta), out);
    QVERIFY2(!out.empty(), delta);
  }
}

/// Memory does not grow with the stream: once it is on its way, an event allocates nothing.
void TestStreams::eventsAllocateNothing() {
  const std::string text = chunk(R"({"content":"some \"text\""})");
  const std::string delta = sse(
      "content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"some \"text\""})");
  StreamTranslator toAnthropic(Kind::Chat, Kind::Anthropic, kContext);
  StreamTranslator toChat(Kind::Anthropic, Kind::Chat, kContext);
  std::string out;
  toChat.feed(kStart + sse("content_block_start",
                           R"(,"index":0,"content_block":{"type":"text","text":""})"),
              out);
  const auto both = [&] {
    out.clear();
    toAnthropic.feed(text, out);
    toChat.feed(delta, out);
  };
  both();
  both();
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) both();
  QCOMPARE(allocations - before, std::size_t{0});
  QCOMPARE(int(toChat.state()), int(StreamTranslator::State::Open));
  QCOMPARE(toAnthropic.pieces(), std::uint64_t{1002});
}

void TestStreams::chatGetsArgumentsOfNone() {
  StreamTranslator translator(Kind::Anthropic, Kind::Chat, kContext);
  std::string out;
  translator.feed(kStart, out);
  translator.feed(
      sse("content_block_start",
          R"(,"index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}})"),
      out);
  translator.feed(sse("content_block_stop", R"(,"index":0)"), out);
  translator.feed(
      sse("message_delta", R"(,"delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":4})"),
      out);
  translator.feed(sse("message_stop", ""), out);
  const auto verdict = test::judgeStream(Kind::Chat, out, {.usageAsked = true});
  QCOMPARE(verdict.fault, std::string());
  QCOMPARE(verdict.calls.at(0).arguments, std::string("{}"));
  QCOMPARE(verdict.promptTokens.value(), 17u);
  QCOMPARE(verdict.completionTokens.value(), 4u);
  QCOMPARE(verdict.id, std::string("chatcmpl-77"));
  QCOMPARE(verdict.model, std::string("asked"));
  QVERIFY(translator.usage() && translator.usage()->completion == 4);
}

/// What some providers say that OpenAI does not, and that can be understood.
void TestStreams::looseStreams_data() {
  QTest::addColumn<QByteArray>("stream");
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QByteArray>("reasoning");
  QTest::addColumn<QByteArray>("calls");
  const auto row = [](const char* name, const std::string& stream, const char* text,
                      const char* reasoning, const char* calls) {
    QTest::newRow(name) << QByteArray::fromStdString(stream) << QByteArray(text)
                        << QByteArray(reasoning) << QByteArray(calls);
  };
  const std::string stop = chunk("{}", "\"stop\"");
  const std::string called = chunk("{}", "\"tool_calls\"");
  const auto call = [](const char* members) {
    return chunk(R"({"tool_calls":[{)" + std::string(members) + "}]}");
  };
  const std::string f = R"("id":"a","function":{"name":"f","arguments":"{\"x\":1}"})";
  const std::string g = R"("id":"b","function":{"name":"g","arguments":"{\"y\":2}"})";
  row("an empty finish reason",
      chunk(R"({"content":"a"})", "\"\"") + chunk(R"({"content":"b"})", "\"\"") + stop, "ab", "",
      "");
  row("no choices beside usage",
      chunk(R"({"content":"a"})") + stop + "data: {\"usage\":{\"prompt_tokens\":5}}\n\n", "a", "",
      "");
  row("choices that are null",
      chunk(R"({"content":"a"})") + stop +
          "data: {\"choices\":null,\"usage\":{\"prompt_tokens\":5}}\n\n",
      "a", "", "");
  row("parts",
      chunk(
          R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]}]})") +
          chunk(
              R"({"content":[{"type":"reference","reference_ids":[1]},{"type":"text","text":"a"}]})") +
          chunk(R"({"content":"b"})") + stop,
      "ab", "hm", "");
  row("one index for all calls",
      call(("\"index\":0," + f).c_str()) + call(("\"index\":0," + g).c_str()) + called, "", "",
      "a f {\"x\":1} b g {\"y\":2}");
  row("one index for all calls, at once",
      chunk(R"({"tool_calls":[{"index":0,)" + f + R"(},{"index":0,)" + g + "}]}") + called, "", "",
      "a f {\"x\":1} b g {\"y\":2}");
  row("no index", call(f.c_str()) + call(g.c_str()) + called, "", "",
      "a f {\"x\":1} b g {\"y\":2}");
  row("no index, in fragments",
      call(R"("id":"a","function":{"name":"f","arguments":"{"})") +
          call(R"("function":{"arguments":"\"x\""})") +
          call(R"("id":"a","function":{"arguments":":1}"})") + called,
      "", "", "a f {\"x\":1}");
  row("an id and a name in each fragment",
      call(R"("index":0,"id":"a","function":{"name":"f","arguments":"{"})") +
          call(R"("index":0,"id":"a","function":{"name":"f","arguments":"}"})") + called,
      "", "", "a f {}");
  row("another id in each fragment",
      call(R"("index":0,"id":"a","function":{"name":"f","arguments":"{"})") +
          call(R"("index":0,"id":"b","function":{"arguments":"}"})") + called,
      "", "", "a f {}");
  row("a late name",
      call(R"("index":0,"id":"a","function":{"arguments":"{"})") +
          call(R"("index":0,"function":{"name":"f","arguments":"}"})") + called,
      "", "", "a f {}");
  row("arguments that are null",
      call(R"("index":0,"id":"a","function":{"name":"f","arguments":null})") + called, "", "",
      "a f ");
}
void TestStreams::looseStreams() {
  QFETCH(QByteArray, stream);
  StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
  std::string out;
  translator.feed(stream.toStdString() + "data: [DONE]\n\n", out);
  QCOMPARE(translator.breach(), std::string());
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Ended));
  const auto verdict = test::judgeStream(Kind::Anthropic, out);
  QCOMPARE(verdict.fault, std::string());
  QByteArray calls;
  for (const auto& one : verdict.calls) {
    calls += (calls.isEmpty() ? "" : " ") +
             QByteArray::fromStdString(one.id + " " + one.name + " " + one.arguments);
  }
  QTEST(QByteArray::fromStdString(verdict.text), "text");
  QTEST(QByteArray::fromStdString(verdict.reasoning), "reasoning");
  QTEST(calls, "calls");
}

/// They get ids that differ, and are the same for the same answer.
void TestStreams::callsWithoutIds() {
  for (const char* index : {R"("index":0,)", ""}) {
    StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
    std::string out;
    const auto call = [](const std::string& members) {
      return chunk(R"({"tool_calls":[{)" + members + "}]}");
    };
    const std::string second = *index ? R"("index":1,)" : "";
    translator.feed(call(index + std::string(R"("function":{"name":"f","arguments":"{"})")) +
                        call(index + std::string(R"("id":"","function":{"arguments":"}"})")) +
                        call(second + R"("function":{"name":"g","arguments":"{}"})") +
                        chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n",
                    out);
    QCOMPARE(translator.breach(), std::string());
    const std::vector<test::StreamedCall> wanted = {{"call_c_0", "f", "{}"},
                                                    {"call_c_1", "g", "{}"}};
    QVERIFY(test::judgeStream(Kind::Anthropic, out).calls == wanted);
  }
}

void TestStreams::brokenStreams_data() {
  QTest::addColumn<int>("from");
  QTest::addColumn<QByteArray>("stream");
  const auto row = [](const char* name, Kind from, const std::string& stream) {
    QTest::newRow(name) << int(from) << QByteArray::fromStdString(stream);
  };
  const std::string role = chunk(R"({"role":"assistant","content":""})");
  const std::string done = "data: [DONE]\n\n";
  row("chat: not JSON", Kind::Chat, role + "data: {\n\n");
  row("chat: choices", Kind::Chat, "data: {\"choices\":{}}\n\n" + chunk("{}", "\"stop\"") + done);
  row("chat: no choices", Kind::Chat, "data: {\"id\":\"x\"}\n\n" + done);
  row("chat: no finish reason", Kind::Chat, role + done);
  row("chat: empty finish reason", Kind::Chat, role + chunk("{}", "\"\"") + done);
  row("chat: cut", Kind::Chat, role + chunk(R"({"content":"a"})"));
  row("chat: text behind the finish", Kind::Chat,
      role + chunk("{}", "\"stop\"") + chunk(R"({"content":"a"})"));
  row("chat: content is no string", Kind::Chat,
      role + chunk(R"({"content":7})") + chunk("{}", "\"stop\"") + done);
  row("chat: a call without a name", Kind::Chat,
      chunk(R"({"tool_calls":[{"index":0,"id":"1","function":{"arguments":"{}"}}]})") +
          chunk("{}", "\"tool_calls\"") + done);
  row("chat: an index", Kind::Chat,
      chunk(R"({"tool_calls":[{"index":"0","id":"1","function":{"name":"f"}}]})") +
          chunk("{}", "\"tool_calls\"") + done);
  row("chat: arguments", Kind::Chat,
      chunk(R"({"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"[1]"}}]})"));
  row("chat: arguments are not whole", Kind::Chat,
      chunk(R"({"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{"}}]})") +
          chunk("{}", "\"tool_calls\"") + done);
  const std::string block =
      sse("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
  row("anthropic: no start", Kind::Anthropic, block);
  row("anthropic: two starts", Kind::Anthropic, kStart + kStart);
  row("anthropic: cut", Kind::Anthropic, kStart + block);
  row("anthropic: index", Kind::Anthropic,
      kStart +
          sse("content_block_start", R"(,"index":1,"content_block":{"type":"text","text":""})"));
  row("anthropic: two blocks", Kind::Anthropic,
      kStart + block +
          sse("content_block_start", R"(,"index":1,"content_block":{"type":"text","text":""})"));
  row("anthropic: a delta of another kind", Kind::Anthropic,
      kStart + block +
          sse("content_block_delta",
              R"(,"index":0,"delta":{"type":"thinking_delta","thinking":"x"})"));
  row("anthropic: a delta of no block", Kind::Anthropic,
      kStart +
          sse("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"x"})"));
  row("anthropic: no stop reason", Kind::Anthropic, kStart + sse("message_stop", ""));
  row("anthropic: an open block", Kind::Anthropic,
      kStart + block +
          sse("message_delta",
              R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1})") +
          sse("message_stop", ""));
}
void TestStreams::brokenStreams() {
  QFETCH(int, from);
  QFETCH(QByteArray, stream);
  const Kind to = Kind(from) == Kind::Chat ? Kind::Anthropic : Kind::Chat;
  StreamTranslator translator(Kind(from), to, kContext);
  std::string out;
  translator.feed(stream.toStdString(), out);
  translator.finish(out);
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Broken));
  QVERIFY(!translator.breach().empty());
  const auto verdict = test::judgeStream(to, out, {.usageAsked = true});
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.failed);
  QVERIFY(verdict.errorMessage.find(translator.breach()) != std::string::npos);
}

void TestStreams::errorsWithin() {
  StreamTranslator translator(Kind::Anthropic, Kind::Chat, kContext);
  std::string out;
  translator.feed(kStart, out);
  translator.feed(sse("error", R"(,"error":{"type":"overloaded_error","message":"busy"})"), out);
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Failed));
  QVERIFY(translator.error().kind == ErrorKind::Overloaded);
  const std::string before = out;
  translator.feed(sse("message_stop", ""), out);
  translator.fail({ErrorKind::Timeout, "late", "", ""}, out);
  translator.finish(out);
  QCOMPARE(out, before);
  QCOMPARE(test::judgeStream(Kind::Chat, out, {.usageAsked = true}).errorMessage,
           std::string("busy"));

  StreamTranslator other(Kind::Chat, Kind::Anthropic, kContext);
  out.clear();
  other.feed("data: {\"error\":{\"message\":\"no\",\"code\":429}}\n\n", out);
  QCOMPARE(int(other.state()), int(StreamTranslator::State::Failed));
  QVERIFY(out.find("rate_limit_error") != std::string::npos);

  StreamTranslator ours(Kind::Chat, Kind::Anthropic, kContext);
  out.clear();
  ours.fail({ErrorKind::Timeout, "too slow", "", ""}, out);
  QVERIFY(test::judgeStream(Kind::Anthropic, out).failed);
}

/// There is no status within a stream: the words tell.
void TestStreams::errorsWithinAreOfAKind_data() {
  QTest::addColumn<QByteArray>("error");
  QTest::addColumn<int>("kind");
  const auto row = [](const char* error, ErrorKind kind) {
    QTest::newRow(error) << QByteArray(error) << int(kind);
  };
  row(R"({"type":"rate_limit_error","code":"rate_limit_exceeded"})", ErrorKind::RateLimit);
  row(R"({"type":"tokens","code":"rate_limit_exceeded"})", ErrorKind::RateLimit);
  row(R"({"type":"overloaded_error","code":null})", ErrorKind::Overloaded);
  row(R"({"type":"server_error","code":"server_overloaded"})", ErrorKind::Overloaded);
  row(R"({"type":"invalid_request_error","code":"string_above_max_length"})",
      ErrorKind::InvalidRequest);
  row(R"({"type":"invalid_request_error","code":"invalid_api_key"})", ErrorKind::Authentication);
  row(R"({"type":"authentication_error"})", ErrorKind::Authentication);
  row(R"({"type":"insufficient_quota","code":"insufficient_quota"})", ErrorKind::Billing);
  row(R"({"message":"This model's maximum context length is 8"})", ErrorKind::InvalidRequest);
  row(R"({"type":"invalid_request_error","code":429})", ErrorKind::RateLimit);
  row(R"({"type":"rate_limit_error","code":1302})", ErrorKind::RateLimit);
  row(R"({"type":"None","code":"402"})", ErrorKind::Billing);
  row(R"({"type":"billing_not_active","code":"billing_not_active"})", ErrorKind::Billing);
  row(R"({"type":"invalid_request_error","code":"account_deactivated"})",
      ErrorKind::Authentication);
  row(R"({"type":null,"code":"content_filter"})", ErrorKind::InvalidRequest);
  row(R"({"type":"server_error"})", ErrorKind::Server);
  row(R"("words")", ErrorKind::Server);
}
void TestStreams::errorsWithinAreOfAKind() {
  QFETCH(QByteArray, error);
  StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
  std::string out;
  translator.feed("data: {\"error\":" + error.toStdString() + "}\n\n", out);
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Failed));
  QTEST(int(translator.error().kind), "kind");
}

/// Comments, other line ends, data on several lines: the standard's.
void TestStreams::sseIsReadAsTheStandardSays() {
  StreamTranslator translator(Kind::Chat, Kind::Anthropic, kContext);
  std::string out;
  translator.feed(": waiting\n\n", out);
  QVERIFY(out.empty());
  translator.feed(
      "data:{\"choices\":[{\"index\":0,\r\ndata: "
      "\"delta\":{\"content\":\"x\"},\r\ndata:\"finish_reason\":\"stop\"}]}\r\n\r\n",
      out);
  translator.feed("data: [DONE]\r\r", out);
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Ended));
  QCOMPARE(test::judgeStream(Kind::Anthropic, out).text, std::string("x"));
}

namespace {

/// A stream of a dialect whose texts come in these pieces, each the inside of a JSON string.
using Pieces = std::vector<std::string>;

std::string chatStream(const Pieces& thoughts, const Pieces& texts, const Pieces& arguments) {
  std::string out;
  for (const auto& one : thoughts) out += chunk("{\"reasoning_content\":\"" + one + "\"}");
  for (const auto& one : texts) {
    out += chunk("{\"content\":\"" + one + "\"}");
    out += "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5}}\n\n";
  }
  out += chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]})");
  out += chunk(R"({"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":""}}]})");
  // Of two calls at once the second is held.
  for (const auto& one : arguments) {
    for (const char* call : {"0", "1"}) {
      out += chunk("{\"tool_calls\":[{\"index\":" + std::string(call) +
                   ",\"function\":{\"arguments\":\"" + one + "\"}}]}");
    }
  }
  return out + chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
}

std::string anthropicStream(const Pieces& thoughts, const Pieces& texts, const Pieces& arguments) {
  std::string out = kStart;
  auto block = [&out, index = 0](const char* content, const std::string& delta,
                                 const Pieces& pieces) mutable {
    const std::string at = ",\"index\":" + std::to_string(index++);
    out += sse("content_block_start", at + ",\"content_block\":" + content);
    for (const auto& one : pieces) {
      out += sse("content_block_delta", at + ",\"delta\":{" + delta + "\"" + one + "\"}");
    }
    out += sse("content_block_stop", at);
  };
  block(R"({"type":"thinking","thinking":""})", R"("type":"thinking_delta","thinking":)", thoughts);
  block(R"({"type":"text","text":""})", R"("type":"text_delta","text":)", texts);
  for (const char* call : {R"({"type":"tool_use","id":"a","name":"f","input":{}})",
                           R"({"type":"tool_use","id":"b","name":"g","input":{}})"}) {
    block(call, R"("type":"input_json_delta","partial_json":)", arguments);
  }
  return out +
         sse("message_delta",
             R"(,"delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":4})") +
         sse("message_stop", "");
}

std::string responsesStream(const Pieces& thoughts, const Pieces& texts, const Pieces& arguments) {
  std::string out = sse("response.created", R"(,"response":{"id":"r","model":"m"})");
  auto item = [&out, index = 0](const char* what, const std::string& type,
                                const Pieces& pieces) mutable {
    const std::string at = ",\"output_index\":" + std::to_string(index++);
    out += sse("response.output_item.added", at + ",\"item\":" + what);
    for (const auto& one : pieces) out += sse(type, at + ",\"delta\":\"" + one + "\"");
    out += sse("response.output_item.done", at + ",\"item\":" + what);
  };
  item(R"({"type":"reasoning","summary":[]})", "response.reasoning_summary_text.delta", thoughts);
  item(R"({"type":"message","role":"assistant","content":[]})", "response.output_text.delta",
       texts);
  for (const char* call : {R"({"type":"function_call","call_id":"a","name":"f","arguments":""})",
                           R"({"type":"function_call","call_id":"b","name":"g","arguments":""})"}) {
    item(call, "response.function_call_arguments.delta", arguments);
  }
  return out + sse("response.completed", R"(,"response":{"id":"r","model":"m"})");
}

std::string geminiStream(const Pieces& thoughts, const Pieces& texts) {
  std::string out;
  const auto part = [&out](const std::string& members, const char* finish = "") {
    out += "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{" + members +
           "}]}" + finish + "}],\"usageMetadata\":{\"promptTokenCount\":5}}\n\n";
  };
  for (const auto& one : thoughts) part("\"thought\":true,\"text\":\"" + one + "\"");
  for (const auto& one : texts) part("\"text\":\"" + one + "\"");
  // Calls come whole.
  part(R"("functionCall":{"id":"a","name":"f","args":{"x":"\ud83d\ude00"}})");
  part(R"("functionCall":{"id":"b","name":"g","args":{"x":"\ud83d\ude00"}})",
       R"(,"finishReason":"STOP","index":0)");
  return out;
}

}  // namespace

/// Who cuts a text by UTF-16 units may cut a character beyond the first 65536 in two.
void TestStreams::charactersCutInTwo_data() {
  QTest::addColumn<QByteArray>("stream");
  QTest::addColumn<int>("from");
  const Pieces thoughts = {R"(\ud83d)", R"(\ude00)", R"(\ud83d)"};
  const Pieces texts = {R"(a\ud83d)",
                        R"(\ude00b\ud83d)",
                        R"(\ude00\ud83d\ude00)",
                        R"(c\ud83d)",
                        R"(d)",
                        R"(\ude00e\ud83d)",
                        R"(\ud83d)",
                        R"(\ude00)",
                        R"(f\ud83d\ud83dg)"};
  const Pieces arguments = {R"({\"x\":\"\ud83d)", R"(\ude00\"})"};
  for (const auto& [kind, name, stream] :
       {std::tuple(Kind::Chat, "chat", chatStream(thoughts, texts, arguments)),
        std::tuple(Kind::Responses, "responses", responsesStream(thoughts, texts, arguments)),
        std::tuple(Kind::Anthropic, "anthropic", anthropicStream(thoughts, texts, arguments)),
        std::tuple(Kind::Gemini, "gemini", geminiStream(thoughts, texts))}) {
    QTest::newRow(name) << QByteArray::fromStdString(stream) << int(kind);
  }
}
void TestStreams::charactersCutInTwo() {
  QFETCH(QByteArray, stream);
  QFETCH(int, from);
  const std::string face = "\xf0\x9f\x98\x80";
  const std::string none = "\xef\xbf\xbd";
  for (const Kind to : kKinds) {
    if (to == Kind(from)) continue;
    StreamTranslator translator(Kind(from), to, kContext);
    std::string out;
    for (const auto& event : test::eventsOf(stream.toStdString())) translator.feed(event, out);
    translator.finish(out);
    QCOMPARE(translator.breach(), std::string());
    const auto verdict = test::judgeStream(to, out, {.usageAsked = true});
    QCOMPARE(verdict.fault, std::string());
    QCOMPARE(verdict.reasoning, face + none);
    QCOMPARE(verdict.text, "a" + face + "b" + face + face + "c" + none + "d" + none + "e" + none +
                               face + "f" + none + none + "g");
    QCOMPARE(verdict.calls.size(), std::size_t{2});
    for (const auto& call : verdict.calls) {
      QCOMPARE(test::plainJson(call.arguments), test::plainJson("{\"x\":\"" + face + "\"}"));
    }
  }
}

QTEST_APPLESS_MAIN(TestStreams)
