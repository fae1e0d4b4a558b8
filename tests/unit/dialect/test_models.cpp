// SPDX-License-Identifier: GPL-3.0-or-later
// What a model takes, by its name.
#include <QTest>

#include "tests/unit/dialect/test_models.h"

#include "gateway/dialect/translate.h"
#include "tests/unit/dialect/request_fields.h"

using namespace sluice;
using namespace sluice::dialect;
using namespace sluice::test;

/// By the name of the model: what newer ones refuse.
void TestModels::generationsOfClaude_data() {
  QTest::addColumn<QByteArray>("model");
  QTest::addColumn<QByteArray>("members");
  QTest::addColumn<QByteArray>("wanted");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* model, const char* members, const char* wanted,
                      const char* dropped = "") {
    QTest::addRow("%s %s", model, members)
        << QByteArray(model) << QByteArray(members) << QByteArray(wanted) << QByteArray(dropped);
  };
  const char* sampled = R"("temperature":0.5,"top_p":0.9,"top_k":3)";
  for (const char* old : {"kimi-k2", "claude-3-opus-20240229", "claude-sonnet-4-20250514",
                          "claude-sonnet", "qwen3-claude-distill-8b", "anthropic.claude-v2:1"}) {
    row(old, sampled, R"({"temperature":0.5,"top_k":3,"top_p":0.9})");
  }
  for (const char* one : {"claude-opus-4-1-20250805", "claude-sonnet-4-5-20250929",
                          "us.anthropic.claude-opus-4-6-v1:0"}) {
    row(one, sampled, R"({"temperature":0.5,"top_k":3})", "top_p");
    row(one, R"("temperature":1,"top_p":0.9)", R"({"top_p":0.9})");
    row(one, R"("temperature":0.2,"top_p":1)", R"({"temperature":0.2})");
    row(one, R"("temperature":1,"top_p":1)", R"({"temperature":1})");
    row(one, R"("reasoning_effort":"low")",
        R"({"thinking":{"budget_tokens":4096,"type":"enabled"}})");
  }
  for (const char* adaptive :
       {"claude-opus-4-7", "claude-opus-4.8", "anthropic.claude-opus-4-7-v1:0", "claude-4.7-opus",
        "claude-opus-4-7@20260416"}) {
    row(adaptive, sampled, "{}", "top_k top_p temperature");
    row(adaptive, R"("temperature":1,"top_p":1)", "{}");
    row(adaptive, R"("reasoning_effort":"minimal")",
        R"({"output_config":{"effort":"low"},"thinking":{"type":"adaptive"}})");
    row(adaptive, R"("reasoning_effort":"none")", "{}");
  }
  for (const char* newest :
       {"claude-opus-5", "claude-sonnet-5-20270101", "claude-opus-latest", "claude-opus-5_eu"}) {
    row(newest, R"("temperature":0)", "{}", "temperature");
    row(newest, R"("reasoning_effort":"none")", "{}", "reasoning_effort");
    row(newest,
        R"("reasoning_effort":"high","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})",
        R"({"output_config":{"effort":"high","format":{"schema":{"type":"object"},"type":"json_schema"}},"thinking":{"type":"adaptive"}})");
  }
  const char* forced =
      R"("reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")";
  for (const char* one : {"claude-opus-4-7", "claude-sonnet-5-5", "claude-opus-latest"}) {
    row(one, forced,
        R"({"output_config":{"effort":"high"},"thinking":{"type":"adaptive"},"tool_choice":{"type":"auto"}})",
        "tool_choice");
  }
  const char* onlyForced =
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")";
  row("claude-opus-4-7", onlyForced, R"({"tool_choice":{"type":"any"}})");
  row("claude-opus-5-5", onlyForced, R"({"tool_choice":{"type":"auto"}})", "tool_choice");
  for (const char* one : {"claude-opus-4-8", "claude-sonnet-5"}) {
    row(one, forced,
        R"({"output_config":{"effort":"high"},"thinking":{"type":"adaptive"},"tool_choice":{"type":"any"}})");
  }
}
void TestModels::generationsOfClaude() {
  QFETCH(QByteArray, model);
  QFETCH(QByteArray, members);
  QFETCH(QByteArray, dropped);
  const std::string name = model.toStdString();
  const auto made =
      translateRequest(Kind::Chat, Kind::Anthropic,
                       R"({"messages":[{"role":"user","content":"a"}],"max_tokens":9000,)" +
                           members.toStdString() + "}",
                       {.model = name});
  const auto& request = std::get<TranslatedRequest>(made);
  QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
  for (const char* other : {"model", "messages", "max_tokens", "tools"}) {
    body.remove(QLatin1String(other));
  }
  QTEST(QJsonDocument(body).toJson(QJsonDocument::Compact), "wanted");
  QCOMPARE(namesOf(request.dropped), dropped);
}

