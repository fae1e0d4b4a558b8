// SPDX-License-Identifier: GPL-3.0-or-later
// Any text is either a sound config or has faults, each with a place in the text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/config/yaml.h"

using namespace sluice::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ReadResult read = readYaml(text);
  if (read.config.has_value() != read.faults.empty()) std::abort();
  if (read.config && !check(*read.config).empty()) std::abort();
  const auto lines = std::ranges::count(text, '\n') + std::ranges::count(text, '\r') + 1;
  for (const Fault& fault : read.faults) {
    if (fault.message.empty() || fault.line < 1 || fault.line > lines + 1 || fault.column < 1) {
      std::abort();
    }
  }
  return 0;
}
