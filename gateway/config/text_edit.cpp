// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/text_edit.h"

#include <algorithm>
#include <utility>

#include "gateway/config/value_path.h"
#include "gateway/config/yaml_tree.h"
#include "gateway/config/yaml_writer.h"

namespace sluice::config {

namespace {

using Json = nlohmann::ordered_json;
using Kind = YamlItem::Kind;

constexpr std::string_view kMark = "\xEF\xBB\xBF";  // a byte order mark

const YamlEntry* entryOf(const YamlItem& map, std::string_view key) {
  const auto at = std::ranges::find_if(
      map.entries, [key](const YamlEntry& entry) { return entry.key.value == key; });
  return at == map.entries.end() ? nullptr : &*at;
}

class Editor {
 public:
  Editor(std::string_view text, const YamlTree& tree) : m_text(text), m_tree(tree) {
    if (text.find("\r\n") != std::string_view::npos) m_writer.eol = "\r\n";
  }

  EditedText run(const Change& change) {
    const ValuePath path = parsePath(change.path);
    std::string list;  // the key of the list that an element is of
    std::vector<Place> places{{&m_tree.root(), nullptr, 0}};
    std::size_t known = 0;
    for (; known < path.size(); ++known) {
      const YamlItem& in = *places.back().item;
      const PathStep& step = path[known];
      if (in.kind == Kind::Alias) return behindAlias(change);
      const auto next = step.element ? element(in, list, step.name) : member(in, step.name);
      if (!next) break;
      places.push_back(*next);
      list = step.name;
    }
    if (known < path.size() && places.back().item->kind == Kind::Alias) {
      return behindAlias(change);
    }
    if (!change.after) {
      if (known < path.size()) return {std::string(m_text), {}};  // not there as it is
      return remove(places, change);
    }
    Json value = Json::parse(*change.after, nullptr, false);
    if (value.is_discarded()) return refused(change, "its new value is not JSON");
    if (known == path.size() && known > 1 && path.back().element && !change.before &&
        namingKey(path[known - 2].name).empty()) {
      return append(*places[known - 1].item, value, change);
    }
    if (known == path.size()) return replace(*places.back().item, value, change);
    for (std::size_t i = path.size(); i-- > known + 1;) {
      if (path[i].element) {
        Json one = Json::array();
        one.push_back(std::move(value));
        value = std::move(one);
      } else {
        Json one = Json::object();
        one[path[i].name] = std::move(value);
        value = std::move(one);
      }
    }
    return path[known].element ? append(*places.back().item, value, change)
                               : insert(*places.back().item, path[known].name, value, change);
  }

 private:
  /// An item with what it is in, and its place there.
  struct Place {
    const YamlItem* item;
    const YamlItem* in;
    std::size_t index;
  };

  static std::optional<Place> member(const YamlItem& map, std::string_view key) {
    if (const YamlEntry* entry = entryOf(map, key)) {
      return Place{&entry->value, &map, static_cast<std::size_t>(entry - map.entries.data())};
    }
    return std::nullopt;
  }

  static std::optional<Place> element(const YamlItem& list, std::string_view listKey,
                                      std::string_view name) {
    const std::string_view key = namingKey(listKey);
    if (key.empty()) {
      const auto place = placeOf(name);
      if (!place || *place >= list.items.size()) return std::nullopt;
      return Place{&list.items[*place], &list, *place};
    }
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const YamlEntry* entry = entryOf(list.items[i], key);
      if (entry && entry->value.value == name) return Place{&list.items[i], &list, i};
    }
    return std::nullopt;
  }

  static EditedText refused(const Change& change, const std::string& why) {
    return {std::nullopt, change.path + " cannot be changed in the file's text: " + why};
  }
  static EditedText behindAlias(const Change& change) {
    return refused(change, "it stands behind an alias; write the value itself in its place");
  }
  static EditedText lost(const Change& change) {
    return refused(change, "where its value ends cannot be told; write it on one line");
  }

