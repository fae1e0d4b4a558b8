// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/litellm_reader.h"

#include <algorithm>
#include <cmath>

namespace sluice::config {

namespace {

/// Why a key has no place in a config of Sluice.
const char* reasonOf(std::string_view key) {
  static const std::map<std::string_view, const char*> kReasons = {
      {"allowed_fails_policy", "a breaker counts failures of all kinds"},
      {"api_version", "Azure's v1 API, which Sluice asks, has no versions"},
      {"cache_params", "the cache is not on"},
      {"content_policy_fallbacks",
       "Sluice falls back when no target serves, whatever the error says"},
      {"context_window_fallbacks",
       "a prompt too long for one target goes to the next and then to the route's fallback, which "
       "is "
       "where to name these"},
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

}  // namespace

/// Maps may hold themselves by an alias: each is looked at once.
Items LiteLlmReader::items(const YAML::Node& node, const std::string& path) {
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

std::vector<Item> LiteLlmReader::elements(const Item& item) {
  std::vector<Item> out;
  list(item.node, item.path, [&](const YAML::Node& node, const std::string& path) {
    out.push_back({node, node.Mark(), path});
  });
  return out;
}

std::optional<Item> LiteLlmReader::take(Items& from, const std::string& key) {
  auto found = from.extract(key);
  if (found.empty() || found.mapped().node.IsNull()) return std::nullopt;
  return std::move(found.mapped());
}

std::optional<Item> LiteLlmReader::either(Items& first, Items& second, const std::string& key) {
  auto one = take(first, key);
  auto other = take(second, key);
  if (one && other) note(*other, one->path + " goes before it");
  return one ? one : other;
}

Items LiteLlmReader::section(Items& from, const std::string& key) {
  const auto item = take(from, key);
  return item ? items(item->node, item->path) : Items();
}

void LiteLlmReader::note(const Item& item, std::string message) {
  m_notes.push_back(
      {{item.path, std::move(message), item.mark.line + 1, item.mark.column + 1}, m_about});
}

void LiteLlmReader::leave(const Items& rest) {
  for (const auto& [key, item] : rest) {
    if (!item.node.IsNull()) note(item, std::string("not taken over: ") + reasonOf(key));
  }
}

std::optional<std::string> LiteLlmReader::variable(const std::string& name) {
  if (const auto own = m_environment.find(name); own != m_environment.end()) {
    m_unset.erase(name);
    return own->second;
  }
  const char* value = m_variable(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<std::string> LiteLlmReader::text(const Item& item) {
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

std::optional<double> LiteLlmReader::number(const Item& item) {
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

std::optional<std::uint32_t> LiteLlmReader::whole(const Item& item) {
  const auto value = number(item);
  if (!value || *value == std::floor(*value)) {
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
  }
  note(item, "not taken over: expected a whole number");
  return std::nullopt;
}

std::optional<Duration> LiteLlmReader::seconds(const Item& item) {
  const auto value = number(item);
  if (!value) return std::nullopt;
  return Duration(std::llround(*value * 1000));
}

bool LiteLlmReader::set(Provider& provider, const Item& item,
                        const std::function<void(Provider&)>& change) {
  Config trial;
  trial.providers.push_back(provider);
  trial.providers[0].id = "trial";
  change(trial.providers[0]);
  if (const auto refused = check(trial); !refused.empty()) {
    note(item, "not taken over: " + refused.front().message);
    return false;
  }
  change(provider);
  return true;
}

}  // namespace sluice::config
