// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/openai_model.h"

#include <algorithm>

namespace sluice::dialect::openai {

Family familyOf(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) {
    model.remove_prefix(slash + 1);
  }
  if (model.starts_with("ft:")) model.remove_prefix(3);
  for (const std::string_view plain : {"gpt-3.5", "gpt-4", "chatgpt-4o", "gpt-5-chat"}) {
    if (model.starts_with(plain)) return Family::Plain;
  }
  for (const std::string_view thinker : {"o1", "o3", "o4"}) {
    if (model == thinker || (model.starts_with(thinker) && model[2] == '-')) return Family::Thinker;
  }
  constexpr std::string_view kFive = "gpt-5";
  if (!model.starts_with(kFive)) return Family::Other;
  model.remove_prefix(kFive.size());
  if (model.starts_with('.')) {
    return model.find("-chat") == std::string_view::npos ? Family::Later : Family::Plain;
  }
  return model.empty() || model.starts_with('-') ? Family::Five : Family::Other;
}

std::optional<Effort> effortFor(Family family, std::optional<Effort> wanted) {
  if (!wanted || family == Family::Plain) return std::nullopt;
  if (family == Family::Thinker) return std::max(*wanted, Effort::Low);
  if (family == Family::Five) return std::max(*wanted, Effort::Minimal);
  return family == Family::Later && *wanted == Effort::Minimal ? Effort::Low : *wanted;
}

bool takesSampling(Family family, std::optional<Effort> effort) {
  if (family == Family::Later) return effort.value_or(Effort::None) == Effort::None;
  return family != Family::Thinker && family != Family::Five;
}

bool takesStop(Family family) {
  return family != Family::Thinker && family != Family::Five;
}

}  // namespace sluice::dialect::openai
