// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::config {

/// One step of a path such as "providers[openai].limits.queue": a key, or an element of a list.
struct PathStep {
  std::string name;
  bool element = false;
};
using ValuePath = std::vector<PathStep>;

/// Inverse of elementPath() in text_edit.h.
inline ValuePath parsePath(std::string_view path) {
  ValuePath steps;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '[') {
      std::string name;
      for (++at; at < path.size() && path[at] != ']'; ++at) {
        if (path[at] == '\\' && at + 1 < path.size()) ++at;
        name += path[at];
      }
      steps.push_back({std::move(name), true});
      ++at;
    } else {
      if (path[at] == '.') ++at;
      const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
      steps.push_back({std::string(path.substr(at, end - at)), false});
      at = end;
    }
  }
  return steps;
}

/// The key by which elements of a list are named; empty: by their place.
inline std::string_view namingKey(std::string_view list) {
  if (list == "providers" || list == "client_keys") return "id";
  return list == "routes" ? "model" : "";
}

inline std::optional<std::size_t> placeOf(std::string_view name) {
  std::size_t place = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), place);
  if (ec != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return place;
}

}  // namespace sluice::config
