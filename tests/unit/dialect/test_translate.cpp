// SPDX-License-Identifier: GPL-3.0-or-later
// The traps: what the vendors' documents ask for where dialects differ, one by one.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/unit/dialect/test_translate.h"

#include "gateway/dialect/translate.h"
#include "tests/support/stream_grammar.h"
#include "tests/unit/dialect/request_fields.h"
#include "tests/unit/dialect/stream_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

namespace {

const AnswerContext kContext{"asked", "77", 1700000000, true};

TranslatedRequest request(Kind from, Kind to, std::string_view body, bool stream = false) {
  auto result = translateRequest(from, to, body, {.model = "upstream", .stream = stream});
  if (const auto* fault = std::get_if<BodyFault>(&result)) {
    return {"FAULT " + fault->param + ": " + fault->message, {}};
  }
  return std::get<TranslatedRequest>(std::move(result));
}

std::string answer(Kind from, Kind to, std::string_view body) {
  auto result = translateAnswer(from, to, body, kContext);
  if (const auto* breach = std::get_if<Breach>(&result)) return "BREACH " + breach->message;
  return std::get<TranslatedAnswer>(std::move(result)).body;
}

}  // namespace

void TestTranslate::requests_data() {
  QTest::addColumn<int>("from");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("path");
  QTest::addColumn<QString>("wanted");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* name, Kind from, const char* members, const char* path,
                      const char* wanted, const char* dropped = "") {
    const char* rest = from == Kind::Chat ? R"("model":"x",)" : R"("model":"x","max_tokens":9000,)";
    const QByteArray all = QByteArray(members);
    const bool messages = all.contains("\"messages\"");
    QTest::newRow(name) << int(from)
                        << QByteArray("{") + rest +
                               (messages ? "" : R"("messages":[{"role":"user","content":"hi"}])") +
                               (messages || all.isEmpty() ? "" : ",") + all + "}"
                        << QByteArray(path) << QString::fromUtf8(wanted) << QByteArray(dropped);
  };
  const Kind chat = Kind::Chat;
  row("model", chat, "", "model", "upstream");
  row("max_tokens is injected", chat, "", "max_tokens", "4096");
  row("the newer name wins", chat, R"("max_tokens":1,"max_completion_tokens":2)", "max_tokens",
      "2");
  row("instructions alone are said by the user", chat,
      R"("messages":[{"role":"system","content":"say hi"}])", "messages",
      R"([{"content":"say hi","role":"user"}])");
  row("and are no instructions then", chat, R"("messages":[{"role":"system","content":"say hi"}])",
      "system", "(none)");
  row("temperature is clamped", chat, R"("temperature":1.5)", "temperature", "1", "temperature");
  row("temperature stays", chat, R"("temperature":0.5)", "temperature", "0.5");
  row("stop of one", chat, R"("stop":"a")", "stop_sequences", R"(["a"])");
  row("stop of several", chat, R"("stop":["a","b"])", "stop_sequences", R"(["a","b"])");
  row("stop null", chat, R"("stop":null)", "stop_sequences", "(none)");
  row("user", chat, R"("user":"u")", "metadata", R"({"user_id":"u"})");
  row("no choice without tools", chat, R"("tool_choice":"required","tools":[])", "tool_choice",
      "(none)");
  const QByteArray tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
  const auto withTools = [&](const char* more) { return QByteArray(tools + "," + more); };
  row("a tool without parameters", chat, tools, "tools/0/input_schema",
      R"({"properties":{},"type":"object"})");
  row("required", chat, withTools(R"("tool_choice":"required")"), "tool_choice",
      R"({"type":"any"})");
  row("none", chat, withTools(R"("tool_choice":"none")"), "tool_choice", R"({"type":"none"})");
  row("half a character in arguments", chat,
      R"("messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":\"\\ud83d\"}"}}]},{"role":"tool","tool_call_id":"1","content":"b"}])",
      "messages/1/content/0/input/x", "\xef\xbf\xbd");
  row("auto", chat, withTools(R"("tool_choice":"auto")"), "tool_choice", R"({"type":"auto"})");
  row("named", chat, withTools(R"("tool_choice":{"type":"function","function":{"name":"f"}})"),
      "tool_choice", R"({"name":"f","type":"tool"})");
  row("one at a time", chat, withTools(R"("parallel_tool_calls":false)"), "tool_choice",
      R"({"disable_parallel_tool_use":true,"type":"auto"})");
  row("thinking", chat, R"("reasoning_effort":"low")", "thinking",
      R"({"budget_tokens":4096,"type":"enabled"})");
  row("thinking on top of max_tokens", chat, R"("reasoning_effort":"high")", "max_tokens", "20480");
  row("thinking leaves half", chat, R"("reasoning_effort":"high","max_tokens":8000)",
      "thinking/budget_tokens", "4000");
  row("no room to think", chat, R"("reasoning_effort":"high","max_tokens":2000)", "thinking",
      "(none)", "reasoning_effort");
  row("no thinking", chat, R"("reasoning_effort":"none")", "thinking", "(none)");
  row("thinking excludes temperature", chat,
      R"("reasoning_effort":"low","temperature":0,"top_p":0.5)", "temperature", "(none)",
      "top_p temperature");
  row("thinking excludes a forced choice", chat,
      withTools(R"("reasoning_effort":"low","tool_choice":"required")"), "tool_choice/type", "auto",
      "tool_choice");
  row("thinking wants its thoughts back", chat,
      R"("reasoning_effort":"low","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,
           "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"1","content":"x"}])",
      "thinking", "(none)", "reasoning_effort");
  row("an answer that vanishes hides no results", chat,
      R"("reasoning_effort":"low","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,
           "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"1","content":"x"},{"role":"assistant","content":"","reasoning_content":"hm"}])",
      "thinking", "(none)", "reasoning_effort messages.reasoning_content");
  row("nothing to carry it", chat,
      R"("n":2,"seed":1,"logit_bias":{"1":2},"logprobs":true,"presence_penalty":1,"store":true,"modalities":null)",
      "seed", "(none)", "logit_bias logprobs store n seed presence_penalty");
  row("json_object", chat, R"("response_format":{"type":"json_object"})", "output_config", "(none)",
      "response_format");
  row("json_schema", chat,
      R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}})",
      "output_config/format", R"({"schema":{"type":"object"},"type":"json_schema"})");
  row("what a schema is for", chat,
      R"("response_format":{"type":"json_schema","json_schema":{"name":"a","description":"d","schema":{"type":"object"}}})",
      "output_config/format", R"({"schema":{"type":"object"},"type":"json_schema"})",
      "response_format.json_schema.description");
  row("system is hoisted", chat,
      R"("messages":[{"role":"system","content":"a"},{"role":"user","content":"b"}])", "system",
      "a");
  row("developer too", chat,
      R"("messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":"b"}])",
      "system", "ab");
  row("results merge", chat,
      R"("messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[
          {"id":"1","type":"function","function":{"name":"f","arguments":""}},
          {"id":"2!","type":"function","function":{"name":"f","arguments":"{\"a\":1.0}"}}]},
          {"role":"tool","tool_call_id":"1","content":"x"},{"role":"tool","tool_call_id":"2!","content":"y"},
          {"role":"user","content":"and?"}])",
      "messages",
      R"([{"content":"a","role":"user"},{"content":[{"id":"1","input":{},"name":"f","type":"tool_use"},{"id":"2_","input":{"a":1},"name":"f","type":"tool_use"}],"role":"assistant"},{"content":[{"content":"x","tool_use_id":"1","type":"tool_result"},{"content":"y","tool_use_id":"2_","type":"tool_result"},{"text":"and?","type":"text"}],"role":"user"}])");
  row("results come first", chat,
      R"("messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[
          {"id":"1","type":"function","function":{"name":"f","arguments":""}}]},
          {"role":"user","content":"wait"},{"role":"tool","tool_call_id":"1","content":"x"}])",
      "messages/2/content",
      R"([{"content":"x","tool_use_id":"1","type":"tool_result"},{"text":"wait","type":"text"}])");
  row("texts that say nothing", chat,
      R"("messages":[{"role":"system","content":" "},{"role":"system","content":"s"},{"role":"user","content":"a"},
          {"role":"assistant","content":"\n\n","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":""}}]},
          {"role":"tool","tool_call_id":"1","content":"x"},{"role":"assistant","content":" \t"}])",
      "messages/1/content", R"([{"id":"1","input":{},"name":"f","type":"tool_use"}])");
  row("instructions that say nothing", chat,
      R"("messages":[{"role":"system","content":" \n"},{"role":"system","content":"s"},{"role":"user","content":"a"}])",
      "system", "s");
  for (const auto& [word, budget] : {std::pair{"none", "(none)"},
                                     {"minimal", "1024"},
                                     {"low", "4096"},
                                     {"medium", "8192"},
                                     {"high", "16384"},
                                     {"xhigh", "16384"},
                                     {"max", "16384"}}) {
    const QByteArray name = QByteArray("effort ") + word;
    row(name.constData(), chat, QByteArray(R"("reasoning_effort":")") + word + "\"",
        "thinking/budget_tokens", budget);
  }
  row("a data: URL", chat,
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}])",
      "messages/0/content/0/source", R"({"data":"AAAA","media_type":"image/png","type":"base64"})");
  row("an image by URL", chat,
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png","detail":"low"}}]}])",
      "messages/0/content/0/source", R"({"type":"url","url":"https://a/b.png"})",
      "messages.content.image_url.detail");
  row("sound", chat,
      R"("messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}])",
      "messages/0/content", "x", "messages.content");

  const Kind anthropic = Kind::Anthropic;
  row("system as blocks", anthropic,
      R"("system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}])",
      "messages/1/content", "b", "system.cache_control");
  row("system on the way", anthropic,
      R"("system":"a","messages":[{"role":"user","content":"b"},{"role":"system","content":"c"},
          {"role":"system","content":[{"type":"text","text":"d"}]}])",
      "messages",
      R"([{"content":"a","role":"system"},{"content":"c","role":"system"},{"content":"d","role":"system"},{"content":"b","role":"user"}])");
  row("max_tokens", anthropic, "", "max_completion_tokens", "9000");
  row("top_k", anthropic, R"("top_k":5)", "top_k", "(none)", "top_k");
  row("a budget", anthropic, R"("thinking":{"type":"enabled","budget_tokens":5000})",
      "reasoning_effort", "medium");
  row("disabled", anthropic, R"("thinking":{"type":"disabled"})", "reasoning_effort", "none");
  row("disabled, whatever the effort", anthropic,
      R"("thinking":{"type":"disabled"},"output_config":{"effort":"high"})", "reasoning_effort",
      "none");
  row("any", anthropic,
      R"("tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true})",
      "parallel_tool_calls", "false");
  row("a tool that takes nothing", anthropic,
      R"("tools":[{"name":"f","input_schema":{"type":"object"}}])", "tools/0/function/parameters",
      R"({"properties":{},"type":"object"})");
  row("a tool that takes nothing, from chat", chat,
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}])",
      "tools/0/input_schema", R"({"properties":{},"type":"object"})");
  row("a schema that leaves out what it is of", chat,
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{ "properties" : {"a":{}}}}}])",
      "tools/0/input_schema", R"({"properties":{"a":{}},"type":"object"})");
  row("a tool the provider runs", anthropic,
      R"("tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{"type":"object"}}])",
      "tools/0/function/name", "f", "tools.web_search_20250305");
  row("results become messages", anthropic,
      R"("messages":[{"role":"user","content":"a"},
          {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","is_error":true,"content":[{"type":"text","text":"x"},
             {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]},{"type":"text","text":"and?"}]}])",
      "messages",
      R"([{"content":"a","role":"user"},{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"a\":1}","name":"f"},"id":"1","type":"function"}]},{"content":"x","role":"tool","tool_call_id":"1"},{"content":[{"image_url":{"url":"data:image/png;base64,AA"},"type":"image_url"},{"text":"and?","type":"text"}],"role":"user"}])",
      "messages.content.tool_result.is_error messages.content.thinking");
  row("a user", anthropic, R"("metadata":{"user_id":"u1"})", "user", "u1");
  const std::string longUser = R"("metadata":{"user_id":")" + std::string(65, 'u') + "\"}";
  row("a user that is too long for OpenAI", anthropic, longUser.c_str(), "user", "(none)",
      "metadata.user_id");
  row("adaptive thinking", anthropic, R"("thinking":{"type":"adaptive"})", "reasoning_effort",
      "(none)", "thinking");
  row("a stream is asked for usage", anthropic, R"("stream":true)", "stream_options",
      R"({"include_usage":true})");
}
void TestTranslate::requests() {
  QFETCH(int, from);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, path);
  QFETCH(QString, wanted);
  QFETCH(QByteArray, dropped);
  const Kind to = Kind(from) == Kind::Chat ? Kind::Anthropic : Kind::Chat;
  const bool stream = body.contains("\"stream\":true");
  const auto result = request(Kind(from), to, body.toStdString(), stream);
  QVERIFY2(!result.body.starts_with("FAULT"), result.body.c_str());
  QCOMPARE(field(result.body, path), wanted);
  QCOMPARE(namesOf(result.dropped), dropped);
}

