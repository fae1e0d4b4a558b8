// SPDX-License-Identifier: GPL-3.0-or-later
// Differences of two configs as changes of values, and configs changed by them.
#include <algorithm>
#include <set>

#include "gateway/config/json_tree.h"
#include "gateway/config/text_edit.h"
#include "gateway/config/value_path.h"
#include "gateway/config/yaml.h"
#include "gateway/config/yaml_writer.h"

namespace sluice::config {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kRounds = 3;
constexpr std::size_t kTold = 3;

/// An element that says no more than what it and its kind are.
Json bareElement(std::string_view list, const Json& element) {
  Config config;
  if (list == "providers") {
    Provider& provider = config.providers.emplace_back();
    if (element.value("dialect", "") == "mock") provider.dialect = Dialect::Mock;
    return treeOf(config)["providers"][0];
  }
  if (list == "routes" || list == "targets") {
    config.routes.emplace_back().targets.emplace_back();
    const Json route = treeOf(config)["routes"][0];
    return list == "routes" ? route : route["targets"][0];
  }
  return Json::object();
}

/// Without what is as it would be if it were not told.
Json told(const Json& element, const Json& bare) {
  static const std::set<std::string> kAlways = {"id", "dialect", "provider", "targets"};
  Json out = Json::object();
  for (const auto& [key, value] : element.items()) {
    const auto usual = bare.find(key);
    if (kAlways.contains(key)) {
      out[key] = value;
    } else if (value.is_object() && usual != bare.end()) {
      Json inner = told(value, *usual);
      // A route's `cache` is switched on by being there.
      if (!inner.empty() && key == "cache") inner["when"] = value.at("when");
      if (!inner.empty()) out[key] = std::move(inner);
    } else if (usual == bare.end() ? !(value.is_structured() && value.empty()) : value != *usual) {
      out[key] = value;
    }
  }
  if (const auto targets = out.find("targets"); targets != out.end()) {
    for (Json& target : *targets) target = toldElement("targets", target);
  }
  return out;
}

}  // namespace

Json toldElement(std::string_view list, const Json& element) {
  return told(element, bareElement(list, element));
}

namespace {

class Differ {
 public:
  std::vector<Change> changes;

  void compare(const std::string& path, const std::string& key, const Json& from, const Json& to) {
    if (from == to) return;
    if (from.is_object() && to.is_object()) return compareMaps(path, from, to);
    if (from.is_array() && to.is_array() && compareLists(path, key, from, to)) return;
    changes.push_back({path, from.dump(), to.dump()});
  }

 private:
  void compareMaps(const std::string& path, const Json& from, const Json& to) {
    const auto at = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    for (const auto& [key, value] : to.items()) {
      const auto before = from.find(key);
      if (before == from.end()) {
        changes.push_back({at(key), std::nullopt, value.dump()});
      } else {
        compare(at(key), key, *before, value);
      }
    }
    for (const auto& [key, value] : from.items()) {
      if (!to.contains(key)) changes.push_back({at(key), value.dump(), std::nullopt});
    }
  }

  static std::vector<std::string> namesOf(const Json& list, const std::string& key) {
    std::vector<std::string> names;
    for (const Json& element : list) names.push_back(element.value(key, std::string()));
    return names;
  }

  /// False: only the whole list can tell the difference.
  bool compareLists(const std::string& path, const std::string& key, const Json& from,
                    const Json& to) {
    const std::string naming(namingKey(key));
    if (naming.empty()) {
      return key == "targets" && compareByPlace(path, key, from, to);
    }
    const auto before = namesOf(from, naming);
    const auto after = namesOf(to, naming);
    std::vector<std::string> kept;
    std::ranges::copy_if(before, std::back_inserter(kept), [&](const std::string& name) {
      return std::ranges::find(after, name) != after.end();
    });
    const bool keepsOrder =
        kept.size() <= after.size() && std::equal(kept.begin(), kept.end(), after.begin());
    if (!keepsOrder) return false;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto old = std::ranges::find(before, kept[i]) - before.begin();
      compare(elementPath(path, kept[i]), {}, from[static_cast<std::size_t>(old)], to[i]);
    }
    for (std::size_t i = before.size(); i-- > 0;) {
      if (std::ranges::find(kept, before[i]) != kept.end()) continue;
      remove(elementPath(path, before[i]), key, from[i]);
    }
    for (std::size_t i = kept.size(); i < after.size(); ++i) add(path, after[i], key, to[i]);
    return true;
  }

