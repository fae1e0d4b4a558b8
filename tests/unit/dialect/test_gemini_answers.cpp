// SPDX-License-Identifier: GPL-3.0-or-later
// Gemini: the traps of its answers and errors, one by one.
#include "tests/unit/dialect/test_gemini_answers.h"

#include <QTest>

#include "tests/unit/dialect/json_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

void TestGeminiAnswers::answers_data() {
  QTest::addColumn<Kind>("from");
  QTest::addColumn<Kind>("to");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("path");
  QTest::addColumn<QByteArray>("wanted");
  const auto row = [](const char* name, Kind from, Kind to, const QByteArray& body,
                      const char* path, const char* wanted) {
    QTest::newRow(name) << from << to << body << QByteArray(path) << QByteArray(wanted);
  };
  const auto chat = [&](const char* name, const QByteArray& parts, const char* path,
                        const char* wanted, const char* reason = "STOP", const char* rest = "") {
    row(name, kGemini, kChat,
        R"({"candidates":[{"content":{"role":"model","parts":[)" + parts +
            R"(]},"finishReason":")" + reason + R"("}])" + rest + "}",
        path, wanted);
  };
  const char* text = R"({"text":"a"},{"text":"b"})";
  chat("texts", text, "/choices/0/message/content", R"("ab")");
  chat("stop", text, "/choices/0/finish_reason", R"("stop")");
  chat("no usage", text, "/usage", "none");
  chat("too long", text, "/choices/0/finish_reason", R"("length")", "MAX_TOKENS");
  for (const char* reason : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
                             "LANGUAGE", "IMAGE_SAFETY"}) {
    chat(reason, text, "/choices/0/finish_reason", R"("content_filter")", reason);
  }
  chat("other", text, "/choices/0/finish_reason", R"("stop")", "OTHER");
  chat("thoughts", R"({"text":"hm","thought":true},{"text":"b","thoughtSignature":"s"})",
       "/choices/0/message/reasoning_content", R"("hm")");
  chat("a call", R"({"functionCall":{"id":"c","name":"f","args":{"a":1}}})",
       "/choices/0/message/tool_calls",
       R"([{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}])");
  chat("stop behind calls", R"({"text":"a"},{"functionCall":{"name":"f"}})",
       "/choices/0/finish_reason", R"("tool_calls")");
  chat(
      "calls without ids",
      R"({"functionCall":{"name":"f"}},{"functionCall":{"name":"f","args":{}}})",
      "/choices/0/message/tool_calls",
      R"([{"id":"call_r-9_0","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"call_r-9_1","type":"function","function":{"name":"f","arguments":"{}"}}])",
      "STOP", R"(,"responseId":"r-9")");
  chat(
      "what the provider ran",
      R"({"executableCode":{"code":"1"}},{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}})",
      "/choices/0/message/content", R"("a")");
  chat(
      "usage", text, "/usage",
      R"({"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}})",
      "STOP",
      R"(,"usageMetadata":{"promptTokenCount":9,"toolUsePromptTokenCount":3,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":2,"totalTokenCount":19})");
  row("a prompt that is blocked", kGemini, kChat,
      R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}})",
      "/choices/0/finish_reason", R"("content_filter")");
  row("no parts", kGemini, kChat,
      R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}]})",
      "/choices/0/message/content", R"("")");
  row("a signature alone", kGemini, kAnthropic,
      R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"a"},{"text":"","thoughtSignature":"s"}]},"finishReason":"STOP"}]})",
      "/content",
      R"([{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"a"},{"type":"thinking","thinking":"","signature":"sluice0000geminis"}])");

  const auto gemini = [&](const char* name, const char* message, const char* reason,
                          const char* path, const char* wanted) {
    row(name, kChat, kGemini,
        QByteArray(R"({"choices":[{"index":0,"message":{)") + message + R"(},"finish_reason":")" +
            reason +
            R"("}],"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}})",
        path, wanted);
  };
  gemini(
      "a text", R"("content":"a")", "stop", "/candidates",
      R"([{"content":{"parts":[{"text":"a"}],"role":"model"},"finishReason":"STOP","index":0}])");
  gemini("whose it is", R"("content":"a")", "stop", "/modelVersion", R"("asked")");
  gemini("its id", R"("content":"a")", "stop", "/responseId", R"("77")");
  gemini(
      "its usage", R"("content":"a")", "stop", "/usageMetadata",
      R"({"promptTokenCount":9,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":2,"totalTokenCount":16})");
  gemini(
      "nothing said", R"("content":"")", "length", "/candidates",
      R"([{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}])");
  gemini(
      "a refusal", R"("content":null,"refusal":"no")", "stop", "/candidates",
      R"([{"content":{"parts":[{"text":"no"}],"role":"model"},"finishReason":"SAFETY","index":0}])");
  gemini(
      "calls and thoughts",
      R"("content":null,"reasoning_content":"hm","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}])",
      "tool_calls", "/candidates",
      R"([{"content":{"parts":[{"text":"hm","thought":true},{"functionCall":{"id":"c","name":"f","args":{"a":1}}}],"role":"model"},"finishReason":"STOP","index":0}])");
}
void TestGeminiAnswers::answers() {
  QFETCH(Kind, from);
  QFETCH(Kind, to);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, path);
  QFETCH(QByteArray, wanted);
  const std::string out = answer(from, to, body.toStdString());
  QVERIFY2(!out.starts_with("BREACH"), out.c_str());
  QCOMPARE(at(out, path.toStdString()), plain(wanted.toStdString()));
}