/// JSON texts within a request are copied, digit for digit.
void TestTranslate::copiesJsonTexts() {
  const auto result = request(
      Kind::Chat, Kind::Anthropic,
      R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{ \"big\" : 123456789012345678901, \"x\":1.50 }"}}]}],
            "tools":[{"type":"function","function":{"name":"f","parameters":{ "type" : "object", "properties" : {}, "maximum" : 1.0e400 }}}]})");
  QVERIFY(result.body.find(R"({ "big" : 123456789012345678901, "x":1.50 })") != std::string::npos);
  QVERIFY(result.body.find(R"({ "type" : "object", "properties" : {}, "maximum" : 1.0e400 })") !=
          std::string::npos);
}

/// Names of fields are the caller's text, and go into a header.
void TestTranslate::namesAreFitForAHeader() {
  std::string body = R"({"messages":[],"a\r\nb: c":1)";
  for (int i = 0; i < 100; ++i) body += ",\"f" + std::to_string(i) + "\":1";
  body += ",\"" + std::string(5000, 'x') + "\":1}";
  const auto result = request(Kind::Chat, Kind::Anthropic, body);
  QCOMPARE(result.dropped.at(0), std::string("a??b??c"));
  QCOMPARE(result.dropped.size(), Dropped::kMostNames + 1);
  QCOMPARE(result.dropped.back(), std::string("..."));
  for (const std::string& name : result.dropped) QVERIFY(name.size() <= Dropped::kLongestName);
}

