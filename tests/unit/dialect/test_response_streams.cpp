// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI Responses: its streams, read and written, and what judges them.
#include "tests/unit/dialect/test_response_streams.h"

#include <QTest>

#include "gateway/dialect/translate.h"
#include "tests/support/stream_grammar.h"
#include "tests/unit/dialect/responses_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

namespace {

/// An answer of everything, as this dialect tells it.
std::string everything() {
  using Type = StreamEvent::Type;
  std::string out;
  const auto writer = dialectOf(kResponses).streamWriter(kContext);
  const auto tell = [&](const StreamEvent& event) { writer->write(event, out); };
  tell({.type = Type::Start});
  tell({.type = Type::Reasoning, .text = "let me "});
  tell({.type = Type::Reasoning, .text = "think"});
  tell({.type = Type::Signature, .text = "sig"});
  tell({.type = Type::Encrypted, .text = "secret"});
  tell({.type = Type::Text, .text = "Hello, "});
  tell({.type = Type::Text, .text = "you"});
  tell({.type = Type::Refusal, .text = "but no"});
  tell({.type = Type::ToolStart, .id = "c1", .name = "f"});
  tell({.type = Type::ToolArguments, .text = "{\"a\""});
  tell({.type = Type::ToolArguments, .text = ":1}"});
  tell({.type = Type::ToolEnd});
  tell({.type = Type::ToolStart, .id = "c2", .name = "g"});
  tell({.type = Type::ToolEnd});
  tell({.type = Type::Usage, .usage = {9, 4, 0, 5, 2}});
  tell({.type = Type::Finish, .stop = StopReason::ToolCalls});
  return out;
}

}  // namespace

/// The last event tells all of it once more; a stream without an end must not take all memory.
void TestResponseStreams::whatIsKeptIsBounded() {
  constexpr std::size_t kPiece = 1024 * 1024;
  const std::string piece =
      R"(data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":")" +
      std::string(kPiece, 'x') + "\"},\"finish_reason\":null}]}\n\n";
  StreamTranslator translator(kChat, kResponses, kContext);
  std::string told;
  std::size_t sent = 0;
  while (translator.state() == StreamTranslator::State::Open &&
         sent < 2 * StreamTranslator::kMostKept) {
    told.clear();
    translator.feed(piece, told);
    sent += kPiece;
  }
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Broken));
  QCOMPARE(sent, StreamTranslator::kMostKept + kPiece);
  QVERIFY(told.find("too long") != std::string::npos);
}

void TestResponseStreams::callsCutByLength() {
  const std::string out = answer(
      kResponses, kChat,
      R"({"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[
          {"type":"function_call","call_id":"c","name":"f","arguments":"{\"a","status":"incomplete"}]})");
  QCOMPARE(at(out, "/choices/0/message/tool_calls"), std::string("none"));
  QCOMPARE(at(out, "/choices/0/finish_reason"), std::string("\"length\""));

  // In a stream it has been told in part; the item says so.
  StreamTranslator translator(kResponses, kChat, kContext);
  std::string told;
  translator.feed(
      kCreated + kCall + arguments("{\"a") +
          sse("response.output_item.done",
              R"(,"output_index":0,"item":{"type":"function_call","status":"incomplete","call_id":"c1","name":"f","arguments":"{\"a"})") +
          sse("response.incomplete",
              R"(,"response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}})"),
      told);
  QCOMPARE(translator.breach(), std::string());
  const auto verdict = test::judgeStream(kChat, told, {.usageAsked = true});
  QCOMPARE(verdict.fault, std::string());
  QCOMPARE(verdict.stop, std::string("length"));

  StreamTranslator there(kChat, kResponses, kContext);
  told.clear();
  there.feed(
      R"(data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":"length"}]})"
      "\n\ndata: [DONE]\n\n",
      told);
  QCOMPARE(test::judgeStream(kResponses, told).fault, std::string());
  QVERIFY(told.find(R"("status":"incomplete","call_id":"1")") != std::string::npos);
}

