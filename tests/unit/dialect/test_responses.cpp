// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI Responses: the traps of its requests and answers, one by one.
#include "tests/unit/dialect/test_responses.h"

#include <QTest>

#include "gateway/dialect/request_peek.h"
#include "gateway/dialect/translate.h"
#include "tests/support/stream_grammar.h"
#include "tests/unit/dialect/responses_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

void TestResponses::requests_data() {
  QTest::addColumn<Kind>("from");
  QTest::addColumn<Kind>("to");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("path");
  QTest::addColumn<QByteArray>("wanted");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* name, Kind from, Kind to, const QByteArray& body,
                      const char* path, const char* wanted, const char* dropped) {
    QTest::newRow(name) << from << to << body << QByteArray(path) << QByteArray(wanted)
                        << QByteArray(dropped);
  };
  // To Chat; `members` without an input has a plain one.
  const auto chat = [&](const char* name, const QByteArray& members, const char* path,
                        const char* wanted, const char* dropped = "") {
    const bool input = members.contains("\"input\"");
    row(name, kResponses, kChat,
        "{\"model\":\"x\"" + QByteArray(input ? "" : ",\"input\":\"hi\"") +
            (members.isEmpty() ? "" : ",") + members + "}",
        path, wanted, dropped);
  };
  chat("a text", "", "/messages", R"([{"role":"user","content":"hi"}])");
  chat("model", "", "/model", R"("upstream")");
  chat(
      "instructions come first",
      R"("input":[{"role":"developer","content":"b"},{"role":"user","content":"c"}],"instructions":"a")",
      "/messages",
      R"([{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"}])");
  chat("null counts as absent", R"("instructions":null,"tools":null,"text":null,"store":null)",
       "/messages/0/role", R"("user")");
  chat("max_output_tokens", R"("max_output_tokens":50)", "/max_completion_tokens", "50");
  chat(
      "flat tools",
      R"("tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true}])",
      "/tools",
      R"([{"type":"function","function":{"name":"f","description":"d","parameters":{"properties":{},"type":"object"},"strict":true}}])");
  chat("a tool without parameters", R"("tools":[{"type":"function","name":"f","parameters":null}])",
       "/tools/0/function/parameters", R"({"type":"object","properties":{}})");
  chat(
      "tools the provider runs",
      R"("tools":[{"type":"web_search"},{"type":"custom","name":"c"},{"type":"function","name":"f"}])",
      "/tools/0/function/name", R"("f")", "tools.web_search tools.custom");
  const QByteArray tools = R"("tools":[{"type":"function","name":"f"}],)";
  chat("a named tool", tools + R"("tool_choice":{"type":"function","name":"f"})", "/tool_choice",
       R"({"type":"function","function":{"name":"f"}})");
  chat("required", tools + R"("tool_choice":"required")", "/tool_choice", R"("required")");
  chat("a choice that others do not have", tools + R"("tool_choice":{"type":"web_search"})",
       "/tool_choice", "none", "tool_choice.web_search");
  chat("one at a time", tools + R"("parallel_tool_calls":false)", "/parallel_tool_calls", "false");
  chat(
      "a schema",
      R"("text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"})",
      "/response_format",
      R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})");
  chat("verbosity", R"("text":{"verbosity":"low"})", "/verbosity", R"("low")");
  chat("effort", R"("reasoning":{"effort":"xhigh","summary":"auto"})", "/reasoning_effort",
       R"("high")");
  chat(
      "what is kept for later",
      R"("store":true,"truncation":"auto","include":["reasoning.encrypted_content"],"metadata":{"a":"b"},"background":true,"top_logprobs":2,"prompt_cache_key":"k")",
      "/store", "none",
      "store truncation include metadata background top_logprobs prompt_cache_key");
  chat("nothing asked to be kept", R"("store":false,"include":[],"metadata":{})", "/store", "none");
  chat("service_tier", R"("service_tier":"flex")", "/service_tier", R"("flex")");
  chat("calls and results",
       R"("input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},
          {"type":"message","role":"assistant","id":"msg_1","status":"completed","content":[{"type":"output_text","text":"b","annotations":[]}]},
          {"type":"function_call","id":"fc_1","call_id":"1","name":"f","arguments":""},
          {"type":"function_call","call_id":"2","name":"g","arguments":"{\"a\":1}"},
          {"type":"function_call_output","call_id":"1","output":"x"},
          {"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"y"},{"type":"input_text","text":"z"}]},
          {"role":"user","content":"and?"}])",
       "/messages",
       R"([{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[
           {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},
           {"id":"2","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]},
           {"role":"tool","tool_call_id":"1","content":"x"},{"role":"tool","tool_call_id":"2","content":"yz"},
           {"role":"user","content":"and?"}])");
  chat(
      "an image and its detail",
      R"("input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"original"}]}])",
      "/messages/0/content/0/image_url", R"({"url":"data:image/png;base64,AAAA","detail":"high"})");
  chat(
      "a file",
      R"("input":[{"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}]}])",
      "/messages/0/content/0/file",
      R"({"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"})");
  chat(
      "what is stored elsewhere",
      R"("input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","file_id":"file-1"}]}])",
      "/messages/0/content", R"("a")", "input.content.file_id");
  chat("thoughts", R"("input":[{"role":"user","content":"a"},
          {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"xyz"},
          {"type":"message","role":"assistant","content":"b"}])",
       "/messages/1", R"({"role":"assistant","content":"b"})", "input.reasoning");
  chat("items of tools the provider runs",
       R"("input":[{"type":"web_search_call","id":"ws_1"},{"role":"user","content":"a"}])",
       "/messages", R"([{"role":"user","content":"a"}])", "input.web_search_call");
  row("thoughts that OpenAI encrypted", kResponses, kAnthropic,
      R"({"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"xyz"},
          {"role":"assistant","content":"b"}]})",
      "/messages/1/content", R"("b")", "input.reasoning");
  row("thoughts that Anthropic encrypted", kResponses, kAnthropic,
      R"({"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sluice0anthropicxyz"},
          {"role":"assistant","content":"b"}]})",
      "/messages/1/content/0", R"({"type":"redacted_thinking","data":"xyz"})", "");
  row("a file by URL", kResponses, kAnthropic,
      R"({"input":[{"role":"user","content":[{"type":"input_file","file_url":"https://a/b.pdf"}]}]})",
      "/messages/0/content/0/source", R"({"type":"url","url":"https://a/b.pdf"})", "");

  // From the others.
  const auto from = [&](const char* name, Kind kind, const QByteArray& members, const char* path,
                        const char* wanted, const char* dropped = "") {
    const bool messages = members.contains("\"messages\"");
    row(name, kind, kResponses,
        "{\"model\":\"x\",\"max_tokens\":900" +
            QByteArray(messages ? "" : R"(,"messages":[{"role":"user","content":"hi"}])") +
            (members.isEmpty() ? "" : ",") + members + "}",
        path, wanted, dropped);
  };
  from("max_tokens", kChat, "", "/max_output_tokens", "900");
  from("nothing is stored", kChat, "", "/store", "false");
  from("unless it is said", kChat, R"("store":true,"metadata":{"a":"b"})", "/store", "true");
  from(
      "system", kChat,
      R"("messages":[{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"}])",
      "/instructions", R"("a")");
  from(
      "more of system", kChat,
      R"("messages":[{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"}])",
      "/input",
      R"([{"type":"message","role":"developer","content":"b"},{"type":"message","role":"user","content":"c"}])");
  from(
      "tools are not strict unless it is said", kChat,
      R"("tools":[{"type":"function","function":{"name":"f"}}])", "/tools",
      R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}])");
  from(
      "a name for a tool", kChat,
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}})",
      "/tool_choice", R"({"type":"function","name":"f"})");
  from("verbosity of chat", kChat, R"("verbosity":"low","response_format":{"type":"json_object"})",
       "/text", R"({"format":{"type":"json_object"},"verbosity":"low"})");
  from("what has no place", kChat,
       R"("stop":"a","seed":1,"n":2,"presence_penalty":1,"frequency_penalty":1,"top_k":3)", "/stop",
       "none", "n seed top_k stop presence_penalty frequency_penalty");
  from(
      "sound", kChat,
      R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}])",
      "/input/0/content", R"("a")", "messages.content");
  from("thinking", kAnthropic, R"("thinking":{"type":"enabled","budget_tokens":4000})",
       "/reasoning", R"({"effort":"low","summary":"auto"})");
  from("adaptive thinking", kAnthropic, R"("thinking":{"type":"adaptive"})", "/reasoning",
       R"({"summary":"auto"})", "thinking");
  from("adaptive thinking, and how much", kAnthropic,
       R"("thinking":{"type":"adaptive"},"output_config":{"effort":"low"})", "/reasoning",
       R"({"effort":"low","summary":"auto"})");
  from("thoughts are asked for in a form that can go back", kAnthropic,
       R"("thinking":{"type":"enabled","budget_tokens":4000})", "/include",
       R"(["reasoning.encrypted_content"])");
  from("not by models that do not think", kAnthropic, "", "/include", "none");
  from("a conversation", kAnthropic,
       R"("messages":[{"role":"user","content":"a"},
          {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"sluice0responsesd"},
             {"type":"text","text":"b"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","is_error":true,"content":[{"type":"text","text":"x"},
             {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]},{"type":"text","text":"and?"}]}])",
       "/input",
       R"([{"type":"message","role":"user","content":"a"},
           {"type":"reasoning","summary":[],"encrypted_content":"d"},
           {"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}]},
           {"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\":1}"},
           {"type":"function_call_output","call_id":"1","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"data:image/png;base64,AA"}]},
           {"type":"message","role":"user","content":"and?"}])",
       "messages.content.tool_result.is_error messages.content.thinking");
}
void TestResponses::requests() {
  QFETCH(Kind, from);
  QFETCH(Kind, to);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, path);
  QFETCH(QByteArray, wanted);
  QFETCH(QByteArray, dropped);
  const auto result = request(from, to, body.toStdString());
  QVERIFY2(!result.body.starts_with("FAULT"), result.body.c_str());
  QCOMPARE(at(result.body, path.toStdString()), plain(wanted.toStdString()));
  QCOMPARE(joined(result.dropped), dropped.toStdString());
}