void TestTranslate::refuses_data() {
  QTest::addColumn<int>("from");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("param");
  const auto row = [](Kind from, const char* body, const char* param) {
    QTest::newRow(
        qPrintable(QString::fromLatin1("%1 %2").arg(int(from)).arg(QString::fromUtf8(param))))
        << int(from) << QByteArray(body) << QByteArray(param);
  };
  row(Kind::Chat, R"({"model":"x")", "");
  row(Kind::Chat, R"([])", "");
  row(Kind::Chat, R"({"model":"x"})", "messages");
  row(Kind::Chat, R"({"messages":{}})", "messages");
  row(Kind::Chat, R"({"messages":[1]})", "messages[0]");
  row(Kind::Chat, R"({"messages":[{"content":"x"}]})", "messages[0].role");
  row(Kind::Chat, R"({"messages":[{"role":"user","content":7}]})", "messages[0].content");
  row(Kind::Chat,
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"smell"}]}]})",
      "messages[0].content[1].type");
  row(Kind::Chat,
      R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]}]})",
      "messages[0].content[0].image_url.url");
  row(Kind::Chat, R"({"messages":[{"role":"tool","content":"x"}]})", "messages[0].tool_call_id");
  row(Kind::Chat,
      R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]}]})",
      "messages[0].tool_calls[0].function.arguments");
  row(Kind::Chat, R"({"messages":[],"temperature":"hot"})", "temperature");
  row(Kind::Chat, R"({"messages":[],"max_tokens":-1})", "max_tokens");
  row(Kind::Chat, R"({"messages":[],"stop":[1]})", "stop");
  row(Kind::Chat, R"({"messages":[],"tools":[{"type":"function","function":{}}]})",
      "tools[0].function.name");
  row(Kind::Chat, R"({"messages":[],"tool_choice":"maybe"})", "tool_choice");
  row(Kind::Chat, R"({"messages":[],"response_format":{"type":"xml"}})", "response_format.type");
  row(Kind::Chat, R"({"messages":[],"reasoning_effort":"very"})", "reasoning_effort");
  row(Kind::Anthropic, R"({"messages":[]})", "max_tokens");
  row(Kind::Anthropic, R"({"max_tokens":1})", "messages");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[{"role":"robot","content":"x"}]})",
      "messages[0].role");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[{"role":"system","content":7}]})",
      "messages[0].content");
  row(Kind::Anthropic,
      R"({"max_tokens":1,"messages":[{"role":"system","content":[{"type":"image"}]}]})",
      "messages[0].content[0].type");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[{"role":"user"}]})", "messages[0].content");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[{"role":"user","content":[{"text":"x"}]}]})",
      "messages[0].content[0].type");
  row(Kind::Anthropic,
      R"({"max_tokens":1,"messages":[{"role":"user","content":[{"type":"image"}]}]})",
      "messages[0].content[0].source");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[],"system":1})", "system");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[],"tools":[{"name":"f"}]})",
      "tools[0].input_schema");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[],"thinking":{"type":"enabled"}})",
      "thinking.budget_tokens");
  row(Kind::Anthropic, R"({"max_tokens":1,"messages":[],"tool_choice":{"type":"x"}})",
      "tool_choice.type");
}
void TestTranslate::refuses() {
  QFETCH(int, from);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, param);
  const Kind to = Kind(from) == Kind::Chat ? Kind::Anthropic : Kind::Chat;
  const auto result = translateRequest(Kind(from), to, body.toStdString(), {.model = "m"});
  const auto* fault = std::get_if<BodyFault>(&result);
  QVERIFY(fault);
  QCOMPARE(QByteArray::fromStdString(fault->param), param);
  QVERIFY(param.isEmpty() || fault->message.find(fault->param) != std::string::npos);
}

