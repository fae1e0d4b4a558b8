// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "gateway/exchange/body_peek.h"
#include "gateway/exchange/endpoint.h"
#include "gateway/exchange/event_array.h"
#include "gateway/exchange/stream_watch.h"

using namespace sluice;
using namespace sluice::exchange;

class TestEndpoint : public QObject {
  Q_OBJECT
 private slots:
  void whatIsPassedOnStaysBelowItsBase() {
    for (const char* path :
         {"/v1/files/f", "/v1/files/f/content", "/v1/files/a%2Fb", "/v1/files/a..b", "/v1/files/f/",
          "/v1/files/.hidden", "/v1beta/cachedContents/c", "/v1/assistants"}) {
      QVERIFY2(pathFault(path).empty(), (path + (" " + pathFault(path))).c_str());
    }
    for (const char* path :
         {"/v1/../admin", "/v1/files/..", "/v1/%2e%2e/admin", "/v1/..%2fadmin", "/v1/files/%2E/x",
          "/v1/x\\..\\y", "/v1/x%5c..", "/v1/..;a=b/admin", "/v1//files", "/v1/x#y", "/v1/x%3fy",
          "/v1/x%00", "/v1/./chat/completions"}) {
      QVERIFY2(!pathFault(path).empty(), path);
    }
  }

  /// What has limits is not to be had without them by another spelling.
  void whatIsOursIsNotPassedOnInAnotherSpelling() {
    for (const char* path :
         {"/v1/chat/completions/", "/v1/Chat/Completions", "/v1/chat%2Fcompletions",
          "/v1/%63hat/completions", "/v1/embeddings/", "/v1/MESSAGES", "/v1/responses/"}) {
      QCOMPARE(int(endpointOf(path, {}, false).operation), int(Operation::Pass));
      QVERIFY2(pathFault(path).starts_with("write /v1"), path);
    }
  }

  void aModelIsCertainWhereEveryReaderTakesTheSame() {
    const char* json = "application/json; charset=utf-8";
    for (const char* body : {R"({"model":"a"})", R"({"x":{"model":"b"},"model":"a"})",
                             R"({"mod\u0065l":"a","y":["model"]})"}) {
      QVERIFY2(namesOneModel(json, body), body);
    }
    for (const char* body :
         {R"({})", R"({"x":{"model":"b"}})", R"({"model":"a","model":"b"})",
          R"({"model":"a","mod\u0065l":"b"})", R"({"model":"a","Model":"b"})",
          R"({"model":"a"} {"model":"b"})", R"([{"model":"a"}])", R"({"model":"a")", ""}) {
      QVERIFY2(!namesOneModel(json, body), body);
    }
    QVERIFY(!namesOneModel("text/plain", R"({"model":"a"})"));
    QVERIFY(!namesOneModel("", R"({"model":"a"})"));

    const char* form = "multipart/form-data; boundary=B";
    const auto part = [](const std::string& head, const std::string& value) {
      return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n";
    };
    const std::string model = part("name=\"model\"", "a");
    const std::string file = part("name=\"file\"; filename=\"a name of model\"", "sound");
    QVERIFY(namesOneModel(form, model + file + "--B--\r\n"));
    QVERIFY(namesOneModel(form, file + model + part("name=language", "de") + "--B--"));
    for (const std::string& body :
         {file + "--B--", model + file + model + "--B--", model + file,
          model + part("name=\"mod\\el\"", "b") + "--B--",
          model + part("name*=model", "b") + "--B--",
          model + part("name=\"x\"; name=\"model\"", "b") + "--B--",
          model + part("name=\"MODEL\"", "b") + "--B--",
          model + part("name=\"file\"", "sound\n--B\nContent-Disposition: form-data; name=model") +
              "--B--",
          "preamble" + model + "--B--"}) {
      QVERIFY2(!namesOneModel(form, body), body.c_str());
    }
    QVERIFY(!namesOneModel("multipart/form-data", model + "--B--"));
  }

