// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/answer_writing.h"

#include <algorithm>

namespace sluice::dialect {

const std::vector<Part>& withSignedThoughts(const std::vector<Part>& parts,
                                            std::vector<Part>& room) {
  const bool any = std::ranges::any_of(parts, [](const Part& part) {
    const auto* call = std::get_if<ToolCallPart>(&part);
    return call && !call->signature.empty();
  });
  if (!any) return parts;
  room.clear();
  for (const Part& part : parts) {
    const auto* call = std::get_if<ToolCallPart>(&part);
    if (!call || call->signature.empty()) {
      room.push_back(part);
      continue;
    }
    auto* thought = room.empty() ? nullptr : std::get_if<ReasoningPart>(&room.back());
    if (thought && thought->signature.empty() && thought->encrypted.empty()) {
      thought->signature = call->signature;
    } else {
      room.emplace_back(ReasoningPart{{}, call->signature, {}, {}});
    }
    room.emplace_back(ToolCallPart{call->id, call->name, call->arguments, {}});
  }
  return room;
}

}  // namespace sluice::dialect
