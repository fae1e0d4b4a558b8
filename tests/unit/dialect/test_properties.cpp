// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every dialect, and every pair of them: conversations and streams at random.
#include <rapidcheck.h>

#include <QTest>

#include "gateway/dialect/dialect.h"
#include "gateway/dialect/translate.h"
#include "gateway/net/sse.h"
#include "tests/support/conversations.h"
#include "tests/support/stream_grammar.h"

using namespace sluice;
using namespace sluice::dialect;
using test::StreamVerdict;

namespace {

std::vector<const Dialect*> dialects() {
  std::vector<const Dialect*> all;
  for (const Kind kind : kKinds) all.push_back(&dialectOf(kind));
  return all;
}

/// check(name of the pair, from, to) for each ordered pair of two.
template <class Check>
void forPairs(Check check) {
  for (const Dialect* from : dialects()) {
    for (const Dialect* to : dialects()) {
      if (from != to) check(*from, *to);
    }
  }
}

std::string written(const Dialect& dialect, const Request& request) {
  std::string body;
  Dropped dropped;
  dialect.writeRequest(request, body, dropped);
  return body;
}

std::string written(const Dialect& dialect, const Answer& answer) {
  std::string body;
  dialect.writeAnswer(answer, {"m", "1", 1700000000, true}, body);
  return body;
}

Request requestIn(const Dialect& dialect, const std::string& body) {
  JsonTree tree;
  const JsonValue json = tree.read(body);
  if (!json) RC_FAIL("not JSON: " + body);
  Request request;
  request.model = "some-model";
  request.stream = false;
  Dropped dropped;
  if (const auto fault = dialect.readRequest(json, request, dropped)) {
    RC_FAIL(fault->message + " in " + body);
  }
  return request;
}

Answer answerIn(const Dialect& dialect, const std::string& body) {
  JsonTree tree;
  const JsonValue json = tree.read(body);
  if (!json) RC_FAIL("not JSON: " + body);
  Answer answer;
  if (const auto breach = dialect.readAnswer(json, answer))
    RC_FAIL(breach->message + " in " + body);
  answer.id.clear();
  answer.model.clear();
  answer.created = 0;
  return answer;
}

/// Where the body does not say it (Gemini), the path does.
void settlePath(Request& request, const Request& as) {
  request.stream = as.stream;
  request.model = as.model;
  request.includeUsage = as.includeUsage;
}

/// The same in the bytes of one dialect: what an unequal pair prints.
void same(const Dialect& dialect, Request got, const Request& wanted) {
  settlePath(got, wanted);
  if (!(got == wanted)) {
    RC_FAIL("got    " + written(dialect, got) + "\nwanted " + written(dialect, wanted));
  }
}

void same(const Dialect& dialect, const Answer& got, const Answer& wanted) {
  if (!(got == wanted)) {
    RC_FAIL("got    " + written(dialect, got) + "\nwanted " + written(dialect, wanted));
  }
}

std::string bodyOf(Kind from, Kind to, const std::string& body, const Request& request) {
  const auto result =
      translateRequest(from, to, body, {.model = request.model, .stream = request.stream});
  if (const auto* fault = std::get_if<BodyFault>(&result)) {
    RC_FAIL(fault->message + " in " + body);
  }
  return std::get<TranslatedRequest>(result).body;
}

std::string answerOf(Kind from, Kind to, const std::string& body) {
  const auto result = translateAnswer(from, to, body, {"m", "1", 1700000000, true});
  if (const auto* breach = std::get_if<Breach>(&result)) {
    RC_FAIL(breach->message + " in " + body);
  }
  return std::get<TranslatedAnswer>(result).body;
}

/// The steps of an answer, its texts cut at random.
class Steps {
 public:
  Steps(StreamWriter& writer, std::string& out) : m_writer(writer), m_out(out) {}

  void tell(const Answer& answer) {
    step({.type = Type::Start, .id = answer.id, .model = answer.model});
    for (const Part& part : answer.parts) tell(part);
    if (answer.usage) {
      StreamEvent event{.type = Type::Usage};
      event.usage = *answer.usage;
      step(event);
    }
    step({.type = Type::Finish, .stop = answer.stop, .text = answer.stopSequence});
  }

 private:
  using Type = StreamEvent::Type;

  void step(const StreamEvent& event) { m_writer.write(event, m_out); }

  void pieces(Type type, std::string_view text) {
    while (!text.empty()) {
      auto size = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
      size = std::min(size, text.size());
      // Not within a character.
      while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
      step({.type = type, .text = text.substr(0, size)});
      text.remove_prefix(size);
    }
  }