/// Thoughts count against max_tokens, which has to be said.
void TestModels::roomToThink() {
  const auto room = [](std::string_view model, const std::string& members) {
    const auto made = translateRequest(
        Kind::Gemini, Kind::Anthropic,
        R"({"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{)" + members +
            "}}",
        {.model = model});
    const auto& request = std::get<TranslatedRequest>(made);
    return field(request.body, "max_tokens") + QLatin1Char(' ') + field(request.body, "thinking") +
           QLatin1Char(' ') + QString::fromUtf8(namesOf(request.dropped));
  };
  const std::string some = R"("thinkingConfig":{"thinkingBudget":5000,"includeThoughts":true})";
  const std::string any = R"("thinkingConfig":{"thinkingBudget":-1})";
  const QString config = QStringLiteral("generationConfig.thinkingConfig");
  QCOMPARE(room("claude-opus-4-6", some),
           QStringLiteral("9096 {\"budget_tokens\":5000,\"type\":\"enabled\"} "));
  QCOMPARE(room("claude-opus-4-7", some),
           QStringLiteral("12288 {\"display\":\"summarized\",\"type\":\"adaptive\"} ") + config);
  QCOMPARE(room("claude-opus-4-7", any), QStringLiteral("20480 {\"type\":\"adaptive\"} "));
  QCOMPARE(room("claude-opus-4-7", ""), QStringLiteral("4096 (none) "));
  QCOMPARE(room("claude-opus-5", ""), QStringLiteral("20480 (none) "));
  QCOMPARE(room("claude-opus-4-6", any), QStringLiteral("4096 (none) ") + config);
}

