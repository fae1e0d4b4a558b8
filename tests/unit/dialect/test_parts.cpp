// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces beneath: JSON laid out, JSON written, calls in order, requests peeked at.
#include <rapidcheck.h>

#include <QTest>
#include <random>

#include "gateway/dialect/json_tree.h"
#include "gateway/dialect/json_writer.h"
#include "gateway/dialect/request_peek.h"
#include "gateway/dialect/tool_order.h"
#include "tests/support/conversations.h"

using namespace sluice;
using namespace sluice::dialect;

namespace {

struct AnyCall {
  std::string id;
  std::string arguments;
};

struct Recorder final : EventSink {
  std::vector<AnyCall> calls;
  std::string texts;
  bool open = false;
  bool orderly = true;
  void on(const StreamEvent& event) override {
    switch (event.type) {
      case StreamEvent::Type::ToolStart:
        orderly = orderly && !open;
        open = true;
        calls.push_back({std::string(event.id), {}});
        break;
      case StreamEvent::Type::ToolArguments:
        orderly = orderly && open;
        calls.back().arguments += event.text;
        break;
      case StreamEvent::Type::ToolEnd:
        orderly = orderly && open;
        open = false;
        break;
      default:
        orderly = orderly && !open;
        texts += event.text;
        break;
    }
  }
};

}  // namespace

class TestParts : public QObject {
  Q_OBJECT
  RequestPeek m_peek;

 private slots:
  void laysOut() {
    JsonTree tree;
    const JsonValue root = tree.read(
        " { \"a\" : [1, 2.5e3 , {\"x\":{} } ] , \"b\":\"q\\u00e9\\\"\" , \"c\":null,\"d\" :true "
        "} ");
    QVERIFY(root.isObject());
    QCOMPARE(std::string(root["a"].raw()), std::string("[1, 2.5e3 , {\"x\":{} } ]"));
    QCOMPARE(std::string(root["b"].text()), std::string("q\xc3\xa9\""));
    QVERIFY(root["c"].isNull() && root["c"].exists() && !root["e"].exists());
    QVERIFY(root["d"].isTrue());
    std::vector<std::string> elements;
    for (const JsonValue value : root["a"]) elements.emplace_back(value.raw());
    QCOMPARE(elements, (std::vector<std::string>{"1", "2.5e3", "{\"x\":{} }"}));
    QVERIFY(root["a"]["x"].isNull());
    QVERIFY(tree.read("{}").empty());
  }

  /// An emoji cut in two is no reason to refuse all that stands around it.
  void mendsSurrogates() {
    JsonTree tree;
    const JsonValue root = tree.read(
        "{\"a\":\"x\\ud83d\",\"b\":\"\\uDE00y\",\"c\":[\"\\ud83d\\ud83d\\ude00\",\"\\\\ud83d\","
        "\"\\ud83dA\"],\"\\ud83d\":{\"d\":\"\\ud83d\"}}");
    QVERIFY(root.isObject());
    QCOMPARE(std::string(root["a"].text()), std::string("x\xef\xbf\xbd"));
    QCOMPARE(std::string(root["b"].text()), std::string("\xef\xbf\xbdy"));
    std::vector<std::string> texts;
    for (const JsonValue value : root["c"]) texts.emplace_back(value.text());
    QCOMPARE(texts, (std::vector<std::string>{"\xef\xbf\xbd\xf0\x9f\x98\x80", "\\ud83d",
                                              "\xef\xbf\xbd"
                                              "A"}));
    // What is copied as JSON text is fit for everybody too.
    QCOMPARE(std::string(root["\xef\xbf\xbd"].raw()), std::string("{\"d\":\"\\ufffd\"}"));
    QVERIFY(!tree.read("[\"\\ud83d"));
    QVERIFY(!tree.read("[\"\\ud83d\",]"));
  }

