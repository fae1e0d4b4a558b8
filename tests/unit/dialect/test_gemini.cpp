// SPDX-License-Identifier: GPL-3.0-or-later
// Gemini: the traps of its requests, one by one.
#include "tests/unit/dialect/test_gemini.h"

#include <QTest>

#include "gateway/dialect/dialect.h"
#include "tests/unit/dialect/json_pieces.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

void TestGemini::requests_data() {
  QTest::addColumn<Kind>("from");
  QTest::addColumn<Kind>("to");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("path");
  QTest::addColumn<QByteArray>("wanted");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* name, Kind from, Kind to, const QByteArray& body,
                      const char* path, const char* wanted, const char* dropped = "") {
    QTest::newRow(name) << from << to << body << QByteArray(path) << QByteArray(wanted)
                        << QByteArray(dropped);
  };
  // To Chat; `members` without contents have plain ones.
  const auto chat = [&](const char* name, const QByteArray& members, const char* path,
                        const char* wanted, const char* dropped = "") {
    const bool contents = members.contains("\"contents\"");
    row(name, kGemini, kChat,
        "{" + QByteArray(contents ? "" : R"("contents":[{"parts":[{"text":"hi"}]}])") +
            (contents || members.isEmpty() ? "" : ",") + members + "}",
        path, wanted, dropped);
  };
  chat("a text, of the user when nobody is named", "", "/messages",
       R"([{"role":"user","content":"hi"}])");
  chat("the model of the path", R"("model":"models/other")", "/model", R"("upstream")");
  chat(
      "systemInstruction",
      R"("systemInstruction":{"role":"user","parts":[{"text":"a"},{"text":"b"}]})", "/messages",
      R"([{"role":"system","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"hi"}])");
  chat("null counts as absent",
       R"("systemInstruction":null,"tools":null,"generationConfig":null,"toolConfig":null)",
       "/messages", R"([{"role":"user","content":"hi"}])");
  chat(
      "snake case: contents",
      R"("contents":[{"role":"user","parts":[{"inline_data":{"mime_type":"image/png","data":"AAAA"}},{"file_data":{"file_uri":"https://a/b.png"}}]}],"system_instruction":{"parts":[{"text":"s"}]})",
      "/messages",
      R"([{"role":"system","content":"s"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
           {"type":"image_url","image_url":{"url":"https://a/b.png"}}]}])");
  chat(
      "snake case: settings",
      R"("generation_config":{"max_output_tokens":5,"stop_sequences":["x"],"top_p":0.5,"response_mime_type":"application/json","presence_penalty":1})",
      "",
      R"({"model":"upstream","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5,"stop":["x"],"top_p":0.5,
           "presence_penalty":1,"response_format":{"type":"json_object"}})");
  chat(
      "snake case: calls",
      R"("contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"function_call":{"name":"f","args":{}},"thought_signature":"s"}]},
          {"parts":[{"function_response":{"name":"f","response":{"output":"x"}}}]}])",
      "/messages/2", R"({"role":"tool","tool_call_id":"call_0","content":"x"})",
      "contents.parts.thoughtSignature");
  chat("calls without ids are matched by name, in their order",
       R"("contents":[{"role":"user","parts":[{"text":"a"}]},
          {"role":"model","parts":[{"text":"b"},{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f","args":{"a":2}}}]},
          {"role":"function","parts":[{"functionResponse":{"name":"g","response":{"output":"of g"}}},
            {"functionResponse":{"name":"f","response":{"output":"of the first"}}},{"functionResponse":{"name":"f","response":{"output":"of the second"}}}]},
          {"role":"model","parts":[{"functionCall":{"name":"f"}}]},
          {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"later"}}}]}])",
       "/messages",
       R"([{"role":"user","content":"a"},
           {"role":"assistant","content":"b","tool_calls":[
             {"id":"call_0","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
             {"id":"call_1","type":"function","function":{"name":"g","arguments":"{}"}},
             {"id":"call_2","type":"function","function":{"name":"f","arguments":"{\"a\":2}"}}]},
           {"role":"tool","tool_call_id":"call_1","content":"of g"},
           {"role":"tool","tool_call_id":"call_0","content":"of the first"},
           {"role":"tool","tool_call_id":"call_2","content":"of the second"},
           {"role":"assistant","content":null,"tool_calls":[{"id":"call_3","type":"function","function":{"name":"f","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"call_3","content":"later"}])");
  chat(
      "ids that are given",
      R"("contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"id":"x","name":"f"}},{"functionCall":{"name":"f"}}]},
          {"parts":[{"functionResponse":{"name":"f","response":{"output":"2"}}},{"functionResponse":{"id":"x","name":"f","response":{"output":"1"}}}]}])",
      "/messages/2/tool_call_id", R"("x")");
  chat(
      "ids that are given are taken",
      R"("contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"id":"x","name":"f"}},{"functionCall":{"name":"f"}}]},
          {"parts":[{"functionResponse":{"id":"x","name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"output":"2"}}}]}])",
      "/messages/3/tool_call_id", R"("call_0")");
  const QByteArray called =
      R"("contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"parts":[{"functionResponse":{"name":"f","response":)";
  chat("a result that is no text", called + R"({"output":{"a":1}}}}]}])", "/messages/2/content",
       R"("{\"a\":1}")");
  chat("a result by another name", called + R"({"temperature":7}}}]}])", "/messages/2/content",
       R"("{\"temperature\":7}")");
  chat("a result with more than its output", called + R"({"output":"a","b":1}}}]}])",
       "/messages/2/content", R"("{\"output\":\"a\",\"b\":1}")");
  chat("a result that tells of an error", called + R"({"error":"no"}}}]}])", "/messages/2/content",
       R"("no")", "contents.parts.functionResponse.response.error");
  chat("pictures in a result",
       called +
           R"({"output":""},"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}])",
       "/messages/3/content",
       R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}])");
  chat(
      "thoughts",
      R"("contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"s"},{"text":"b"}]}])",
      "/messages/1", R"({"role":"assistant","content":"b"})", "contents.parts.thought");
  chat(
      "parts that others do not have",
      R"("contents":[{"parts":[{"text":"a","videoMetadata":{"fps":2}},{"executableCode":{"code":"1"}}]}])",
      "/messages/0/content", R"("a")",
      "contents.parts.videoMetadata contents.parts.executableCode");
  chat(
      "declarations",
      R"("tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true},
          "list":{"type":"ARRAY","maxItems":"3","items":{"type":"INTEGER","format":"int32","example":7}},"one":{"anyOf":[{"type":"NUMBER"},{"type":"BOOLEAN"}]}},
          "propertyOrdering":["list"],"required":["list"]}},{"name":"g"}]},{"functionDeclarations":[{"name":"h"}]}])",
      "/tools",
      R"([{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"type":{"type":["string","null"]},
            "list":{"type":"array","maxItems":3,"items":{"type":"integer","format":"int32"}},"one":{"anyOf":[{"type":"number"},{"type":"boolean"}]}},
            "required":["list"]}}},
           {"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}},
           {"type":"function","function":{"name":"h","parameters":{"type":"object","properties":{}}}}])");
  chat(
      "declarations in JSON Schema",
      R"("tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object","$defs":{"A":{"type":"STRING"}}},"response":{"type":"STRING"}}]}])",
      "/tools/0/function/parameters",
      R"({"type":"object","properties":{},"$defs":{"A":{"type":"STRING"}}})",
      "tools.functionDeclarations.response");
  chat(
      "tools the provider runs",
      R"("tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}],"codeExecution":{}}])",
      "/tools/0/function/name", R"("f")", "tools.googleSearch tools.codeExecution");
  const QByteArray tools =
      R"("tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}],"toolConfig":)";
  chat("auto", tools + R"({"functionCallingConfig":{"mode":"AUTO"}})", "/tool_choice", R"("auto")");
  chat("validated", tools + R"({"functionCallingConfig":{"mode":"VALIDATED"}})", "/tool_choice",
       R"("auto")");
  chat("none", tools + R"({"functionCallingConfig":{"mode":"NONE"}})", "/tool_choice", R"("none")");
  chat("any", tools + R"({"functionCallingConfig":{"mode":"ANY"}})", "/tool_choice",
       R"("required")");
  chat("any of one",
       tools + R"({"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}})",
       "/tool_choice", R"({"type":"function","function":{"name":"g"}})");
  chat(
      "any of some",
      tools +
          R"({"function_calling_config":{"mode":"ANY","allowed_function_names":["f","g"]},"retrievalConfig":{"languageCode":"de"}})",
      "/tool_choice", R"("required")",
      "toolConfig.function_calling_config.allowed_function_names toolConfig.retrievalConfig");
  const auto setting = [&](const char* name, const QByteArray& members, const char* path,
                           const char* wanted, const char* dropped = "") {
    chat(name, R"("generationConfig":{)" + members + "}", path, wanted, dropped);
  };
  setting(
      "settings others do not have",
      R"("topK":3,"candidateCount":2,"responseLogprobs":true,"responseModalities":["TEXT"],"mediaResolution":"MEDIA_RESOLUTION_LOW")",
      "/n", "none",
      "generationConfig.responseLogprobs generationConfig.responseModalities "
      "generationConfig.mediaResolution "
      "generationConfig.candidateCount generationConfig.topK");
  setting("one candidate", R"("candidateCount":1)", "/n", "none");
  setting("a seed", R"("seed":-5)", "/seed", "-5");
  setting("JSON", R"("responseMimeType":"application/json")", "/response_format",
          R"({"type":"json_object"})");
  setting(
      "a schema",
      R"("responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING"}}})",
      "/response_format/json_schema/schema",
      R"({"type":"object","properties":{"a":{"type":"string"}}})");
  setting("a JSON Schema",
          R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object"})",
          "/response_format/json_schema/schema", R"({"type":"object"})");
  setting("one of some words", R"("responseMimeType":"text/x.other")", "/response_format", "none",
          "generationConfig.responseMimeType");
  setting("a budget", R"("thinkingConfig":{"thinkingBudget":5000})", "/reasoning_effort",
          R"("medium")");
  setting("no thinking", R"("thinkingConfig":{"thinkingBudget":0})", "/reasoning_effort",
          R"("none")");
  setting("a level", R"("thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true})",
          "/reasoning_effort", R"("low")");
  setting("as much as it likes", R"("thinkingConfig":{"thinkingBudget":-1})", "/reasoning_effort",
          "none", "generationConfig.thinkingConfig");
  chat("what is for Google alone",
       R"("safetySettings":[{"category":"x"}],"cachedContent":"cachedContents/1","labels":{})",
       "/safetySettings", "none", "safetySettings cachedContent");

  // From the others.
  const auto from = [&](const char* name, Kind kind, const QByteArray& members, const char* path,
                        const char* wanted, const char* dropped = "") {
    const QByteArray rest = kind == kAnthropic ? R"("max_tokens":9000)" : R"("model":"x")";
    const bool messages = members.contains("\"messages\"");
    row(name, kind, kGemini,
        "{" + rest + QByteArray(messages ? "" : R"(,"messages":[{"role":"user","content":"hi"}])") +
            (members.isEmpty() ? "" : ",") + members + "}",
        path, wanted, dropped);
  };
  from("a plain one", kChat, "", "",
       R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{}})");
  from(
      "an mp3", kChat,
      R"("messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"mp3"}}]}])",
      "/contents/0/parts/0", R"({"inlineData":{"mimeType":"audio/mpeg","data":"AA"}})");
  from("results come first", kChat,
       R"("messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[
          {"id":"1","type":"function","function":{"name":"f","arguments":""}}]},
          {"role":"user","content":"wait"},{"role":"tool","tool_call_id":"1","content":"x"}])",
       "/contents/2/parts",
       R"([{"functionResponse":{"id":"1","name":"f","response":{"output":"x"}}},{"text":"wait"}])");
  from(
      "the system is apart", kChat,
      R"("messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","content":"c"}])",
      "/systemInstruction", R"({"parts":[{"text":"a"},{"text":"b"}]})");
  from(
      "instructions alone are said by the user", kChat,
      R"("messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"}])", "",
      R"({"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]}],"generationConfig":{}})");
  from("calls and results", kChat,
       R"("messages":[{"role":"user","content":"a"},
          {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"2","type":"function","function":{"name":"g","arguments":""}}]},
          {"role":"tool","tool_call_id":"1","content":"plain"},{"role":"tool","tool_call_id":"2","content":"{\"b\": 2}"},{"role":"user","content":"and?"}])",
       "/contents",
       R"([{"role":"user","parts":[{"text":"a"}]},
           {"role":"model","parts":[{"functionCall":{"id":"1","name":"f","args":{"a":1}}},{"functionCall":{"id":"2","name":"g","args":{}}}]},
           {"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"output":"plain"}}},
             {"functionResponse":{"id":"2","name":"g","response":{"b":2}}},{"text":"and?"}]}])");
  from(
      "a result that would be taken for its wrapping", kChat,
      R"("messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"1","content":"{\"output\":null}"}])",
      "/contents/2/parts/0/functionResponse/response", R"({"output":"{\"output\":null}"})");
  from(
      "a result that failed, with a picture", kAnthropic,
      R"("messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{}},{"type":"tool_use","id":"2","name":"g","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","is_error":true,"content":[{"type":"text","text":"no"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
            {"type":"tool_result","tool_use_id":"2","content":"yes"},{"type":"text","text":"b"}]}])",
      "/contents/2/parts",
      R"([{"functionResponse":{"id":"1","name":"f","response":{"error":"no"}}},{"functionResponse":{"id":"2","name":"g","response":{"output":"yes"}}},
           {"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"b"}])");
  from(
      "a picture, and its detail", kChat,
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}])",
      "/contents/0/parts",
      R"([{"fileData":{"fileUri":"https://a/b"}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}])",
      "messages.content.image_url.detail");
  from(
      "turns of one role are one", kChat,
      R"("messages":[{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":""},{"role":"user","content":"c"}])",
      "/contents", R"([{"role":"user","parts":[{"text":"a"},{"text":"b"},{"text":"c"}]}])");
  from(
      "settings", kChat,
      R"("max_tokens":5,"temperature":1.5,"top_p":0.5,"stop":"x","seed":7,"presence_penalty":0.5,"frequency_penalty":-1,"reasoning_effort":"high")",
      "/generationConfig",
      R"({"maxOutputTokens":5,"temperature":1.5,"topP":0.5,"presencePenalty":0.5,"frequencyPenalty":-1,"stopSequences":["x"],"seed":7,"thinkingConfig":{"thinkingBudget":16384}})");
  from(
      "settings that it does not have", kChat,
      R"("n":2,"user":"u","logit_bias":{"5":1},"parallel_tool_calls":false,"seed":3000000000,"stop":["1","2","3","4","5","6"])",
      "/generationConfig", R"({"stopSequences":["1","2","3","4","5"]})",
      "logit_bias n seed stop user parallel_tool_calls");
  from("no thinking", kChat, R"("reasoning_effort":"none")", "/generationConfig/thinkingConfig",
       R"({"thinkingBudget":0})");
  from("a budget beyond what it takes", kAnthropic,
       R"("max_tokens":64000,"thinking":{"type":"enabled","budget_tokens":32000})",
       "/generationConfig/thinkingConfig", R"({"thinkingBudget":24576,"includeThoughts":true})",
       "thinking");
  from("adaptive thinking", kAnthropic, R"("thinking":{"type":"adaptive"})",
       "/generationConfig/thinkingConfig", R"({"thinkingBudget":-1,"includeThoughts":true})");
  from("top_k", kAnthropic, R"("top_k":3)", "/generationConfig/topK", "3");
  from(
      "what a schema is for", kChat,
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"}}})",
      "/generationConfig/responseJsonSchema", R"({"type":"object"})",
      "response_format.json_schema.description");
  from(
      "a schema", kChat,
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","additionalProperties":false}}})",
      "/generationConfig",
      R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object","additionalProperties":false}})");
  from("JSON", kChat, R"("response_format":{"type":"json_object"})", "/generationConfig",
       R"({"responseMimeType":"application/json"})");
  const QByteArray functions =
      R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],"tool_choice":)";
  from(
      "tools", kChat, functions + R"("auto")", "/tools",
      R"([{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object"}}]}])",
      "tools.function.strict");
  from("a tool that is named", kChat, functions + R"({"type":"function","function":{"name":"f"}})",
       "/toolConfig", R"({"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}})",
       "tools.function.strict");
  from("a tool that is forced", kChat, functions + R"("required")", "/toolConfig",
       R"({"functionCallingConfig":{"mode":"ANY"}})", "tools.function.strict");
  from("no tool", kChat, functions + R"("none")", "/toolConfig",
       R"({"functionCallingConfig":{"mode":"NONE"}})", "tools.function.strict");
  from("a choice among none", kChat, R"("tool_choice":"required")", "/toolConfig", "none");
}
void TestGemini::requests() {
  QFETCH(Kind, from);
  QFETCH(Kind, to);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, path);
  QFETCH(QByteArray, wanted);
  QFETCH(QByteArray, dropped);
  const TranslatedRequest result = request(from, to, body.toStdString());
  QVERIFY2(!result.body.starts_with("FAULT"), result.body.c_str());
  QCOMPARE(at(result.body, path.toStdString()), plain(wanted.toStdString()));
  QCOMPARE(joined(result.dropped), dropped.toStdString());
}