/// The same of OpenAI's: who thinks has no sampling, and each has words of its own for how much.
void TestModels::familiesOfOpenAi_data() {
  QTest::addColumn<QByteArray>("model");
  QTest::addColumn<QByteArray>("members");
  QTest::addColumn<QByteArray>("chat");
  QTest::addColumn<QByteArray>("responses");
  QTest::addColumn<QByteArray>("dropped");
  const auto row = [](const char* model, const char* members, const char* chat,
                      const char* responses, const char* dropped = "") {
    QTest::addRow("%s %s", model, members)
        << QByteArray(model) << QByteArray(members) << QByteArray(chat) << QByteArray(responses)
        << QByteArray(dropped);
  };
  const char* sampled = R"("temperature":0.5,"top_p":0.9)";
  const char* same = R"({"temperature":0.5,"top_p":0.9})";
  const char* none = R"("thinking":{"type":"disabled"})";
  const char* little = R"("thinking":{"type":"enabled","budget_tokens":1024})";
  const auto effort = [](const char* word) {
    return QByteArray(R"({"reasoning_effort":")") + word + "\"}";
  };
  const auto shown = [](const char* word) {
    return QByteArray(R"({"include":["reasoning.encrypted_content"],"reasoning":{"effort":")") +
           word + R"(","summary":"auto"}})";
  };
  const QByteArray off = R"({"reasoning":{"effort":"none"}})";
  for (const char* plain : {"gpt-4o-2024-11-20", "openai/gpt-4.1-mini", "ft:gpt-4o:me::1",
                            "gpt-3.5-turbo", "gpt-5-chat-latest", "gpt-5.2-chat-latest"}) {
    row(plain, sampled, same, same);
    row(plain, none, "{}", "{}");
    row(plain, little, "{}", "{}", "thinking");
  }
  const char* stop = R"("stop_sequences":["x"])";
  for (const char* thinker : {"o1", "o3-mini", "openai/o4-mini"}) {
    row(thinker, sampled, "{}", "{}", "top_p temperature");
    row(thinker, R"("temperature":1,"top_p":1)", "{}", "{}");
    row(thinker, none, effort("low"), R"({"reasoning":{"effort":"low"}})", "thinking");
    row(thinker, little, effort("low"), shown("low"), "thinking");
  }
  for (const char* endless : {"o3", "o4-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2-codex"}) {
    row(endless, stop, "{}", "{}", "stop_sequences");
  }
  for (const char* five : {"gpt-5", "gpt-5-mini-2025-08-07"}) {
    row(five, sampled, "{}", "{}", "top_p temperature");
    row(five, none, effort("minimal"), R"({"reasoning":{"effort":"minimal"}})", "thinking");
    row(five, little, effort("minimal"), shown("minimal"));
  }
  for (const char* codex : {"gpt-5-codex", "gpt-5.1-codex-max"}) {
    row(codex, sampled, "{}", "{}", "top_p temperature");
    row(codex, none, effort("low"), R"({"reasoning":{"effort":"low"}})", "thinking");
  }
  row("gpt-5-pro", little, effort("high"), shown("high"), "thinking");
  row("gpt-5.2-pro", little, effort("medium"), shown("medium"), "thinking");
  row("gpt-5.1", sampled, same, same);
  row("gpt-5.5", sampled, "{}", "{}", "top_p temperature");
  row("gpt-5.5", R"("temperature":0.5,"thinking":{"type":"disabled"})",
      R"({"reasoning_effort":"none","temperature":0.5})",
      R"({"reasoning":{"effort":"none"},"temperature":0.5})");
  for (const char* later : {"gpt-5.1", "openai/gpt-5.5-mini"}) {
    row(later, none, effort("none"), off);
    row(later, little, effort("low"), shown("low"), "thinking");
    row(later, R"("temperature":0.5,"thinking":{"type":"enabled","budget_tokens":9000})",
        effort("high"), shown("high"), "temperature");
  }
  for (const char* other : {"gpt-oss-120b", "o3x", "deepseek-v4", "gpt-50"}) {
    row(other, sampled, same, same);
    row(other, none, effort("none"), off);
    row(other, little, effort("minimal"), shown("minimal"));
  }
}
void TestModels::familiesOfOpenAi() {
  QFETCH(QByteArray, model);
  QFETCH(QByteArray, members);
  QFETCH(QByteArray, dropped);
  const std::string name = model.toStdString();
  for (const Kind to : {Kind::Chat, Kind::Responses}) {
    const auto made =
        translateRequest(Kind::Anthropic, to,
                         R"({"messages":[{"role":"user","content":"a"}],"max_tokens":20000,)" +
                             members.toStdString() + "}",
                         {.model = name});
    const auto& request = std::get<TranslatedRequest>(made);
    QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
    for (const char* other :
         {"model", "messages", "input", "store", "max_completion_tokens", "max_output_tokens"}) {
      body.remove(QLatin1String(other));
    }
    QTEST(QJsonDocument(body).toJson(QJsonDocument::Compact),
          to == Kind::Chat ? "chat" : "responses");
    QCOMPARE(namesOf(request.dropped), dropped);
  }
}

/// Responses has no word for it.
void TestModels::stopsOfThoseWhoThink() {
  for (const char* model : {"o1-2024-12-17", "o3-mini"}) {
    const auto made = translateRequest(
        Kind::Anthropic, Kind::Chat,
        R"({"messages":[{"role":"user","content":"a"}],"max_tokens":9,"stop_sequences":["x"]})",
        {.model = model});
    QCOMPARE(field(std::get<TranslatedRequest>(made).body, "stop"), QStringLiteral("[\"x\"]"));
  }
}

void TestModels::whoMayRestOfGemini() {
  const auto budget = [](std::string_view model) {
    const auto made = translateRequest(
        Kind::Chat, Kind::Gemini,
        R"({"messages":[{"role":"user","content":"a"}],"reasoning_effort":"none"})",
        {.model = model});
    return field(std::get<TranslatedRequest>(made).body,
                 "generationConfig/thinkingConfig/thinkingBudget");
  };
  QCOMPARE(budget("gemini-2.5-flash"), QStringLiteral("0"));
  QCOMPARE(budget("gemini-2.5-flash-prod"), QStringLiteral("0"));
  for (const char* pro : {"gemini-2.5-pro", "gemini-3-pro-preview"}) {
    QCOMPARE(budget(pro), QStringLiteral("512"));
  }
}

QTEST_APPLESS_MAIN(TestModels)