void TestResponseStreams::usageOfEvents() {
  TokenUsage usage;
  QVERIFY(!readUsageEventOf(kResponses, kCreated, usage));
  QVERIFY(!readUsageEventOf(kResponses, text("a"), usage));
  QVERIFY(!readUsageEventOf(kResponses,
                            sse("response.in_progress", R"(,"response":{"usage":null})"), usage));
  QVERIFY(readUsageEventOf(kResponses, kCompleted, usage));
  QVERIFY(usage == (TokenUsage{9, 4, 0, 5, 2}));
  usage = {};
  QVERIFY(readUsageEventOf(
      kResponses,
      sse("response.incomplete", R"(,"response":{"usage":{"input_tokens":3,"output_tokens":16}})"),
      usage));
  QVERIFY(usage == (TokenUsage{3, 0, 0, 16, 0}));
  const auto whole = readUsageOf(kResponses, R"({"usage":{"input_tokens":3,"output_tokens":4}})");
  QVERIFY(whole == (TokenUsage{3, 0, 0, 4, 0}));
}

/// Each event, in order, as the vendor's types have it.
void TestResponseStreams::streamOfAllKinds() {
  const std::string stream = everything();
  const auto verdict = test::judgeStream(kResponses, stream);
  QCOMPARE(verdict.fault, std::string());
  QCOMPARE(verdict.id, std::string("resp_77"));
  QCOMPARE(verdict.text, std::string("Hello, you"));
  QCOMPARE(verdict.refusal, std::string("but no"));
  QCOMPARE(verdict.reasoning, std::string("let me think"));
  QCOMPARE(verdict.stop, std::string("completed"));
  QCOMPARE(verdict.promptTokens.value(), 9u);
  std::string types;
  for (const std::string& event : test::eventsOf(stream)) {
    types += test::strictEvent(event).value().name.substr(9) + " ";
  }
  const std::string thoughts =
      "output_item.added reasoning_summary_part.added reasoning_summary_text.delta "
      "reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done "
      "output_item.done output_item.added output_item.done ";
  const std::string message =
      "output_item.added content_part.added output_text.delta output_text.delta output_text.done "
      "content_part.done content_part.added refusal.delta refusal.done content_part.done "
      "output_item.done ";
  const std::string calls =
      "output_item.added function_call_arguments.delta function_call_arguments.delta "
      "function_call_arguments.done output_item.done "
      "output_item.added function_call_arguments.delta function_call_arguments.done "
      "output_item.done ";
  QCOMPARE(types, "created in_progress " + thoughts + message + calls + "completed ");
}

/// Each event left out, told twice or put behind the next, though numbered anew; each member changed.
void TestResponseStreams::checkerRefusesMutations() {
  const auto good = test::eventsOf(everything());
  const auto refused = [](std::vector<std::string> events) {
    const std::string name = "\"sequence_number\":";
    std::string all;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const std::size_t from = events[i].find(name) + name.size();
      const std::size_t size = events[i].find_first_not_of("0123456789", from) - from;
      all += events[i].replace(from, size, std::to_string(i));
    }
    return !test::judgeStream(kResponses, all).fault.empty();
  };
  QVERIFY(!refused(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto events = good;
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(i));
    QVERIFY2(refused(events), ("without " + good[i]).c_str());
    events = good;
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(i), good[i]);
    QVERIFY2(refused(events), ("twice " + good[i]).c_str());
    events = good;
    if (i + 1 < good.size()) std::swap(events[i], events[i + 1]);
    QVERIFY2(i + 1 == good.size() || refused(events), ("late " + good[i]).c_str());
  }
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"event: response", "event: other"},
      {"\"type\":\"response.", "\"type\":\"other."},
      {"\"output_index\":", "\"output_index\":1"},
      {"\"content_index\":", "\"content_index\":1"},
      {"\"summary_index\":", "\"summary_index\":1"},
      {"\"item_id\":\"", "\"item_id\":\"x"},
      {"\"delta\":\"", "\"delta\":\"x"},
      {"\"text\":\"", "\"text\":\"x"},
      {"\"refusal\":\"", "\"refusal\":\"x"},
      {"\"arguments\":\"", "\"arguments\":\"x"},
      {"\"id\":\"", "\"id\":\"x"},
      {"\"object\":\"", "\"object\":\"x"},
      {"\"status\":\"", "\"status\":\"x"},
      {"\"total_tokens\":", "\"total_tokens\":1"},
      {"\"annotations\":[", "\"annotations\":[1"},
      {"\"created_at\":1", "\"created_at\":2"},
      {"\"item\":{", "\"item\":{\"new\":1,"},
      {"}\n\n", ",\"new\":1}\n\n"}};
  for (const auto& [part, other] : changes) {
    std::size_t times = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
      const std::size_t place = good[i].find(part);
      if (place == std::string::npos) continue;
      // An id is told first where an item begins: there any will do.
      const bool names = good[i].find("item.added") != std::string::npos ||
                         good[i].find("response.created") != std::string::npos;
      if (names && (part == "\"id\":\"" || part == "\"created_at\":1")) continue;
      auto events = good;
      events[i].replace(place, part.size(), other);
      QVERIFY2(refused(events), events[i].c_str());
      ++times;
    }
    QVERIFY2(times > 0, part.c_str());
  }
}