void TestTranslate::stopReasons_data() {
  QTest::addColumn<QByteArray>("anthropic");
  QTest::addColumn<QByteArray>("chat");
  QTest::addColumn<QByteArray>("back");
  const auto row = [](const char* anthropic, const char* chat, const char* back) {
    QTest::newRow(anthropic) << QByteArray(anthropic) << QByteArray(chat) << QByteArray(back);
  };
  row("end_turn", "stop", "end_turn");
  row("stop_sequence", "stop", "end_turn");
  row("pause_turn", "stop", "end_turn");
  row("max_tokens", "length", "max_tokens");
  row("model_context_window_exceeded", "length", "max_tokens");
  row("tool_use", "tool_calls", "tool_use");
  row("refusal", "content_filter", "refusal");
}
void TestTranslate::stopReasons() {
  QFETCH(QByteArray, anthropic);
  QFETCH(QByteArray, chat);
  QFETCH(QByteArray, back);
  const std::string there = answer(
      Kind::Anthropic, Kind::Chat,
      R"({"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"x"}],"stop_reason":")" +
          anthropic.toStdString() +
          R"(","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2}})");
  QCOMPARE(field(there, "choices/0/finish_reason"), QString::fromUtf8(chat));
  QCOMPARE(field(answer(Kind::Chat, Kind::Anthropic, there), "stop_reason"),
           QString::fromUtf8(back));
}

