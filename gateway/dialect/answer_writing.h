// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "gateway/dialect/conversation.h"

/// What several writers of answers need.
namespace sluice::dialect {

/// The parts of an answer where a call's signature is that of the thoughts before it, or of a thought of
/// its own: for dialects that sign thoughts alone. `parts` themselves when no call has one; else they
/// are made in `room`.
const std::vector<Part>& withSignedThoughts(const std::vector<Part>& parts,
                                            std::vector<Part>& room);

}  // namespace sluice::dialect