void TestResponseStreams::streamsAreRead_data() {
  QTest::addColumn<QByteArray>("stream");
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QByteArray>("reasoning");
  QTest::addColumn<QByteArray>("calls");
  QTest::addColumn<QByteArray>("stop");
  const auto row = [](const char* name, const std::string& stream, const char* text,
                      const char* reasoning, const char* calls, const char* stop) {
    QTest::newRow(name) << QByteArray::fromStdString(stream) << QByteArray(text)
                        << QByteArray(reasoning) << QByteArray(calls) << QByteArray(stop);
  };
  row("text", kCreated + kMessage + text("a") + text("b") + kCompleted, "ab", "", "", "stop");
  row("events that are new",
      kCreated + sse("keepalive") + sse("response.queued") + kMessage + sse("response.smell") +
          text("a") + kCompleted,
      "a", "", "", "stop");
  row("a text that is told at its end only",
      kCreated + kMessage + sse("response.output_text.done", R"(,"text":"ab")") + kCompleted, "ab",
      "", "", "stop");
  row("and not twice",
      kCreated + kMessage + text("ab") + sse("response.output_text.done", R"(,"text":"ab")") +
          kCompleted,
      "ab", "", "", "stop");
  const auto summary = [](const char* delta) {
    return sse("response.reasoning_summary_part.added", R"(,"output_index":0)") +
           sse("response.reasoning_summary_text.delta",
               ",\"delta\":\"" + std::string(delta) + "\"");
  };
  const std::string thinks = kCreated + sse("response.output_item.added",
                                            R"(,"output_index":0,"item":{"type":"reasoning"})");
  row("paragraphs of thoughts", thinks + summary("a") + summary("b") + kCompleted, "", "a\n\nb", "",
      "stop");
  row("thoughts of open models",
      thinks + sse("response.reasoning_text.delta", R"(,"delta":"a")") + kCompleted, "", "a", "",
      "stop");
  row("thoughts that are told at the end only",
      thinks +
          sse("response.output_item.done",
              R"(,"output_index":0,"item":{"type":"reasoning","summary":[{"text":"a"}]})") +
          kCompleted,
      "", "a", "", "stop");
  row("a call", kCreated + kCall + arguments("{\"a\":") + arguments("1}") + kCompleted, "", "",
      "c1 f {\"a\":1}", "tool_calls");
  row("a call whose arguments are told at their end only",
      kCreated + kCall +
          sse("response.function_call_arguments.done",
              R"(,"output_index":0,"arguments":"{\"a\":1}")") +
          kCompleted,
      "", "", "c1 f {\"a\":1}", "tool_calls");
  const auto done = [](const char* item) {
    return sse("response.output_item.done",
               R"(,"output_index":0,"item":{)" + std::string(item) + "}");
  };
  const std::string call =
      R"("type":"function_call","status":"completed","call_id":"c1","name":"f","arguments":"{\"a\":1}")";
  row("a call whose arguments are told in the item only",
      kCreated + kCall + done(call.c_str()) + kCompleted, "", "", "c1 f {\"a\":1}", "tool_calls");
  row("and its arguments not twice",
      kCreated + kCall + arguments("{\"a\":1}") + done(call.c_str()) + kCompleted, "", "",
      "c1 f {\"a\":1}", "tool_calls");
  const char* message =
      R"("type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}])";
  row("a message that is told in the item only", kCreated + kMessage + done(message) + kCompleted,
      "ab", "", "", "stop");
  row("and the message not twice",
      kCreated + kMessage + text("ab") +
          sse("response.content_part.added", R"(,"output_index":0,"content_index":1)") +
          done(message) + kCompleted,
      "ab", "", "", "stop");
  row("a message that ends behind another item's begin",
      kCreated + kMessage + text("ab") +
          sse("response.output_item.added",
              R"(,"output_index":1,"item":{"type":"message","id":"msg_2"})") +
          done(message) + kCompleted,
      "ab", "", "", "stop");
  const std::string second = sse(
      "response.output_item.added",
      R"(,"output_index":1,"item":{"type":"function_call","call_id":"c2","name":"g","arguments":""})");
  row("interleaved calls",
      kCreated + kCall + second + arguments("{\"b", 1) + arguments("{\"a\":1}") +
          arguments("\":2}", 1) + kCompleted,
      "", "", "c1 f {\"a\":1} c2 g {\"b\":2}", "tool_calls");
  row("filtered",
      kCreated + kMessage + text("a") +
          sse("response.incomplete",
              R"(,"response":{"incomplete_details":{"reason":"content_filter"}})"),
      "a", "", "", "content_filter");
}
void TestResponseStreams::streamsAreRead() {
  QFETCH(QByteArray, stream);
  StreamTranslator translator(kResponses, kChat, kContext);
  std::string out;
  translator.feed(stream.toStdString(), out);
  QCOMPARE(translator.breach(), std::string());
  QCOMPARE(int(translator.state()), int(StreamTranslator::State::Ended));
  const auto verdict = test::judgeStream(kChat, out, {.usageAsked = true});
  QCOMPARE(verdict.fault, std::string());
  QTEST(QByteArray::fromStdString(verdict.text), "text");
  QTEST(QByteArray::fromStdString(verdict.reasoning), "reasoning");
  QTEST(QByteArray::fromStdString(verdict.stop), "stop");
  std::vector<std::string> calls;
  for (const auto& call : verdict.calls) {
    calls.insert(calls.end(), {call.id, call.name, call.arguments});
  }
  QTEST(QByteArray::fromStdString(joined(calls)), "calls");
}