void TestGemini::refuses_data() {
  QTest::addColumn<QByteArray>("param");
  QTest::addColumn<QByteArray>("body");
  int count = 0;
  const auto row = [&](const char* param, const QByteArray& body) {
    QTest::addRow("%d: %s", ++count, param) << QByteArray(param) << body;
  };
  const auto member = [&](const char* param, const QByteArray& members) {
    row(param, R"({"contents":[{"parts":[{"text":"a"}]}],)" + members + "}");
  };
  row("", R"({"contents":[)");
  row("", "[]");
  row("contents", "{}");
  row("contents", R"({"contents":"hi"})");
  row("contents[0]", R"({"contents":["hi"]})");
  row("contents[0].role", R"({"contents":[{"role":"assistant","parts":[]}]})");
  row("contents[0].parts", R"({"contents":[{"parts":"hi"}]})");
  row("contents[0].parts[0]", R"({"contents":[{"parts":["hi"]}]})");
  row("contents[0].parts[0].text", R"({"contents":[{"parts":[{"text":5}]}]})");
  row("contents[0].parts[0].thoughtSignature",
      R"({"contents":[{"parts":[{"text":"a","thoughtSignature":1}]}]})");
  row("contents[0].parts[0].inlineData", R"({"contents":[{"parts":[{"inlineData":"AAAA"}]}]})");
  row("contents[0].parts[0].inlineData.mimeType",
      R"({"contents":[{"parts":[{"inlineData":{"data":"AAAA"}}]}]})");
  row("contents[0].parts[0].inline_data.data",
      R"({"contents":[{"parts":[{"inline_data":{"mimeType":"image/png"}}]}]})");
  row("contents[0].parts[0].fileData.fileUri",
      R"({"contents":[{"parts":[{"fileData":{"mimeType":"image/png"}}]}]})");
  row("contents[0].parts[0].functionCall.name",
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"args":{}}}]}]})");
  row("contents[0].parts[0].functionCall.args",
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}]})");
  row("contents[0].parts[0].functionResponse.name",
      R"({"contents":[{"parts":[{"functionResponse":{"response":{}}}]}]})");
  row("contents[0].parts[0].functionResponse.response",
      R"({"contents":[{"parts":[{"functionResponse":{"id":"1","name":"f","response":"x"}}]}]})");
  // Of no call: in the turn before, or not answered yet.
  row("contents[0].parts[0].functionResponse.name",
      R"({"contents":[{"parts":[{"functionResponse":{"name":"f","response":{}}}]}]})");
  row("contents[1].parts[1].functionResponse.name",
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f"}}]},
          {"parts":[{"functionResponse":{"name":"f","response":{}}},{"functionResponse":{"name":"f","response":{}}}]}]})");
  member("systemInstruction", R"("systemInstruction":"be brief")");
  member("system_instruction.parts[0].text", R"("system_instruction":{"parts":[{"text":1}]})");
  member("tools", R"("tools":{"functionDeclarations":[]})");
  member("tools[0].functionDeclarations[0].name",
         R"("tools":[{"functionDeclarations":[{"description":"d"}]}])");
  member("tools[0].functionDeclarations[0].parameters",
         R"("tools":[{"functionDeclarations":[{"name":"f","parameters":"x"}]}])");
  member("toolConfig.functionCallingConfig.mode",
         R"("toolConfig":{"functionCallingConfig":{"mode":"SOME"}})");
  member("toolConfig.functionCallingConfig.allowedFunctionNames",
         R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":[1]}})");
  member("generationConfig", R"("generationConfig":5)");
  member("toolConfig", R"("toolConfig":"any")");
  member("generationConfig.thinkingConfig", R"("generationConfig":{"thinkingConfig":5})");
  member("generationConfig.temperature", R"("generationConfig":{"temperature":"hot"})");
  member("generationConfig.maxOutputTokens", R"("generationConfig":{"maxOutputTokens":-1})");
  member("generationConfig.stopSequences", R"("generationConfig":{"stopSequences":[1]})");
  member("generationConfig.responseSchema", R"("generationConfig":{"responseSchema":"x"})");
  member("generation_config.thinking_config.thinking_budget",
         R"("generation_config":{"thinking_config":{"thinking_budget":-2}})");
  member("generationConfig.thinkingConfig.thinkingLevel",
         R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"DEEP"}})");
}
void TestGemini::refuses() {
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, param);
  for (const Kind to : {kChat, kAnthropic, kResponses}) {
    const auto result = translateRequest(kGemini, to, body.toStdString(), {});
    const auto* fault = std::get_if<BodyFault>(&result);
    QVERIFY(fault);
    QCOMPARE(fault->param, param.toStdString());
    QVERIFY(fault->message.size() > 10);
    QVERIFY(fault->message.find(fault->param) != std::string::npos);
  }
}

