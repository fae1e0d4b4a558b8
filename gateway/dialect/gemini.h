// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect/dialect.h"

/// Gemini generateContent: its errors and its usage, to and from the inner form.
namespace sluice::dialect::gemini {

/// A bad key is told with status 400 and the reason API_KEY_INVALID: an Authentication error.
Error readError(int status, JsonValue body);
/// In the words of google.rpc.Code.
void writeError(int status, const Error& error, std::string& out);

/// Of an answer or a chunk. `candidatesTokenCount` leaves thoughts out; the sum holds them.
UsageUpdate readUsage(JsonValue body);

}  // namespace sluice::dialect::gemini
