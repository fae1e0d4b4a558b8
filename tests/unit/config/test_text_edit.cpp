// SPDX-License-Identifier: GPL-3.0-or-later
// A config file edited one value at a time: what it then says, and that nothing else moved.
#include <rapidcheck.h>

#include <QFile>
#include <QTest>
#include <algorithm>
#include <map>

#include "gateway/config/json_tree.h"
#include "gateway/config/text_edit.h"
#include "gateway/config/yaml.h"

using namespace sluice::config;

namespace {

using Json = nlohmann::ordered_json;

std::string edited(const std::string& text, const std::string& path,
                   std::optional<std::string> value) {
  const EditedText result = editText(text, {path, std::nullopt, std::move(value)});
  return result.text ? *result.text : "refused: " + result.problem;
}

template <class T>
T pick(const std::vector<T>& from) {
  return from[*rc::gen::inRange<std::size_t>(0, from.size())];
}
bool chance(int percent) {
  return *rc::gen::inRange(0, 100) < percent;
}
std::uint32_t number(std::uint32_t from, std::uint32_t to) {
  return *rc::gen::inRange<std::uint32_t>(from, to + 1);
}

void maybeLimits(Limits& limits, bool calls) {
  if (chance(50)) {
    limits.requestsPerMinute = number(0, 5000);
    if (chance(40)) limits.burstRequests = number(1, 100);
  }
  if (chance(40)) limits.tokensPerMinute = number(0, 90'000);
  if (calls && chance(30)) limits.concurrency = number(0, 100);
  if (calls && chance(30)) limits.queue = number(0, 100);
}

Provider anyProvider(const std::string& id) {
  Provider p;
  p.id = id;
  p.dialect = chance(50) ? Dialect::Mock : Dialect::OpenAi;
  if (p.dialect == Dialect::OpenAi) {
    p.baseUrl = pick<std::string>({"http://127.0.0.1:1/v1", "https://api.example.com/v1"});
    if (chance(50)) p.apiKey = pick<std::string>({"env:A_KEY", "file:/a b/'c' # d", "env:K"});
    if (chance(30)) p.health.path = "/models";
  } else if (chance(50)) {
    p.mock.errorRate = pick<double>({0, 0.25, 1});
    p.mock.latency = Duration(number(0, 3000));
  }
  p.state = pick<ProviderState>({ProviderState::Ready, ProviderState::Drain});
  maybeLimits(p.limits, true);
  if (chance(40)) p.breaker.errorRate = pick<double>({0.1, 0.5, 1});
  if (chance(40)) p.breaker.openFor = Duration(number(1, 9) * 1000);
  if (chance(40)) p.timeouts.idle = Duration(number(1, 100'000));
  return p;
}

Route anyRoute(const Config& config, const std::string& model) {
  Route r;
  r.model = model;
  r.balance = pick<Balance>({Balance::RoundRobin, Balance::Latency});
  for (std::uint32_t i = 0, n = number(1, 3); i < n; ++i) {
    r.targets.push_back(
        {pick(config.providers).id, chance(40) ? "up: #1" : "", number(1, 9), number(0, 1)});
  }
  maybeLimits(r.limits, false);
  if (chance(30))
    r.cache = {Duration(number(1, 60) * 1000),
               pick<CacheWhen>({CacheWhen::Always, CacheWhen::Never})};
  if (chance(30)) r.retry.attempts = number(1, 10);
  return r;
}

Config anyConfig() {
  Config config;
  if (chance(50)) config.server.port = static_cast<std::uint16_t>(number(1, 60'000));
  const std::vector<std::string> ids = {"one", "two.x", "3"};
  for (std::uint32_t i = 0, n = number(1, 3); i < n; ++i) {
    config.providers.push_back(anyProvider(ids[i]));
  }
  const std::vector<std::string> models = {"*", "openai/*",
                                           pick<std::string>({"m-1.5", "a].b", "]"}),
                                           pick<std::string>({"a b", "x[1].y", "\\]\\"})};
  for (std::uint32_t i = 0, n = number(1, 4); i < n; ++i) {
    config.routes.push_back(anyRoute(config, models[i]));
  }
  if (chance(30)) config.log.level = LogLevel::Debug;
  return config;
}

/// As somebody changes it: values, and elements that come and go.
Config changed(Config config, bool elements) {
  for (Provider& p : config.providers) {
    if (!chance(50)) continue;
    const Provider other = anyProvider(p.id);
    if (chance(50)) p.limits = other.limits;
    if (chance(30)) p.state = other.state;
    if (chance(30)) p.breaker = other.breaker;
    if (chance(30)) p.timeouts = other.timeouts;
    if (p.dialect == Dialect::Mock && other.dialect == Dialect::Mock) p.mock = other.mock;
    if (p.dialect == Dialect::OpenAi && other.dialect == Dialect::OpenAi) p.apiKey = other.apiKey;
  }
  for (Route& r : config.routes) {
    if (chance(40)) r.targets[0].weight = number(1, 99);
    if (chance(30)) r.limits = anyRoute(config, "x").limits;
    if (chance(30)) r.cache = anyRoute(config, "x").cache;
    if (elements && chance(40)) r.targets = anyRoute(config, "x").targets;
  }
  if (elements) {
    if (chance(40)) config.providers.push_back(anyProvider("new"));
    if (config.routes.size() > 1 && chance(40)) config.routes.erase(config.routes.begin());
    if (chance(40)) config.routes.push_back(anyRoute(config, "late"));
  }
  return config;
}

/// Writes a config as people do: some values told, in any order of styles, with remarks between.
class Scribe {
 public:
  std::string write(const Config& config) {
    m_eol = chance(20) ? "\r\n" : "\n";
    m_step = chance(70) ? 2 : 4;
    std::string out = remark(0);
    const Json tree = treeOf(config), bare = treeOf(Config());
    for (const auto& [key, value] : tree.items()) {
      if (value == bare.at(key) && key != "version" && chance(70)) continue;
      out += entry(key, value, 0, false) + tail();
    }
    if (chance(20) && out.ends_with(m_eol)) out.resize(out.size() - m_eol.size());
    return out;
  }

 private:
  std::string remark(std::size_t indent) {
    if (!chance(25)) return chance(10) ? m_eol : "";
    return std::string(chance(70) ? indent : 0, ' ') + "# it's {a: b, [c\" - 'd" + m_eol;
  }
  std::string tail() { return (chance(25) ? "   # why: {not}" : "") + m_eol; }

  std::string scalar(const Json& value) {
    if (!value.is_string()) return value.dump();
    const auto text = value.get<std::string>();
    const bool odd = text.empty() || text.find_first_of("'\"#:*{}[], ") != std::string::npos;
    if (chance(30)) return value.dump();
    if (odd || chance(20)) {
      std::string out = "'";
      for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
      return out + "'";
    }
    return text;
  }

  std::string flow(const Json& value, std::size_t indent) {
    if (!value.is_structured()) return scalar(value);
    const bool lines = chance(15) && !value.empty();
    const std::string gap =
        lines ? m_eol + std::string(indent + 6, ' ') : std::string(chance(20) ? " " : "");
    std::string out;
    for (const auto& [key, member] : value.items()) {
      if (!out.empty()) out += (lines && chance(30) ? ",  # c}" : ", ") + (lines ? gap : "");
      if (value.is_object()) out += key + ": ";
      out += flow(member, indent);
    }
    if (lines && chance(30)) out += ",";
    out = (lines ? gap : "") + out + (lines ? m_eol + std::string(indent + 4, ' ') : "");
    return value.is_object() ? "{" + out + "}" : "[" + out + "]";
  }

  std::string entry(const std::string& key, const Json& value, std::size_t indent, bool braces) {
    const std::string begin = key + ":";
    if (!value.is_structured() || value.empty() || braces || chance(30)) {
      return begin + " " + flow(value, indent);
    }
    std::string out = begin + tail();
    if (value.is_object()) {
      bool first = true;
      for (const auto& [name, member] : value.items()) {
        out += (first ? "" : tail()) + remark(indent + m_step) + std::string(indent + m_step, ' ') +
               entry(name, member, indent + m_step, false);
        first = false;
      }
      return out;
    }
    const std::size_t dash = indent + (chance(70) ? m_step : 0);
    bool first = true;
    for (const Json& element : value) {
      out += (first ? "" : tail()) + remark(dash) + std::string(dash, ' ') + "-";
      first = false;
      const bool below = chance(15);
      const std::size_t column = dash + (chance(90) || below ? 2 : 4);
      out += below ? tail() + remark(column) + std::string(column, ' ')
                   : std::string(column - dash - 1, ' ');
      if (!element.is_object() || chance(20)) {
        out += flow(element, dash);
        continue;
      }
      bool head = true;
      for (const auto& [name, member] : element.items()) {
        if (!head) out += tail() + remark(column) + std::string(column, ' ');
        out += entry(name, member, column, false);
        head = false;
      }
    }
    return out;
  }

  std::string m_eol;
  std::size_t m_step = 2;
};

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// How many lines of the old text are not in the new one, in order; and the other way.
std::pair<std::size_t, std::size_t> lost(const std::string& from, const std::string& to) {
  const auto a = linesOf(from), b = linesOf(to);
  std::vector<std::vector<std::size_t>> same(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      same[i][j] = a[i] == b[j] ? same[i + 1][j + 1] + 1 : std::max(same[i + 1][j], same[i][j + 1]);
    }
  }
  return {a.size() - same[0][0], b.size() - same[0][0]};
}

}  // namespace

class TestTextEdit : public QObject {
  Q_OBJECT
 private slots:
  void oneValue_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("value");  // empty: removed
    QTest::addColumn<QString>("after");
    const auto row = [](const char* name, const char* before, const char* path, const char* value,
                        const char* after) {
      QTest::newRow(name) << QString::fromUtf8(before) << QString::fromUtf8(path)
                          << QString::fromUtf8(value) << QString::fromUtf8(after);
    };
    row("over lines", "a:\n  b: 1   # one\n  c: 2\n", "a.b", "17", "a:\n  b: 17   # one\n  c: 2\n");
    row("in braces", "a: {b: 1, c: 2} # x\n", "a.c", "3", "a: {b: 1, c: 3} # x\n");
    row("single quotes stay", "a: 'x#y'  # z\n", "a", "\"it's\"", "a: 'it''s'  # z\n");
    row("double quotes stay", "a: \"x\\\"y\"\n", "a", "\"z\"", "a: \"z\"\n");
    row("a number in quotes", "a: '5'\n", "a", "6", "a: '6'\n");
    row("quotes where needed", "a: x\n", "a", "\"*\"", "a: '*'\n");
    row("an anchor stays", "a: &n 5 # x\n", "a", "6", "a: &n 6 # x\n");
    row("a plain one over lines", "a: some\n  words # x\nb: 1\n", "a", "\"w\"", "a: w # x\nb: 1\n");
    row("added over lines", "a:\n    b: 1 # x\n    # c: 7\nd: 2\n", "a.c", "3",
        "a:\n    b: 1 # x\n    c: 3\n    # c: 7\nd: 2\n");
    row("added in braces", "a: {b: 1 }\n", "a.c", "3", "a: {b: 1, c: 3 }\n");
    row("added to none", "a: {}\n", "a.c", "\"d\"", "a: {c: d}\n");
    row("a map on the way, in braces", "a:\n  b: 1\n  x: {y: 1}\n", "a.c.d", "3",
        "a:\n  b: 1\n  x: {y: 1}\n  c: {d: 3}\n");
    row("a map on the way, over lines", "a:\n   b: 1\nx: 2\n", "c.d", "3",
        "a:\n   b: 1\nx: 2\nc:\n   d: 3\n");
    row("no line break at the end", "a: 1\nb: 2", "c", "3", "a: 1\nb: 2\nc: 3");
    row("Windows", "a: 1\r\nb: 2\r\n", "c", "3", "a: 1\r\nb: 2\r\nc: 3\r\n");
    row("a byte order mark",
        "\xEF\xBB\xBF"
        "a: 1\n",
        "a", "2",
        "\xEF\xBB\xBF"
        "a: 2\n");
    row("JSON", "{\"a\": {\"b\": 1}}", "a.c", "\"d\"", "{\"a\": {\"b\": 1, \"c\": \"d\"}}");
    row("an element by name", "providers:\n- id: x\n  s: 1\n- id: y\n  s: 1\n", "providers[y].s",
        "2", "providers:\n- id: x\n  s: 1\n- id: y\n  s: 2\n");
    row("an element by place", "t: [{w: 1}, {w: 1}]\n", "t[1].w", "2", "t: [{w: 1}, {w: 2}]\n");
    row("a new element", "routes:\n  - model: a\n    w: 1\nx: 1\n", "routes[b]",
        "{\"model\":\"b\",\"w\":2}",
        "routes:\n  - model: a\n    w: 1\n  - model: b\n    w: 2\nx: 1\n");
    row("a new element in braces", "t:\n  - {w: 1}  # x\n", "t[1]", "{\"w\":2}",
        "t:\n  - {w: 1}  # x\n  - {w: 2}\n");
    row("a new list", "a: 1\n", "t[0]", "{\"w\":2}", "a: 1\nt: [{w: 2}]\n");
    row("removed line", "a:\n  b: 1 # x\n  # y\n  c: 2\n", "a.b", "", "a:\n  # y\n  c: 2\n");
    row("removed beside a dash", "t:\n  - b: 1\n    c: 2\n", "t[0].b", "", "t:\n  - c: 2\n");
    row("removed in braces", "a: {b: 1, c: 2, d: 3}\n", "a.c", "", "a: {b: 1, d: 3}\n");
    row("removed last in braces", "a: {b: 1, c: 2}\n", "a.c", "", "a: {b: 1}\n");
    row("removed only one in braces", "a: {b: 1}\n", "a.b", "", "a: {}\n");
    row("removed line in braces", "a: {\n  b: 1,\n  c: 2, # x\n  d: 3}\n", "a.c", "",
        "a: {\n  b: 1,\n  d: 3}\n");
    row("an emptied map goes", "a: 1\nb:\n  c: 1\nd: 2\n", "b.c", "", "a: 1\nd: 2\n");
    row("removed element", "t:\n  - {w: 1}\n  - {w: 2} # x\n  - {w: 3}\n", "t[1]", "",
        "t:\n  - {w: 1}\n  - {w: 3}\n");
    row("a dash on a line of its own", "t:\n  -\n    w: 1\n  -\n    w: 2\nx: 1\n", "t[1]", "",
        "t:\n  -\n    w: 1\nx: 1\n");
    row("the only one, with such a dash", "t:\n  -\n    w: 1\nx: 1\n", "t[0]", "",
        "t:\n  []\nx: 1\n");
    row("the only one, far from its dash", "t:\n  -   w: 1\n", "t[0]", "", "t:\n  []\n");
    row("a remark beside the dash", "t:\n  - # {one\n    w: 1\n  - # two\n    w: 2\n", "t[1]", "",
        "t:\n  - # {one\n    w: 1\n");
    row("a new element below such a dash", "t:\n  - # one\n    w: 1\nx: 1\n", "t[1]", "{\"w\":2}",
        "t:\n  - # one\n    w: 1\n  - w: 2\nx: 1\n");
    row("the first key below such a dash", "t:\n  - # one\n    b: 1\n    c: 2\n", "t[0].b", "",
        "t:\n  - # one\n    c: 2\n");
    row("an element with an anchor", "t:\n  - &a\n    w: 1\n  - &b {w: 2}\n", "t[0]", "",
        "t:\n  - &b {w: 2}\n");
    row("what is not there", "a: 1\n", "b.c", "", "a: 1\n");
    row("behind an alias", "a: &x {b: 1}\nc: *x\n", "c.b", "2",
        "refused: c.b cannot be changed in the file's text: it stands behind an alias; write the "
        "value itself in its place");
    row("an alias itself", "a: &x 1\nc: *x # y\n", "c", "2", "a: &x 1\nc: 2 # y\n");
    row("an alias itself, in braces", "a: &x 1\nt: [{w: *x}]\n", "t[0].w", "2",
        "a: &x 1\nt: [{w: 2}]\n");
    row("before the end of the document", "%YAML 1.2\n---\na: 1\n...\n# x\n", "b", "2",
        "%YAML 1.2\n---\na: 1\nb: 2\n...\n# x\n");
    row("other alphabets", "a: \xC3\xBC # \xF0\x9F\x98\x80\nb: 1\n", "b", "2",
        "a: \xC3\xBC # \xF0\x9F\x98\x80\nb: 2\n");
    row("a quoted key", "'a': {\"b\": 1}\n", "a.b", "2", "'a': {\"b\": 2}\n");
    row("a remark at the end, without a line break", "a: 1\n# x", "b", "2", "a: 1\nb: 2\n# x");
    row("a block of text", "a: |\n  text\n", "a", "\"b\"",
        "refused: a cannot be changed in the file's text: where its value ends cannot be told; "
        "write it on one line");
  }
  void oneValue() {
    QFETCH(QString, before);
    QFETCH(QString, path);
    QFETCH(QString, value);
    QFETCH(QString, after);
    QCOMPARE(QString::fromStdString(
                 edited(before.toStdString(), path.toStdString(),
                        value.isEmpty() ? std::nullopt : std::optional(value.toStdString()))),
             after);
  }

  void theExampleKeepsItsRemarks() {
    QFile file(QStringLiteral(SLUICE_SOURCE_DIR "/resources/example.yaml"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string text = file.readAll().toStdString();
    const Config before = *readYaml(text).config;
    Config wanted = before;
    wanted.providers[0].limits.requestsPerMinute = 500;
    const EditedText result = editTextTo(text, changesBetween(before, wanted), wanted);
    QVERIFY2(result.text, result.problem.c_str());
    std::string by_hand = text;
    by_hand.replace(by_hand.find("requests_per_minute: 600"), 24, "requests_per_minute: 500");
    QCOMPARE(*result.text, by_hand);
  }

  void whatAValueSaysBesideItselfIsTakenBack() {
    const std::string text =
        "version: 1\n"
        "providers:\n"
        "  - id: a\n"
        "    dialect: mock\n"
        "routes:\n"
        "  - model: m\n"
        "    targets: [{provider: a}]\n";
    const Config before = *readYaml(text).config;
    QCOMPARE(before.routes[0].cache.when, CacheWhen::Never);
    Config wanted = before;
    wanted.routes[0].cache.ttl = Duration(60'000);  // telling it switches the cache on
    QVERIFY(wanted != before);
    const EditedText result = editTextTo(text, changesBetween(before, wanted), wanted);
    QVERIFY2(result.text, result.problem.c_str());
    QVERIFY(*readYaml(*result.text).config == wanted);
  }

  void saysWhatIsWanted() {
    QVERIFY(rc::check("an edited file reads as the config changed in memory", [] {
      const Config before = anyConfig();
      const std::string text = Scribe().write(before);
      const ReadResult read = readYaml(text);
      RC_ASSERT(read.config.has_value());
      const Config after = changed(*read.config, true);
      RC_PRE(check(after).empty());
      const EditedText result = editTextTo(text, changesBetween(*read.config, after), after);
      RC_LOG() << text << "\n---\n" << result.problem << "\n---\n" << result.text.value_or("");
      RC_ASSERT(result.text.has_value());
      RC_ASSERT(*readYaml(*result.text).config == after);
    }));
  }

  void movesNothingElse() {
    QVERIFY(rc::check("one change of a value touches one line", [] {
      const std::string text = Scribe().write(anyConfig());
      const Config before = *readYaml(text).config;
      Config after = before;
      Provider& p = chance(50) ? after.providers.front() : after.providers.back();
      switch (number(0, 4)) {
        case 0:
          p.limits.requestsPerMinute = number(1, 1'000'000);
          break;
        case 1:
          p.limits.concurrency.reset();
          break;
        case 2:
          p.breaker.openFor = Duration(number(1, 9'999));
          break;
        case 3:
          after.routes.back().targets.back().weight = number(1, 1000);
          break;
        default:
          p.state = ProviderState::Disabled;
      }
      RC_PRE(check(after).empty());
      const EditedText result = editTextTo(text, changesBetween(before, after), after);
      RC_LOG() << text << "\n---\n" << result.problem << "\n---\n" << result.text.value_or("");
      RC_ASSERT(result.text.has_value());
      const auto [gone, come] = lost(text, *result.text);
      RC_ASSERT(gone <= 2u);  // a map emptied by the removal goes with its key
      RC_ASSERT(come <= 2u);  // a map that was missing, over lines, and the value
      if (changesBetween(before, after).size() == 1 && changesBetween(before, after)[0].before &&
          changesBetween(before, after)[0].after && gone == 1 && come == 1) {
        RC_ASSERT(linesOf(text).size() == linesOf(*result.text).size());
      }
    }));
  }

  /// Targets have no names: what stands before them moves them all.
  void aTargetBeforeTheOnlyOne() {
    Config before;
    before.providers.resize(2);
    before.providers[0].id = "a";
    before.providers[1].id = "b";
    for (Provider& provider : before.providers) provider.dialect = Dialect::Mock;
    before.routes.resize(1);
    before.routes[0].model = "m";
    before.routes[0].targets.resize(1);
    before.routes[0].targets[0].provider = "a";
    Config after = before;
    after.routes[0].targets.insert(after.routes[0].targets.begin(), Target());
    after.routes[0].targets[0].provider = "b";
    for (const auto& [from, to] : {std::pair{before, after}, std::pair{after, before}}) {
      const ReadResult there = applyChanges(from, changesBetween(from, to));
      QVERIFY(there.config.has_value());
      QVERIFY(*there.config == to);
    }
  }

  void changesLeadThereAndBack() {
    QVERIFY(rc::check("changes and their inverse", [] {
      const Config before = anyConfig();
      const Config after = changed(before, true);
      RC_PRE(check(after).empty());
      RC_PRE(check(before).empty());
      const auto changes = changesBetween(before, after);
      const ReadResult there = applyChanges(before, changes);
      RC_ASSERT(there.config.has_value());
      RC_ASSERT(*there.config == after);
      RC_ASSERT(changes.empty() == (before == after));
      const Config back = *applyChanges(after, inverted(changes)).config;
      // An element that was taken out comes back at the end.
      const auto sorted = [](Config c) {
        std::ranges::sort(c.routes, {}, &Route::model);
        return c;
      };
      RC_ASSERT(sorted(back) == sorted(before));
    }));
  }

  void toldInWords() {
    const auto words = [](const char* path, std::optional<std::string> a,
                          std::optional<std::string> b) {
      return describe(Change{path, std::move(a), std::move(b)});
    };
    QCOMPARE(words("providers[openai].limits.requests_per_minute", "500", "600"),
             std::string("openai.requests_per_minute 500 -> 600"));
    QCOMPARE(words("providers[a].breaker.open_for", "\"5s\"", "\"10s\""),
             std::string("a.breaker.open_for 5s -> 10s"));
    QCOMPARE(words("routes[gpt-4.5/*].targets[1].weight", "1", "3"),
             std::string("route gpt-4.5/*.targets[1].weight 1 -> 3"));
    QCOMPARE(words("providers[a]", {}, "{}"), std::string("provider a added"));
    QCOMPARE(words("routes[m]", "{}", {}), std::string("route m removed"));
    QCOMPARE(words("server.client_keys[ci].limits.tokens_per_minute", {}, "5"),
             std::string("client ci.tokens_per_minute none -> 5"));
  }

  /// A text that is not what it is said to be, and cannot be brought to be.
  void whereNothingIsToBeWrittenNothingIs() {
    const std::string text =
        "version: 1\nproviders:\n  - {id: a, dialect: mock, limits: &usual {queue: 7}}\n"
        "  - {id: b, dialect: mock, limits: *usual}\n";
    ReadResult other = readYaml(text);
    QVERIFY(other.config);
    other.config->providers[1].limits.queue = 9;
    QCOMPARE(editTextToward(text, *other.config, *other.config).text, text);
  }

  void whoTouchesTheSame() {
    const auto touch = [](const char* a, const char* b) {
      return touchTheSame({{a, "1", "2"}}, {{b, "1", "3"}});
    };
    QVERIFY(touch("providers[a].state", "providers[a].state"));
    QVERIFY(touch("providers[a]", "providers[a].state"));
    QVERIFY(touch("providers[a].limits.queue", "providers[a].limits"));
    QVERIFY(!touch("providers[a].limits.queue", "providers[a].limits.queue_timeout"));
    QVERIFY(!touch("providers[a].state", "providers[ab].state"));
  }

  void aWholeConfigIsWritten() {
    QVERIFY(rc::check("toYaml reads as the config", [] {
      const Config config = anyConfig();
      RC_PRE(check(config).empty());
      const ReadResult read = readYaml(toYaml(config));
      RC_LOG() << toYaml(config);
      RC_ASSERT(read.config.has_value());
      RC_ASSERT(*read.config == config);
    }));
  }
};

QTEST_APPLESS_MAIN(TestTextEdit)
#include "test_text_edit.moc"
