// SPDX-License-Identifier: GPL-3.0-or-later
// Embeddings between OpenAI and Gemini, both ways, for one text and for several.
#include "gateway/dialect/embeddings.h"

#include <QTest>

#include "tests/unit/dialect/json_pieces.h"
#include "tests/unit/dialect/test_embeddings.h"

using namespace sluice::dialect;
using namespace sluice::test;

namespace {

const auto kOne = EmbedForm::GeminiOne;
const auto kMany = EmbedForm::GeminiMany;
const auto kOpenAi = EmbedForm::OpenAi;

std::string plainOf(const QByteArray& json) {
  return Json::parse(json.toStdString()).dump();
}

}  // namespace

void TestEmbeddings::requests_data() {
  QTest::addColumn<EmbedForm>("from");
  QTest::addColumn<EmbedForm>("to");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("wanted");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* name, EmbedForm from, EmbedForm to, const char* body,
                      const char* wanted, const char* dropped = "") {
    QTest::newRow(name) << from << to << QByteArray(body) << QByteArray(wanted)
                        << QByteArray(dropped);
  };
  row("a text", kOpenAi, kMany, R"({"model":"x","input":"a \"b\""})",
      R"({"requests":[{"model":"models/up","content":{"parts":[{"text":"a \"b\""}]}}]})");
  row("texts", kOpenAi, kMany,
      R"({"model":"x","input":["a","b"],"dimensions":7,"encoding_format":"base64"})",
      R"({"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]},"outputDimensionality":7},
          {"model":"models/up","content":{"parts":[{"text":"b"}]},"outputDimensionality":7}]})");
  row("null counts as absent", kOpenAi, kMany,
      R"({"model":"x","input":"a","dimensions":null,"encoding_format":null})",
      R"({"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]}}]})");
  row("what Gemini does not have", kOpenAi, kMany, R"({"model":"x","input":"a","user":"u"})",
      R"({"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]}}]})", "user");
  row("one of Gemini's", kOne, kOpenAi,
      R"({"model":"models/x","content":{"parts":[{"text":"a"},{"text":"b"}]},"outputDimensionality":7})",
      R"({"model":"up","input":["ab"],"encoding_format":"float","dimensions":7})");
  row("what OpenAI does not have", kOne, kOpenAi,
      R"({"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY","title":"t","autoTruncate":true})",
      R"({"model":"up","input":["a"],"encoding_format":"float"})", "autoTruncate taskType title");
  row("snake case", kOne, kOpenAi,
      R"({"content":{"parts":[{"text":"a"}]},"task_type":"RETRIEVAL_QUERY","output_dimensionality":7})",
      R"({"model":"up","input":["a"],"encoding_format":"float","dimensions":7})", "taskType");
  row("several of Gemini's", kMany, kOpenAi,
      R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})",
      R"({"model":"up","input":["a","b"],"encoding_format":"float"})");
  row("Gemini's to Gemini by another name, one", kOne, kOne,
      R"({"model":"models/x","content":{"parts":[{"text":"a"}]},"taskType":"T","title":"t"})",
      R"({"model":"models/up","content":{"parts":[{"text":"a"}]},"taskType":"T","title":"t"})");
  row("several", kMany, kMany,
      R"({"requests":[{"model":"models/x","content":{"parts":[{"text":"a"}]},"outputDimensionality":7}]})",
      R"({"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]},"outputDimensionality":7}]})");
}
void TestEmbeddings::requests() {
  QFETCH(EmbedForm, from);
  QFETCH(EmbedForm, to);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, wanted);
  QFETCH(QByteArray, dropped);
  const auto made = translateEmbedRequest(from, to, body.toStdString(), "up");
  const auto* request = std::get_if<TranslatedRequest>(&made);
  QVERIFY2(request, request ? "" : std::get<BodyFault>(made).message.c_str());
  QCOMPARE(plain(request->body), plainOf(wanted));
  QCOMPARE(joined(request->dropped), dropped.toStdString());
}

