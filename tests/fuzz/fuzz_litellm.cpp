// SPDX-License-Identifier: GPL-3.0-or-later
// Of any text comes either a config that Sluice accepts, or faults with a place in the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/config/litellm.h"
#include "gateway/config/yaml.h"

using namespace sluice::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Imported made = importLiteLlm(text, [](const char*) -> const char* { return nullptr; });
  if (made.yaml.has_value() != made.faults.empty()) std::abort();
  if (made.yaml && !readYaml(*made.yaml).config) std::abort();
  for (const auto* faults : {&made.notes, &made.faults}) {
    for (const Fault& fault : *faults) {
      if (fault.message.empty() || fault.line < 1 || fault.column < 1) std::abort();
      if (fault.message.starts_with("Sluice would refuse")) std::abort();
    }
  }
  return 0;
}
