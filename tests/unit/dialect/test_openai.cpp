// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "gateway/dialect/openai.h"

using namespace sluice::dialect;

class TestOpenAi : public QObject {
  Q_OBJECT
  ChatReader m_reader;

 private slots:
  void readsInPlace_data() {
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<QByteArray>("spliced");
    const auto row = [](const char* name, const char* body, const char* model, bool stream,
                        const char* spliced) {
      QTest::newRow(name) << QByteArray(body) << QByteArray(model) << stream << QByteArray(spliced);
    };
    row("plain", "{\"model\":\"a\",\"messages\":[]}", "a", false,
        "{\"model\":\"NEW\",\"messages\":[]}");
    row("stream", "{\"stream\":true,\"model\":\"a\"}", "a", true,
        "{\"stream\":true,\"model\":\"NEW\"}");
    row("stream null", "{\"stream\":null,\"model\":\"a\"}", "a", false,
        "{\"stream\":null,\"model\":\"NEW\"}");
    row("blanks", "{ \"model\" : \"a\"  , \"n\" :1 }\n", "a", false,
        "{ \"model\" : \"NEW\"  , \"n\" :1 }\n");
    row("escapes", "{\"model\":\"a\\\"\\\\\\u00e9\",\"x\":\"\\\"model\\\":\"}", "a\"\\\xc3\xa9",
        false, "{\"model\":\"NEW\",\"x\":\"\\\"model\\\":\"}");
    row("nested model", "{\"x\":{\"model\":\"no\"},\"model\":\"yes\",\"y\":[{\"model\":\"no\"}]}",
        "yes", false, "{\"x\":{\"model\":\"no\"},\"model\":\"NEW\",\"y\":[{\"model\":\"no\"}]}");
    row("escaped key", "{\"mod\\u0065l\":\"a\"}", "a", false, "{\"mod\\u0065l\":\"NEW\"}");
  }
  void readsInPlace() {
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, model);
    QFETCH(bool, stream);
    QFETCH(QByteArray, spliced);
    std::string text = body.toStdString();
    const auto read = m_reader.read(text);
    QCOMPARE(text, body.toStdString());
    const auto* request = std::get_if<ChatRequest>(&read);
    QVERIFY(request);
    QCOMPARE(request->model, model.toStdString());
    QCOMPARE(request->stream, stream);
    std::string out;
    appendWithModel(out, text, *request, "\"NEW\"");
    QCOMPARE(out, spliced.toStdString());
    QCOMPARE(sizeWithModel(text, *request, "\"NEW\""), out.size());
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("param");
    for (const char* body :
         {"", " ", "hello", "[]", "null", "\"x\"", "{", "{\"model\":\"a\"", "{\"model\":\"a\"}x",
          "{\"model\":\"a\"}{}", "{\"model\" \"a\"}", "\xff\xfe"}) {
      QTest::newRow(body) << QByteArray(body) << QByteArray();
    }
    for (const char* body : {"{}", "{\"model\":1}", "{\"model\":null}", "{\"model\":\"\"}",
                             R"({"model":"a","model":"b"})"}) {
      QTest::newRow(body) << QByteArray(body) << QByteArray("model");
    }
    QTest::newRow("stream") << QByteArray("{\"model\":\"a\",\"stream\":\"yes\"}")
                            << QByteArray("stream");
  }
  void refuses() {
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, param);
    std::string text = body.toStdString();
    const auto read = m_reader.read(text);
    const auto* fault = std::get_if<BodyFault>(&read);
    QVERIFY(fault);
    QVERIFY(!fault->message.empty());
    QCOMPARE(fault->param, param.toStdString());
  }

  void errorsAreTheirShape() {
    const std::string body = errorBody({"say \"no\"\n\xff", "invalid_request_error", "model", {}});
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(body));
    const QJsonObject error = json.object()[QStringLiteral("error")].toObject();
    QCOMPARE(error[QStringLiteral("message")].toString(), QStringLiteral("say \"no\"\n\uFFFD"));
    QCOMPARE(error[QStringLiteral("param")].toString(), QStringLiteral("model"));
    QVERIFY(error[QStringLiteral("code")].isNull());
    const std::string event = errorEvent({"m", "t", {}, {}});
    QVERIFY(event.starts_with("data: {") && event.ends_with("}\n\n"));
    QVERIFY(QJsonDocument::fromJson(QByteArray::fromStdString(modelList({"a", "b\""}))).isObject());
  }
};

QTEST_APPLESS_MAIN(TestOpenAi)
#include "test_openai.moc"
