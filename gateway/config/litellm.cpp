// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/litellm.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <utility>

#include "gateway/config/json_tree.h"
#include "gateway/config/litellm_models.h"
#include "gateway/config/yaml.h"
#include "gateway/config/yaml_writer.h"

namespace sluice::config {

namespace {

using Json = nlohmann::ordered_json;

/// In one line, for a comment.
std::string oneLine(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

class Importer : public LiteLlmModels {
 public:
  explicit Importer(const Variable& variable) : LiteLlmModels(variable) {}
  Imported import(std::string_view text);

 private:
  void read(std::string_view text);
  void settings(Items& router, Items& litellm);
  void cache(const Item& on, Items params);

  void share(std::vector<Deployment>& group);
  std::string variableFor(const Item& key, const std::string& usual);
  std::string providerFor(const Deployment& deployment);
  void masterKey(const Item& item);
  Route* route(const std::string& model);
  void alias(const std::string& name, const Item& item);
  std::vector<std::string> routes(const Item& names);
  void fallbacks(const std::optional<Item>& own, const std::optional<Item>& usual);

  std::string comments(std::string_view indent, const std::function<bool(const Note&)>& which);
  std::string write();

  Route m_usualRoute;
  bool m_shuffles = true;  ///< LiteLLM shares by weights
  /// The variable for each key that stood in the file, and what that would be called.
  std::map<std::pair<std::string, std::string>, std::string> m_literals;
  std::set<std::string> m_limited;  ///< providers that are of one deployment
  std::map<std::string, std::string> m_aliasOf;
  Config m_config;
};

void Importer::settings(Items& router, Items& litellm) {
  m_usual.dialect = Dialect::Mock;  // which needs no address
  breaker(m_usual, router);
  auto total = take(router, "timeout");
  auto asked = take(litellm, "request_timeout");
  if (total && asked) note(*asked, total->path + " goes before it");
  if (total || asked) timeout(m_usual, total ? *total : *asked);

  if (const auto item = either(router, litellm, "num_retries")) {
    if (const auto retries = whole(*item)) {
      m_usualRoute.retry.attempts = std::min(*retries + 1, 10u);
      if (*retries > 9) note(*item, "taken as 9: at most 10 attempts in all are made");
    }
  }
  if (const auto item = take(router, "routing_strategy")) {
    const std::string strategy = text(*item).value_or("");
    m_shuffles = strategy == "simple-shuffle";
    if (strategy == "least-busy") {
      m_usualRoute.balance = Balance::LeastConnections;
    } else if (strategy == "latency-based-routing") {
      m_usualRoute.balance = Balance::Latency;
    } else if (strategy.starts_with("usage-based-routing")) {
      note(*item,
           "taken as round_robin: turns are taken, and who has reached a limit is passed over");
    } else if (!m_shuffles) {
      note(*item, "taken as round_robin: Sluice balances by turns, connections or latency");
    }
  }
  const auto on = take(litellm, "cache");
  if (on && on->node.as<bool>(false)) {
    cache(*on, section(litellm, "cache_params"));
  }
}

/// LiteLLM keeps the answers to all requests.
void Importer::cache(const Item& on, Items params) {
  m_usualRoute.cache.when = CacheWhen::Always;
  if (const auto item = take(params, "type")) {
    const std::string type = text(*item).value_or("");
    if (type.ends_with("semantic")) {
      m_usualRoute.cache.when = CacheWhen::Never;
      note(on, "not taken over: answers are kept for equal requests, not for similar ones");
    } else if (type != "local") {
      note(*item, "taken as memory of the gateway: answers are kept nowhere else");
    }
  }
  if (const auto item = take(params, "mode")) {
    if (text(*item).value_or("") == "default_off") {
      m_usualRoute.cache.when = CacheWhen::Never;
      note(on,
           "not taken over: a request cannot ask for its answer to be kept; a route's cache is for "
           "all");
    }
  }
  if (const auto item = take(params, "ttl")) {
    if (const auto ttl = seconds(*item)) {
      m_usualRoute.cache.ttl = std::clamp(*ttl, Duration(1'000), Duration(720 * 3'600'000ll));
      if (m_usualRoute.cache.ttl != *ttl) note(*item, "taken as near as can be: must be 1s..720h");
    }
  }
  leave(params);
}

/// Weights as LiteLLM shares: by the first of weight, rpm and tpm that its first deployment has. Who has
/// none of it then is asked only when the others cannot serve.
void Importer::share(std::vector<Deployment>& group) {
  std::set<double> tiers;
  for (const Deployment& d : group) {
    if (d.order) tiers.insert(*d.order);
  }
  for (Deployment& d : group) {
    const auto tier = d.order ? tiers.find(*d.order) : tiers.end();
    d.target.priority = static_cast<std::uint32_t>(
        std::min<std::ptrdiff_t>(std::distance(tiers.begin(), tier), 99));
  }
  if (!m_shuffles) return;
  std::optional<double> Deployment::*by = nullptr;
  for (const auto field : {&Deployment::weight, &Deployment::rpm, &Deployment::tpm}) {
    if (!by && group.front().*field) by = field;
  }
  if (!by) return;
  double largest = 0;
  for (const Deployment& d : group) largest = std::max(largest, (d.*by).value_or(0));
  if (largest == 0) return;
  // Whole numbers as they are, fractions by tenths or hundredths; only what does not fit is rounded.
  double scale = 1;
  const auto fits = [&] {
    return std::ranges::all_of(group, [&](const Deployment& d) {
      const double value = (d.*by).value_or(0) * scale;
      return std::abs(value - std::round(value)) < 1e-6;
    });
  };
  while (!fits() && scale < 1000) scale *= 10;
  std::int64_t common = 0;
  for (const Deployment& d : group) {
    common = std::gcd(common, std::llround((d.*by).value_or(0) * scale));
  }
  if (common > 0) scale /= static_cast<double>(common);
  if (largest * scale > 1000) scale = 1000 / largest;
  std::uint32_t last = 0;
  for (const Deployment& d : group) last = std::max(last, d.target.priority);
  for (Deployment& d : group) {
    const double value = (d.*by).value_or(0);
    if (value == 0) {
      d.target.priority = last + 1;
      note(d.place, "has no share of the others' weights: it is asked when they cannot serve");
    }
    d.target.weight = static_cast<std::uint32_t>(std::max(1ll, std::llround(value * scale)));
  }
}

/// That which is to hold a key that stood in the file: the usual one, unless another key has that.
std::string Importer::variableFor(const Item& key, const std::string& usual) {
  const auto [known, added] = m_literals.try_emplace({usual, key.node.Scalar()});
  if (!added) return known->second;
  std::string name = usual;
  for (int i = 2; m_variables.contains(name); ++i) name = usual + "_" + std::to_string(i);
  m_variables.insert(name);
  known->second = "env:" + name;
  m_about = known->second;
  note(key,
       "the file holds the key itself, which is not repeated here: set the environment variable " +
           name + " to it, or name a keychain:NAME or file:PATH instead");
  m_about.clear();
  return known->second;
}

/// The id of the one that a deployment is of: of one that is there, unless it has limits of its own.
std::string Importer::providerFor(const Deployment& deployment) {
  Provider made = deployment.provider;
  for (const Provider& there : m_config.providers) {
    made.id = there.id;
    if (made == there && !deployment.limited && !m_limited.contains(there.id)) return there.id;
  }
  std::string id = deployment.name;
  if (deployment.limited && !deployment.target.model.empty()) id += "-" + deployment.target.model;
  for (char& c : id) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') c = '-';
  }
  id.resize(std::min<std::size_t>(id.size(), 56));  // a number may follow, 64 are allowed
  made.id = id;
  for (int i = 2; std::ranges::count(m_config.providers, made.id, &Provider::id) > 0; ++i) {
    made.id = id + "-" + std::to_string(i);
  }
  if (deployment.limited) m_limited.insert(made.id);
  m_config.providers.push_back(made);
  return made.id;
}

void Importer::masterKey(const Item& item) {
  if (!item.node.IsScalar() || item.node.Scalar().empty()) {
    note(item, "not taken over: expected a key");
    return;
  }
  const std::string& value = item.node.Scalar();
  if (value == kVariable) {
    note(item, "not taken over: expected the name of a variable");
    return;
  }
  ClientKey& client = m_config.server.clientKeys.emplace_back();
  client.id = "master";
  client.key = value.starts_with(kVariable) ? "env:" + value.substr(kVariable.size())
                                            : variableFor(item, "LITELLM_MASTER_KEY");
}

Route* Importer::route(const std::string& model) {
  const auto at = std::ranges::find(m_config.routes, model, &Route::model);
  return at == m_config.routes.end() ? nullptr : &*at;
}

void Importer::alias(const std::string& name, const Item& item) {
  std::optional<Item> model = item;
  if (item.node.IsMap()) {
    Items values = items(item.node, item.path);
    model = take(values, "model");
    leave(values);
  }
  const Route* of = model && model->node.IsScalar() ? route(model->node.Scalar()) : nullptr;
  if (!of || name.empty() || name.find('*') != std::string::npos) {
    note(item, "not taken over: an alias is a name for a model in this file that was taken over");
  } else if (route(name)) {
    note(item, "not taken over: there is a model of that name");
  } else {
    Route same = *of;
    same.model = name;
    m_aliasOf[name] = of->model;
    m_config.routes.push_back(std::move(same));
  }
}

/// Those of the names that there are.
std::vector<std::string> Importer::routes(const Item& names) {
  std::vector<std::string> out;
  for (const Item& item : elements(names)) {
    if (item.node.IsScalar() && route(item.node.Scalar())) {
      out.push_back(item.node.Scalar());
    } else {
      note(item, "not taken over: expected the name of a model in this file that was taken over");
    }
  }
  return out;
}

void Importer::fallbacks(const std::optional<Item>& own, const std::optional<Item>& usual) {
  std::map<std::string, std::vector<std::string>> of;
  if (usual) of["*"] = routes(*usual);
  for (const Item& item : own ? elements(*own) : std::vector<Item>()) {
    for (const auto& [model, names] : items(item.node, item.path)) {
      if (model != "*" && !route(model)) {
        note(names, "not taken over: there is no such model in this file that was taken over");
      } else if (auto found = routes(names); std::ranges::count(found, model) > 0) {
        note(names, "not taken over: a route cannot fall back to itself");
      } else {
        of[model] = std::move(found);
      }
    }
  }
  for (Route& route : m_config.routes) {
    const auto alias = m_aliasOf.find(route.model);
    auto named = of.find(route.model);
    if (named == of.end() && alias != m_aliasOf.end()) named = of.find(alias->second);
    if (named == of.end()) named = of.find("*");
    if (named == of.end()) continue;
    std::ranges::copy_if(named->second, std::back_inserter(route.fallback),
                         [&](const std::string& name) { return name != route.model; });
    // LiteLLM counts the attempts of each model by itself, Sluice those of the request.
    route.retry.attempts = static_cast<std::uint32_t>(
        std::min<std::size_t>(route.retry.attempts + route.fallback.size(), 10));
  }
}

std::string Importer::comments(std::string_view indent,
                               const std::function<bool(const Note&)>& which) {
  std::string out;
  for (Note& note : m_notes) {
    if (note.written || !which(note)) continue;
    note.written = true;
    out += std::string(indent) + "# line " + std::to_string(note.fault.line) + ", " +
           oneLine(note.fault.path + ": " + note.fault.message) + "\n";
  }
  return out;
}

std::string Importer::write() {
  const YamlWriter writer;
  const Json tree = treeOf(m_config);
  std::string body;
  const auto about = [this](std::string_view indent, const std::string& what) {
    return comments(indent, [&](const Note& note) { return note.about == what; });
  };
  if (!m_config.server.clientKeys.empty()) {
    const ClientKey& client = m_config.server.clientKeys.front();
    body += "server:\n" + about("  ", client.key) + "  client_keys:\n    - " +
            writer.flow({{"id", client.id}, {"key", client.key}}) + "\n\n";
  }
  body += "providers:\n";
  for (const Json& provider : tree["providers"]) {
    if (provider.contains("api_key")) body += about("  ", provider["api_key"]);
    body += "  - " + writer.element(toldElement("providers", provider), 4, true) + "\n";
  }
  body += "\nroutes:\n";
  for (const Json& route : tree["routes"]) {
    body += about("  ", route["model"]);
    body += "  - " + writer.element(toldElement("routes", route), 4, true) + "\n";
  }
  std::string head =
      "# Made of a config of the LiteLLM proxy. What that leaves open is as Sluice has it.\n";
  if (!m_limited.empty()) {
    head +=
        "# Limits hold here: what is above them goes to other targets, or is refused with 429.\n";
  }
  const std::string rest = comments("", [](const Note&) { return true; });
  if (!rest.empty()) head += "# Of its lines, beside those that are told of below:\n" + rest;
  return head + "version: 1\n\n" + body;
}

void Importer::read(std::string_view text) {
  const auto root = load(text, "a config of the LiteLLM proxy, a map with model_list");
  if (!root) return;
  Items whole = items(*root, "");
  const auto models = take(whole, "model_list");
  if (!models) {
    faults.push_back({"", "there is no model_list: this is no config of the LiteLLM proxy", 1, 1});
    return;
  }
  for (const auto& [name, item] : section(whole, "environment_variables")) {
    if (!item.node.IsScalar()) continue;  // as LiteLLM does
    m_environment[name] = item.node.Scalar();
    m_variables.insert(name);
    m_unset[name] = item;
  }
  Items router = section(whole, "router_settings");
  Items litellm = section(whole, "litellm_settings");
  Items general = section(whole, "general_settings");
  settings(router, litellm);
  if (const auto list = take(whole, "credential_list")) credentials(*list);
  for (const Item& item : elements(*models)) model(item);
  for (const auto& [name, item] : m_unset) {
    note(item, "not taken over: Sluice sets no variables; set it where Sluice is started");
  }
  for (const auto& [name, item] : m_unused) note(item, "not taken over: no model names it");
  if (faults.empty() && m_groups.empty()) {
    fault(models->mark, "model_list", "none of its models can be taken over");
  }
  if (!faults.empty()) return;

  for (auto& [name, group] : m_groups) {
    m_about = name;
    share(group);
    m_about.clear();
    Route route = m_usualRoute;
    route.model = name;
    for (Deployment& deployment : group) {
      if (!deployment.literal.empty()) {
        deployment.provider.apiKey = variableFor(deployment.key, deployment.keyName);
      }
      deployment.target.provider = providerFor(deployment);
      route.targets.push_back(deployment.target);
    }
    m_config.routes.push_back(std::move(route));
  }
  if (const auto item = take(general, "master_key")) masterKey(*item);
  if (const auto item = take(router, "model_group_alias")) {
    for (const auto& [name, of] : items(item->node, item->path)) alias(name, of);
  }
  const auto own = either(router, litellm, "fallbacks");
  fallbacks(own, either(router, litellm, "default_fallbacks"));
  for (const Items* rest : {&router, &litellm, &general, &whole}) leave(*rest);
}

Imported Importer::import(std::string_view text) {
  Imported out;
  read(text);
  std::ranges::stable_sort(
      m_notes, {}, [](const Note& note) { return std::pair(note.fault.line, note.fault.column); });
  if (faults.empty()) {
    out.yaml = write();
    if (const ReadResult result = readYaml(*out.yaml); !result.config) {
      const Fault& refused = result.faults.front();
      fault({}, "", "Sluice would refuse what it means: " + refused.path + ": " + refused.message);
      out.yaml.reset();
    }
  }
  out.faults = std::move(faults);
  for (Note& note : m_notes) {
    Fault& told = out.notes.emplace_back(std::move(note.fault));
    told.path = oneLine(told.path);
    told.message = oneLine(told.message);
  }
  return out;
}

}  // namespace

Imported importLiteLlm(std::string_view text,
                       const std::function<const char*(const char* name)>& variable) {
  return Importer(variable).import(text);
}

}  // namespace sluice::config