void TestResponseStreams::brokenStreams_data() {
  QTest::addColumn<QByteArray>("stream");
  const auto row = [](const char* name, const std::string& stream) {
    QTest::newRow(name) << QByteArray::fromStdString(stream);
  };
  row("nothing", "");
  row("not JSON", kCreated + "data: {\n\n");
  row("no type", kCreated + "data: {}\n\n");
  row("no start", kMessage);
  row("two starts", kCreated + kCreated);
  row("cut", kCreated + kMessage + text("a"));
  row("[DONE] too early", kCreated + kMessage + text("a") + "data: [DONE]\n\n");
  row("a delta without text", kCreated + kMessage + sse("response.output_text.delta"));
  row("an item without type",
      kCreated + sse("response.output_item.added", R"(,"output_index":0,"item":{})"));
  row("an item without index",
      kCreated + sse("response.output_item.added", R"(,"item":{"type":"message"})"));
  row("a call without call_id",
      kCreated + sse("response.output_item.added",
                     R"(,"output_index":0,"item":{"type":"function_call","name":"f"})"));
  row("two calls of one index", kCreated + kCall + kCall);
  row("arguments of no call", kCreated + kMessage + arguments("{}"));
  row("arguments that are no object", kCreated + kCall + arguments("[1]"));
  row("arguments that are not whole", kCreated + kCall + arguments("{") + kCompleted);
  row("the end of a call that is not open",
      kCreated +
          sse("response.output_item.done", R"(,"output_index":0,"item":{"type":"function_call"})"));
  row("thoughts end within a call",
      kCreated + kCall +
          sse("response.output_item.done",
              R"(,"output_index":1,"item":{"type":"reasoning","encrypted_content":"x"})"));
}
void TestResponseStreams::brokenStreams() {
  QFETCH(QByteArray, stream);
  for (const Kind to : {kChat, kAnthropic}) {
    StreamTranslator translator(kResponses, to, kContext);
    std::string out;
    translator.feed(stream.toStdString(), out);
    translator.finish(out);
    QCOMPARE(int(translator.state()), int(StreamTranslator::State::Broken));
    const auto verdict = test::judgeStream(to, out, {.usageAsked = true});
    QCOMPARE(verdict.fault, std::string());
    QVERIFY(verdict.failed);
    QVERIFY(verdict.errorMessage.find(translator.breach()) != std::string::npos);
  }
}

