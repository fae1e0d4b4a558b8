// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"

/// Changing a config file as a careful person would: only the text of the value that changes, with
/// comments, order, quotes and everything else as they were. Pure.
namespace sluice::config {

/// One value that is another, is new, or goes. Values are JSON, with durations as in the file.
struct Change {
  /// "providers[openai].limits.requests_per_minute". Providers and client keys are named by id, routes
  /// by model, other elements of lists by their place from 0: see elementPath(). A change of "routes[m].targets[2]" that
  /// has no `before` adds an element.
  std::string path;
  std::optional<std::string> before;  ///< nothing: it was not there
  std::optional<std::string> after;   ///< nothing: it goes
  bool operator==(const Change&) const = default;
};

/// The path of an element: "routes[gpt-*]". In a name ']' and '\' stand behind a '\'.
std::string elementPath(const std::string& list, std::string_view name);

/// The changes that lead from one config to the other, the fewest and smallest that say it.
std::vector<Change> changesBetween(const Config& from, const Config& to);

/// One that leads back.
std::vector<Change> inverted(const std::vector<Change>& changes);

/// Whether two sets of changes speak of the same value, or one of a part of the other's.
bool touchTheSame(const std::vector<Change>& a, const std::vector<Change>& b);

/// For a person: "openai.requests_per_minute 500 -> 600", "provider local added".
std::string describe(const Change& change);
/// The first few, and how many more.
std::string describe(const std::vector<Change>& changes);

/// A config file's text, or why it cannot be made.
struct EditedText {
  std::optional<std::string> text;
  std::string problem;  ///< one line for a person
};

/// `text` with one value changed. Keys that are missing on the way are added to their maps, with the
/// indentation and in the manner of what stands around. A map that loses its last key goes with it.
/// Fails where the value stands behind an alias or in a block scalar. What is written is not checked
/// to be a sound config.
EditedText editText(std::string_view text, const Change& change);

/// `text` with the `changes` that lead from what it reads as to `wanted`, and those that follow from them.
/// Success means that it reads as `wanted`.
EditedText editTextTo(std::string_view text, std::vector<Change> changes, const Config& wanted);

/// A text brought as near to a config as it can be.
struct PartlyEdited {
  std::string text;
  Config config;  ///< what it reads as
  std::vector<std::string>
      unsaid;  ///< for each change that cannot be written, why: a line for a person
};

/// As editTextTo() from `from`, which is what `text` reads as; but a change that cannot be written is left
/// out, with those that have no meaning without it.
PartlyEdited editTextToward(std::string_view text, const Config& from, const Config& wanted);

/// The config changed in memory: what is not there to be changed is added. Faults as of readYaml().
struct ReadResult;
ReadResult applyChanges(const Config& config, const std::vector<Change>& changes);

/// Paths of all values that a text tells, as in Change; empty for what is not YAML.
std::set<std::string> toldPaths(std::string_view text);

/// A whole config as a file, every value told.
std::string toYaml(const Config& config);

}  // namespace sluice::config