void TestTranslate::usageSums() {
  const std::string there = answer(Kind::Anthropic, Kind::Chat,
                                   R"({"type":"message","content":[],"stop_reason":"end_turn",
            "usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":3}})");
  QCOMPARE(field(there, "usage/prompt_tokens"), QStringLiteral("17"));
  QCOMPARE(field(there, "usage/total_tokens"), QStringLiteral("20"));
  QCOMPARE(field(there, "usage/prompt_tokens_details/cached_tokens"), QStringLiteral("5"));
  const std::string back = answer(Kind::Chat, Kind::Anthropic, there);
  QCOMPARE(
      field(back, "usage"),
      QStringLiteral(
          R"({"cache_creation_input_tokens":2,"cache_read_input_tokens":5,"input_tokens":10,"output_tokens":3})"));
}

/// The forwarded path meters too: the start tells the prompt, the end the completion, cumulative.
void TestTranslate::usageOfForwardedStreams() {
  TokenUsage usage;
  QVERIFY(readUsageEventOf(Kind::Anthropic, kStart, usage));
  QVERIFY(!readUsageEventOf(Kind::Anthropic, sse("ping", ""), usage));
  QVERIFY(readUsageEventOf(
      Kind::Anthropic,
      sse("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9})"),
      usage));
  QCOMPARE(usage.prompt, 17u);
  QCOMPARE(usage.cached, 5u);
  QCOMPARE(usage.completion, 9u);
  // Said again, and not what was cached.
  QVERIFY(readUsageEventOf(
      Kind::Anthropic, sse("message_delta", R"(,"usage":{"input_tokens":10,"output_tokens":9})"),
      usage));
  QCOMPARE(usage.prompt, 17u);
  QVERIFY(readUsageEventOf(
      Kind::Anthropic,
      sse("message_delta",
          R"(,"usage":{"input_tokens":11,"cache_read_input_tokens":6,"output_tokens":9})"),
      usage));
  QCOMPARE(usage.prompt, 19u);
  const auto whole =
      readUsageOf(Kind::Chat, R"({"usage":{"prompt_tokens":3,"completion_tokens":4}})");
  QVERIFY(whole);
  QCOMPARE(whole->total(), 7u);
  QVERIFY(!readUsageOf(Kind::Chat, "{}"));
  QVERIFY(!readUsageOf(Kind::Anthropic, "no JSON"));
}