  EditedText with(std::size_t from, std::size_t to, std::string_view by) const {
    std::string out(m_text.substr(0, from));
    out += by;
    out += m_text.substr(to);
    return {std::move(out), {}};
  }

  EditedText replace(const YamlItem& item, const Json& value, const Change& change) {
    const auto end = m_tree.endOf(item);
    if (!end || item.kind == Kind::Null) return lost(change);
    const std::size_t begin = m_tree.beginOf(item);
    const char first = m_text[begin];
    const bool quoted = item.kind == Kind::Scalar && (first == '"' || first == '\'');
    return with(begin, *end, m_writer.flow(value, quoted ? first : '\0'));
  }

  /// A new line after the one on which `end` is.
  EditedText addLine(std::size_t end, std::string_view line) const {
    const std::size_t at = m_tree.lineEnd(end);
    const bool open = at == m_text.size() && (at == 0 || m_text[at - 1] != '\n');
    const std::string text(line);
    return with(at, at, open ? m_writer.eol + text : text + m_writer.eol);
  }

  EditedText insert(const YamlItem& map, const std::string& key, const Json& value,
                    const Change& change) {
    if (map.kind != Kind::Map) return refused(change, "what it would be in is not a map");
    const auto end =
        map.entries.empty() ? m_tree.beginOf(map) + 1 : m_tree.endOf(map.entries.back());
    if (!end) return lost(change);
    if (map.flow) {
      m_writer.json = !map.entries.empty() && m_text[map.entries.front().key.at] == '"';
      return with(*end, *end,
                  (map.entries.empty() ? "" : ", ") + m_writer.entry(key, value, 0, false));
    }
    const std::size_t indent = m_tree.columnOf(m_tree.beginOf(map));
    learnStep(map, indent);
    return addLine(*end,
                   std::string(indent, ' ') + m_writer.entry(key, value, indent, overLines(map)));
  }

  /// How far maps stand in around here.
  void learnStep(const YamlItem& map, std::size_t indent) {
    for (const auto& [key, value] : map.entries) {
      if (value.kind != Kind::Map || value.flow || value.entries.empty()) continue;
      const std::size_t column = m_tree.columnOf(m_tree.beginOf(value));
      if (column > indent) m_writer.step = column - indent;
    }
  }

  /// Whether maps beside stand over lines, and none in braces.
  static bool overLines(const YamlItem& map) {
    bool lines = false;
    for (const auto& [key, value] : map.entries) {
      if (value.kind == Kind::Map && value.flow) return false;
      lines = lines || (!value.flow && (value.kind == Kind::Map || value.kind == Kind::List));
    }
    return lines;
  }

  EditedText append(const YamlItem& list, const Json& value, const Change& change) {
    if (list.kind != Kind::List) return refused(change, "what it would be in is not a list");
    const auto end =
        list.items.empty() ? m_tree.beginOf(list) + 1 : m_tree.endOf(list.items.back());
    if (!end) return lost(change);
    if (list.flow) {
      return with(*end, *end, (list.items.empty() ? "" : ", ") + m_writer.flow(value));
    }
    const auto dash = dashOf(list, list.items.size() - 1);
    if (!dash) return lost(change);
    const std::size_t indent = m_tree.columnOf(*dash);
    const bool block = list.items.back().kind == Kind::Map && !list.items.back().flow;
    return addLine(*end,
                   std::string(indent, ' ') + "- " + m_writer.element(value, indent + 2, block));
  }

  /// The dash of an element of a list over lines. What it is of may begin on a later line.
  std::optional<std::size_t> dashOf(const YamlItem& list, std::size_t index) const {
    std::optional<std::size_t> before;
    before = index == 0 ? m_tree.beginOf(list) : m_tree.endOf(list.items[index - 1]);
    const std::size_t at = before ? m_tree.skip(*before) : m_text.size();
    return at < m_text.size() && m_text[at] == '-' ? std::optional(at) : std::nullopt;
  }