/// They are the caller's text, and go into a header.
void TestEmbeddings::namesAreSafeInAHeader() {
  const auto made =
      translateEmbedRequest(kOpenAi, kMany, R"({"input":"a","x\r\nSet-Cookie: a=b":1})", "up");
  QCOMPARE(joined(std::get<TranslatedRequest>(made).dropped), std::string("x??Set-Cookie??a?b"));
}

void TestEmbeddings::refuses_data() {
  QTest::addColumn<EmbedForm>("from");
  QTest::addColumn<QByteArray>("body");
  QTest::addColumn<QByteArray>("param");
  int count = 0;
  const auto row = [&](EmbedForm from, const char* body, const char* param) {
    QTest::addRow("%d: %s", ++count, param) << from << QByteArray(body) << QByteArray(param);
  };
  row(kOpenAi, "{", "");
  row(kOpenAi, "[]", "");
  row(kOpenAi, "{}", "input");
  row(kOpenAi, R"({"input":[]})", "input");
  row(kOpenAi, R"({"input":5})", "input");
  row(kOpenAi, R"({"input":[1,2]})", "input");
  row(kOpenAi, R"({"input":[[1,2]]})", "input");
  row(kOpenAi, R"({"input":["a",1]})", "input");
  row(kOpenAi, R"({"input":"a","dimensions":-1})", "dimensions");
  row(kOpenAi, R"({"input":"a","encoding_format":"int8"})", "encoding_format");
  row(kOne, "{}", "content");
  row(kOne, R"({"content":"a"})", "content");
  row(kOne, R"({"content":{"parts":[]}})", "content.parts");
  row(kOne, R"({"content":{"parts":[5]}})", "content.parts");
  row(kOne, R"({"content":{"parts":[{"inlineData":{}}]}})", "content.parts");
  row(kOne, R"({"content":{"parts":[{"text":"a"}]},"outputDimensionality":"7"})",
      "outputDimensionality");
  row(kOne, R"({"content":{"parts":[{"text":"a"}]},"taskType":[[]]})", "taskType");
  row(kOne, R"({"content":{"parts":[{"text":"a"}]},"title":{}})", "title");
  row(kMany, "{}", "requests");
  row(kMany, R"({"requests":[]})", "requests");
  row(kMany, R"({"requests":[5]})", "requests");
  row(kMany,
      R"({"requests":[{"content":{"parts":[{"text":"a"}]},"outputDimensionality":7},{"content":{"parts":[{"text":"a"}]},"outputDimensionality":8}]})",
      "outputDimensionality");
}
void TestEmbeddings::refuses() {
  QFETCH(EmbedForm, from);
  QFETCH(QByteArray, body);
  QFETCH(QByteArray, param);
  const auto made =
      translateEmbedRequest(from, from == kOpenAi ? kMany : kOpenAi, body.toStdString(), "up");
  const auto* fault = std::get_if<BodyFault>(&made);
  QVERIFY(fault);
  QCOMPARE(fault->param, param.toStdString());
  QVERIFY(fault->message.size() > 10);
}

