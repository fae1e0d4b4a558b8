// SPDX-License-Identifier: GPL-3.0-or-later
// A body that is accepted is accepted again once its model is replaced and its usage asked for, with that model.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/dialect/openai.h"

using namespace sluice::dialect;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ChatReader reader;
  std::string body(reinterpret_cast<const char*>(data), size);
  const std::string before = body;
  const auto read = reader.read(body, true);
  if (body != before) std::abort();
  const auto* request = std::get_if<ChatRequest>(&read);
  if (!request) return 0;
  if (request->modelAt + request->modelSize > body.size()) std::abort();
  const std::string token = jsonString("a \"model\"\n");
  std::vector<Splice> splices = {{request->modelAt, request->modelSize, token}};
  if (!request->askUsage.text.empty()) splices.push_back(request->askUsage);
  std::ranges::sort(splices, {}, &Splice::at);
  std::string spliced;
  appendSpliced(spliced, body, splices);
  if (spliced.size() != splicedSize(body, splices)) std::abort();
  const auto again = reader.read(spliced, true);
  const auto* other = std::get_if<ChatRequest>(&again);
  if (!other || other->model != "a \"model\"\n" || other->stream != request->stream) std::abort();
  if (other->promptTokens != request->promptTokens) std::abort();
  return 0;
}
