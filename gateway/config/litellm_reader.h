// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/yaml_reader.h"

namespace sluice::config {

/// Before the name of an environment variable, in LiteLLM's files.
inline constexpr std::string_view kVariable = "os.environ/";

/// A value with its place.
struct Item {
  YAML::Node node;
  YAML::Mark mark;  ///< of its key, or of itself in a list
  std::string path;
};
/// What a map holds. Each is taken out once; what remains is not taken over.
using Items = std::map<std::string, Item>;

/// Values of a config of the LiteLLM proxy. What cannot be used is noted, with its place and why; values are
/// not repeated, as any may be a secret. Only what makes it no such config is a fault.
class LiteLlmReader : public YamlReader {
 protected:
  struct Note {
    Fault fault;
    std::string about;     ///< model of a route, or "env:NAME" of a key; empty: all
    bool written = false;  ///< as a comment
  };
  using Variable = std::function<const char*(const char* name)>;

  explicit LiteLlmReader(const Variable& variable) : m_variable(variable) {}

  /// Of a map, with what merge keys ("<<") bring in.
  Items items(const YAML::Node& node, const std::string& path);
  std::vector<Item> elements(const Item& list);
  /// Nothing for a key that is not there or has no value.
  static std::optional<Item> take(Items& from, const std::string& key);
  /// From the one that LiteLLM looks at first.
  std::optional<Item> either(Items& first, Items& second, const std::string& key);
  Items section(Items& from, const std::string& key);

  void note(const Item& item, std::string message);
  /// Notes all that nobody took.
  void leave(const Items& rest);

  /// Of the file, which LiteLLM sets before it reads any, or of the environment.
  std::optional<std::string> variable(const std::string& name);
  /// A scalar; of "os.environ/NAME" what that holds.
  std::optional<std::string> text(const Item& item);
  std::optional<double> number(const Item& item);
  std::optional<std::uint32_t> whole(const Item& item);
  std::optional<Duration> seconds(const Item& item);
  /// False, and noted: Sluice would refuse it.
  bool set(Provider& provider, const Item& item, const std::function<void(Provider&)>& change);

  std::map<std::string, std::string> m_environment;  ///< what the file itself sets
  Items m_unset;  ///< of these what is not written out as a value
  std::vector<Note> m_notes;
  std::string m_about;  ///< of the notes to come

 private:
  const Variable& m_variable;
};

}  // namespace sluice::config