  void targetsThatAreWholeAddresses() {
    QCOMPARE(std::string(targetOf("/v1/x?y").path), std::string("/v1/x?y"));
    QVERIFY(targetOf("/v1/x?y").authority.empty());
    QCOMPARE(std::string(targetOf("http://localhost:1/v1/x?y").path), std::string("/v1/x?y"));
    QCOMPARE(std::string(targetOf("http://localhost:1/v1/x?y").authority),
             std::string("localhost:1"));
    QCOMPARE(std::string(targetOf("https://a").path), std::string("/"));
  }

  void pathsOfAllDialects_data() {
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<bool>("anthropic");
    QTest::addColumn<int>("caller");
    QTest::addColumn<int>("operation");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("array");
    const auto row = [](const char* path, Kind caller, Operation operation, const char* model = "",
                        const char* query = "", bool anthropic = false, bool array = false) {
      QTest::newRow((std::string(path) + query + (anthropic ? " anthropic" : "")).c_str())
          << QByteArray(path) << QByteArray(query) << anthropic << int(caller) << int(operation)
          << QByteArray(model) << array;
    };
    row("/v1/chat/completions", Kind::Chat, Operation::Generate);
    row("/v1/completions", Kind::Chat, Operation::Complete);
    row("/v1/embeddings", Kind::Chat, Operation::Embed);
    row("/v1/responses", Kind::Responses, Operation::Generate);
    row("/v1/responses/resp_1", Kind::Responses, Operation::Pass);
    row("/v1/messages", Kind::Anthropic, Operation::Generate);
    row("/v1/messages/count_tokens", Kind::Anthropic, Operation::CountTokens);
    row("/v1/messages/batches", Kind::Anthropic, Operation::Pass);
    row("/v1/models", Kind::Chat, Operation::ListModels);
    row("/v1/models", Kind::Anthropic, Operation::ListModels, "", "", true);
    row("/v1/models/a/b", Kind::Chat, Operation::ShowModel, "a/b");
    row("/v1/audio/speech", Kind::Chat, Operation::Pass);
    row("/v1/", Kind::Chat, Operation::Pass);
    row("/v1", Kind::Chat, Operation::Unknown);
    row("/", Kind::Chat, Operation::Unknown);
    row("/v1beta/models", Kind::Gemini, Operation::ListModels);
    row("/v1beta/models/g", Kind::Gemini, Operation::ShowModel, "g");
    row("/v1beta/models/a/b:generateContent", Kind::Gemini, Operation::Generate, "a/b");
    row("/v1beta/models/a:b:generateContent", Kind::Gemini, Operation::Generate, "a:b");
    row("/v1beta/models/g:streamGenerateContent", Kind::Gemini, Operation::Generate, "g",
        "?alt=sse");
    row("/v1beta/models/g:streamGenerateContent", Kind::Gemini, Operation::Generate, "g", "", false,
        true);
    row("/v1beta/models/g:countTokens", Kind::Gemini, Operation::CountTokens, "g");
    row("/v1beta/models/g:embedContent", Kind::Gemini, Operation::Embed, "g");
    row("/v1beta/models/g:batchEmbedContents", Kind::Gemini, Operation::EmbedMany, "g");
    row("/v1/models/g:generateContent", Kind::Gemini, Operation::Generate, "g");
    row("/v1/models/a:b:countTokens", Kind::Gemini, Operation::CountTokens, "a:b");
    row("/v1/models/ft:gpt:x", Kind::Chat, Operation::ShowModel, "ft:gpt:x");
    row("/v1beta/models/g:predict", Kind::Gemini, Operation::Pass, "g");
    row("/v1beta/cachedContents", Kind::Gemini, Operation::Pass);
    row("/v1beta/modelsX", Kind::Gemini, Operation::Pass);
  }
  void pathsOfAllDialects() {
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, query);
    QFETCH(bool, anthropic);
    QFETCH(int, caller);
    QFETCH(int, operation);
    QFETCH(QByteArray, model);
    QFETCH(bool, array);
    const std::string pathText = path.toStdString();
    const std::string queryText = query.toStdString();
    const Endpoint endpoint = endpointOf(pathText, queryText, anthropic);
    QCOMPARE(int(endpoint.operation), operation);
    QCOMPARE(int(endpoint.caller), caller);
    QCOMPARE(QByteArray(endpoint.model.data(), qsizetype(endpoint.model.size())), model);
    QCOMPARE(endpoint.array, array);
  }

  void queriesLoseTheirSecrets() {
    QCOMPARE(withoutSecrets("?key=s&a=b&alt=sse&c"), std::string("?a=b&c"));
    QCOMPARE(withoutSecrets("?key=s"), std::string());
    QCOMPARE(withoutSecrets(""), std::string());
    QCOMPARE(parameter("?a=b&key=s%20t", "key"), std::string_view("s%20t"));
    QCOMPARE(parameter("?a=b", "key"), std::string_view());
  }

  void percents() {
    QCOMPARE(percentDecoded("a%2Fb%zz%4"), std::string("a/b%zz%4"));
    QCOMPARE(percentEncoded("a/b c?é"), std::string("a/b%20c%3F%C3%A9"));
  }

  void models_data() {
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("state");  // 0 found, 1 more, 2 none
    QTest::addColumn<QByteArray>("model");
    const auto row = [](const char* name, const char* type, const char* body, int state,
                        const char* model = "") {
      QTest::newRow(name) << QByteArray(type) << QByteArray(body) << state << QByteArray(model);
    };
    const char* json = "application/json; charset=utf-8";
    row("first", json, "{\"model\":\"a\"", 0, "a");
    row("behind others", json,
        "{\"x\":{\"model\":\"no\"},\"y\":[\"model\",\"z\"],\"model\" : \"a\\\"b\"", 0, "a\"b");
    row("as a value", json, "{\"x\":\"model\",\"y\":1", 1);
    row("cut within", json, "{\"model\":\"a", 1);
    row("not a text", json, "{\"model\":5,\"x\":\"y\"", 1);
    row("no object", json, "[", 1);
    row("no JSON", json, "hello", 2);
    row("nothing yet", json, "", 1);
    row("another type", "text/plain", "{\"model\":\"a\"}", 2);
    const char* form = "multipart/form-data; boundary=\"b\"";
    row("a form", form,
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na b\r\n--b\r\n", 0, "a b");
    row("behind a file that looks like one", form,
        "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nname=\"model\"\r\n\r\nx\r\n--b"
        "\r\ncontent-disposition: form-data; name=model\r\n\r\na\r\n--b--",
        0, "a");
    row("a part that goes on", form,
        "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nab", 1);
    row("an end without", form,
        "--b\r\ncontent-disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n", 2);
    row("no boundary", "multipart/form-data", "--b\r\n", 2);
  }
  void models() {
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(int, state);
    QFETCH(QByteArray, model);
    const std::string text = body.toStdString();
    const ModelPeek peek = peekModel(type.toStdString(), text, false);
    QCOMPARE(int(peek.state), state);
    QCOMPARE(peek.model, model.toStdString());
    if (state == 0 && !peek.json) QCOMPARE(text.substr(peek.at, peek.size), peek.model);
    if (state == 1) {
      QCOMPARE(int(peekModel(type.toStdString(), text, true).state), int(ModelPeek::State::None));
    }
    // However it is cut, it says the same or waits for more.
    for (std::size_t size = 0; size < text.size(); ++size) {
      const ModelPeek part = peekModel(type.toStdString(), text.substr(0, size), false);
      if (part.state == ModelPeek::State::Found) QCOMPARE(part.model, peek.model);
    }
  }

  void streamsHaveAnEnd_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<bool>("ended");
    QTest::addColumn<bool>("failed");
    const auto row = [](const char* name, Kind kind, const char* events, bool ended, bool failed) {
      QTest::newRow(name) << int(kind) << QByteArray(events) << ended << failed;
    };
    row("anthropic", Kind::Anthropic, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        true, false);
    row("without a name", Kind::Anthropic, "data: {\"type\": \"message_stop\"}\n\n", true, false);
    row("said, not done", Kind::Anthropic,
        "event: content_block_delta\ndata: {\"delta\":{\"text\":\"message_stop\"}}\n\n", false,
        false);
    row("quoted", Kind::Anthropic, "data: {\"text\":\"{\\\"type\\\":\\\"message_stop\\\"}\"}\n\n",
        false, false);
    row("an error", Kind::Anthropic, "event: error\ndata: {\"type\":\"error\"}\n\n", true, true);
    row("gemini", Kind::Gemini, "data: {\"candidates\":[{\"finishReason\": \"STOP\"}]}\n\n", true,
        false);
    row("gemini, said", Kind::Gemini, "data: {\"text\":\"finishReason\"}\n\n", false, false);
    row("gemini, blocked", Kind::Gemini, "data: {\"promptFeedback\":{\"blockReason\":\"X\"}}\n\n",
        true, false);
    row("gemini, an error", Kind::Gemini, "data: {\"error\": {}}\n\n", true, true);
    row("responses", Kind::Responses,
        "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n", true, false);
    row("responses, cut short", Kind::Responses, "data: {\"type\":\"response.incomplete\"}\n\n",
        true, false);
    row("responses, failed", Kind::Responses, "data: {\"type\":\"response.failed\"}\n\n", true,
        true);
    row("chat", Kind::Chat, "data: {\"choices\":[]}\n\n", false, false);
    row("chat, an error", Kind::Chat, "data: {\"error\":{}}\n\n", false, true);
    row("chat, an error behind others", Kind::Chat, "data: {\"id\":\"1\",\"error\":\"x\"}\n\n",
        false, true);
    row("chat, no error", Kind::Chat, "data: {\"error\":null,\"choices\":[]}\n\n", false, false);
    row("chat, a choice that broke off", Kind::Chat,
        "data: {\"choices\":[{\"finish_reason\":\"error\"}]}\n\n", false, true);
    row("chat, a comment", Kind::Chat, ": {\"error\":{}}\n\n", false, false);
    row("chat, said", Kind::Chat, "data: {\"choices\":[{\"error\":1}]}\n\n", false, false);
  }
  void streamsHaveAnEnd() {
    QFETCH(int, kind);
    QFETCH(QByteArray, events);
    QFETCH(bool, ended);
    QFETCH(bool, failed);
    StreamWatch watch;
    watch.begin(Kind(kind));
    watch.see(events.toStdString());
    QCOMPARE(watch.ended(), ended);
    QCOMPARE(watch.failed(), failed);
  }

  void eventsAreNumbered() {
    StreamWatch watch;
    watch.begin(Kind::Responses);
    watch.see("data: {\"sequence_number\":4}\n\ndata: {\"sequence_number\": 5,\"x\":1}\n\n");
    QCOMPARE(watch.nextSequence(), std::uint64_t{6});
  }

  void eventsAreElements() {
    EventArray array;
    std::string out;
    array.append("data: {\"a\":1}\n\n: nothing\n\ndata:{\"b\":\r\ndata: 2}\r\n\r\n", out);
    array.append("event: x\ndata: 3\n\n", out);
    array.end(out);
    QCOMPARE(out, std::string("[{\"a\":1},\r\n{\"b\":\n2},\r\n3]"));
    out.clear();
    array.reset();
    array.end(out);
    QCOMPARE(out, std::string("[]"));
  }
};

QTEST_APPLESS_MAIN(TestEndpoint)
#include "test_endpoint.moc"
