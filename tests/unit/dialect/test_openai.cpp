// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "gateway/dialect/json_member.h"
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
    const Splice splices[] = {{request->modelAt, request->modelSize, "\"NEW\""}};
    appendSpliced(out, text, splices);
    QCOMPARE(out, spliced.toStdString());
    QCOMPARE(splicedSize(text, splices), out.size());
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

  void asksForUsage_data() {
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("asked");
    const auto row = [](const char* name, const char* body, const char* asked) {
      QTest::newRow(name) << QByteArray(body) << QByteArray(asked);
    };
    row("no options", "{\"model\":\"a\"}",
        "{\"stream_options\":{\"include_usage\":true},\"model\":\"a\"}");
    row("blanks", "\n { \"model\":\"a\"}",
        "\n {\"stream_options\":{\"include_usage\":true}, \"model\":\"a\"}");
    row("null", "{\"stream_options\": null,\"model\":\"a\"}",
        "{\"stream_options\": {\"include_usage\":true},\"model\":\"a\"}");
    row("empty", "{\"stream_options\":{ },\"model\":\"a\"}",
        "{\"stream_options\":{\"include_usage\":true },\"model\":\"a\"}");
    row("others", "{\"stream_options\":{\"include_obfuscation\":false},\"model\":\"a\"}",
        "{\"stream_options\":{\"include_usage\":true,\"include_obfuscation\":false},\"model\":"
        "\"a\"}");
    row("false", "{\"model\":\"a\",\"stream_options\":{\"x\":1,\"include_usage\":false}}",
        "{\"model\":\"a\",\"stream_options\":{\"x\":1,\"include_usage\":true}}");
    row("already", "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true}}", "");
    row("nonsense", "{\"model\":\"a\",\"stream_options\":[1]}", "");
    row("nonsense within", "{\"model\":\"a\",\"stream_options\":{\"include_usage\":3}}", "");
  }
  void asksForUsage() {
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, asked);
    std::string text = body.toStdString();
    const auto read = m_reader.read(text);
    const auto* request = std::get_if<ChatRequest>(&read);
    QVERIFY(request);
    if (asked.isEmpty()) {
      QVERIFY(request->askUsage.text.empty());
      QCOMPARE(request->usageAsked, body.contains("true"));
      return;
    }
    QVERIFY(!request->usageAsked);
    std::string out;
    const Splice splices[] = {request->askUsage};
    appendSpliced(out, text, splices);
    QCOMPARE(out, asked.toStdString());
    const auto again = m_reader.read(out);
    QVERIFY(std::get_if<ChatRequest>(&again) && std::get<ChatRequest>(again).usageAsked);
  }

  void countsThePrompt_data() {
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<quint64>("tokens");
    const auto row = [](const char* name, const QByteArray& rest, quint64 tokens) {
      QTest::newRow(name) << rest << tokens;
    };
    row("nothing", "", 0);
    // The quotes count; a role is text too.
    row("a text", ",\"messages\":[{\"content\":\"" + QByteArray(398, 'x') + "\"}]", 104);
    row("two", ",\"messages\":[{\"role\":\"user\",\"content\":\"12\"},{\"content\":\"345678\"}]",
        5 + 8);
    row("parts",
        ",\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"12\"},"
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:" +
            QByteArray(100'000, 'x') + "\"}}]}]",
        1 + 4 + 765);
    row("tools", ",\"tools\":[{\"function\":{\"name\":\"abcdefg\"}}]", 9);
    row("no list", ",\"messages\":7", 0);
    row("no objects", ",\"messages\":[7,[8]]", 8);
  }
  void countsThePrompt() {
    QFETCH(QByteArray, rest);
    QFETCH(quint64, tokens);
    std::string text = "{\"model\":\"a\"" + rest.toStdString() + ",\"n\":3,\"max_tokens\":50}";
    const auto counted = m_reader.read(text, true);
    QVERIFY(std::get_if<ChatRequest>(&counted));
    QCOMPARE(std::get<ChatRequest>(counted).promptTokens, tokens);
    QCOMPARE(std::get<ChatRequest>(counted).choices, std::uint64_t{3});
    QCOMPARE(*std::get<ChatRequest>(counted).mostTokens, std::uint64_t{50});
    const auto plain = m_reader.read(text);
    QCOMPARE(std::get<ChatRequest>(plain).promptTokens, std::uint64_t{0});
  }

  /// A limit of tokens holds however the number is written.
  void numbersInAnyNotation() {
    for (const char* number : {"1000", "1000.0", "1e3", "10.00E2"}) {
      std::string text = std::string(R"({"model":"a","max_tokens":)") + number + "}";
      const auto read = m_reader.read(text);
      QVERIFY2(std::get_if<ChatRequest>(&read), number);
      QCOMPARE(std::get<ChatRequest>(read).mostTokens.value_or(0), std::uint64_t{1000});
    }
    for (const char* number : {"1.5", "-1", "1e300", "\"1000\"", "null"}) {
      std::string text = std::string(R"({"model":"a","max_tokens":)") + number + "}";
      const auto read = m_reader.read(text);
      QVERIFY2(std::get_if<ChatRequest>(&read), number);
      QVERIFY2(!std::get<ChatRequest>(read).mostTokens, number);
    }
  }

  void knowsWhatIsDeterministic_data() {
    QTest::addColumn<QByteArray>("temperature");
    QTest::addColumn<bool>("deterministic");
    QTest::newRow("none") << QByteArray() << false;
    QTest::newRow("0") << QByteArray(",\"temperature\":0") << true;
    QTest::newRow("0.0") << QByteArray(",\"temperature\":0.0") << true;
    QTest::newRow("0.1") << QByteArray(",\"temperature\":0.1") << false;
    QTest::newRow("text") << QByteArray(",\"temperature\":\"0\"") << false;
    QTest::newRow("null") << QByteArray(",\"temperature\":null") << false;
  }
  void knowsWhatIsDeterministic() {
    QFETCH(QByteArray, temperature);
    QFETCH(bool, deterministic);
    std::string text = "{\"model\":\"a\"" + temperature.toStdString() + "}";
    const auto read = m_reader.read(text);
    QCOMPARE(std::get<ChatRequest>(read).deterministic, deterministic);
  }

  void readsUsage() {
    QVERIFY(readUsage("{\"prompt_tokens\":3,\"completion_tokens\":4,\"x\":{}}") == (Usage{3, 4}));
    for (const char* none :
         {"", "null", "{}", "[1]", "{\"prompt_tokens\":-3}", "{\"prompt_tokens\""}) {
      QVERIFY2(!readUsage(none), none);
    }
    const auto last =
        readUsageEvent("data: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":1}}\n\n");
    QVERIFY(last.usage && last.usageOnly);
    const auto with =
        readUsageEvent("data:{\"choices\":[{}],\"usage\":{\"prompt_tokens\":1}}\r\n\r\n");
    QVERIFY(with.usage && !with.usageOnly);
    QVERIFY(!readUsageEvent("data: nonsense\n\n").usage);
  }

  /// Whatever the splits, the member of the outermost object is found, and no other.
  void findsAMember() {
    const std::string value = "{\"a\":[\"}\",{\"usage\":1}],\"b\":\"\\\"{\"}";
    const std::string whole =
        "{\"x\":{\"usage\":{\"no\":1}},\"s\":\"\\\"usage\\\":{\\\"no\\\":2}\",\"usag\":{},"
        "\"l\":[{\"usage\":{\"no\":3}}], \"usage\" : " +
        value + ",\"usage\":{\"no\":4}}";
    for (std::size_t size = 1; size <= whole.size(); ++size) {
      JsonMember member("usage");
      for (std::size_t at = 0; at < whole.size(); at += size) {
        member.feed(std::string_view(whole).substr(at, size));
      }
      QCOMPARE(std::string(member.value()), value);
    }
    JsonMember member("usage");
    member.feed("{\"usage\":null,\"x\":{\"y\":1}}");
    QVERIFY(member.value().empty());
    member.reset();
    member.feed("{\"usage\":{\"x\":\"" + std::string(JsonMember::kMostKept, 'x') + "\"}}");
    QVERIFY(member.value().empty());
    member.reset();
    member.feed("{\"usage\":{}}");
    QCOMPARE(std::string(member.value()), "{}");
  }

  /// Strings are looked through in words: their ends, and escapes, at each place of one.
  void stringsOfAnyLengthAreLeft() {
    for (std::size_t before = 0; before < 80; ++before) {
      for (std::size_t behind = 0; behind < 20; ++behind) {
        const std::string text = std::string(before, '#') + "\\\"\\\\" + std::string(behind, ']');
        const std::string value = "{\"" + text + "\":\"" + text + "\"}";
        JsonMember member("usage");
        member.feed("{\"" + text + "\":\"" + text + "\",\"usage\":" + value + ",\"x\":{}}");
        QCOMPARE(std::string(member.value()), value);
      }
    }
  }

  /// What is the same however it is written, and what is not though a parser of ours would say so.
  void equalRequestsHaveOneForm() {
    const auto form = [](const char* body) { return canonicalRequest(body).value_or("none"); };
    QCOMPARE(form("{ \"b\" : [1, {\"y\":null,\"x\":true}],\"a\":\"\\u00e9\",\"user\":\"u\"}"),
             form("{\"a\":\"\xc3\xa9\",\"b\":[1,{\"x\":true,\"y\":null}],\"stream\":true}"));
    QVERIFY(form("{\"a\":{\"user\":1}}") != form("{\"a\":{\"user\":2}}"));
    const std::pair<const char*, const char*> others[] = {
        {"18446744073709551617", "18446744073709551618"},
        {"-9223372036854775809", "-9223372036854775810"},
        {"0.10000000000000000001", "0.10000000000000000002"},
        {"123456789012345678901234567890", "123456789012345678901234567891"}};
    for (const auto& [one, other] : others) {
      const auto with = [](const std::string& number) {
        return canonicalRequest("{\"a\":[" + number + "]}");
      };
      QVERIFY2(with(one) && with(one) == with(one), one);
      QVERIFY2(with(one) != with(other), one);
    }
    for (const char* body : {"{\"a\":\"\\ud83d\"}", "{\"a\":1e400}", "{\"a\":1e-400}",
                             "{\"a\":1,\"a\":2}", "[]", "{", "{\"a\":{\"b\":1,\"b\":1}}"}) {
      QVERIFY2(!canonicalRequest(body), body);
    }
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
