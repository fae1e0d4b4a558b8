// SPDX-License-Identifier: GPL-3.0-or-later
// Configs of the LiteLLM proxy, what they become, and what is said of the rest.
#include <QFile>
#include <QTest>
#include <map>

#include "gateway/config/litellm.h"
#include "gateway/config/yaml.h"

using namespace sluice::config;

namespace {

/// The environment of the program.
const char* variable(const char* name) {
  static const std::map<std::string, const char*> kSet = {{"SET_BASE", "http://10.0.0.7:8000/v1"},
                                                          {"SET_RPM", "60"}};
  const auto at = kSet.find(name);
  return at == kSet.end() ? nullptr : at->second;
}

std::string told(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) out += describe(fault, "f") + "\n";
  return out;
}

/// Whatever comes in: either faults, or what Sluice's own reader accepts; and no secret, anywhere.
Imported imported(const std::string& text) {
  Imported made = importLiteLlm(text, variable);
  const std::string all = made.yaml.value_or("") + told(made.notes) + told(made.faults);
  if (made.yaml.has_value() != made.faults.empty()) qFatal("neither a config nor faults");
  if (all.find("hunter2") != std::string::npos) qFatal("a secret is told: %s", all.c_str());
  if (made.yaml) {
    const ReadResult read = readYaml(*made.yaml);
    if (!read.config) qFatal("%s\n%s", made.yaml->c_str(), told(read.faults).c_str());
  }
  for (const Fault& note : made.notes) {
    const std::string line = "# line " + std::to_string(note.line) + ", " + note.path + ": ";
    if (made.yaml && made.yaml->find(line + note.message + "\n") == std::string::npos) {
      qFatal("not in the file: %s", (line + note.message).c_str());
    }
  }
  return made;
}

Config configOf(const std::string& text) {
  const Imported made = imported(text);
  if (!made.yaml) qFatal("%s", told(made.faults).c_str());
  return *readYaml(*made.yaml).config;
}

/// The new file without its comments.
std::string bare(const std::string& yaml) {
  std::string out;
  for (const QString& line : QString::fromStdString(yaml).split(QLatin1Char('\n'))) {
    const QString text = line.trimmed();
    if (!text.isEmpty() && !text.startsWith(QLatin1Char('#'))) out += line.toStdString() + "\n";
  }
  return out;
}

/// One model, and what its litellm_params hold.
std::string model(const std::string& name, const std::string& params) {
  return "- {model_name: '" + name + "', litellm_params: {" + params + "}}\n";
}
const std::string kOne =
    "model_list:\n" + model("m", "model: openai/gpt-4o, api_key: os.environ/KEY");

}  // namespace