/// JSON texts within a request are copied, digit for digit.
void TestGemini::copiesJsonTexts() {
  const auto there = request(
      kGemini, kChat,
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{ "a" : 1.0e400 }}}]}],
          "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{ "type":"object", "properties":{}, "maximum" : 12345678901234567890123 }}]}]})");
  QVERIFY(there.body.find(R"("arguments":"{ \"a\" : 1.0e400 }")") != std::string::npos);
  QVERIFY(there.body.find(
              R"({ "type":"object", "properties":{}, "maximum" : 12345678901234567890123 })") !=
          std::string::npos);
  const auto back = request(kChat, kGemini, there.body);
  QVERIFY(back.body.find(R"("args":{ "a" : 1.0e400 })") != std::string::npos);
  QVERIFY(back.body.find(
              R"({ "type":"object", "properties":{}, "maximum" : 12345678901234567890123 })") !=
          std::string::npos);
}

/// From Gemini to a caller of another dialect, which sends all of it back, and to Gemini again.
void TestGemini::signaturesGoBack() {
  const std::string told =
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},
          {"functionCall":{"id":"t","name":"f","args":{}},"thoughtSignature":"s1g="},{"functionCall":{"id":"u","name":"g","args":{}}}]},"finishReason":"STOP"}]})";
  const std::string calls =
      R"({"functionCall":{"id":"t","name":"f","args":{}},"thoughtSignature":"s1g="},{"functionCall":{"id":"u","name":"g","args":{}}}])";
  const std::string thought = R"({"text":"hm","thought":true},)";

  const Json message = Json::parse(answer(kGemini, kAnthropic, told));
  Json body = {{"max_tokens", 9}};
  body["messages"] = {{{"role", "user"}, {"content", "a"}},
                      {{"role", "assistant"}, {"content", message["content"]}}};
  auto back = request(kAnthropic, kGemini, body.dump());
  QCOMPARE(at(back.body, "/contents/1/parts"), plain("[" + thought + calls));
  QCOMPARE(joined(back.dropped), std::string());

  Json input = Json::array({{{"role", "user"}, {"content", "a"}}});
  const Json output = Json::parse(answer(kGemini, kResponses, told))["output"];
  for (const Json& item : output) input.push_back(item);
  back = request(kResponses, kGemini, Json{{"input", input}}.dump());
  QCOMPARE(at(back.body, "/contents/1/parts"), plain("[" + thought + calls));

  const Json choice = Json::parse(answer(kGemini, kChat, told))["choices"][0];
  body = {{"model", "x"}};
  body["messages"] = {{{"role", "user"}, {"content", "a"}}, choice["message"]};
  back = request(kChat, kGemini, body.dump());
  QCOMPARE(at(back.body, "/contents/1/parts"), plain("[" + thought + calls));

  // Claude is not told what is Gemini's.
  back = request(
      kGemini, kAnthropic,
      R"({"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"id":"t","name":"f"},"thoughtSignature":"s"}]}]})");
  QCOMPARE(at(back.body, "/messages/1/content"),
           plain(R"([{"type":"tool_use","id":"t","name":"f","input":{}}])"));
  QCOMPARE(joined(back.dropped), std::string("contents.parts.thoughtSignature"));
}