void TestGeminiAnswers::answersThatAreNone_data() {
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("named");
  const auto row = [](const char* name, const char* body, const char* named) {
    QTest::newRow(name) << QByteArray(body) << QByteArray(named);
  };
  row("not JSON", "{", "JSON");
  row("an array", "[]", "object");
  row("nothing", "{}", "candidates");
  row("none", R"({"candidates":[]})", "candidates");
  row("no list", R"({"candidates":5})", "candidates");
  row("no end", R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})",
      "candidates[0].finishReason");
  row("a call that cannot be read",
      R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})", "MALFORMED_FUNCTION_CALL");
  row("a text that is none",
      R"({"candidates":[{"content":{"parts":[{"text":5}]},"finishReason":"STOP"}]})",
      "candidates[0].content.parts[0].text");
  row("a call without a name",
      R"({"candidates":[{"content":{"parts":[{"functionCall":{"args":{}}}]},"finishReason":"STOP"}]})",
      "functionCall.name");
  row("a call with a text",
      R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":"{}"}}]},"finishReason":"STOP"}]})",
      "functionCall.args");
}
void TestGeminiAnswers::answersThatAreNone() {
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, named);
  for (const Kind to : {kChat, kResponses, kAnthropic}) {
    const std::string out = answer(kGemini, to, body.toStdString());
    QVERIFY2(out.starts_with("BREACH"), out.c_str());
    QVERIFY2(QByteArray::fromStdString(out).contains(named), out.c_str());
  }
}

/// Ids that are made up: the same for the same answer, others for others, short, and of letters that
/// all dialects take.
void TestGeminiAnswers::madeIds() {
  const auto idOf = [](const std::string& args, const std::string& responseId) {
    return Json::parse(answer(
        kGemini, kChat,
        R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":)" + args +
            R"(}}}]},"finishReason":"STOP"}],"responseId":")" + responseId +
            "\"}"))["choices"][0]["message"]["tool_calls"][0]["id"]
        .get<std::string>();
  };
  QCOMPARE(idOf("1", ""), idOf("1", ""));
  QVERIFY(idOf("1", "") != idOf("2", ""));
  QCOMPARE(idOf("1", "x/y:z"), std::string("call_xyz_0"));
  const std::string id = idOf("1", std::string(100, 'a'));
  QVERIFY(id.size() <= 40);
}

void TestGeminiAnswers::errors_data() {
  QTest::addColumn<int>("status");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<int>("kind");
  QTest::addColumn<QByteArray>("code");
  QTest::addColumn<QByteArray>("message");
  const auto row = [](const char* name, int status, const QByteArray& error, ErrorKind kind,
                      const char* code, const char* message) {
    QTest::newRow(name) << status << error << static_cast<int>(kind) << QByteArray(code)
                        << QByteArray(message);
  };
  row("a wrong key", 400,
      R"({"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"x"},{"reason":"API_KEY_INVALID"}]}})",
      ErrorKind::Authentication, "invalid_api_key", "API key not valid.");
  row("too long", 400,
      R"({"error":{"code":400,"message":"The input token count (1234567) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}})",
      ErrorKind::InvalidRequest, "context_length_exceeded",
      "The input token count (1234567) exceeds the maximum number of tokens allowed (1048576).");
  row("a bad request", 400, R"({"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}})",
      ErrorKind::InvalidRequest, "", "m");
  row("in an array", 429, R"([{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}])",
      ErrorKind::RateLimit, "", "m");
  row("overloaded", 503, R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})",
      ErrorKind::Overloaded, "", "m");
  row("the word counts", 500,
      R"({"error":{"code":500,"message":"m","status":"DEADLINE_EXCEEDED"}})", ErrorKind::Timeout,
      "", "m");
  row("the status, for a word unknown", 404,
      R"({"error":{"code":404,"message":"m","status":"NEW"}})", ErrorKind::NotFound, "", "m");
  row("not JSON", 502, "<html>", ErrorKind::Server, "",
      "the provider answered with status 502 and said nothing that can be read");
}
void TestGeminiAnswers::errors() {
  QFETCH(int, status);
  QFETCH(QByteArray, body);
  QFETCH(int, kind);
  QFETCH(QByteArray, code);
  QFETCH(QByteArray, message);
  const auto made = translateError(kGemini, kChat, status, body.toStdString());
  QCOMPARE(made.status, status);
  QCOMPARE(static_cast<int>(made.error.kind), kind);
  QCOMPARE(made.error.code, code.toStdString());
  QCOMPARE(made.error.message, message.toStdString());
  // And the other way.
  const std::string own = errorBody(kGemini, status, made.error);
  QCOMPARE(at(own, "/error/code"), std::to_string(status));
  QCOMPARE(at(own, "/error/message"), Json(message.toStdString()).dump());
  const auto again = translateError(kGemini, kChat, status, own);
  QCOMPARE(static_cast<int>(again.error.kind), kind);
}

QTEST_APPLESS_MAIN(TestGeminiAnswers)
