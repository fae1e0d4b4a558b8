// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/request_writing.h"

#include <algorithm>
#include <array>

#include "gateway/dialect/json_tree.h"

namespace sluice::dialect {

std::string joinedText(const std::vector<ContentPart>& content) {
  std::string text;
  for (const ContentPart& part : content) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
  }
  return text;
}

void eachTurn(const std::vector<Turn>& turns, const std::function<bool(const Part&)>& carries,
              const std::function<void(Role, const std::vector<const Part*>&)>& write) {
  std::vector<const Part*> parts;
  Role role = Role::User;
  const auto give = [&] {
    std::stable_partition(parts.begin(), parts.end(), [](const Part* part) {
      return std::holds_alternative<ToolResultPart>(*part);
    });
    if (!parts.empty()) write(role, parts);
    parts.clear();
  };
  for (const Turn& turn : turns) {
    for (const Part& part : turn.parts) {
      if (!carries(part)) continue;
      if (turn.role != role) give();
      role = turn.role;
      parts.push_back(&part);
    }
  }
  give();
}

std::string parametersOf(const Tool& tool) {
  thread_local JsonTree tree;
  const JsonValue schema = tree.read(tool.parameters);
  std::string parameters = "{";
  if (!schema["type"]) parameters += R"("type":"object",)";
  if (!schema["properties"]) parameters += R"("properties":{},)";
  if (schema.empty()) {
    parameters.back() = '}';
  } else {
    parameters += schema.raw().substr(1);
  }
  return parameters;
}

std::string_view wordOf(Effort effort) {
  constexpr std::array<std::string_view, 5> words = {"none", "minimal", "low", "medium", "high"};
  return words[static_cast<std::size_t>(effort)];
}

std::optional<Effort> wantedEffort(const std::optional<ReasoningRequest>& reasoning) {
  if (!reasoning) return std::nullopt;
  if (reasoning->budget == 0u) return Effort::None;  // Anthropic's effort is not of thoughts alone
  if (reasoning->effort) return reasoning->effort;
  if (reasoning->budget) return effortOf(*reasoning->budget);
  return std::nullopt;
}

void nameSampling(const Request& request, Dropped& dropped) {
  if (request.temperature.value_or(1) != 1) dropped.add(Field::Temperature);
  if (request.topP.value_or(1) != 1) dropped.add(Field::TopP);
}

std::optional<std::uint64_t> wantedBudget(const std::optional<ReasoningRequest>& reasoning) {
  if (!reasoning) return std::nullopt;
  if (reasoning->budget) return reasoning->budget;
  if (reasoning->effort) return budgetOf(*reasoning->effort);
  return std::nullopt;
}

}  // namespace sluice::dialect
