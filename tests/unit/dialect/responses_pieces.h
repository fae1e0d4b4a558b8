// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "tests/unit/dialect/json_pieces.h"

/// Events of Responses.
namespace sluice::test {

inline std::string sse(const std::string& type, const std::string& rest = "") {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":0" + rest +
         "}\n\n";
}

inline const std::string kCreated =
    sse("response.created", R"(,"response":{"id":"resp_1","model":"m","status":"in_progress"})");
inline const std::string kMessage = sse(
    "response.output_item.added", R"(,"output_index":0,"item":{"type":"message","id":"msg_1"})");
inline const std::string kCall = sse(
    "response.output_item.added",
    R"(,"output_index":0,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":""})");
inline const std::string kCompleted = sse(
    "response.completed",
    R"(,"response":{"status":"completed","usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":14}})");

inline std::string text(const std::string& delta) {
  return sse(
      "response.output_text.delta",
      R"(,"output_index":0,"content_index":0,"item_id":"msg_1","delta":)" + Json(delta).dump());
}
inline std::string arguments(const std::string& delta, int index = 0) {
  return sse("response.function_call_arguments.delta",
             ",\"output_index\":" + std::to_string(index) + ",\"delta\":" + Json(delta).dump());
}

}  // namespace sluice::test