  bool compareByPlace(const std::string& path, const std::string& key, const Json& from,
                      const Json& to) {
    const auto at = [&](std::size_t i) { return path + "[" + std::to_string(i) + "]"; };
    if (from.size() == to.size()) {
      for (std::size_t i = 0; i < from.size(); ++i) compare(at(i), {}, from[i], to[i]);
      return true;
    }
    std::size_t same = 0;
    while (same < std::min(from.size(), to.size()) && from[same] == to[same]) ++same;
    if (same == from.size()) {
      for (std::size_t i = same; i < to.size(); ++i) add(path, std::to_string(i), key, to[i]);
      return true;
    }
    std::size_t tail = 0;
    while (same + tail < std::min(from.size(), to.size()) &&
           from[from.size() - 1 - tail] == to[to.size() - 1 - tail]) {
      ++tail;
    }
    if (same + tail < to.size()) return false;
    for (std::size_t i = from.size() - tail; i-- > same;) remove(at(i), key, from[i]);
    return true;
  }

  void add(const std::string& path, const std::string& name, const std::string& key,
           const Json& element) {
    changes.push_back({elementPath(path, name), std::nullopt, toldElement(key, element).dump()});
  }
  void remove(const std::string& path, const std::string& key, const Json& element) {
    changes.push_back({path, toldElement(key, element).dump(), std::nullopt});
  }
};

/// Where a path leads in a tree; null: nowhere. Makes maps on the way if `make`.
Json* walk(Json& tree, const ValuePath& path, std::size_t steps, bool make) {
  Json* at = &tree;
  std::string list;
  for (std::size_t i = 0; i < steps; ++i) {
    const PathStep& step = path[i];
    if (step.element) {
      if (!at->is_array()) return nullptr;
      const std::string key(namingKey(list));
      const auto place = placeOf(step.name);
      Json* found = nullptr;
      for (std::size_t k = 0; k < at->size(); ++k) {
        Json& element = (*at)[k];
        if (key.empty() ? place == k : element.value(key, std::string()) == step.name) {
          found = &element;
        }
      }
      if (!found) return nullptr;
      at = found;
    } else {
      if (!at->is_object() || (!make && !at->contains(step.name))) return nullptr;
      at = &(*at)[step.name];
      if (at->is_null()) *at = Json::object();
    }
    list = step.name;
  }
  return at;
}

/// False: there is nothing of that name.
bool apply(Json& tree, const Change& change) {
  const ValuePath path = parsePath(change.path);
  if (path.empty()) return false;
  Json* in = walk(tree, path, path.size() - 1, change.after.has_value());
  if (!in) return false;
  const PathStep& last = path.back();
  Json* there = walk(tree, path, path.size(), false);
  if (change.after) {
    Json value = Json::parse(*change.after, nullptr, false);
    const auto place = placeOf(last.name);
    const bool added = last.element && !change.before && place && in->is_array() &&
                       namingKey(path[path.size() - 2].name).empty();
    if (!last.element) {
      (*in)[last.name] = std::move(value);
    } else if (added) {
      in->insert(in->begin() + static_cast<std::ptrdiff_t>(std::min(*place, in->size())),
                 std::move(value));
    } else if (there) {
      *there = std::move(value);
    } else if (in->is_array()) {
      in->push_back(std::move(value));
    } else {
      return false;
    }
    return true;
  }
  if (!there) return true;  // gone as it is
  if (!last.element) {
    in->erase(last.name);
  } else {
    in->erase(static_cast<std::size_t>(there - &in->front()));
  }
  return true;
}

std::string wordsOf(const std::optional<std::string>& json) {
  if (!json) return "none";
  const Json value = Json::parse(*json, nullptr, false);
  if (value.is_string()) return value.get<std::string>();
  return json->size() > 40 ? json->substr(0, 37) + "..." : *json;
}

}  // namespace

std::string elementPath(const std::string& list, std::string_view name) {
  std::string path = list + "[";
  for (const char c : name) {
    if (c == ']' || c == '\\') path += '\\';
    path += c;
  }
  return path + "]";
}

std::vector<Change> changesBetween(const Config& from, const Config& to) {
  Differ differ;
  differ.compare({}, {}, treeOf(from), treeOf(to));
  return std::move(differ.changes);
}

std::vector<Change> inverted(const std::vector<Change>& changes) {
  std::vector<Change> back;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    back.push_back({change->path, change->after, change->before});
  }
  return back;
}