void TestTranslate::answersThatAreNone_data() {
  QTest::addColumn<int>("from");
  QTest::addColumn<QByteArray>("body");
  const auto row = [](const char* name, Kind from, const char* body) {
    QTest::newRow(name) << int(from) << QByteArray(body);
  };
  row("not JSON", Kind::Chat, "<html>");
  row("no choices", Kind::Chat, R"({"id":"x"})");
  row("empty choices", Kind::Chat, R"({"choices":[]})");
  row("no message", Kind::Chat, R"({"choices":[{"finish_reason":"stop"}]})");
  row("no finish reason", Kind::Chat,
      R"({"choices":[{"message":{"content":"x"},"finish_reason":null}]})");
  row("arguments", Kind::Chat,
      R"({"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]},"finish_reason":"tool_calls"}]})");
  row("type", Kind::Anthropic, R"({"content":[],"stop_reason":"end_turn"})");
  row("no stop reason", Kind::Anthropic, R"({"type":"message","content":[],"stop_reason":null})");
  row("input", Kind::Anthropic,
      R"({"type":"message","content":[{"type":"tool_use","id":"1","name":"f","input":"{}"}],"stop_reason":"tool_use"})");
}
void TestTranslate::answersThatAreNone() {
  QFETCH(int, from);
  QFETCH(QByteArray, body);
  const Kind to = Kind(from) == Kind::Chat ? Kind::Anthropic : Kind::Chat;
  QVERIFY(answer(Kind(from), to, body.toStdString()).starts_with("BREACH"));
}