void TestEmbeddings::answers_data() {
  QTest::addColumn<EmbedForm>("from");
  QTest::addColumn<EmbedForm>("to");
  QTest::addColumn<QByteArray>("request");
  QTest::addColumn<QByteArray>("answer");
  QTest::addColumn<QByteArray>("wanted");
  const auto row = [](const char* name, EmbedForm from, EmbedForm to, const char* request,
                      const char* answer, const char* wanted) {
    QTest::newRow(name) << from << to << QByteArray(request) << QByteArray(answer)
                        << QByteArray(wanted);
  };
  row("numbers, and a usage that is estimated", kMany, kOpenAi, R"({"input":["abcd","efghi"]})",
      R"({"embeddings":[{"values":[1,0.25]},{"values":[2]}]})",
      R"({"object":"list","model":"asked","data":[{"object":"embedding","index":0,"embedding":[1,0.25]},
          {"object":"embedding","index":1,"embedding":[2]}],"usage":{"prompt_tokens":3,"total_tokens":3}})");
  // 1.0f and -0.5f, little-endian: 00 00 80 3f 00 00 00 bf.
  row("base64", kMany, kOpenAi, R"({"input":"a","encoding_format":"base64"})",
      R"({"embeddings":[{"values":[1,-0.5]}],"usageMetadata":{"promptTokenCount":9}})",
      R"({"object":"list","model":"asked","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAL8="}],
          "usage":{"prompt_tokens":9,"total_tokens":9}})");
  row("one", kOpenAi, kOne, R"({"content":{"parts":[{"text":"a"}]}})",
      R"({"data":[{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":1,"total_tokens":1}})",
      R"({"embedding":{"values":[1,2]}})");
  row("in their order", kOpenAi, kMany,
      R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})",
      R"({"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]})",
      R"({"embeddings":[{"values":[1]},{"values":[2]}]})");
  row("without a number each", kOpenAi, kMany,
      R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})",
      R"({"data":[{"embedding":[1]},{"embedding":[2]}]})",
      R"({"embeddings":[{"values":[1]},{"values":[2]}]})");
  row("an emoji cut in two", kOne, kOpenAi, R"({"input":"a\ud83d"})",
      R"({"embedding":{"values":[1]}})",
      R"({"data":[{"embedding":[1],"index":0,"object":"embedding"}],"model":"asked","object":"list","usage":{"prompt_tokens":1,"total_tokens":1}})");
  row("Gemini's to Gemini", kOne, kOne, R"({"content":{"parts":[{"text":"a"}]}})",
      R"({"embedding":{"values":[1,2]}})", R"({"embedding":{"values":[1,2]}})");
}
void TestEmbeddings::answers() {
  QFETCH(EmbedForm, from);
  QFETCH(EmbedForm, to);
  QFETCH(QByteArray, request);
  QFETCH(QByteArray, answer);
  QFETCH(QByteArray, wanted);
  const auto made =
      translateEmbedAnswer(from, to, request.toStdString(), answer.toStdString(), "asked");
  const auto* one = std::get_if<TranslatedAnswer>(&made);
  QVERIFY2(one, one ? "" : std::get<Breach>(made).message.c_str());
  QCOMPARE(plain(one->body), plainOf(wanted));
  QVERIFY(one->usage && one->usage->prompt > 0);
}

void TestEmbeddings::answersThatAreNone_data() {
  QTest::addColumn<EmbedForm>("from");
  QTest::addColumn<QByteArray>("answer");
  int count = 0;
  const auto row = [&](EmbedForm from, const char* answer) {
    QTest::addRow("%d", ++count) << from << QByteArray(answer);
  };
  row(kMany, "");
  row(kMany, "[]");
  row(kMany, "{}");
  row(kMany, R"({"embeddings":[{"values":[1]}]})");
  row(kMany, R"({"embeddings":[{"values":[1]},{"values":[1]},{"values":[1]}]})");
  row(kMany, R"({"embeddings":[{"values":[1]},{"values":"x"}]})");
  row(kMany, R"({"embeddings":[{"values":[1]},{"values":[null]}]})");
  row(kMany, R"({"embeddings":[{"values":[1]},5]})");
  row(kOpenAi, "{}");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":"1","embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":null,"embedding":[1]}]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":[1]},{"index":1}]})");
  row(kOpenAi, R"({"data":[5,6]})");
  row(kOpenAi, R"({"data":[{"index":0,"embedding":"AAAA"},{"index":1,"embedding":"AAAA"}]})");
}
void TestEmbeddings::answersThatAreNone() {
  QFETCH(EmbedForm, from);
  QFETCH(QByteArray, answer);
  const std::string request =
      from == kMany
          ? R"({"input":["a","b"]})"
          : R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})";
  const auto made = translateEmbedAnswer(from, from == kMany ? kOpenAi : kMany, request,
                                         answer.toStdString(), "asked");
  QVERIFY(std::holds_alternative<Breach>(made));
}

QTEST_APPLESS_MAIN(TestEmbeddings)