void TestResponseStreams::failuresWithin_data() {
  QTest::addColumn<QByteArray>("event");
  QTest::addColumn<int>("kind");
  QTest::addColumn<QByteArray>("message");
  const auto row = [](const char* name, const std::string& event, ErrorKind kind,
                      const char* message) {
    QTest::newRow(name) << QByteArray::fromStdString(event) << int(kind) << QByteArray(message);
  };
  row("as documented", sse("error", R"(,"code":"server_error","message":"no","param":null)"),
      ErrorKind::Server, "no");
  row("as sent", sse("error", R"(,"error":{"code":"rate_limit_exceeded","message":"slow down"})"),
      ErrorKind::RateLimit, "slow down");
  row("failed",
      sse("response.failed",
          R"(,"response":{"status":"failed","error":{"code":"server_is_overloaded","message":"busy"}})"),
      ErrorKind::Overloaded, "busy");
  row("too long",
      sse("response.failed",
          R"(,"response":{"error":{"code":"context_length_exceeded","message":"too long"}})"),
      ErrorKind::InvalidRequest, "too long");
  row("with a status for a code",
      sse("response.failed", R"(,"response":{"error":{"code":"429","message":"slow"}})"),
      ErrorKind::RateLimit, "slow");
  row("in no words", sse("response.failed", R"(,"response":{"error":{"code":"bio_policy"}})"),
      ErrorKind::Server, "bio_policy");
  row("in none at all", sse("response.failed", R"(,"response":{})"), ErrorKind::Server,
      "the provider says no more");
}
void TestResponseStreams::failuresWithin() {
  QFETCH(QByteArray, event);
  for (const Kind to : {kChat, kAnthropic}) {
    StreamTranslator translator(kResponses, to, kContext);
    std::string out;
    translator.feed(kCreated + kMessage + text("a") + event.toStdString(), out);
    QCOMPARE(int(translator.state()), int(StreamTranslator::State::Failed));
    QTEST(int(translator.error().kind), "kind");
    const auto verdict = test::judgeStream(to, out, {.usageAsked = true});
    QCOMPARE(verdict.fault, std::string());
    QTEST(QByteArray::fromStdString(verdict.errorMessage), "message");
  }
}

/// Before the start there is only the error; behind it, response.failed too, whatever was open.
void TestResponseStreams::failuresOfOurs() {
  const Error error{ErrorKind::Timeout, "too slow", "timeout", ""};
  StreamTranslator early(kChat, kResponses, kContext);
  std::string out;
  early.fail(error, out);
  auto verdict = test::judgeStream(kResponses, out);
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.failed && verdict.errorMessage == "too slow");
  QVERIFY(out.find("response.failed") == std::string::npos);

  StreamTranslator late(kChat, kResponses, kContext);
  out.clear();
  late.feed(
      R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]})"
      "\n\n",
      out);
  late.fail(error, out);
  verdict = test::judgeStream(kResponses, out);
  QCOMPARE(verdict.fault, std::string());
  QVERIFY(verdict.failed && !verdict.ended);
  const auto last = test::strictEvent(test::eventsOf(out).back());
  QCOMPARE(last->name, std::string("response.failed"));
  QCOMPARE(at(last->data, "/response/error"), plain(R"({"code":"timeout","message":"too slow"})"));
}

/// Nothing is held that need not be: each event in gives its event out at once.
void TestResponseStreams::eventsAreNotHeld() {
  StreamTranslator translator(kResponses, kAnthropic, kContext);
  std::string out;
  for (const std::string& event : {kCreated, text("a"), text("b"), kCall, arguments("{")}) {
    out.clear();
    translator.feed(event, out);
    QVERIFY2(!out.empty(), event.c_str());
  }
}

QTEST_APPLESS_MAIN(TestResponseStreams)