/// Mistral's word for a context window that is full.
void TestTranslate::lengthOfTheWindow() {
  const std::string there =
      answer(Kind::Chat, Kind::Anthropic,
             R"({"choices":[{"message":{"content":"x"},"finish_reason":"model_length"}]})");
  QCOMPARE(field(there, "stop_reason"), QStringLiteral("max_tokens"));
}

/// Mistral's, of models that think.
void TestTranslate::partsOfAnswers() {
  const std::string there = answer(Kind::Chat, Kind::Anthropic,
                                   R"({"choices":[{"message":{"content":[
          {"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]},
          {"type":"text","text":"hello"}]},"finish_reason":"stop"}]})");
  QCOMPARE(field(there, "content/0/thinking"), QStringLiteral("hm"));
  QCOMPARE(field(there, "content/1/text"), QStringLiteral("hello"));
}

void TestTranslate::callsWithoutIds() {
  const std::string there = answer(
      Kind::Chat, Kind::Anthropic,
      R"({"id":"c-1","choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},
          {"id":"","function":{"name":"g"}}]},"finish_reason":"tool_calls"}]})");
  QCOMPARE(field(there, "content/0/id"), QStringLiteral("call_c-1_0"));
  QCOMPARE(field(there, "content/1/id"), QStringLiteral("call_c-1_1"));
}

/// Who has it in what was said refuses every later turn.
void TestTranslate::halvesInArguments() {
  const char* half = R"("arguments":"{\"x\":\"\\ud83d\"}")";
  const std::string chat =
      std::string(R"({"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f",)") +
      half + R"(}}]},"finish_reason":"tool_calls"}]})";
  QCOMPARE(field(answer(Kind::Chat, Kind::Anthropic, chat), "content/0/input/x"),
           QStringLiteral("\uFFFD"));
  const std::string responses =
      std::string(
          R"({"status":"completed","output":[{"type":"function_call","call_id":"1","name":"f",)") +
      half + "}]}";
  QCOMPARE(field(answer(Kind::Responses, Kind::Anthropic, responses), "content/0/input/x"),
           QStringLiteral("\uFFFD"));
}

/// A call that the length cut in two is not one; the stop reason tells.
void TestTranslate::callsCutByLength() {
  const std::string there = answer(
      Kind::Chat, Kind::Anthropic,
      R"({"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":"length"}]})");
  QCOMPARE(field(there, "content"), QStringLiteral("[]"));
  QCOMPARE(field(there, "stop_reason"), QStringLiteral("max_tokens"));
}

void TestTranslate::stopBehindCallsIsToolUse() {
  QCOMPARE(
      field(
          answer(
              Kind::Chat, Kind::Anthropic,
              R"({"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]})"),
          "stop_reason"),
      QStringLiteral("tool_use"));
}