void TestResponses::refuses_data() {
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("param");
  const auto row = [](const char* param, const char* body) {
    QTest::addRow("%s %s", param, body) << QByteArray(body) << QByteArray(param);
  };
  row("", R"({"model":"x")");
  row("", "[]");
  row("input", R"({"model":"x"})");
  row("input", R"({"input":7})");
  row("input[0]", R"({"input":[1]})");
  row("input[0].type", R"({"input":[{"type":"smell"}]})");
  row("input[0].type", R"({"input":[{"content":"x"}]})");
  row("input[0].role", R"({"input":[{"role":"robot","content":"x"}]})");
  row("input[0].content", R"({"input":[{"role":"user","content":7}]})");
  row("input[0].content", R"({"input":[{"role":"user"}]})");
  row("input[1].content[0].type",
      R"({"input":[{"role":"user","content":"x"},{"role":"user","content":[{"type":"smell"}]}]})");
  row("input[0].content[0].image_url",
      R"({"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:x"}]}]})");
  row("input[0].content[0].image_url",
      R"({"input":[{"role":"user","content":[{"type":"input_image"}]}]})");
  row("input[0].content[0].file_data",
      R"({"input":[{"role":"user","content":[{"type":"input_file","file_data":"AAAA"}]}]})");
  row("input[0].content",
      R"({"input":[{"role":"system","content":[{"type":"input_image","image_url":"https://a"}]}]})");
  row("input[0].call_id", R"({"input":[{"type":"function_call","name":"f","arguments":"{}"}]})");
  row("input[0].name", R"({"input":[{"type":"function_call","call_id":"1","arguments":"{}"}]})");
  row("input[0].arguments",
      R"({"input":[{"type":"function_call","call_id":"1","name":"f","arguments":"{"}]})");
  row("input[0].call_id", R"({"input":[{"type":"function_call_output","output":"x"}]})");
  row("input[0].output", R"({"input":[{"type":"function_call_output","call_id":"1"}]})");
  row("input[0].output", R"({"input":[{"type":"function_call_output","call_id":"1","output":5}]})");
  row("input[0].summary[0].text", R"({"input":[{"type":"reasoning","summary":[{"text":5}]}]})");
  row("input[0]", R"({"input":[{"type":"item_reference","id":"msg_1"}]})");
  row("previous_response_id", R"({"input":"x","previous_response_id":"resp_1"})");
  row("conversation", R"({"input":"x","conversation":"conv_1"})");
  row("prompt", R"({"input":"x","prompt":{"id":"p"}})");
  row("instructions", R"({"input":"x","instructions":["a"]})");
  row("stream", R"({"input":"x","stream":"yes"})");
  row("temperature", R"({"input":"x","temperature":"hot"})");
  row("max_output_tokens", R"({"input":"x","max_output_tokens":-1})");
  row("reasoning", R"({"input":"x","reasoning":"high"})");
  row("reasoning.effort", R"({"input":"x","reasoning":{"effort":"very"}})");
  row("text.format", R"({"input":"x","text":{"format":"json"}})");
  row("text.format.type", R"({"input":"x","text":{"format":{"type":"xml"}}})");
  row("text.format.schema", R"({"input":"x","text":{"format":{"type":"json_schema","name":"n"}}})");
  row("tools[0].type", R"({"input":"x","tools":[{"name":"f"}]})");
  row("tools[0].name", R"({"input":"x","tools":[{"type":"function"}]})");
  row("tools[0].parameters",
      R"({"input":"x","tools":[{"type":"function","name":"f","parameters":3}]})");
  row("tool_choice", R"({"input":"x","tool_choice":"maybe"})");
  row("tool_choice.name", R"({"input":"x","tool_choice":{"type":"function"}})");
}
void TestResponses::refuses() {
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, param);
  for (const Kind to : {kChat, kAnthropic}) {
    const auto result = translateRequest(kResponses, to, body.toStdString(), {});
    const auto* fault = std::get_if<BodyFault>(&result);
    QVERIFY(fault);
    QCOMPARE(fault->param, param.toStdString());
    QVERIFY(fault->message.size() > 10);
    QVERIFY(fault->message.find(fault->param) != std::string::npos);
  }
}

/// JSON texts within a request are copied, digit for digit.
void TestResponses::copiesJsonTexts() {
  const auto result = request(
      kResponses, kChat,
      R"({"input":"x","tools":[{"type":"function","name":"f","parameters":{ "type" : "object", "properties" : {}, "maximum" : 1.0e400 }}]})");
  QVERIFY(result.body.find(R"({ "type" : "object", "properties" : {}, "maximum" : 1.0e400 })") !=
          std::string::npos);
}

/// From Claude to a caller of this dialect, which sends its items back as they are, and to Claude again.
void TestResponses::signedThoughtsGoBack() {
  const std::string told = answer(
      kAnthropic, kResponses,
      R"({"id":"m","type":"message","model":"c","role":"assistant","stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1},"content":[
          {"type":"thinking","thinking":"hm","signature":"s1g="},{"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"t","name":"f","input":{}}]})");
  Json input = Json::array({{{"role", "user"}, {"content", "a"}}});
  const Json output = Json::parse(told)["output"];
  for (const Json& item : output) input.push_back(item);
  input.push_back({{"type", "function_call_output"}, {"call_id", "t"}, {"output", "x"}});
  const auto back = request(kResponses, kAnthropic, Json{{"input", input}}.dump());
  QCOMPARE(at(back.body, "/messages/1/content"),
           plain(R"([{"type":"thinking","thinking":"hm","signature":"s1g="},
                     {"type":"redacted_thinking","data":"d"},
                     {"type":"tool_use","id":"t","name":"f","input":{}}])"));
  QCOMPARE(joined(back.dropped), std::string());
}

void TestResponses::answers_data() {
  QTest::addColumn<Kind>("from");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("path");
  QTest::addColumn<QByteArray>("wanted");
  const auto to = [](const char* name, const char* members, const char* path, const char* wanted) {
    const QByteArray all = members;
    QTest::newRow(name) << kResponses
                        << QByteArray(R"({"id":"resp_1","created_at":5,"model":"m",)") +
                               (all.contains("\"status\"") ? "" : R"("status":"completed",)") +
                               all + "}"
                        << QByteArray(path) << QByteArray(wanted);
  };
  const char* message =
      R"("output":[{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}])";
  to("texts", message, "/choices/0/message/content", R"("ab")");
  to("stop", message, "/choices/0/finish_reason", R"("stop")");
  to("no usage", message, "/usage", "none");
  to("refusal", R"("output":[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}])",
     "/choices/0/message/refusal", R"("no")");
  to("a call",
     R"("output":[{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}])",
     "/choices/0/message/tool_calls",
     R"([{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}])");
  to("stop behind calls",
     R"("output":[{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}])",
     "/choices/0/finish_reason", R"("tool_calls")");
  to("thoughts",
     R"("output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}]},{"type":"web_search_call"}])",
     "/choices/0/message/reasoning_content", R"("a\n\nb")");
  to("thoughts of open models",
     R"("output":[{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"a"}]}])",
     "/choices/0/message/reasoning_content", R"("a")");
  to("too long",
     R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[])",
     "/choices/0/finish_reason", R"("length")");
  to("filtered",
     R"("status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[])",
     "/choices/0/finish_reason", R"("content_filter")");
  to("usage",
     R"("output":[],"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2}})",
     "/usage",
     R"({"prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}})");

  const auto from = [](const char* name, const char* said, const char* finish, const char* path,
                       const char* wanted) {
    QTest::newRow(name)
        << kChat
        << QByteArray(R"({"id":"c","model":"m","choices":[{"index":0,"message":)") + said +
               R"(,"finish_reason":")" + finish +
               R"("}],"usage":{"prompt_tokens":9,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":2}}})"
        << QByteArray(path) << QByteArray(wanted);
  };
  const char* hello = R"({"role":"assistant","content":"a"})";
  from("id", hello, "stop", "/id", R"("resp_77")");
  from("the model that was asked for", hello, "stop", "/model", R"("asked")");
  from("status", hello, "stop", "/status", R"("completed")");
  from("status too long", hello, "length", "/incomplete_details",
       R"({"reason":"max_output_tokens"})");
  from("status filtered", hello, "content_filter", "/status", R"("incomplete")");
  from(
      "usage there", hello, "stop", "/usage",
      R"({"input_tokens":9,"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":14})");
  from(
      "items",
      R"({"role":"assistant","reasoning_content":"hm","content":"a","refusal":"no","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]})",
      "tool_calls", "/output",
      R"([{"id":"rs_77_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
          {"id":"msg_77_1","type":"message","status":"completed","role":"assistant","content":[
             {"type":"output_text","text":"a","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"no"}]},
          {"id":"fc_77_2","type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"}])");
}
void TestResponses::answers() {
  QFETCH(Kind, from);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, path);
  QFETCH(QByteArray, wanted);
  const std::string out = answer(from, from == kChat ? kResponses : kChat, body.toStdString());
  QVERIFY2(!out.starts_with("BREACH"), out.c_str());
  QCOMPARE(at(out, path.toStdString()), plain(wanted.toStdString()));
}

