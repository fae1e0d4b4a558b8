// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/kind.h"

/// Signatures, and thoughts that are encrypted, are good for the vendor alone who gave them: another
/// refuses the request. So that a conversation may go on elsewhere they have a mark before them that says
/// whose they are, in the inner form always, and on the way to a caller of another dialect, who brings
/// them back. Marks are of letters and digits, four times some, so that base64 stays base64.
namespace sluice::dialect {

/// For readers: `text` as one of `kind`'s, unless its mark says whose it is. Empty stays empty.
std::string marked(Kind kind, std::string_view text);
/// For writers of requests: what goes to that vendor. Empty: it is another's.
std::string_view ownOf(Kind kind, std::string_view text);
/// For writers of answers: as its own vendor gave it, or with the mark.
std::string_view shownTo(Kind kind, std::string_view text);

}  // namespace sluice::dialect
