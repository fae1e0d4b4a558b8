// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/presets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sluice::config {

/// The text of resources/presets.json, put there by the build.
extern const std::string_view kPresetsJson;

namespace {

using Json = nlohmann::json;

Dialect dialectOf(const std::string& word) {
  if (word == "anthropic") return Dialect::Anthropic;
  return word == "gemini" ? Dialect::Gemini : Dialect::OpenAi;
}

Preset presetOf(const Json& json) {
  Preset preset;
  preset.name = json.at("name");
  preset.title = json.at("title");
  preset.keys = json.value("keys", std::vector<std::string>());
  preset.address = json.value("address", "");
  preset.local = json.value("local", false);
  const Json& given = json.at("provider");
  Provider& provider = preset.provider;
  provider.id = preset.name;
  provider.dialect = dialectOf(given.at("dialect"));
  provider.baseUrl = given.value("base_url", "");
  provider.responses = given.value("responses", false) ? ResponsesApi::Yes : ResponsesApi::No;
  provider.keyHeader = given.value("key_header", "");
  provider.askUsage = given.value("ask_usage", true);
  provider.health.path = given.value("probe", "");
  if (!preset.keys.empty()) provider.apiKey = "env:" + preset.keys.front();
  return preset;
}

Offer offerOf(const Preset& preset, const std::string& key) {
  Offer offer;
  offer.title = preset.title;
  offer.provider = preset.provider;
  offer.yaml = "{id: " + preset.name + ", preset: " + preset.name;
  if (key.empty()) {
    offer.because = "something answers at " + preset.provider.baseUrl;
  } else {
    offer.because = key + " is set";
    offer.provider.apiKey = "env:" + key;
    if (key != preset.keys.front()) offer.yaml += ", api_key: env:" + key;
  }
  offer.yaml += "}";
  return offer;
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = [] {
    std::vector<Preset> made;
    const Json file = Json::parse(kPresetsJson);
    for (const Json& one : file.at("presets")) made.push_back(presetOf(one));
    return made;
  }();
  return all;
}

const Preset* findPreset(std::string_view name) {
  const auto at = std::ranges::find(presets(), name, &Preset::name);
  return at == presets().end() ? nullptr : &*at;
}

std::vector<Offer> offersOfKeys(const std::function<const char*(const char* name)>& variable) {
  std::vector<Offer> offers;
  for (const Preset& preset : presets()) {
    // A service at an address of each user's own cannot be used by its key alone.
    if (preset.provider.baseUrl.empty()) continue;
    const auto key = std::ranges::find_if(preset.keys, [&](const std::string& name) {
      const char* value = variable(name.c_str());
      return value && *value;
    });
    if (key != preset.keys.end()) offers.push_back(offerOf(preset, *key));
  }
  return offers;
}

Offer offerOf(const Preset& local) {
  return offerOf(local, "");
}

}  // namespace sluice::config
