// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/litellm.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <utility>

#include "gateway/config/json_tree.h"
#include "gateway/config/origin.h"
#include "gateway/config/presets.h"
#include "gateway/config/yaml.h"
#include "gateway/config/yaml_reader.h"
#include "gateway/config/yaml_writer.h"

namespace sluice::config {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVariable = "os.environ/";

/// What LiteLLM calls by a prefix of its models.
struct Service {
  std::string_view prefix;
  const char* preset;   ///< what is known of it; empty: it speaks as OpenAI does, at `baseUrl`
  const char* baseUrl;  ///< empty: each user's own
  const char* key;    ///< the variable its key is in when the file names none; empty: it needs none
  const char* below;  ///< what LiteLLM asks for below an api_base, up to the version
};
constexpr Service kServices[] = {
    {"openai", "openai", "", "OPENAI_API_KEY", ""},
    {"text-completion-openai", "openai", "", "OPENAI_API_KEY", ""},
    {"azure", "azure", "", "AZURE_API_KEY", "/openai/v1"},
    {"anthropic", "anthropic", "", "ANTHROPIC_API_KEY", "/v1"},
    {"gemini", "gemini", "", "GEMINI_API_KEY", ""},
    {"openrouter", "openrouter", "", "OPENROUTER_API_KEY", ""},
    {"groq", "groq", "", "GROQ_API_KEY", ""},
    {"mistral", "mistral", "", "MISTRAL_API_KEY", ""},
    {"deepseek", "deepseek", "", "DEEPSEEK_API_KEY", ""},
    {"xai", "xai", "", "XAI_API_KEY", ""},
    {"together_ai", "together", "", "TOGETHERAI_API_KEY", ""},
    {"fireworks_ai", "", "https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY", ""},
    {"cerebras", "", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", ""},
    {"deepinfra", "", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY", ""},
    {"perplexity", "", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY", ""},
    {"nvidia_nim", "", "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY", ""},
    {"sambanova", "", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", ""},
    {"moonshot", "", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", ""},
    {"ollama", "", "http://127.0.0.1:11434/v1", "", "/v1"},
    {"ollama_chat", "", "http://127.0.0.1:11434/v1", "", "/v1"},
    {"hosted_vllm", "", "", "", ""},
    {"lm_studio", "", "", "", ""},
    {"llamafile", "", "http://127.0.0.1:8080/v1", "", ""},
    {"openai_like", "", "", "", ""},
    {"custom_openai", "", "", "", ""},
    {"litellm_proxy", "", "", "", ""},
};

/// Why a key has no place in a config of Sluice.
const char* reasonOf(std::string_view key) {
  static const std::map<std::string_view, const char*> kReasons = {
      {"allowed_fails_policy", "a breaker counts failures of all kinds"},
      {"api_version", "Azure's v1 API, which Sluice asks, has no versions"},
      {"cache_params", "the cache is not on"},
      {"content_policy_fallbacks",
       "Sluice falls back when no target serves, whatever the error says"},
      {"context_window_fallbacks",
       "Sluice falls back when no target serves, whatever the error says"},
      {"database_url", "there is no database; clients' keys are server.client_keys in this file"},
      {"disable_cooldowns", "a breaker cannot be switched off"},
      {"drop_params",
       "what a provider of another dialect cannot be told is always left out, and named in "
       "x-sluice-dropped; a provider of the same dialect is sent all"},
      {"include", "import the other files as well and join what comes out"},
      {"model_info", "Sluice keeps no such facts about models"},
      {"num_retries", "retries are of a route, not of a target"},
      {"max_retries", "retries are of a route, not of a target"},
      {"redis_host", "a gateway shares nothing with others"},
      {"redis_password", "a gateway shares nothing with others"},
      {"redis_port", "a gateway shares nothing with others"},
      {"redis_url", "a gateway shares nothing with others"},
      {"retry_policy", "retry.attempts holds for errors of all kinds"},
      {"store_model_in_db", "there is no database; models are routes in this file"},
      {"stream_timeout",
       "time limits are the same for streams; timeouts.first_byte is the one to set"},
  };
  static const std::set<std::string_view> kOfRequests = {"temperature",
                                                         "top_p",
                                                         "max_tokens",
                                                         "max_completion_tokens",
                                                         "stop",
                                                         "seed",
                                                         "n",
                                                         "frequency_penalty",
                                                         "presence_penalty",
                                                         "extra_headers",
                                                         "extra_body",
                                                         "stream",
                                                         "response_format",
                                                         "organization",
                                                         "headers",
                                                         "user",
                                                         "tools",
                                                         "reasoning_effort",
                                                         "thinking"};
  if (kOfRequests.contains(key)) return "nothing of a request is changed but the model's name";
  const auto known = kReasons.find(key);
  return known == kReasons.end() ? "Sluice has nothing like it" : known->second;
}

/// A value with its place.
struct Item {
  YAML::Node node;
  YAML::Mark mark;  ///< of its key, or of itself in a list
  std::string path;
};
/// What a map holds; each is taken out once, what remains is not taken over.
using Items = std::map<std::string, Item>;

struct Deployment {
  Item place;
  Provider provider;     ///< without an id
  std::string name;      ///< what its id is made of
  bool limited = false;  ///< has limits of its own
  std::string literal;   ///< a key that stood in the file
  Item key;
  std::string keyName;  ///< the variable that is to hold it
  Target target;
  std::optional<double> order, weight, rpm, tpm;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

/// In one line, for a comment.
std::string oneLine(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

class Importer : public YamlReader {
 public:
  explicit Importer(const std::function<const char*(const char*)>& variable)
      : m_variable(variable) {}
  Imported import(std::string_view text);

 private:
  void read(std::string_view text);
  struct Note {
    Fault fault;
    std::string about;  ///< model of a route, or "env:NAME" of a key; empty: all
    bool written = false;
  };

  Items items(const YAML::Node& node, const std::string& path);
  std::vector<Item> elements(const Item& list);
  static std::optional<Item> take(Items& from, const std::string& key);
  std::optional<Item> either(Items& first, Items& second, const std::string& key);
  Items section(Items& from, const std::string& key);
  void note(const Item& item, std::string message);
  void leave(const Items& rest);

  std::optional<std::string> variable(const std::string& name);
  std::optional<std::string> text(const Item& item);
  std::optional<double> number(const Item& item);
  std::optional<std::uint32_t> whole(const Item& item);
  std::optional<Duration> seconds(const Item& item);
  template <class Set>
  void set(Provider& provider, const Item& item, Set change);

  void settings(Items& router, Items& litellm);
  void breaker(Provider& provider, Items& from);
  void timeout(Provider& provider, const Item& item);
  void limits(Deployment& to, Items& from);
  void key(Deployment& to, const Service& service, const std::optional<Item>& item);
  bool address(Deployment& to, const Service& service, const std::optional<Item>& item);
  const Service* serviceOf(const Item& model, std::string& name, const std::optional<Item>& custom);
  bool target(Deployment& to, const Item& model, const std::string& name, const std::string& asked);
  void model(const Item& item);
  void credentials(const Item& list);
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

  const std::function<const char*(const char*)>& m_variable;
  std::map<std::string, std::string> m_environment;  ///< what the file itself sets
  Items m_unset;  ///< of these what is not written out as a value
  std::map<std::string, Items> m_credentials;
  Items m_unused;  ///< credentials that no model names
  std::vector<Note> m_notes;
  std::string m_about;
  Provider m_usual;  ///< breaker and timeouts of all providers
  Route m_usualRoute;
  bool m_shuffles = true;  ///< LiteLLM shares by weights
  std::vector<std::pair<std::string, std::vector<Deployment>>> m_groups;
  std::set<std::string> m_variables;              ///< that hold a key
  std::map<std::string, std::string> m_literals;  ///< the variable of each
  std::set<std::string> m_limited;                ///< providers that are of one deployment
  std::map<std::string, std::string> m_aliasOf;
  Config m_config;
};

// Reading

/// Of a map, with what merge keys ("<<") bring in. Maps may hold themselves: each is looked at once.
Items Importer::items(const YAML::Node& node, const std::string& path) {
  Items out;
  std::vector<YAML::Node> maps = {node};
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const YAML::Node map = maps[i];
    if (!map.IsMap()) {
      fault(map.Mark(), path, "expected a map");
      continue;
    }
    const auto merge = [&](const YAML::Node& other) {
      if (std::ranges::none_of(maps, [&](const auto& seen) { return seen.is(other); })) {
        maps.push_back(other);
      }
    };
    Items own;
    for (const auto& pair : map) {
      if (!pair.first.IsScalar()) {
        fault(pair.first.Mark(), path, "a key must be a word");
        continue;
      }
      const std::string& key = pair.first.Scalar();
      if (key != "<<") {
        own[key] = {pair.second, pair.first.Mark(), path.empty() ? key : path + "." + key};
      } else if (pair.second.IsSequence()) {
        for (const YAML::Node& one : pair.second) merge(one);
      } else {
        merge(pair.second);
      }
    }
    out.merge(own);
  }
  return out;
}

std::vector<Item> Importer::elements(const Item& item) {
  std::vector<Item> out;
  list(item.node, item.path, [&](const YAML::Node& node, const std::string& path) {
    out.push_back({node, node.Mark(), path});
  });
  return out;
}

/// Nothing for a key that is not there or has no value.
std::optional<Item> Importer::take(Items& from, const std::string& key) {
  auto found = from.extract(key);
  if (found.empty() || found.mapped().node.IsNull()) return std::nullopt;
  return std::move(found.mapped());
}

/// From the one that LiteLLM looks at first.
std::optional<Item> Importer::either(Items& first, Items& second, const std::string& key) {
  auto one = take(first, key);
  auto other = take(second, key);
  if (one && other) note(*other, one->path + " goes before it");
  return one ? one : other;
}

Items Importer::section(Items& from, const std::string& key) {
  const auto item = take(from, key);
  return item ? items(item->node, item->path) : Items();
}

void Importer::note(const Item& item, std::string message) {
  m_notes.push_back(
      {{item.path, std::move(message), item.mark.line + 1, item.mark.column + 1}, m_about});
}

void Importer::leave(const Items& rest) {
  for (const auto& [key, item] : rest) {
    if (!item.node.IsNull()) note(item, std::string("not taken over: ") + reasonOf(key));
  }
}

/// LiteLLM sets those of the file before it reads any.
std::optional<std::string> Importer::variable(const std::string& name) {
  if (const auto own = m_environment.find(name); own != m_environment.end()) {
    m_unset.erase(name);
    return own->second;
  }
  const char* value = m_variable(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

/// A scalar; of "os.environ/NAME" what that holds.
std::optional<std::string> Importer::text(const Item& item) {
  if (!item.node.IsScalar()) {
    note(item, "not taken over: expected a single value");
    return std::nullopt;
  }
  const std::string& value = item.node.Scalar();
  if (!value.starts_with(kVariable)) return value;
  const std::string name = value.substr(kVariable.size());
  if (auto set = variable(name)) return set;
  note(item, "not taken over: Sluice wants the value itself, and the environment variable " + name +
                 " is not set; set it and import again");
  return std::nullopt;
}

std::optional<double> Importer::number(const Item& item) {
  const auto value = text(item);
  if (!value) return std::nullopt;
  double out = 0;
  const auto [end, ec] = std::from_chars(value->data(), value->data() + value->size(), out);
  if (ec == std::errc() && end == value->data() + value->size() && out >= 0 && out <= 1e9) {
    return out;
  }
  note(item, "not taken over: expected a number from 0 to 1000000000");
  return std::nullopt;
}

std::optional<std::uint32_t> Importer::whole(const Item& item) {
  const auto value = number(item);
  if (!value || *value == std::floor(*value)) {
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
  }
  note(item, "not taken over: expected a whole number");
  return std::nullopt;
}

std::optional<Duration> Importer::seconds(const Item& item) {
  const auto value = number(item);
  if (!value) return std::nullopt;
  return Duration(std::llround(*value * 1000));
}

/// Unless Sluice would refuse it.
template <class Set>
void Importer::set(Provider& provider, const Item& item, Set change) {
  Config trial;
  trial.providers.push_back(provider);
  trial.providers[0].id = "trial";
  change(trial.providers[0]);
  if (const auto refused = check(trial); !refused.empty()) {
    note(item, "not taken over: " + refused.front().message);
  } else {
    change(provider);
  }
}

// Mapping

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
  if (on && on->node.IsScalar() && upper(on->node.Scalar()) == "TRUE") {
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

void Importer::breaker(Provider& provider, Items& from) {
  if (const auto item = take(from, "cooldown_time")) {
    if (const auto time = seconds(*item)) {
      set(provider, *item, [&](Provider& p) { p.breaker.openFor = p.breaker.maxOpenFor = *time; });
    }
  }
  if (const auto item = take(from, "allowed_fails")) {
    if (const auto fails = whole(*item)) {
      const std::size_t before = m_notes.size();
      set(provider, *item, [&](Provider& p) { p.breaker.consecutiveFailures = *fails + 1; });
      if (m_notes.size() == before) {
        note(*item,
             "taken as breaker.consecutive_failures: failures in a row are counted, not in a "
             "minute, "
             "and of a provider, not of each of its models");
      }
    }
  }
}

/// LiteLLM's is of a whole call, and an answer that is not streamed comes at its end.
void Importer::timeout(Provider& provider, const Item& item) {
  if (const auto time = seconds(item)) {
    set(provider, item,
        [&](Provider& p) { p.timeouts.headers = p.timeouts.firstByte = p.timeouts.total = *time; });
  }
}

/// LiteLLM lets a minute's worth pass at once.
void Importer::limits(Deployment& to, Items& from) {
  const auto limit = [&](const char* name, auto change) -> std::optional<std::uint32_t> {
    const auto item = take(from, name);
    const auto value = item ? whole(*item) : std::nullopt;
    if (!value) return std::nullopt;
    set(to.provider, *item, [&](Provider& p) { change(p.limits, *value); });
    return value;
  };
  if (const auto rpm = limit("rpm", [](Limits& l, std::uint32_t value) {
        l.requestsPerMinute = value;
        if (value > 0) l.burstRequests = value;
      })) {
    to.rpm = rpm;
  }
  if (const auto tpm =
          limit("tpm", [](Limits& l, std::uint32_t value) { l.tokensPerMinute = value; })) {
    to.tpm = tpm;
  }
  limit("max_parallel_requests", [](Limits& l, std::uint32_t value) { l.concurrency = value; });
  to.limited = to.provider.limits != Limits();
}

void Importer::key(Deployment& to, const Service& service, const std::optional<Item>& item) {
  to.keyName = *service.key ? service.key : upper(service.prefix) + "_API_KEY";
  std::string name = service.key;
  if (item && !item->node.IsScalar()) {
    note(*item, "not taken over: expected a key");
  } else if (item && item->node.Scalar().starts_with(kVariable)) {
    name = item->node.Scalar().substr(kVariable.size());
  } else if (item && !item->node.Scalar().empty()) {
    to.literal = item->node.Scalar();
    to.key = *item;
    return;
  }
  if (name.empty() && !item) return;
  const auto change = [&](Provider& p) { p.apiKey = "env:" + name; };
  if (item) {
    set(to.provider, *item, change);
  } else {
    change(to.provider);
  }
  m_variables.insert(name);
}

/// False: it has none that could be used.
bool Importer::address(Deployment& to, const Service& service, const std::optional<Item>& item) {
  const Preset* preset = findPreset(service.preset);
  if (preset) {
    to.provider = preset->provider;
    to.provider.apiKey.clear();
  } else {
    to.provider.baseUrl = service.baseUrl;
  }
  to.provider.id.clear();
  to.provider.breaker = m_usual.breaker;
  to.provider.timeouts = m_usual.timeouts;
  to.name = service.prefix;

  Item own = to.place;
  std::optional<std::string> base;
  if (item) {
    own = *item;
    base = text(*item);
    if (!base) return false;
  } else {
    base = variable(upper(service.prefix) + "_API_BASE");
  }
  if (!base) {
    if (!to.provider.baseUrl.empty()) return true;
    note(own, "not taken over: it needs an api_base");
    return false;
  }
  while (base->ends_with('/')) base->pop_back();
  const std::string_view below = service.below;
  if (below.starts_with("/openai")) {
    const std::size_t host = base->find("//") + 2;
    base->resize(std::min((*base + "/").find("/openai/", host), base->size()));
  }
  if (base->ends_with("/v1/messages"))
    base->resize(base->size() - std::string_view("/messages").size());
  if (!base->ends_with(below)) *base += below;
  if (*base == to.provider.baseUrl) return true;
  const auto origin = parseOrigin(*base);
  if (!origin) {  // which may hold a secret, and is not repeated
    note(own,
         "not taken over: this is no address of the form http(s)://host[:port][/path], with no "
         "user, "
         "query or fragment");
    return false;
  }
  if (preset && !preset->provider.baseUrl.empty()) {
    to.provider.responses = ResponsesApi::No;
    to.provider.health = {};
  }
  to.provider.baseUrl.clear();
  const std::size_t before = m_notes.size();
  set(to.provider, own, [&](Provider& p) { p.baseUrl = *base; });
  // Names are told apart by their first part, addresses by the whole and the port.
  const bool whole = origin->host.find(':') != std::string::npos ||
                     origin->host.find('.') == std::string::npos ||
                     std::isdigit(static_cast<unsigned char>(origin->host.back()));
  to.name += "-" + (whole ? origin->authority : origin->host.substr(0, origin->host.find('.')));
  return m_notes.size() == before;
}

/// And the name it has there. Null: none that is known.
const Service* Importer::serviceOf(const Item& model, std::string& name,
                                   const std::optional<Item>& custom) {
  const auto find = [](std::string_view prefix) -> const Service* {
    const auto at = std::ranges::find(kServices, prefix, &Service::prefix);
    return at == std::end(kServices) ? nullptr : at;
  };
  const std::size_t slash = name.find('/');
  std::string prefix = slash == std::string::npos ? std::string() : name.substr(0, slash);
  if (custom) {
    const auto given = text(*custom);
    if (!given) return nullptr;
    if (prefix == *given) name.erase(0, slash + 1);
    prefix = *given;
  } else if (slash != std::string::npos) {
    name.erase(0, slash + 1);
  } else if (name != "*") {
    prefix = name.starts_with("claude") ? "anthropic" : "openai";
  }
  const Service* known = find(prefix);
  if (known) return known;
  if (prefix.starts_with("bedrock") || prefix.starts_with("sagemaker")) {
    note(model, "not taken over: AWS wants requests signed, which Sluice cannot");
  } else if (prefix.starts_with("vertex_ai")) {
    note(model, "not taken over: Vertex AI wants a service account, which Sluice cannot use");
  } else if (prefix.empty()) {
    note(model, "not taken over: it names no provider");
  } else {
    note(model, "not taken over: '" + prefix +
                    "' is not known here; if it speaks as OpenAI does write 'openai/...' with an "
                    "api_base, and import again");
  }
  return nullptr;
}

/// False: not one that Sluice could ask for.
bool Importer::target(Deployment& to, const Item& model, const std::string& name,
                      const std::string& asked) {
  if (asked.find('*') < asked.size() - 1) {
    note(model, "not taken over: '*' may only be the last character of a model");
    return false;
  }
  if (name.find('*') == std::string::npos) {
    to.target.model = name;
    return true;
  }
  if (name == asked) return true;
  note(model,
       "not taken over: where a route ends in '*' Sluice sends the name that the client asked for, "
       "it cannot make '" +
           name + "' of '" + asked + "'");
  return false;
}

void Importer::model(const Item& item) {
  Items entry = items(item.node, item.path);
  const auto name = take(entry, "model_name");
  const auto params = take(entry, "litellm_params");
  if (!name || !name->node.IsScalar() || name->node.Scalar().empty()) {
    if (item.node.IsMap()) fault(item.mark, item.path, "a model needs a model_name");
    return;
  }
  if (!params || !params->node.IsMap()) {
    fault(item.mark, item.path, "a model needs litellm_params");
    return;
  }
  const std::string asked = name->node.Scalar();
  m_about = asked;
  Items values = items(params->node, params->path);
  if (const auto credential = take(values, "litellm_credential_name")) {
    const auto known = m_credentials.find(text(*credential).value_or(""));
    if (known == m_credentials.end()) {
      note(*credential, "not taken over: there is no such entry in credential_list");
    } else {
      values.insert(known->second.begin(), known->second.end());
      m_unused.erase(known->first);
    }
  }
  const auto model = take(values, "model");
  if (!model || !model->node.IsScalar()) {
    fault(params->mark, params->path, "a model needs litellm_params.model, such as openai/gpt-4o");
    return;
  }
  auto base = take(values, "api_base");
  if (!base) base = take(values, "base_url");
  const auto apiKey = take(values, "api_key");
  const auto custom = take(values, "custom_llm_provider");

  Deployment made;
  made.place = *model;
  auto theirs = text(*model);
  const Service* service = theirs ? serviceOf(*model, *theirs, custom) : nullptr;
  if (service && target(made, *model, *theirs, asked) && address(made, *service, base)) {
    key(made, *service, apiKey);
    for (const char* limit : {"rpm", "tpm", "max_parallel_requests"}) {
      if (auto outer = take(entry, limit)) values.emplace(limit, *outer);
    }
    limits(made, values);
    breaker(made.provider, values);
    if (const auto time = take(values, "timeout")) timeout(made.provider, *time);
    if (const auto weight = take(values, "weight")) made.weight = number(*weight);
    if (const auto order = take(values, "order")) made.order = number(*order);
    leave(values);
    leave(entry);
    auto group = std::ranges::find(m_groups, asked, [](const auto& g) { return g.first; });
    if (group == m_groups.end()) group = m_groups.insert(group, {asked, {}});
    group->second.push_back(std::move(made));
  }
  m_about.clear();
}

void Importer::credentials(const Item& list) {
  for (const Item& item : elements(list)) {
    Items entry = items(item.node, item.path);
    const auto name = take(entry, "credential_name");
    const auto values = take(entry, "credential_values");
    if (!name || !name->node.IsScalar() || !values) {
      fault(item.mark, item.path, "a credential needs credential_name and credential_values");
      continue;
    }
    m_credentials[name->node.Scalar()] = items(values->node, values->path);
    m_unused.insert_or_assign(name->node.Scalar(), item);
    leave(entry);
  }
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

/// That which is to hold a key that stood in the file.
std::string Importer::variableFor(const Item& key, const std::string& usual) {
  const auto [known, added] = m_literals.try_emplace(key.node.Scalar());
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
  }
}

// Writing

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