bool touchTheSame(const std::vector<Change>& a, const std::vector<Change>& b) {
  const auto within = [](const std::string& outer, const std::string& inner) {
    return inner.starts_with(outer) && (inner.size() == outer.size() ||
                                        inner[outer.size()] == '.' || inner[outer.size()] == '[');
  };
  return std::ranges::any_of(a, [&](const Change& x) {
    return std::ranges::any_of(
        b, [&](const Change& y) { return within(x.path, y.path) || within(y.path, x.path); });
  });
}

std::string describe(const Change& change) {
  const ValuePath path = parsePath(change.path);
  std::string what;
  std::string list;
  for (const PathStep& step : path) {
    if (step.element && list == "routes") {
      what = "route " + step.name;
    } else if (step.element && list == "client_keys") {
      what = "client " + step.name;
    } else if (step.element && list == "providers") {
      what = step.name;
    } else if (step.element) {
      what += "[" + step.name + "]";
    } else if (step.name != "limits") {
      what += (what.empty() ? "" : ".") + step.name;
    }
    list = step.name;
  }
  if (!path.empty() && path.back().element) {
    if (path.size() == 2 && path[0].name == "providers") what = "provider " + what;
    if (!change.before) return what + " added";
    if (!change.after) return what + " removed";
  }
  return what + " " + wordsOf(change.before) + " -> " + wordsOf(change.after);
}

std::string describe(const std::vector<Change>& changes) {
  std::string out;
  for (std::size_t i = 0; i < changes.size() && i < kTold; ++i) {
    out += (i > 0 ? ", " : "") + describe(changes[i]);
  }
  if (changes.size() > kTold) out += " and " + std::to_string(changes.size() - kTold) + " more";
  return out;
}

EditedText editTextTo(std::string_view text, std::vector<Change> changes, const Config& wanted) {
  std::string now(text);
  // A value may say more than itself: a route's `cache` switches it on. Then another round says so.
  for (int round = 0; round < kRounds; ++round) {
    for (const Change& change : changes) {
      EditedText edited = editText(now, change);
      if (!edited.text) return edited;
      now = std::move(*edited.text);
    }
    const ReadResult read = readYaml(now);
    if (!read.config) {
      return {std::nullopt, "the file would not be sound: " + read.faults.front().message};
    }
    if (*read.config == wanted) return {std::move(now), {}};
    changes = changesBetween(*read.config, wanted);
  }
  return {std::nullopt, "the file's text cannot be brought to say this"};
}

namespace {

/// Writes changes: all, or of each half what can be.
void write(PartlyEdited& edited, const std::vector<Change>& changes) {
  if (changes.empty()) return;
  const ReadResult wanted = applyChanges(edited.config, changes);
  EditedText whole;
  if (wanted.config) {
    whole = editTextTo(edited.text, changes, *wanted.config);
  } else {
    whole.problem = changes.front().path + ": " + wanted.faults.front().message;
  }
  if (whole.text) {
    edited.text = std::move(*whole.text);
    edited.config = *wanted.config;
  } else if (changes.size() == 1) {
    edited.unsaid.push_back(std::move(whole.problem));
  } else {
    const auto half = changes.begin() + static_cast<std::ptrdiff_t>(changes.size() / 2);
    write(edited, {changes.begin(), half});
    write(edited, {half, changes.end()});
  }
}

}  // namespace

PartlyEdited editTextToward(std::string_view text, const Config& from, const Config& wanted) {
  EditedText whole = editTextTo(text, changesBetween(from, wanted), wanted);
  if (whole.text) return {std::move(*whole.text), wanted, {}};
  PartlyEdited edited{std::string(text), from, {}};
  // A change may have no meaning without one that is written only after it.
  for (int round = 0; round < kRounds; ++round) {
    const Config before = edited.config;
    edited.unsaid.clear();
    write(edited, changesBetween(before, wanted));
    if (edited.unsaid.empty() || edited.config == before) break;
  }
  return edited;
}

ReadResult applyChanges(const Config& config, const std::vector<Change>& changes) {
  Json tree = treeOf(config);
  for (const Change& change : changes) {
    if (apply(tree, change)) continue;
    ReadResult refused;
    refused.faults.push_back({change.path, "there is nothing of that name any more", 0, 0});
    return refused;
  }
  ReadResult read = readYaml(tree.dump());
  for (Fault& fault : read.faults) fault.line = fault.column = 0;
  return read;
}

std::string toYaml(const Config& config) {
  YamlWriter writer;
  std::string out;
  const Json tree = treeOf(config);
  for (const auto& [key, value] : tree.items()) {
    out += writer.entry(key, value, 0, true) + "\n";
  }
  return out;
}

}  // namespace sluice::config