/// What another vendor signed, Gemini refuses; and what Gemini's callers bring back, Claude wants as it was.
void TestGemini::signaturesOfOthers() {
  const auto there = request(kAnthropic, kGemini,
                             R"({"max_tokens":9,"messages":[{"role":"user","content":"a"},
          {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"claude"},{"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"t","name":"f","input":{}}]}]})");
  QCOMPARE(at(there.body, "/contents/1/parts"),
           plain(R"([{"functionCall":{"id":"t","name":"f","args":{}}}])"));
  QCOMPARE(joined(there.dropped), std::string("messages.content.thinking"));

  const Json told = Json::parse(answer(
      kAnthropic, kGemini,
      R"({"id":"m","type":"message","model":"c","role":"assistant","stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1},"content":[
          {"type":"thinking","thinking":"hm","signature":"claude"},{"type":"tool_use","id":"t","name":"f","input":{}}]})"));
  const Json content = told["candidates"][0]["content"];
  QCOMPARE(content["parts"][0]["thoughtSignature"].get<std::string>(),
           std::string("sluice0anthropicclaude"));
  QVERIFY(!content["parts"][1].contains("thoughtSignature"));
  Json body;
  body["contents"] = {{{"parts", {{{"text", "a"}}}}}, content};
  const auto back = request(kGemini, kAnthropic, body.dump());
  QCOMPARE(
      at(back.body, "/messages/1/content"),
      plain(
          R"([{"type":"thinking","thinking":"hm","signature":"claude"},{"type":"tool_use","id":"t","name":"f","input":{}}])"));
}