void TestResponses::answersThatAreNone_data() {
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("says");
  const auto row = [](const char* says, const char* body) {
    QTest::addRow("%s %s", says, body) << QByteArray(body) << QByteArray(says);
  };
  row("JSON", "{");
  row("status", R"({"output":[]})");
  row("status", R"({"status":"queued","output":[]})");
  row("output", R"({"status":"completed"})");
  row("output", R"({"status":"completed","output":{}})");
  row("output[0]", R"({"status":"completed","output":[1]})");
  row("output[0].type", R"({"status":"completed","output":[{}]})");
  row("output[0].content", R"({"status":"completed","output":[{"type":"message","content":"a"}]})");
  row("output[0].call_id",
      R"({"status":"completed","output":[{"type":"function_call","name":"f"}]})");
  row("output[0].arguments",
      R"({"status":"completed","output":[{"type":"function_call","call_id":"c","name":"f","arguments":"["}]})");
  row("it broke", R"({"status":"failed","error":{"code":"server_error","message":"it broke"}})");
}
void TestResponses::answersThatAreNone() {
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, says);
  const std::string out = answer(kResponses, kChat, body.toStdString());
  QVERIFY2(out.starts_with("BREACH"), out.c_str());
  QVERIFY2(out.find(says.toStdString()) != std::string::npos, out.c_str());
}