  void tell(const Part& part) {
    if (const auto* text = std::get_if<TextPart>(&part)) pieces(Type::Text, text->text);
    if (const auto* text = std::get_if<RefusalPart>(&part)) pieces(Type::Refusal, text->text);
    if (const auto* one = std::get_if<ReasoningPart>(&part)) {
      pieces(Type::Reasoning, one->text);
      if (!one->signature.empty()) step({.type = Type::Signature, .text = one->signature});
      if (!one->encrypted.empty()) step({.type = Type::Encrypted, .text = one->encrypted});
    }
    if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      step({.type = Type::ToolStart,
            .id = call->id,
            .name = call->name,
            .signature = call->signature});
      const bool silent = call->arguments == "{}" && *rc::gen::inRange(0, 2) == 0;
      if (!silent) pieces(Type::ToolArguments, call->arguments);
      step({.type = Type::ToolEnd});
    }
  }

  StreamWriter& m_writer;
  std::string& m_out;
};

std::string streamed(const Dialect& dialect, const Answer& answer) {
  std::string out;
  const auto writer = dialect.streamWriter({"m", "1", 1700000000, true});
  Steps(*writer, out).tell(answer);
  return out;
}

/// In the order of their making, whatever the order of kinds.
struct Content {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<std::string> signatures;
  std::vector<std::string> encrypted;
  std::vector<test::StreamedCall> calls;
  bool operator==(const Content&) const = default;
};

Content contentOf(const Answer& answer, Kind kind) {
  Content content;
  for (const Part& part : answer.parts) {
    if (const auto* text = std::get_if<TextPart>(&part)) content.text += text->text;
    if (const auto* text = std::get_if<RefusalPart>(&part)) content.refusal += text->text;
    if (const auto* one = std::get_if<ReasoningPart>(&part)) {
      content.reasoning += one->text;
      if (!one->signature.empty()) {
        content.signatures.push_back(test::shownIn(kind, one->signature));
      }
      if (!one->encrypted.empty()) {
        content.encrypted.push_back(test::shownIn(kind, one->encrypted));
      }
    }
    if (const auto* call = std::get_if<ToolCallPart>(&part)) {
      content.calls.push_back(
          {call->id, call->name,
           kind == Kind::Gemini ? test::plainJson(call->arguments) : call->arguments});
      if (!call->signature.empty()) {
        content.signatures.push_back(test::shownIn(kind, call->signature));
      }
    }
  }
  return content;
}

Content contentOf(const StreamVerdict& verdict) {
  Content content{verdict.text,       verdict.reasoning, verdict.refusal,
                  verdict.signatures, verdict.encrypted, verdict.calls};
  for (auto& call : content.calls) {
    if (call.arguments.empty()) call.arguments = "{}";
  }
  return content;
}

void accepted(const Dialect& dialect, const std::string& stream, const Answer& wanted) {
  const StreamVerdict verdict = test::judgeStream(dialect.kind, stream, {.usageAsked = true});
  if (!verdict.fault.empty() || !verdict.ended) RC_FAIL(verdict.fault + " in\n" + stream);
  if (!(contentOf(verdict) == contentOf(wanted, dialect.kind))) {
    RC_FAIL("got other content\n" + stream + "\nwanted " + written(dialect, wanted));
  }
}

std::string translated(Kind from, Kind to, const std::vector<std::string>& parts) {
  StreamTranslator translator(from, to, {"m", "1", 1700000000, true});
  std::string out;
  for (const std::string& part : parts) translator.feed(part, out);
  translator.finish(out);
  if (translator.state() != StreamTranslator::State::Ended) {
    RC_FAIL(translator.breach() + translator.error().message + " after\n" + out);
  }
  return out;
}

}  // namespace

class TestProperties : public QObject {
  Q_OBJECT
 private slots:
  /// A -> inner -> A, of what A can hold.
  void requestsComeBack() {
    for (const Dialect* dialect : dialects()) {
      QVERIFY2(rc::check(std::string(nameOf(dialect->kind)),
                         [&] {
                           const Request request = test::heldBy(dialect->kind, test::anyRequest());
                           same(*dialect, requestIn(*dialect, written(*dialect, request)), request);
                         }),
               nameOf(dialect->kind).data());
    }
  }

  /// Any request, written: what comes back is what the dialect can hold, no more and no less.
  void requestsKeepWhatCanBeHeld() {
    for (const Dialect* dialect : dialects()) {
      QVERIFY(rc::check(std::string(nameOf(dialect->kind)), [&] {
        const Request request = test::anyRequest();
        same(*dialect, requestIn(*dialect, written(*dialect, request)),
             test::heldBy(dialect->kind, request));
      }));
    }
  }

  /// A -> B -> A keeps what B can hold.
  void requestsGoThereAndBack() {
    forPairs([](const Dialect& a, const Dialect& b) {
      QVERIFY(rc::check([&] {
        const Request request = test::heldBy(a.kind, test::anyRequest());
        const std::string there = bodyOf(a.kind, b.kind, written(a, request), request);
        const std::string back = bodyOf(b.kind, a.kind, there, request);
        same(a, requestIn(a, back), test::heldBy(a.kind, test::heldBy(b.kind, request)));
      }));
    });
  }