  EditedText remove(const std::vector<Place>& places, const Change& change) {
    std::size_t depth = places.size() - 1;
    // What would be left empty goes too, but for what is an element of a list.
    while (depth > 1 && places[depth].in->kind == Kind::Map && !places[depth].in->flow &&
           places[depth].in->entries.size() == 1 && places[depth - 1].in &&
           places[depth - 1].in->kind == Kind::Map) {
      --depth;
    }
    const Place& place = places[depth];
    if (place.in == nullptr) return refused(change, "it is the whole file");
    const bool map = place.in->kind == Kind::Map;
    const auto end = map ? m_tree.endOf(place.in->entries[place.index]) : m_tree.endOf(*place.item);
    if (!end) return lost(change);
    if (place.in->flow) return removeInBraces(*place.in, place.index, *end, change);
    const std::size_t count = map ? place.in->entries.size() : place.in->items.size();
    if (map && count == 1) return refused(change, "nothing would be left of what it is in");
    const auto begin =
        map ? std::optional(place.in->entries[place.index].key.at) : dashOf(*place.in, place.index);
    if (!begin) return lost(change);
    if (count == 1) return with(*begin, *end, "[]");
    const std::size_t line = m_tree.lineBegin(*begin);
    if (m_text.substr(line, *begin - line).find_first_not_of(' ') != std::string_view::npos) {
      // The first key beside a dash: the next one takes its place.
      return with(*begin, m_tree.beginOf(place.in->entries[1].key), "");
    }
    return with(line, m_tree.lineEnd(*end), "");
  }

  EditedText removeInBraces(const YamlItem& in, std::size_t index, std::size_t end,
                            const Change& change) const {
    const bool map = in.kind == Kind::Map;
    const auto beginOf = [&](std::size_t i) {
      return map ? in.entries[i].key.at : m_tree.beginOf(in.items[i]);
    };
    const std::size_t count = map ? in.entries.size() : in.items.size();
    const std::size_t begin = beginOf(index);
    const std::size_t line = m_tree.lineBegin(begin);
    const std::size_t after = m_tree.skip(end, ",");
    const bool alone =
        m_text.substr(line, begin - line).find_first_not_of(' ') == std::string_view::npos &&
        after >= m_tree.lineEnd(end);
    if (alone) return with(line, m_tree.lineEnd(end), "");
    if (index + 1 < count) return with(begin, beginOf(index + 1), "");
    if (index == 0) return with(begin, end, "");
    const auto before =
        map ? m_tree.endOf(in.entries[index - 1]) : m_tree.endOf(in.items[index - 1]);
    if (!before) return lost(change);
    return with(*before, end, "");
  }

  std::string_view m_text;
  const YamlTree& m_tree;
  YamlWriter m_writer;
};

void gatherPaths(const YamlItem& item, const std::string& path, std::string_view key,
                 std::set<std::string>& to) {
  if (!path.empty()) to.insert(path);
  for (const auto& [name, value] : item.entries) {
    gatherPaths(value, path.empty() ? name.value : path + "." + name.value, name.value, to);
  }
  const std::string_view naming = namingKey(key);
  for (std::size_t i = 0; i < item.items.size(); ++i) {
    const YamlEntry* entry = naming.empty() ? nullptr : entryOf(item.items[i], naming);
    const std::string name = entry ? entry->value.value : std::to_string(i);
    gatherPaths(item.items[i], elementPath(path, name), {}, to);
  }
}

}  // namespace

std::set<std::string> toldPaths(std::string_view text) {
  std::set<std::string> paths;
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (const auto tree = YamlTree::of(text)) gatherPaths(tree->root(), {}, {}, paths);
  return paths;
}

EditedText editText(std::string_view text, const Change& change) {
  const bool marked = text.starts_with(kMark);
  const std::string_view bare = marked ? text.substr(kMark.size()) : text;
  const auto tree = YamlTree::of(bare);
  if (!tree) return {std::nullopt, "the file is not valid YAML"};
  EditedText edited = Editor(bare, *tree).run(change);
  if (marked && edited.text) edited.text->insert(0, kMark);
  return edited;
}

}  // namespace sluice::config