void TestResponses::errors() {
  const auto error = translateError(
      kResponses, kAnthropic, 429,
      R"({"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}})");
  QCOMPARE(at(error.body, "/error"), plain(R"({"type":"rate_limit_error","message":"slow down"})"));
  const auto back =
      translateError(kAnthropic, kResponses, 529,
                     R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})");
  QCOMPARE(back.status, 503);
  QCOMPARE(at(back.body, "/error"),
           plain(R"({"message":"busy","type":"server_error","param":null,"code":null})"));
  const auto fault = errorBody(kResponses, 400, {ErrorKind::InvalidRequest, "no", "", "input[0]"});
  QCOMPARE(at(fault, "/error/param"), std::string("\"input[0]\""));
  QVERIFY(!translateError(kResponses, kChat, 500, "<html>").error.message.empty());
}

/// In place, on the way to a provider of the same dialect.
void TestResponses::peeks() {
  std::string body =
      R"({"input":[{"role":"user","content":[{"type":"input_text","text":"12345678"},)"
      R"({"type":"input_image","image_url":"data:image/png;base64,AAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}],)"
      R"("instructions":"1234","stream":true,"max_output_tokens":7,"temperature":0, "model" : "g" })";
  const std::string before = body;
  RequestPeek peek;
  const auto read = peek.read(kResponses, body, true);
  QCOMPARE(body, before);
  const auto* request = std::get_if<ChatRequest>(&read);
  QVERIFY(request);
  QCOMPARE(request->model, std::string("g"));
  QVERIFY(request->stream && request->deterministic && request->usageAsked);
  QCOMPARE(request->mostTokens.value(), 7u);
  // A message, an image, and a quarter of the bytes of texts with their quotes.
  const std::size_t bytes =
      std::string_view("\"user\"\"input_text\"\"12345678\"\"input_image\"\"1234\"").size();
  QCOMPARE(request->promptTokens, 4 + 765 + (bytes + 3) / 4);
  QCOMPARE(body.substr(request->modelAt, request->modelSize), std::string("\"g\""));
}

QTEST_APPLESS_MAIN(TestResponses)
