// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sluice::config {

/// Writes values as YAML in the manner of the text around them. Pure.
class YamlWriter {
 public:
  using Json = nlohmann::ordered_json;

  std::string eol = "\n";
  std::size_t step = 2;  ///< blanks by which a map stands in from its key
  bool json = false;     ///< keys and texts in double quotes, as in JSON

  /// In one line. `quote`: ' or " puts a text into these; otherwise only where it must be.
  std::string flow(const Json& value, char quote = 0) const;
  /// "key: value", with further lines standing in from `indent`; no line break at the end. Maps over
  /// lines if `block`; lists of maps always, unless they are short.
  std::string entry(const std::string& key, const Json& value, std::size_t indent,
                    bool block) const;
  /// What follows the dash of an element that stands at `indent`.
  std::string element(const Json& value, std::size_t indent, bool block) const;

 private:
  std::string scalar(const Json& value, char quote) const;
};

}  // namespace sluice::config