  void numbers() {
    JsonTree tree;
    const JsonValue root =
        tree.read("[1, -2, 3.0, 4.5, 1e400, 18446744073709551616, 9223372036854775807]");
    std::vector<JsonValue> all;
    for (const JsonValue value : root) all.push_back(value);
    QCOMPARE(all[0].count().value(), 1u);
    QVERIFY(!all[1].count() && all[1].integer() == -2);
    QCOMPARE(all[2].count().value(), 3u);
    QVERIFY(!all[3].integer() && all[3].number() == 4.5);
    QVERIFY(!all[4].number() && !all[5].count());
    QCOMPARE(all[6].integer().value(), INT64_MAX);
  }

  void refusesWhatIsNotJson() {
    JsonTree tree;
    for (const char* text :
         {"",           "1",           "{\"a\":01}",    "{\"a\":1}x", "{\"a\" 1}",
          "[1,]",       "{\"a\":tru}", "{\"a\":1,}",    "[1 2]",      "[\"\\ud80\"]",
          "[{\"a\":1}", "[1}",         "{\"a\":nullx}", "[\"\xff\"]", "{\"a\":{\"b\":1]}",
          "{1:2}",      "[1.]",        "[.5]",          "[+1]",       "[-]",
          "[1e]",       "[\"\n\"]",    "[] []"}) {
      QVERIFY2(!tree.read(text), text);
    }
    const std::string deep(JsonTree::kDeepest + 2, '[');
    QVERIFY(!tree.read(deep + std::string(deep.size(), ']')));
    QVERIFY(tree.read("[[]]"));  // and goes on
  }

  /// What is written is read as it was.
  void textsComeBack() {
    QVERIFY(rc::check([] {
      const std::string text = test::anyText();
      std::string out;
      JsonWriter writer(out);
      writer.beginObject().member(text, text).key("n").number(0.1).key("m").number(3).endObject();
      JsonTree tree;
      const JsonValue root = tree.read(out);
      RC_ASSERT(std::string(root[text].text()) == text);
      RC_ASSERT(root["n"].number() == 0.1);
      RC_ASSERT(root["m"].raw() == "3");
    }));
  }

  /// However fragments of calls and texts are interleaved: one thing at a time, each call whole.
  void callsComeInOrder() {
    QVERIFY(rc::check([] {
      std::minstd_rand random(*rc::gen::arbitrary<std::uint32_t>());
      const auto below = [&](std::size_t end) { return std::size_t{random()} % end; };
      const std::size_t count = 1 + below(4);
      const std::string wanted = "{\"a\":\"}{\\\"\",\"b\":[1,{}]}";
      std::vector<std::string> rest(count, wanted);
      for (std::string& one : rest) {
        if (below(4) == 0) one.clear();
      }
      const std::vector<std::string> all = rest;
      ToolOrder order;
      Recorder recorder;
      std::string texts;
      std::size_t next = 0;
      const auto left = [&] {
        return next < count ||
               std::ranges::any_of(rest, [](const std::string& one) { return !one.empty(); });
      };
      while (left()) {
        const std::size_t key = below(count);
        if (key >= next) {
          RC_ASSERT(!order.start(next, std::to_string(next), "f", {}, recorder));
          ++next;
        } else if (below(10) == 0) {
          const std::string text = "t" + std::to_string(texts.size()) + " ";
          texts += text;
          RC_ASSERT(!order.text(StreamEvent::Type::Text, text, recorder));
        } else {
          const std::size_t size = 1 + below(12);
          RC_ASSERT(!order.arguments(key, rest[key].substr(0, size), recorder));
          rest[key].erase(0, size);
        }
      }
      RC_ASSERT(!order.finish(false, recorder));
      RC_ASSERT(recorder.orderly && !recorder.open);
      RC_ASSERT(recorder.calls.size() == count);
      RC_ASSERT(recorder.texts == texts);
      for (std::size_t i = 0; i < count; ++i) {
        RC_ASSERT(recorder.calls[i].id == std::to_string(i));
        RC_ASSERT(recorder.calls[i].arguments == all[i]);
      }
    }));
  }

