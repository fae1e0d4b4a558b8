// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_reader.h"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <numeric>
#include <sstream>

namespace sluice::config {

namespace {

constexpr std::size_t kLargestFile = 1 << 20;
/// Lists of aliases of lists of aliases: a small text may be made of more than the memory holds.
constexpr std::size_t kMostElements = 100'000;

/// Only wants to know where a document begins.
class DocumentStart final : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> at;

  void OnDocumentStart(const YAML::Mark& mark) override { at = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// Where one begins behind the first, which YAML::Load() leaves unread. Not YAML::LoadAll(), which makes
/// nodes of all of them: of hostile texts that takes ten times as long.
std::optional<YAML::Mark> secondDocument(std::string_view text) {
  if (text.find("\n---") == std::string_view::npos &&
      text.find("\n...") == std::string_view::npos) {
    return std::nullopt;
  }
  std::istringstream in{std::string(text)};
  YAML::Parser parser(in);
  DocumentStart first, second;
  if (!parser.HandleNextDocument(first) || !parser.HandleNextDocument(second)) return std::nullopt;
  return second.at;
}

/// NUL is UTF-8, but YAML knows no such character, and yaml-cpp makes half a one of it.
bool isText(std::string_view text) {
  return simdjson::validate_utf8(text) && text.find('\0') == std::string_view::npos;
}

/// From 1.
std::optional<int> firstLineNotText(std::string_view text) {
  if (isText(text)) return std::nullopt;
  int line = 1;
  while (!text.empty()) {
    const std::string_view first = text.substr(0, text.find('\n'));
    if (!isText(first)) return line;
    text.remove_prefix(std::min(first.size() + 1, text.size()));
    ++line;
  }
  return line;
}

/// Levenshtein distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// A number with a unit; nothing when there is anything else.
struct Measure {
  double number;
  std::string_view unit;
};
std::optional<Measure> measure(std::string_view text) {
  double number = 0;
  const auto [end, ec] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (ec != std::errc() || !(number >= 0)) return std::nullopt;
  return Measure{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::string kind(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a map";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return "'" + node.Scalar() + "'";
    default:
      return "nothing";
  }
}

}  // namespace

std::optional<YAML::Node> YamlReader::load(std::string_view text, std::string_view expected) {
  if (text.size() > kLargestFile) {
    faults.push_back({"", "the file is larger than 1 MiB", 1, 1});
    return std::nullopt;
  }
  if (const auto line = firstLineNotText(text)) {
    faults.push_back({"", "this line is not text in UTF-8", *line, 1});
    return std::nullopt;
  }
  YAML::Node root;
  try {
    root = YAML::Load(std::string(text));
    if (const auto second = secondDocument(text)) {
      faults.push_back({"", "a second document begins here; a config is one", second->line + 1,
                        second->column + 1});
      return std::nullopt;
    }
  } catch (const YAML::Exception& e) {
    faults.push_back({"", "not valid YAML: " + e.msg, std::max(e.mark.line, 0) + 1,
                      std::max(e.mark.column, 0) + 1});
    return std::nullopt;
  }
  if (!root.IsMap()) {
    faults.push_back({"", "expected " + std::string(expected), 1, 1});
    return std::nullopt;
  }
  return root;
}

bool YamlReader::scalar(const YAML::Node& node, const std::string& path,
                        std::string_view expected) {
  if (node.IsScalar()) return true;
  fault(node.Mark(), path, "expected " + std::string(expected) + ", not " + kind(node));
  return false;
}

YamlReader::Take YamlReader::text(std::string& to) {
  return [this, &to](const YAML::Node& node, const std::string& path) {
    if (scalar(node, path, "a text")) to = node.Scalar();
  };
}

YamlReader::Take YamlReader::texts(std::vector<std::string>& to) {
  return [this, &to](const YAML::Node& node, const std::string& path) {
    list(node, path, [this, &to](const YAML::Node& item, const std::string& at) {
      text(to.emplace_back())(item, at);
    });
  };
}

YamlReader::Take YamlReader::maybeNumber(std::optional<std::uint32_t>& to) {
  return [this, &to](const YAML::Node& node, const std::string& path) {
    std::uint32_t value = 0;
    const std::size_t before = faults.size();
    number(value)(node, path);
    if (faults.size() == before) to = value;
  };
}

YamlReader::Take YamlReader::duration(Duration& to) {
  return [this, &to](const YAML::Node& node, const std::string& path) {
    constexpr std::string_view kExpected = "a duration such as 250ms, 5s, 10m or 1h";
    if (!scalar(node, path, kExpected)) return;
    static const std::map<std::string_view, double> kUnits = {
        {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}};
    const auto m = measure(node.Scalar());
    const auto unit = m ? kUnits.find(m->unit) : kUnits.end();
    if (unit == kUnits.end()) {
      fault(node.Mark(), path,
            "expected " + std::string(kExpected) + ", not '" + node.Scalar() + "'");
      return;
    }
    if (m->number * unit->second > 1e12) {
      fault(node.Mark(), path, "'" + node.Scalar() + "' is too long");
      return;
    }
    to = Duration(static_cast<Duration::rep>(m->number * unit->second));
  };
}

YamlReader::Take YamlReader::size(std::uint64_t& to) {
  return [this, &to](const YAML::Node& node, const std::string& path) {
    constexpr std::string_view kExpected = "a size in bytes such as 65536, 64KiB, 32MiB or 1GiB";
    if (!scalar(node, path, kExpected)) return;
    static const std::map<std::string_view, double> kUnits = {
        {"", 1}, {"B", 1}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}};
    const auto m = measure(node.Scalar());
    const auto unit = m ? kUnits.find(m->unit) : kUnits.end();
    if (unit == kUnits.end() || m->number * unit->second > 1e15) {
      fault(node.Mark(), path,
            "expected " + std::string(kExpected) + ", not '" + node.Scalar() + "'");
      return;
    }
    to = static_cast<std::uint64_t>(m->number * unit->second);
  };
}

void YamlReader::map(const YAML::Node& node, const std::string& path, const Fields& fields,
                     const Later& later) {
  m_places.emplace(path, node.Mark());
  if (!node.IsMap()) {
    fault(node.Mark(), path, "expected a map, not " + kind(node));
    return;
  }
  std::set<std::string> seen;
  for (const auto& pair : node) {
    const YAML::Mark mark = pair.first.Mark();
    if (!pair.first.IsScalar()) {
      fault(mark, path, "a key must be a word");
      continue;
    }
    const std::string& key = pair.first.Scalar();
    const std::string at = path.empty() ? key : path + "." + key;
    if (!seen.insert(key).second) {
      fault(mark, at, "'" + key + "' is given twice");
      continue;
    }
    if (const auto field = fields.find(key); field != fields.end()) {
      // A value that is missing has no place of its own.
      m_places[at] = pair.second.IsNull() ? mark : pair.second.Mark();
      if (pair.second.IsNull()) {
        fault(mark, at, "'" + key + "' has no value");
      } else {
        field->second(pair.second, at);
      }
      continue;
    }
    if (later.contains(key)) {
      fault(mark, at, "'" + key + "' is not supported by this version of Sluice");
      continue;
    }
    std::string hint;
    std::size_t best = key.size() > 4 ? 3 : 2;  // of a short word little is left otherwise
    for (const auto& [name, take] : fields) {
      if (const std::size_t d = distance(key, name); d < best && d < name.size()) {
        best = d;
        hint = "; did you mean '" + std::string(name) + "'?";
      }
    }
    if (hint.empty()) {
      for (const auto& [name, take] : fields)
        hint += (hint.empty() ? "; known here: " : ", ") + std::string(name);
    }
    fault(mark, at, "unknown key '" + key + "'" + hint);
  }
}

void YamlReader::list(const YAML::Node& node, const std::string& path, const Take& take) {
  if (!node.IsSequence()) {
    fault(node.Mark(), path, "expected a list, not " + kind(node));
    return;
  }
  std::size_t i = 0;
  for (const YAML::Node& item : node) {
    const std::string at = path + "[" + std::to_string(i++) + "]";
    if (++m_elements > kMostElements) {
      if (m_elements == kMostElements + 1) {
        fault(item.Mark(), at,
              "with those that aliases repeat, these are more than 100000 elements");
      }
      return;
    }
    m_places.emplace(at, item.Mark());
    take(item, at);
  }
}

void YamlReader::locate(Fault& fault) const {
  std::string path = fault.path;
  for (;;) {
    if (const auto at = m_places.find(path); at != m_places.end()) {
      fault.line = at->second.line + 1;
      fault.column = at->second.column + 1;
      return;
    }
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) {
      fault.line = fault.column = 1;
      return;
    }
    path.resize(dot);
  }
}

}  // namespace sluice::config
