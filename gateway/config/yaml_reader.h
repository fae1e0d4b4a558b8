// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::config {

/// Reads YAML into values, and keeps a fault with its place for each that does not fit. Knows the kinds
/// of values a config is made of, not the config.
class YamlReader {
 public:
  std::vector<Fault> faults;

 protected:
  using Take = std::function<void(const YAML::Node&, const std::string& path)>;
  using Fields = std::map<std::string_view, Take>;
  /// Keys of the format that a later version will read.
  using Later = std::set<std::string_view>;

  void fault(const YAML::Mark& mark, std::string path, std::string message) {
    faults.push_back({std::move(path), std::move(message), mark.line + 1, mark.column + 1});
  }

  /// The map that a text is, which `expected` tells; nothing, with a fault, for anything else.
  std::optional<YAML::Node> load(std::string_view text, std::string_view expected);
  void map(const YAML::Node& node, const std::string& path, const Fields& fields,
           const Later& later = {});
  void list(const YAML::Node& node, const std::string& path, const Take& take);
  bool scalar(const YAML::Node& node, const std::string& path, std::string_view expected);

  Take text(std::string& to);
  Take texts(std::vector<std::string>& to);
  Take duration(Duration& to);
  Take size(std::uint64_t& to);
  Take maybeNumber(std::optional<std::uint32_t>& to);

  template <class Number>
  Take number(Number& to) {
    return [this, &to](const YAML::Node& node, const std::string& path) {
      const std::string_view expected =
          std::is_floating_point_v<Number> ? "a number" : "a whole number";
      if (!scalar(node, path, expected)) return;
      const std::string& text = node.Scalar();
      Number value{};
      const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (ec != std::errc() || end != text.data() + text.size()) {
        fault(node.Mark(), path, "expected " + std::string(expected) + ", not '" + text + "'");
        return;
      }
      to = value;
    };
  }

  template <class Enum>
  Take oneOf(Enum& to, std::vector<std::pair<std::string_view, Enum>> words, Later later = {}) {
    return [this, &to, words = std::move(words), later = std::move(later)](
               const YAML::Node& node, const std::string& path) {
      std::string expected;
      for (const auto& [word, value] : words) {
        expected += (expected.empty() ? "" : " | ") + std::string(word);
      }
      if (!scalar(node, path, expected)) return;
      for (const auto& [word, value] : words) {
        if (word == node.Scalar()) {
          to = value;
          return;
        }
      }
      if (later.contains(node.Scalar())) {
        fault(
            node.Mark(), path,
            "'" + node.Scalar() + "' is not supported by this version of Sluice; use " + expected);
        return;
      }
      fault(node.Mark(), path, "expected " + expected + ", not '" + node.Scalar() + "'");
    };
  }

  /// Where the value stands, or what it is missing from.
  void locate(Fault& fault) const;

  std::map<std::string, YAML::Mark> m_places;
  std::size_t m_elements = 0;  // of all lists, as often as aliases repeat them
};

}  // namespace sluice::config