void TestTranslate::errors_data() {
  QTest::addColumn<int>("status");
  QTest::addColumn<QByteArray>("anthropic");
  QTest::addColumn<QByteArray>("chat");
  const auto row = [](int status, const char* anthropic, const char* chat) {
    QTest::newRow(anthropic) << status << QByteArray(anthropic) << QByteArray(chat);
  };
  row(400, "invalid_request_error", "invalid_request_error");
  row(401, "authentication_error", "authentication_error");
  row(402, "billing_error", "insufficient_quota");
  row(403, "permission_error", "permission_error");
  row(404, "not_found_error", "not_found_error");
  row(413, "request_too_large", "invalid_request_error");
  row(429, "rate_limit_error", "rate_limit_error");
  row(500, "api_error", "api_error");
  row(504, "timeout_error", "timeout");
  row(529, "overloaded_error", "server_error");
}
void TestTranslate::errors() {
  QFETCH(int, status);
  QFETCH(QByteArray, anthropic);
  QFETCH(QByteArray, chat);
  const auto there = translateError(
      Kind::Anthropic, Kind::Chat, status,
      R"({"type":"error","error":{"type":")" + anthropic.toStdString() + R"(","message":"why"}})");
  QCOMPARE(there.status, status == 529 ? 503 : status);
  QCOMPARE(field(there.body, "error/type"), QString::fromUtf8(chat));
  QCOMPARE(field(there.body, "error/message"), QStringLiteral("why"));
  const auto back = translateError(Kind::Chat, Kind::Anthropic, status, there.body);
  QCOMPARE(back.status, status);
  QCOMPARE(field(back.body, "error/type"), QString::fromUtf8(anthropic));
  QCOMPARE(field(back.body, "type"), QStringLiteral("error"));
}
void TestTranslate::errorsThatSayNothing() {
  // In a whole answer as in a stream.
  QCOMPARE(int(readErrorOf(Kind::Responses, 0, R"({"error":{"code":"invalid_prompt"}})").kind),
           int(ErrorKind::InvalidRequest));
  // Not a status, though its lower half is one.
  QCOMPARE(int(readErrorOf(Kind::Gemini, 0, R"({"error":{"code":4294967697}})").kind),
           int(ErrorKind::Server));
  const auto error = translateError(Kind::Anthropic, Kind::Chat, 502, "<html>bad gateway");
  QCOMPARE(
      field(error.body, "error/message"),
      QStringLiteral("the provider answered with status 502 and said nothing that can be read"));
  QCOMPARE(translateError(Kind::Chat, Kind::Anthropic, 400,
                          R"({"error":{"message":"This model's maximum context length is 8"}})")
               .error.code,
           std::string("context_length_exceeded"));
}

/// A body of some megabytes must not hold up all others for minutes. In a time that grows
/// with the square this takes longer than a test may.
void TestTranslate::manyTurnsTakeTheirTimeOnce() {
  std::string chat;
  for (int i = 0; i < 120'000; ++i) {
    chat += R"({"role":"user","content":"a"},{"role":"tool","tool_call_id":"none","content":"b"},)";
  }
  chat.back() = ']';
  QVERIFY(!request(Kind::Chat, Kind::Anthropic, "{\"messages\":[" + chat + "}").body.empty());
  std::string calls;
  std::string results;
  for (int i = 0; i < 120'000; ++i) {
    calls += R"({"functionCall":{"name":"f"}},)";
    results += R"({"functionResponse":{"name":"f","response":{}}},)";
  }
  calls.pop_back();
  results.pop_back();
  const auto many = translateRequest(Kind::Gemini, Kind::Chat,
                                     R"({"contents":[{"role":"model","parts":[)" + calls +
                                         R"(]},{"role":"user","parts":[)" + results + "]}]}",
                                     {.model = "m"});
  QCOMPARE(std::get<BodyFault>(many).param, std::string("contents[0].parts[1024].functionCall"));
}

/// What is ours may repeat what others sent: bytes that are no text make no answer that cannot be read.
void TestTranslate::errorsAreText() {
  const Error error{ErrorKind::NotFound, "no '\xff\xed\xa0\x80' here", "c\xff", "p\xff"};
  const QString wanted = QStringLiteral("no '\uFFFD\uFFFD\uFFFD\uFFFD' here");
  for (const Kind kind : kKinds) {
    const std::string body = errorBody(kind, 404, error);
    QCOMPARE(field(body, "error/message"), wanted);
    const auto events = test::judgeStream(kind, errorEvents(kind, 404, error, 0));
    QCOMPARE(QString::fromStdString(events.errorMessage), wanted);
    StreamTranslator translator(kind == Kind::Chat ? Kind::Gemini : Kind::Chat, kind, kContext);
    std::string out;
    translator.fail(error, out);
    QCOMPARE(QString::fromStdString(test::judgeStream(kind, out).errorMessage), wanted);
  }
}

QTEST_APPLESS_MAIN(TestTranslate)
