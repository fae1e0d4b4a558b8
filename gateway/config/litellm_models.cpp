// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/litellm_models.h"

#include <algorithm>
#include <cctype>

#include "gateway/config/origin.h"
#include "gateway/config/presets.h"

namespace sluice::config {

/// What LiteLLM calls by a prefix of its models.
struct LiteLlmService {
  std::string_view prefix;
  const char* preset;   ///< what is known of it; empty: it speaks as OpenAI does, at `baseUrl`
  const char* baseUrl;  ///< empty: each user's own
  const char* key;    ///< the variable its key is in when the file names none; empty: it needs none
  const char* below;  ///< what LiteLLM asks for below an api_base, up to the version
};

namespace {

constexpr LiteLlmService kServices[] = {
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

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

}  // namespace

void LiteLlmModels::breaker(Provider& provider, Items& from) {
  if (const auto item = take(from, "cooldown_time")) {
    if (const auto time = seconds(*item)) {
      set(provider, *item, [&](Provider& p) { p.breaker.openFor = p.breaker.maxOpenFor = *time; });
    }
  }
  if (const auto item = take(from, "allowed_fails")) {
    if (const auto fails = whole(*item)) {
      if (set(provider, *item, [&](Provider& p) { p.breaker.consecutiveFailures = *fails + 1; })) {
        note(*item,
             "taken as breaker.consecutive_failures: failures in a row are counted, not in a "
             "minute, and of a provider, not of each of its models");
      }
    }
  }
}

/// A time limit of LiteLLM's is of a whole call, and an answer that is not streamed comes at its end.
void LiteLlmModels::timeout(Provider& provider, const Item& item) {
  if (const auto time = seconds(item)) {
    set(provider, item,
        [&](Provider& p) { p.timeouts.headers = p.timeouts.firstByte = p.timeouts.total = *time; });
  }
}

/// LiteLLM lets a minute's worth pass at once.
void LiteLlmModels::limits(Deployment& to, Items& from) {
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

void LiteLlmModels::key(Deployment& to, const LiteLlmService& service,
                        const std::optional<Item>& item) {
  to.keyName = *service.key ? service.key : upper(service.prefix) + "_API_KEY";
  std::string name = service.key;
  if (item && !item->node.IsScalar()) {
    note(*item, "not taken over: expected a key");
  } else if (item && item->node.Scalar().starts_with(kVariable)) {
    name = item->node.Scalar().substr(kVariable.size());
    if (name.empty()) note(*item, "not taken over: expected the name of a variable");
  } else if (item && !item->node.Scalar().empty()) {
    to.literal = item->node.Scalar();
    to.key = *item;
    return;
  }
  if (name.empty()) return;
  to.provider.apiKey = "env:" + name;
  m_variables.insert(name);
}

/// False: it has none that could be used.
bool LiteLlmModels::address(Deployment& to, const LiteLlmService& service,
                            const std::optional<Item>& item) {
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
  if (base->ends_with("/v1/messages")) base->resize(base->rfind("/messages"));
  if (!base->ends_with(below)) *base += below;
  if (*base == to.provider.baseUrl) return true;
  const auto origin = parseOrigin(*base);
  if (!origin) {  // which may hold a secret, and is not repeated
    note(own,
         "not taken over: this is no address of the form http(s)://host[:port][/path], with no "
         "user, query or fragment");
    return false;
  }
  if (preset && !preset->provider.baseUrl.empty()) {
    to.provider.responses = ResponsesApi::No;
    to.provider.health = {};
  }
  to.provider.baseUrl.clear();
  if (!set(to.provider, own, [&](Provider& p) { p.baseUrl = *base; })) return false;
  // Names are told apart by their first part, addresses by the whole and the port.
  const bool whole = origin->host.find(':') != std::string::npos ||
                     origin->host.find('.') == std::string::npos ||
                     std::isdigit(static_cast<unsigned char>(origin->host.back()));
  to.name += "-" + (whole ? origin->authority : origin->host.substr(0, origin->host.find('.')));
  return true;
}

/// And the name it has there. Null: none that is known.
const LiteLlmService* LiteLlmModels::serviceOf(const Item& model, std::string& name,
                                               const std::optional<Item>& custom) {
  const auto find = [](std::string_view prefix) -> const LiteLlmService* {
    const auto at = std::ranges::find(kServices, prefix, &LiteLlmService::prefix);
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
  const LiteLlmService* known = find(prefix);
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
bool LiteLlmModels::target(Deployment& to, const Item& model, const std::string& name,
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

void LiteLlmModels::model(const Item& item) {
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
  const LiteLlmService* service = theirs ? serviceOf(*model, *theirs, custom) : nullptr;
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

void LiteLlmModels::credentials(const Item& list) {
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

}  // namespace sluice::config
