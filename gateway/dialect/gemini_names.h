// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/json_tree.h"

namespace sluice::dialect::gemini {

/// "mime_type" as "mimeType". The view is of `key` or of `room`.
std::string_view camelOf(std::string_view key, std::string& room);
/// The member of that name in camelCase, or else in snake_case.
JsonValue memberOf(JsonValue object, std::string_view camel);

}  // namespace sluice::dialect::gemini
