// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar of JSON, fragment by fragment, beside a parser that has all of it.
#include "tests/unit/dialect/test_json_shape.h"

#include <rapidcheck.h>

#include <QTest>
#include <nlohmann/json.hpp>

#include "gateway/dialect/json_shape.h"

using sluice::dialect::JsonShape;
using State = JsonShape::State;

namespace {

State stateOf(std::string_view text, std::size_t piece) {
  JsonShape shape;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    shape.feed(text.substr(0, piece));
  }
  return shape.state();
}

bool isObject(const std::string& text) {
  return nlohmann::json::accept(text) && nlohmann::json::parse(text).is_object();
}

const std::string kAll =
    R"({ "a" : [ 1 , -0.5e+3 , 0 , 10.25E-7 ] , "b\"\\\u00e9\ud83d\ude00" : { } , "c":[],"d":true,"e":false ,"f":null,"g":[[{"h":{"i":"é🙂/"}}]]})";

}  // namespace

void TestJsonShape::grammar_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<int>("state");
  int count = 0;
  const auto row = [&](const QByteArray& text, State state) {
    QTest::addRow("%d: %s", ++count, text.left(40).constData()) << text << int(state);
  };
  row("", State::Empty);
  row(" \n", State::Empty);
  row(QByteArray::fromStdString(kAll), State::Complete);
  row("{} \r\n\t", State::Complete);
  for (const char* text : {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":tru", "{\"a\":-",
                           "{\"a\":\"\\", "{\"a\":\"\\u12", "{\"a\":\"\\ud83d"}) {
    row(text, State::Within);
  }
  for (const char* text : {"[]",
                           "1",
                           "\"a\"",
                           "x",
                           "{}x",
                           "{}{}",
                           "{]",
                           "{,",
                           "{\"a\"}",
                           "{\"a\",",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":1 2",
                           "{a",
                           "{1",
                           "{\"a\"{}:1}",
                           "{\"a\":[1,]",
                           "{\"a\":[,",
                           "{\"a\":[1}",
                           "{\"a\":01",
                           "{\"a\":+1",
                           "{\"a\":1.}",
                           "{\"a\":.5",
                           "{\"a\":1e}",
                           "{\"a\":1e+}",
                           "{\"a\":-}",
                           "{\"a\":-a",
                           "{\"a\":trux",
                           "{\"a\":truee",
                           "{\"a\":nul}",
                           "{\"a\":\"\n",
                           "{\"a\":\"\\x",
                           "{\"a\":\"\\u12g",
                           "{\"a\":\"\\ud83d\"",
                           "{\"a\":\"\\ud83d\\n",
                           "{\"a\":\"\\ude00",
                           "{\"a\":\"\\ud83d\\u0041"}) {
    row(text, State::Wrong);
  }
  row(R"({"a":)" + QByteArray(199, '['), State::Within);
  row(R"({"a":)" + QByteArray(200, '['), State::Wrong);
}
void TestJsonShape::grammar() {
  QFETCH(QByteArray, text);
  QFETCH(int, state);
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    QCOMPARE(int(stateOf(text.toStdString(), piece)), state);
  }
}

void TestJsonShape::agreesWithAParser() {
  QVERIFY(rc::check([] {
    std::string text = kAll;
    const int changes = *rc::gen::inRange(0, 3);
    const auto place = [&] {
      return static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(text.size())));
    };
    for (int i = 0; i < changes; ++i) {
      const std::string some = "{}[]:,\"\\0123u.eE+- tfn";
      const std::size_t at = place();
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          text[at] = *rc::gen::elementOf(some);
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, text.substr(place(), 5));
          break;
      }
    }
    const std::size_t piece = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
    // Text that is not UTF-8 is not for it to find.
    const bool utf8 =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) ==
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    RC_PRE(utf8);
    RC_ASSERT((stateOf(text, piece) == State::Complete) == isObject(text));
  }));
}

QTEST_APPLESS_MAIN(TestJsonShape)
