// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/request_writing.h"

#include <array>

namespace sluice::dialect {

std::string joinedText(const std::vector<ContentPart>& content) {
  std::string text;
  for (const ContentPart& part : content) {
    if (const auto* one = std::get_if<TextPart>(&part)) text += one->text;
  }
  return text;
}

std::string_view wordOf(Effort effort) {
  constexpr std::array<std::string_view, 5> words = {"none", "minimal", "low", "medium", "high"};
  return words[static_cast<std::size_t>(effort)];
}

std::optional<Effort> wantedEffort(const std::optional<ReasoningRequest>& reasoning) {
  if (!reasoning) return std::nullopt;
  if (reasoning->effort) return reasoning->effort;
  if (reasoning->budget) return effortOf(*reasoning->budget);
  return std::nullopt;
}

std::optional<std::uint64_t> wantedBudget(const std::optional<ReasoningRequest>& reasoning) {
  if (!reasoning) return std::nullopt;
  if (reasoning->budget) return reasoning->budget;
  if (reasoning->effort) return budgetOf(*reasoning->effort);
  return std::nullopt;
}

}  // namespace sluice::dialect