class TestLiteLlm : public QObject {
  Q_OBJECT
 private slots:
  void becomes_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("notes");
    const auto row = [](const char* name, const std::string& from, const char* to,
                        const char* notes = "") {
      QTest::newRow(name) << QString::fromStdString(from) << QString::fromUtf8(to)
                          << QString::fromUtf8(notes);
    };
    row("one model", kOne, R"(version: 1
providers:
  - id: openai
    dialect: openai
    responses: true
    base_url: https://api.openai.com/v1
    api_key: env:KEY
    health: {probe: /models}
routes:
  - model: m
    targets: [{provider: openai, model: gpt-4o}]
)");
    row("services",
        "model_list:\n" + model("a", "model: claude-3") + model("b", "model: gemini/g") +
            model("c", "model: azure/d, api_base: 'https://mine.openai.azure.com/'") +
            model("d", "model: ollama_chat/l, api_base: 'http://localhost:11434'") +
            model("e",
                  "model: x/y, custom_llm_provider: hosted_vllm, api_base: os.environ/SET_BASE"),
        R"(version: 1
providers:
  - id: anthropic
    dialect: anthropic
    base_url: https://api.anthropic.com/v1
    api_key: env:ANTHROPIC_API_KEY
    health: {probe: /models}
  - id: gemini
    dialect: gemini
    base_url: https://generativelanguage.googleapis.com/v1beta
    api_key: env:GEMINI_API_KEY
    health: {probe: /models}
  - id: azure-mine
    dialect: openai
    responses: true
    base_url: https://mine.openai.azure.com/openai/v1
    api_key: env:AZURE_API_KEY
    key_header: api-key
  - id: ollama_chat-localhost-11434
    dialect: openai
    base_url: http://localhost:11434/v1
  - id: hosted_vllm-10.0.0.7-8000
    dialect: openai
    base_url: http://10.0.0.7:8000/v1
routes:
  - model: a
    targets: [{provider: anthropic, model: claude-3}]
  - model: b
    targets: [{provider: gemini, model: g}]
  - model: c
    targets: [{provider: azure-mine, model: d}]
  - model: d
    targets: [{provider: ollama_chat-localhost-11434, model: l}]
  - model: e
    targets: [{provider: hosted_vllm-10.0.0.7-8000, model: x/y}]
)");
    row("a limit is of a deployment, so that has a provider of its own",
        "model_list:\n" + model("m", "model: groq/a, rpm: 600, tpm: 9000") +
            model("m", "model: groq/b, rpm: os.environ/SET_RPM, max_parallel_requests: '4'") +
            model("n", "model: groq/a") + model("o", "model: groq/c"),
        R"(version: 1
providers:
  - id: groq-a
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
    limits: {requests_per_minute: 600, burst_requests: 600, tokens_per_minute: 9000}
  - id: groq-b
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
    limits: {requests_per_minute: 60, burst_requests: 60, concurrency: 4}
  - id: groq
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
routes:
  - model: m
    targets: [{provider: groq-a, model: a, weight: 10}, {provider: groq-b, model: b}]
  - model: n
    targets: [{provider: groq, model: a}]
  - model: o
    targets: [{provider: groq, model: c}]
)");
    row("settings",
        kOne +
            "router_settings: {routing_strategy: least-busy, num_retries: 4, timeout: 90.5, "
            "cooldown_time: 30}\n"
            "litellm_settings: {cache: True, cache_params: {type: local, ttl: 60}}\n"
            "general_settings: {master_key: os.environ/MASTER}\n",
        R"(version: 1
server:
  client_keys:
    - {id: master, key: env:MASTER}
providers:
  - id: openai
    dialect: openai
    responses: true
    base_url: https://api.openai.com/v1
    api_key: env:KEY
    breaker: {open_for: 30s, max_open_for: 30s}
    timeouts: {headers: 90500ms, first_byte: 90500ms, total: 90500ms}
    health: {probe: /models}
routes:
  - model: m
    balance: least_connections
    targets: [{provider: openai, model: gpt-4o}]
    retry: {attempts: 5}
    cache: {ttl: 60s, when: always}
)");
    row("keys in the file",
        "model_list:\n" + model("a", "model: groq/a, api_key: hunter2") +
            model("a", "model: groq/b, api_key: hunter2-other") +
            model("a", "model: groq/c, api_key: hunter2") +
            model("a", "model: groq/d, api_key: os.environ/GROQ_API_KEY") +
            "general_settings: {master_key: hunter2}\n"
            "environment_variables: {GROQ_API_KEY: hunter2-third}\n",
        R"(version: 1
server:
  client_keys:
    - {id: master, key: env:LITELLM_MASTER_KEY}
providers:
  - id: groq
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY_2
  - id: groq-2
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY_3
  - id: groq-3
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
routes:
  - model: a
    targets:
      - {provider: groq, model: a}
      - {provider: groq-2, model: b}
      - {provider: groq, model: c}
      - {provider: groq-3, model: d}
)",
        "f:2:53: model_list[0].litellm_params.api_key: the file holds the key itself, which is not "
        "repeated here: set the environment variable GROQ_API_KEY_2 to it, or name a "
        "keychain:NAME or file:PATH instead\n"
        "f:3:53: model_list[1].litellm_params.api_key: the file holds the key itself, which is not "
        "repeated here: set the environment variable GROQ_API_KEY_3 to it, or name a "
        "keychain:NAME or file:PATH instead\n"
        "f:6:20: general_settings.master_key: the file holds the key itself, which is not repeated "
        "here: set the environment variable LITELLM_MASTER_KEY to it, or name a keychain:NAME or "
        "file:PATH instead\n"
        "f:7:25: environment_variables.GROQ_API_KEY: not taken over: Sluice sets no variables; set "
        "it where Sluice is started\n");
    row("fallbacks and aliases",
        "model_list:\n" + model("a", "model: groq/a") + model("b", "model: groq/b") +
            model("c", "model: groq/c") +
            "router_settings:\n"
            "  fallbacks: [{a: [b, gone]}, {gone: [a]}, {b: [b]}]\n"
            "  model_group_alias: {x: a, b: c, y: {model: gone}}\n"
            "litellm_settings:\n"
            "  fallbacks: [{a: [c]}]\n"
            "  default_fallbacks: [c]\n"
            "  context_window_fallbacks: [{a: [c]}]\n",
        R"(version: 1
providers:
  - id: groq
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
routes:
  - model: a
    targets: [{provider: groq, model: a}]
    fallback: [b]
    retry: {attempts: 4}
  - model: b
    targets: [{provider: groq, model: b}]
    fallback: [c]
    retry: {attempts: 4}
  - model: c
    targets: [{provider: groq, model: c}]
  - model: x
    targets: [{provider: groq, model: a}]
    fallback: [b]
    retry: {attempts: 4}
)",
        "f:6:23: router_settings.fallbacks[0].a[1]: not taken over: expected the name of a model "
        "in "
        "this file that was taken over\n"
        "f:6:32: router_settings.fallbacks[1].gone: not taken over: there is no such model in this "
        "file that was taken over\n"
        "f:6:45: router_settings.fallbacks[2].b: not taken over: a route cannot fall back to "
        "itself\n"
        "f:7:29: router_settings.model_group_alias.b: not taken over: there is a model of that "
        "name\n"
        "f:7:35: router_settings.model_group_alias.y: not taken over: an alias is a name for a "
        "model in this file that was taken over\n"
        "f:9:3: litellm_settings.fallbacks: router_settings.fallbacks goes before it\n"
        "f:11:3: litellm_settings.context_window_fallbacks: not taken over: a prompt too long for "
        "one "
        "target goes to the next and then to the route's fallback, which is where to name these\n");
    row("wildcards",
        "model_list:\n" + model("*", "model: 'openai/*'") +
            model("claude-*", "model: 'anthropic/claude-*'") +
            model("any/*", "model: openai/gpt-4o") + model("openai/*", "model: 'openai/*'") +
            model("a*b", "model: openai/a") + model("all", "model: '*'"),
        R"(version: 1
providers:
  - id: openai
    dialect: openai
    responses: true
    base_url: https://api.openai.com/v1
    api_key: env:OPENAI_API_KEY
    health: {probe: /models}
  - id: anthropic
    dialect: anthropic
    base_url: https://api.anthropic.com/v1
    api_key: env:ANTHROPIC_API_KEY
    health: {probe: /models}
routes:
  - model: '*'
    targets: [{provider: openai}]
  - model: claude-*
    targets: [{provider: anthropic}]
  - model: any/*
    targets: [{provider: openai, model: gpt-4o}]
)",
        "f:5:45: model_list[3].litellm_params.model: not taken over: where a route ends in '*' "
        "Sluice sends the name that the client asked for, it cannot make '*' of 'openai/*'\n"
        "f:6:40: model_list[4].litellm_params.model: not taken over: '*' may only be the last "
        "character of a model\n"
        "f:7:40: model_list[5].litellm_params.model: not taken over: it names no provider\n");
    row("merge keys and credentials",
        "usual: &usual {api_key: os.environ/A, model: groq/z}\n"
        "credential_list:\n"
        "  - {credential_name: shared, credential_values: {api_key: os.environ/B}}\n"
        "  - {credential_name: idle, credential_values: {api_key: hunter2}}\n"
        "model_list:\n" +
            model("a", "<<: *usual, model: groq/a") +
            model("b", "model: groq/b, litellm_credential_name: shared") +
            model("c", "<<: [*usual], litellm_credential_name: gone"),
        R"(version: 1
providers:
  - id: groq
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:A
  - id: groq-2
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:B
routes:
  - model: a
    targets: [{provider: groq, model: a}]
  - model: b
    targets: [{provider: groq-2, model: b}]
  - model: c
    targets: [{provider: groq, model: z}]
)",
        "f:1:1: usual: not taken over: Sluice has nothing like it\n"
        "f:4:5: credential_list[1]: not taken over: no model names it\n"
        "f:8:52: model_list[2].litellm_params.litellm_credential_name: not taken over: there is no "
        "such entry in credential_list\n");
    row("values that cannot be",
        "model_list:\n" +
            model("a", "model: groq/a, rpm: lots, tpm: 1.5, timeout: 0, order: os.environ/UNSET") +
            model("a", "model: groq/b, max_parallel_requests: 2000000, api_key: [hunter2]") +
            model("b", "model: openai/a, api_base: 'http://user:hunter2@x/v1'") +
            model("b", "model: openai/a, api_base: 'http://127.0.0.1:8787/v1'") +
            model("b", "model: openai/a, api_base: os.environ/UNSET") +
            model("b", "model: hosted_vllm/a") + model("b", "model: bedrock/a") +
            "router_settings: {num_retries: 12, routing_strategy: cost-based-routing}\n",
        R"(version: 1
providers:
  - id: groq
    dialect: openai
    base_url: https://api.groq.com/openai/v1
    api_key: env:GROQ_API_KEY
routes:
  - model: a
    targets: [{provider: groq, model: a}, {provider: groq, model: b}]
    retry: {attempts: 10}
)",
        "f:2:53: model_list[0].litellm_params.rpm: not taken over: expected a number from 0 to "
        "1000000000\n"
        "f:2:64: model_list[0].litellm_params.tpm: not taken over: expected a whole number\n"
        "f:2:74: model_list[0].litellm_params.timeout: not taken over: must be 1ms..24h\n"
        "f:2:86: model_list[0].litellm_params.order: not taken over: Sluice wants the value "
        "itself, "
        "and the environment variable UNSET is not set; set it and import again\n"
        "f:3:53: model_list[1].litellm_params.max_parallel_requests: not taken over: must be at "
        "most 1000000\n"
        "f:3:85: model_list[1].litellm_params.api_key: not taken over: expected a key\n"
        "f:4:55: model_list[2].litellm_params.api_base: not taken over: this is no address of the "
        "form http(s)://host[:port][/path], with no user, query or fragment\n"
        "f:5:55: model_list[3].litellm_params.api_base: not taken over: is where this gateway "
        "itself "
        "listens: requests would go round for ever\n"
        "f:6:55: model_list[4].litellm_params.api_base: not taken over: Sluice wants the value "
        "itself, and the environment variable UNSET is not set; set it and import again\n"
        "f:7:38: model_list[5].litellm_params.model: not taken over: it needs an api_base\n"
        "f:8:38: model_list[6].litellm_params.model: not taken over: AWS wants requests signed, "
        "which Sluice cannot\n"
        "f:9:19: router_settings.num_retries: taken as 9: at most 10 attempts in all are made\n"
        "f:9:36: router_settings.routing_strategy: taken as round_robin: Sluice balances by turns, "
        "connections or latency\n");
  }
  void becomes() {
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, notes);
    const Imported made = imported(from.toStdString());
    QVERIFY2(made.yaml, told(made.faults).c_str());
    QCOMPARE(QString::fromStdString(bare(*made.yaml)), to);
    QCOMPARE(QString::fromStdString(told(made.notes)), notes);
  }

  /// As LiteLLM shares: by the first of weight, rpm and tpm that the first one has.
  void shares_data() {
    QTest::addColumn<QString>("deployments");  // what each says, apart by '|'
    QTest::addColumn<QString>("targets");      // weight@priority
    QTest::newRow("alike") << "|"
                           << "1@0 1@0";
    QTest::newRow("weights") << "weight: 9, rpm: 1|weight: 1, rpm: 9"
                             << "9@0 1@0";
    QTest::newRow("fractions") << "weight: 0.75|weight: 0.25"
                               << "3@0 1@0";
    QTest::newRow("rpm") << "rpm: 60000|rpm: 90000"
                         << "2@0 3@0";
    QTest::newRow("tpm, wide apart") << "tpm: 900001|tpm: 7"
                                     << "1000@0 1@0";
    QTest::newRow("none of it") << "weight: 2||weight: 0"
                                << "1@0 1@1 1@1";
    QTest::newRow("order") << "order: 7|order: 3||order: 7"
                           << "1@1 1@0 1@2 1@1";
    QTest::newRow("the first has none") << "|weight: 5"
                                        << "1@0 1@0";
    QTest::newRow("none at all") << "weight: 0|weight: 0"
                                 << "1@0 1@0";
  }
  void shares() {
    QFETCH(QString, deployments);
    QFETCH(QString, targets);
    std::string text = "model_list:\n";
    for (const QString& d : deployments.split(QLatin1Char('|')))
      text += model("m", "model: groq/a, " + d.toStdString());
    const Config config = configOf(text);
    QStringList got;
    for (const Target& target : config.routes.at(0).targets) {
      got << QStringLiteral("%1@%2").arg(target.weight).arg(target.priority);
    }
    QCOMPARE(got.join(QLatin1Char(' ')), targets);
  }

  /// Even without retries LiteLLM falls back when an attempt fails.
  void leavesAttemptsForFallbacks() {
    const std::string models = "model_list:\n" + model("a", "model: groq/a") +
                               model("b", "model: groq/b") + model("c", "model: groq/c");
    const Config config =
        configOf(models + "router_settings: {num_retries: 0, fallbacks: [{a: [b, c]}]}\n");
    QCOMPARE(config.routes.at(0).retry.attempts, 3u);
    QCOMPARE(config.routes.at(1).retry.attempts, 1u);
  }

  void keepsAnswersAsLiteLlmDoes_data() {
    QTest::addColumn<QString>("settings");
    QTest::addColumn<int>("when");
    QTest::addColumn<int>("notes");
    QTest::newRow("on") << "cache: true" << int(CacheWhen::Always) << 0;
    QTest::newRow("off") << "cache: false, cache_params: {ttl: 5}" << int(CacheWhen::Never) << 1;
    QTest::newRow("elsewhere") << "cache: true, cache_params: {type: redis, password: hunter2}"
                               << int(CacheWhen::Always) << 2;
    QTest::newRow("similar") << "cache: true, cache_params: {type: redis-semantic}"
                             << int(CacheWhen::Never) << 1;
    QTest::newRow("on demand") << "cache: true, cache_params: {mode: default_off}"
                               << int(CacheWhen::Never) << 1;
    QTest::newRow("too long") << "cache: true, cache_params: {ttl: 99999999}"
                              << int(CacheWhen::Always) << 1;
  }
  void keepsAnswersAsLiteLlmDoes() {
    QFETCH(QString, settings);
    QFETCH(int, when);
    QFETCH(int, notes);
    const std::string text = kOne + "litellm_settings: {" + settings.toStdString() + "}\n";
    QCOMPARE(int(configOf(text).routes.at(0).cache.when), when);
    QCOMPARE(int(imported(text).notes.size()), notes);
  }

  /// A comment is above what it concerns, or at the head.
  void commentsStandWhereTheyBelong() {
    const std::string yaml =
        *imported("model_list:\n" + model("a", "model: groq/a") +
                  model("b", "model: groq/b, temperature: 1, api_key: hunter2") +
                  "guardrails: [x]\n'bad\\n key': 1\n\"two\\nlines: [\": 1\n")
             .yaml;
    const auto before = [&](const char* first, const char* second) {
      const std::size_t a = yaml.find(first), b = yaml.find(second);
      return a != std::string::npos && b != std::string::npos && a < b;
    };
    QVERIFY2(before("guardrails", "version: 1"), yaml.c_str());
    QVERIFY2(before("two lines: [", "version: 1"), yaml.c_str());
    QVERIFY2(before("api_key: the file", "- id: groq-2"), yaml.c_str());
    QVERIFY2(before("- id: groq\n", "api_key: the file"), yaml.c_str());
    QVERIFY2(before("- model: a", "temperature"), yaml.c_str());
    QVERIFY2(before("temperature", "- model: b"), yaml.c_str());
  }

  void isRefused_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("faults");
    const auto row = [](const char* name, const std::string& from, const char* faults) {
      QTest::newRow(name) << QString::fromStdString(from) << QString::fromUtf8(faults);
    };
    row("no YAML", "model_list: [", "f:1:1: not valid YAML: end of sequence flow not found\n");
    row("nothing", "", "f:1:1: expected a config of the LiteLLM proxy, a map with model_list\n");
    row("another's", "version: 1\nproviders: []\n",
        "f:1:1: there is no model_list: this is no config of the LiteLLM proxy\n");
    row("no list", "\nmodel_list: {a: b}\n", "f:2:13: model_list: expected a list, not a map\n");
    row("no models", "model_list: []\n",
        "f:1:1: model_list: none of its models can be taken over\n");
    row("none that can be", "model_list:\n" + model("a", "model: bedrock/a"),
        "f:1:1: model_list: none of its models can be taken over\n");
    row("no name", "model_list:\n- litellm_params: {model: a}\n- a\n",
        "f:2:3: model_list[0]: a model needs a model_name\n"
        "f:3:3: model_list[1]: expected a map\n");
    row("no model", "model_list:\n- model_name: a\n- {model_name: b, litellm_params: {}}\n",
        "f:2:3: model_list[0]: a model needs litellm_params\n"
        "f:3:19: model_list[1].litellm_params: a model needs litellm_params.model, such as "
        "openai/gpt-4o\n");
    row("settings that are none", kOne + "router_settings: 3\n",
        "f:3:18: router_settings: expected a map\n");
    row("fallbacks that are none", kOne + "router_settings: {fallbacks: {m: [x]}}\n",
        "f:3:30: router_settings.fallbacks: expected a list, not a map\n");
  }
  void isRefused() {
    QFETCH(QString, from);
    QFETCH(QString, faults);
    QCOMPARE(QString::fromStdString(told(imported(from.toStdString()).faults)), faults);
  }

  void survivesOddTexts() {
    imported("model_list: &a\n- &b {<<: *b, model_name: m, litellm_params: {<<: [*b, *b]}}\n");
    imported("model_list:\n" + model("\xff\x01", "model: \"openai/\\x01\xff\""));
    imported("model_list:\n" +
             model(std::string(300, 'x'), "model: openai/" + std::string(300, 'y') + ", rpm: 1"));
  }
};

QTEST_APPLESS_MAIN(TestLiteLlm)
#include "test_litellm.moc"
