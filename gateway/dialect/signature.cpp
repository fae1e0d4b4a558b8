// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/signature.h"

#include <array>

namespace sluice::dialect {

namespace {

constexpr std::size_t kMark = 16;
constexpr std::array<std::string_view, kKinds.size()> kMarks = {
    "sluice000000chat", "sluice0responses", "sluice0anthropic", "sluice0000gemini"};

std::string_view markOf(Kind kind) {
  return kMarks[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string marked(Kind kind, std::string_view text) {
  if (text.empty()) return {};
  for (const std::string_view mark : kMarks) {
    static_assert(kMark % 4 == 0);
    if (text.starts_with(mark)) return std::string(text);
  }
  return std::string(markOf(kind)).append(text);
}

std::string_view ownOf(Kind kind, std::string_view text) {
  return text.starts_with(markOf(kind)) ? text.substr(kMark) : std::string_view();
}

std::string_view shownTo(Kind kind, std::string_view text) {
  return text.starts_with(markOf(kind)) ? text.substr(kMark) : text;
}

}  // namespace sluice::dialect