  void answersComeBack() {
    for (const Dialect* dialect : dialects()) {
      QVERIFY(rc::check(std::string(nameOf(dialect->kind)), [&] {
        const Answer answer = test::anyAnswer();
        same(*dialect, answerIn(*dialect, written(*dialect, answer)),
             test::heldBy(dialect->kind, answer));
      }));
    }
  }

  void answersAreTranslated() {
    forPairs([](const Dialect& a, const Dialect& b) {
      QVERIFY(rc::check([&] {
        const Answer answer = test::anyAnswer();
        const std::string body = answerOf(a.kind, b.kind, written(a, answer));
        same(b, answerIn(b, body), test::heldBy(b.kind, test::heldBy(a.kind, answer)));
      }));
    });
  }

  /// Each writer's streams are by the rules, and tell the answer.
  void streamsAreByTheRules() {
    for (const Dialect* dialect : dialects()) {
      QVERIFY(rc::check(std::string(nameOf(dialect->kind)), [&] {
        const Answer answer = test::anyAnswer();
        accepted(*dialect, streamed(*dialect, answer), test::heldBy(dialect->kind, answer));
      }));
    }
  }

  void streamsAreTranslated() {
    forPairs([](const Dialect& a, const Dialect& b) {
      QVERIFY(rc::check([&] {
        const Answer answer = test::anyAnswer();
        const std::string stream = streamed(a, answer);
        const std::string out = translated(a.kind, b.kind, test::eventsOf(stream));
        accepted(b, out, test::heldBy(b.kind, test::heldBy(a.kind, answer)));
      }));
    });
  }

  /// Random splits of a stream's bytes, put together again as the exchange does, change nothing.
  void splitsChangeNothing() {
    forPairs([](const Dialect& a, const Dialect& b) {
      QVERIFY(rc::check([&] {
        std::string stream = streamed(a, test::anyAnswer());
        const std::string whole = translated(a.kind, b.kind, {stream});
        net::SseSplitter splitter;
        std::vector<std::string> parts;
        for (std::string_view rest = stream; !rest.empty();) {
          const auto size = std::min<std::size_t>(
              rest.size(), static_cast<std::size_t>(*rc::gen::inRange(1, 300)));
          parts.emplace_back(splitter.feed(rest.substr(0, size)));
          rest.remove_prefix(size);
        }
        RC_ASSERT(translated(a.kind, b.kind, parts) == whole);
      }));
    });
  }

  /// Cut anywhere between two events: an error within the stream, never a silent end.
  void cutsAreTold() {
    forPairs([](const Dialect& a, const Dialect& b) {
      QVERIFY(rc::check([&] {
        auto events = test::eventsOf(streamed(a, test::anyAnswer()));
        const auto kept =
            static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(events.size())));
        events.resize(kept);
        StreamTranslator translator(a.kind, b.kind, {"m", "1", 1700000000, true});
        std::string out;
        for (const std::string& event : events) translator.feed(event, out);
        const bool ended = translator.state() == StreamTranslator::State::Ended;
        translator.finish(out);
        const auto verdict = test::judgeStream(b.kind, out, {.usageAsked = true});
        if (!verdict.fault.empty()) RC_FAIL(verdict.fault + " in\n" + out);
        // Where the finish reason is the end, what follows it may be missing.
        const bool whole = translator.state() == StreamTranslator::State::Ended;
        RC_ASSERT(ended || whole || verdict.failed);
        RC_ASSERT(whole == verdict.ended);
      }));
    });
  }

  /// The checkers refuse: an event left out, told twice, or put elsewhere.
  void checkersRefuse() {
    for (const Dialect* dialect : dialects()) {
      QVERIFY(rc::check(std::string(nameOf(dialect->kind)), [&] {
        const Answer answer = test::anyAnswer();
        const auto good = test::eventsOf(streamed(*dialect, answer));
        auto events = good;
        const int last = static_cast<int>(events.size()) - 1;
        const auto joined = [&] {
          std::string all;
          for (const std::string& event : events) all += event;
          return all;
        };
        const auto refused = [&] {
          const auto verdict = test::judgeStream(dialect->kind, joined(), {.usageAsked = true});
          return !verdict.fault.empty() ||
                 !(contentOf(verdict) ==
                   contentOf(test::heldBy(dialect->kind, answer), dialect->kind));
        };
        RC_ASSERT(!refused());
        events.erase(events.begin());
        RC_ASSERT(refused());  // no start
        events = good;
        events.pop_back();
        RC_ASSERT(refused());  // no end
        events = good;
        events.insert(events.begin(), events.front());
        RC_ASSERT(refused());  // two starts
        events = good;
        events.push_back(events[static_cast<std::size_t>(*rc::gen::inRange(0, last + 1))]);
        RC_ASSERT(refused());  // something behind the end
        events = good;
        std::swap(events.front(), events.back());
        RC_ASSERT(refused() || events.size() == 1);  // Gemini's, of an answer without a word
      }));
    }
  }
};

QTEST_APPLESS_MAIN(TestProperties)
#include "test_properties.moc"
