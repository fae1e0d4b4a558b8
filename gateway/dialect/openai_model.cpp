// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/openai_model.h"

#include <algorithm>
#include <charconv>

namespace sluice::dialect::openai {

namespace {

using Sampling = ModelRules::Sampling;

bool isOrBegins(std::string_view model, std::string_view name) {
  return model.starts_with(name) && (model.size() == name.size() || model[name.size()] == '-');
}

bool hasWord(std::string_view model, std::string_view word) {
  for (std::size_t at = model.find(word); at != std::string_view::npos;
       at = model.find(word, at + 1)) {
    if (isOrBegins(model.substr(at), word)) return true;
  }
  return false;
}

/// `name`: what stands behind "gpt-5": "", "-mini", ".1-codex". Empty: it is another name.
std::optional<ModelRules> rulesOfFive(std::string_view name) {
  if (hasWord(name, "-chat")) return ModelRules{.thinks = false};
  ModelRules rules{.minimal = false, .penalties = false, .stop = false};
  unsigned minor = 0;
  if (name.starts_with('.')) {
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + 1, end, minor);
    if (read.ec != std::errc() || (read.ptr != end && *read.ptr != '-')) return std::nullopt;
    rules.sampling = minor < 5 ? Sampling::AtRest : Sampling::ToldToRest;
  } else if (name.empty() || name.starts_with('-')) {
    rules.least = Effort::Minimal;
    rules.minimal = true;
    rules.sampling = Sampling::Never;
  } else {
    return std::nullopt;
  }
  if (hasWord(name, "-codex") || hasWord(name, "-pro")) {  // these never rest
    const bool pro = hasWord(name, "-pro");
    rules.least = !pro ? Effort::Low : minor == 0 ? Effort::High : Effort::Medium;
    rules.sampling = Sampling::Never;
  }
  return rules;
}

}  // namespace

ModelRules rulesOf(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) {
    model.remove_prefix(slash + 1);
  }
  if (model.starts_with("ft:")) model.remove_prefix(3);
  for (const std::string_view plain : {"gpt-3.5", "gpt-4", "chatgpt-4o"}) {
    if (model.starts_with(plain)) return {.thinks = false};
  }
  for (const std::string_view thinker : {"o1", "o3", "o4"}) {
    if (!isOrBegins(model, thinker)) continue;
    return {.least = Effort::Low,
            .sampling = Sampling::Never,
            .penalties = false,
            .stop = thinker == "o1" || isOrBegins(model, "o3-mini")};
  }
  constexpr std::string_view kFive = "gpt-5";
  if (!model.starts_with(kFive)) return {};
  return rulesOfFive(model.substr(kFive.size())).value_or(ModelRules());
}

std::optional<Effort> ModelRules::effortFor(std::optional<Effort> wanted) const {
  if (!wanted || !thinks) return std::nullopt;
  const Effort effort = std::max(*wanted, least);
  return effort == Effort::Minimal && !minimal ? Effort::Low : effort;
}

bool ModelRules::takesSampling(std::optional<Effort> effort) const {
  switch (sampling) {
    case Sampling::Always:
      return true;
    case Sampling::AtRest:
      return effort.value_or(Effort::None) == Effort::None;
    case Sampling::ToldToRest:
      return effort == Effort::None;
    case Sampling::Never:
      return false;
  }
  return true;
}

}  // namespace sluice::dialect::openai