/// Gemini 3 wants each turn's first call signed.
void TestGemini::unsignedCalls() {
  const std::string body =
      R"({"model":"x","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[
          {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"2","type":"function","function":{"name":"f","arguments":"{}"}}]}]})";
  const auto signatureAt = [&](const char* model, const char* path) {
    RequestTask task;
    task.model = model;
    const auto made = translateRequest(kChat, kGemini, body, task);
    return at(std::get<TranslatedRequest>(made).body, path);
  };
  const char* first = "/contents/1/parts/0/thoughtSignature";
  const char* second = "/contents/1/parts/1/thoughtSignature";
  QCOMPARE(signatureAt("gemini-3-pro", first),
           std::string(R"("skip_thought_signature_validator")"));
  QCOMPARE(signatureAt("gemini-3-pro", second), std::string("none"));
  QCOMPARE(signatureAt("gemini-2.5-pro", first), std::string("none"));
}

/// They refuse a budget of 0.
void TestGemini::someModelsAlwaysThink() {
  for (const auto& [model, budget, dropped] :
       {std::tuple("gemini-2.5-pro", "512", "reasoning_effort"),
        std::tuple("gemini-2.5-flash", "0", "")}) {
    const auto made = dialect::translateRequest(
        kChat, kGemini,
        R"({"messages":[{"role":"user","content":"hi"}],"reasoning_effort":"none"})",
        {.model = model});
    const auto& request = std::get<dialect::TranslatedRequest>(made);
    QCOMPARE(at(request.body, "/generationConfig/thinkingConfig/thinkingBudget"),
             std::string(budget));
    QCOMPARE(joined(request.dropped), std::string(dropped));
  }
}

QTEST_APPLESS_MAIN(TestGemini)
