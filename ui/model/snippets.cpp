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
                                              "  -d '{\"model\": \"%2\", \"messages\": [{\"role\": "
                                              "\"user\", \"content\": \"Hello\"}]}'\n")
                                   .arg(base, model)},
  };
}

QString countText(std::int64_t count) {
  if (count < 10'000) return QLocale().toString(static_cast<qlonglong>(count));
  if (count < 1'000'000) return QStringLiteral("%1k").arg(count / 1000);
  return QStringLiteral("%1M").arg(static_cast<double>(count) / 1e6, 0, 'f', 1);
}

QString spanText(std::uint64_t micros) {
  const auto value = static_cast<double>(micros);
  if (micros < 1'000) return QStringLiteral("%1 \u00B5s").arg(micros);
  if (micros < 10'000) return QStringLiteral("%1 ms").arg(value / 1e3, 0, 'f', 1);
  if (micros < 1'000'000) return QStringLiteral("%1 ms").arg(value / 1e3, 0, 'f', 0);
  return QStringLiteral("%1 s").arg(value / 1e6, 0, 'f', micros < 10'000'000 ? 2 : 1);
}

}  // namespace sluice::ui
