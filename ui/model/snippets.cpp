// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/snippets.h"

#include <QLocale>

namespace sluice::ui {

QString exampleModel(const config::Config& config) {
  for (const config::Route& route : config.routes) {
    if (!route.model.ends_with('*')) return QString::fromStdString(route.model);
  }
  if (config.routes.empty()) return QStringLiteral("gpt-4o-mini");
  const std::string& pattern = config.routes.front().model;
  return QString::fromStdString(pattern.substr(0, pattern.size() - 1)) +
         QStringLiteral("gpt-4o-mini");
}

std::vector<Snippet> snippets(const QString& url, const QString& model) {
  const QString base = url + QStringLiteral("/v1");
  return {
      {QStringLiteral("Base URL"), base},
      {QStringLiteral("Shell"),
       QStringLiteral("export OPENAI_BASE_URL=\"%1\"\nexport OPENAI_API_KEY=\"sluice\"\n")
           .arg(base)},
      {QStringLiteral("Python"),
       QStringLiteral("from openai import OpenAI\n\n"
                      "client = OpenAI(base_url=\"%1\", api_key=\"sluice\")\n"
                      "reply = client.chat.completions.create(\n"
                      "    model=\"%2\",\n"
                      "    messages=[{\"role\": \"user\", \"content\": \"Hello\"}],\n"
                      ")\n"
                      "print(reply.choices[0].message.content)\n")
           .arg(base, model)},
      {QStringLiteral("TypeScript"),
       QStringLiteral("import OpenAI from \"openai\";\n\n"
                      "const client = new OpenAI({ baseURL: \"%1\", apiKey: \"sluice\" });\n"
                      "const reply = await client.chat.completions.create({\n"
                      "  model: \"%2\",\n"
                      "  messages: [{ role: \"user\", content: \"Hello\" }],\n"
                      "});\n"
                      "console.log(reply.choices[0].message.content);\n")
           .arg(base, model)},
      {QStringLiteral("curl"), QStringLiteral("curl %1/chat/completions \\\n"
                                              "  -H 'Content-Type: application/json' \\\n"
                                              "  -H 'Authorization: Bearer sluice' \\\n"
                                              "  -d '{\"model\": \"%2\", \"messages\": [{\"role\": "
                                              "\"user\", \"content\": \"Hello\"}]}'\n")
                                   .arg(base, model)},
  };
}

namespace {

/// The same variables for each shell.
void addShells(std::vector<Snippet>& to,
               const std::vector<std::pair<QString, QString>>& variables) {
  QString bash, fish, powerShell;
  for (const auto& [name, value] : variables) {
    bash += QStringLiteral("export %1=\"%2\"\n").arg(name, value);
    fish += QStringLiteral("set -gx %1 \"%2\"\n").arg(name, value);
    powerShell += QStringLiteral("$env:%1 = \"%2\"\n").arg(name, value);
  }
  to.push_back({QStringLiteral("bash"), bash});
  to.push_back({QStringLiteral("fish"), fish});
  to.push_back({QStringLiteral("PowerShell"), powerShell});
}

}  // namespace

std::vector<SdkSnippets> sdkSnippets(const QString& url, const QString& model) {
  std::vector<SdkSnippets> all;
  const QString key = QStringLiteral("sluice");
  SdkSnippets openAi{QStringLiteral("OpenAI"), {}};
  for (const Snippet& snippet : snippets(url, model)) {
    if (snippet.name != QLatin1String("Base URL") && snippet.name != QLatin1String("Shell")) {
      openAi.snippets.push_back(snippet);
    }
  }
  addShells(openAi.snippets, {{QStringLiteral("OPENAI_BASE_URL"), url + QStringLiteral("/v1")},
                              {QStringLiteral("OPENAI_API_KEY"), key}});
  all.push_back(std::move(openAi));

  SdkSnippets anthropic{QStringLiteral("Anthropic"), {}};
  anthropic.snippets = {
      {QStringLiteral("Python"),
       QStringLiteral("from anthropic import Anthropic\n\n"
                      "client = Anthropic(base_url=\"%1\", api_key=\"sluice\")\n"
                      "message = client.messages.create(\n"
                      "    model=\"%2\",\n"
                      "    max_tokens=256,\n"
                      "    messages=[{\"role\": \"user\", \"content\": \"Hello\"}],\n"
                      ")\n"
                      "print(message.content[0].text)\n")
           .arg(url, model)},
      {QStringLiteral("TypeScript"),
       QStringLiteral("import Anthropic from \"@anthropic-ai/sdk\";\n\n"
                      "const client = new Anthropic({ baseURL: \"%1\", apiKey: \"sluice\" });\n"
                      "const message = await client.messages.create({\n"
                      "  model: \"%2\",\n"
                      "  max_tokens: 256,\n"
                      "  messages: [{ role: \"user\", content: \"Hello\" }],\n"
                      "});\n"
                      "console.log(message.content);\n")
           .arg(url, model)},
      {QStringLiteral("curl"),
       QStringLiteral("curl %1/v1/messages \\\n"
                      "  -H 'Content-Type: application/json' \\\n"
                      "  -H 'x-api-key: sluice' -H 'anthropic-version: 2023-06-01' \\\n"
                      "  -d '{\"model\": \"%2\", \"max_tokens\": 256, \"messages\": [{\"role\": "
                      "\"user\", \"content\": \"Hello\"}]}'\n")
           .arg(url, model)}};
  addShells(anthropic.snippets, {{QStringLiteral("ANTHROPIC_BASE_URL"), url},
                                 {QStringLiteral("ANTHROPIC_API_KEY"), key}});
  all.push_back(std::move(anthropic));

  SdkSnippets gemini{QStringLiteral("Gemini"), {}};
  gemini.snippets = {
      {QStringLiteral("Python"),
       QStringLiteral("from google import genai\n\n"
                      "client = genai.Client(\n"
                      "    api_key=\"sluice\", http_options={\"base_url\": \"%1\"}\n"
                      ")\n"
                      "reply = client.models.generate_content(model=\"%2\", contents=\"Hello\")\n"
                      "print(reply.text)\n")
           .arg(url, model)},
      {QStringLiteral("TypeScript"),
       QStringLiteral("import { GoogleGenAI } from \"@google/genai\";\n\n"
                      "const ai = new GoogleGenAI({\n"
                      "  apiKey: \"sluice\",\n"
                      "  httpOptions: { baseUrl: \"%1\" },\n"
                      "});\n"
                      "const reply = await ai.models.generateContent({\n"
                      "  model: \"%2\",\n"
                      "  contents: \"Hello\",\n"
                      "});\n"
                      "console.log(reply.text);\n")
           .arg(url, model)},
      {QStringLiteral("curl"),
       QStringLiteral("curl %1/v1beta/models/%2:generateContent \\\n"
                      "  -H 'Content-Type: application/json' -H 'x-goog-api-key: sluice' \\\n"
                      "  -d '{\"contents\": [{\"parts\": [{\"text\": \"Hello\"}]}]}'\n")
           .arg(url, model)}};
  addShells(gemini.snippets, {{QStringLiteral("GOOGLE_GEMINI_BASE_URL"), url},
                              {QStringLiteral("GEMINI_API_KEY"), key}});
  all.push_back(std::move(gemini));
  return all;
}

QString decimalText(double value, int decimals) {
  return QLocale().toString(value, 'f', decimals);
}

QString countText(std::int64_t count) {
  if (count < 10'000) return QLocale().toString(static_cast<qlonglong>(count));
  if (count < 1'000'000) return QStringLiteral("%1k").arg(count / 1000);
  return QStringLiteral("%1M").arg(decimalText(static_cast<double>(count) / 1e6, 1));
}

QString spanText(std::uint64_t micros) {
  const auto value = static_cast<double>(micros);
  if (micros < 1'000) return QStringLiteral("%1 \u00B5s").arg(micros);
  if (micros < 10'000) return QStringLiteral("%1 ms").arg(decimalText(value / 1e3, 1));
  if (micros < 1'000'000) return QStringLiteral("%1 ms").arg(decimalText(value / 1e3, 0));
  return QStringLiteral("%1 s").arg(decimalText(value / 1e6, micros < 10'000'000 ? 2 : 1));
}

}  // namespace sluice::ui