  void holdsOnlySoMuch() {
    ToolOrder order;
    Recorder recorder;
    QVERIFY(!order.start(0, "a", "f", {}, recorder) && !order.start(1, "b", "f", {}, recorder));
    const std::string piece(1024 * 1024, ' ');
    std::optional<Breach> breach;
    for (std::size_t i = 0; i <= ToolOrder::kMostHeld / piece.size() && !breach; ++i) {
      breach = order.arguments(1, piece, recorder);
    }
    QVERIFY(breach);
  }

  void peeks_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<quint64>("most");
    QTest::addColumn<quint64>("prompt");
    const auto row = [](const char* name, Kind kind, const char* body, const char* model,
                        bool stream, quint64 most, quint64 prompt) {
      QTest::newRow(name) << int(kind) << QByteArray(body) << QByteArray(model) << stream << most
                          << prompt;
    };
    row("anthropic", Kind::Anthropic,
        "{\"model\":\"c\",\"max_tokens\":5,\"stream\":true,\"system\":\"1234\",\"messages\":[{"
        "\"role\":\"user\",\"content\":"
        "[{\"type\":\"image\",\"source\":{\"data\":"
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}]}]}",
        "c", true, 5, 765 + 4 + 5);
    row("responses", Kind::Responses,
        "{\"input\":\"123456\",\"model\":\"r\",\"max_output_tokens\":7}", "r", false, 7, 2);
    row("gemini", Kind::Gemini,
        "{\"contents\":[{\"parts\":[{\"text\":\"123456\"}]}],\"generationConfig\":{"
        "\"maxOutputTokens\":9}}",
        "", false, 9, 6);
    row("gemini in snake case", Kind::Gemini,
        "{\"contents\":[{\"parts\":[{\"text\":\"123456\"}]}],\"generation_config\":{"
        "\"max_output_tokens\":9}}",
        "", false, 9, 6);
    row("gemini's tokens of a whole request", Kind::Gemini,
        "{\"generateContentRequest\":{\"contents\":[{\"parts\":[{\"text\":\"123456\"}]}]}}", "",
        false, 0, 2);
    row("chat", Kind::Chat, "{\"model\":\"g\",\"max_tokens\":3,\"messages\":[]}", "g", false, 3, 0);
  }
  void peeks() {
    QFETCH(int, kind);
    QFETCH(QByteArray, body);
    std::string text = body.toStdString();
    const auto read = m_peek.read(Kind(kind), text, true);
    QCOMPARE(text, body.toStdString());
    const auto* request = std::get_if<ChatRequest>(&read);
    QVERIFY(request);
    QTEST(QByteArray::fromStdString(request->model), "model");
    QTEST(request->stream, "stream");
    QTEST(quint64(request->mostTokens.value_or(0)), "most");
    QTEST(quint64(request->promptTokens), "prompt");
    const std::string_view token =
        std::string_view(text).substr(request->modelAt, request->modelSize);
    QVERIFY(token.empty() || token == "\"" + request->model + "\"");
  }

  void peekRefuses() {
    for (const char* body :
         {"[]", "{", "{}", "{\"model\":1}", "{\"model\":\"\"}", "{\"model\":\"a\",\"model\":\"b\"}",
          "{\"model\":\"a\",\"stream\":1}", "{\"model\":\"a\"} x"}) {
      std::string text = body;
      QVERIFY2(std::holds_alternative<BodyFault>(m_peek.read(Kind::Anthropic, text)), body);
    }
    std::string deep =
        "{\"model\":\"a\",\"messages\":" + std::string(1000, '[') + std::string(1000, ']') + "}";
    QVERIFY(std::holds_alternative<ChatRequest>(m_peek.read(Kind::Anthropic, deep, true)));
  }

  void geminiPaths() {
    const auto path = readGeminiPath("models/gemini-2.5-pro:streamGenerateContent");
    QVERIFY(path && path->model == "gemini-2.5-pro" && path->method == "streamGenerateContent");
    for (const char* text : {"models/x", "models/:y", "models/x:", "x:y", ""})
      QVERIFY(!readGeminiPath(text));
  }
};

QTEST_APPLESS_MAIN(TestParts)
#include "test_parts.moc"
