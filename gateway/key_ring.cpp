// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/key_ring.h"

#include <string_view>
#include <utility>

namespace sluice {

namespace {
constexpr std::string_view kPrefix = "keychain:";
}

route::Keys KeyRing::known() const {
  const core::MutexLock lock(m_mutex);
  return m_known;
}

void KeyRing::want(const config::Config& config) {
  std::set<std::string> fresh;
  {
    const core::MutexLock lock(m_mutex);
    const auto look = [&](const std::string& reference) SLUICE_REQUIRES(m_mutex) {
      if (!reference.starts_with(kPrefix)) return;
      std::string name = reference.substr(kPrefix.size());
      if (m_asked.insert(name).second) fresh.insert(std::move(name));
    };
    for (const config::Provider& provider : config.providers) look(provider.apiKey);
    for (const config::ClientKey& client : config.server.clientKeys) look(client.key);
  }
  for (const std::string& name : fresh) {
    m_home->post([this, name] { ask(name); });
  }
}

void KeyRing::forgetAsked() {
  const core::MutexLock lock(m_mutex);
  m_asked.clear();
}

void KeyRing::ask(const std::string& name) {
  if (!m_keychain) {
    take(name, {{}, "has no key: there is no keychain here; use env:NAME or file:PATH"});
    return;
  }
  // The answer may come when this is gone; then so is its home.
  m_keychain->read(name, [this, home = m_home, name](Keychain::Answer answer) {
    home->post([this, name, answer = std::move(answer)] {
      Keychain::Answer told = answer;
      if (!told.problem.empty()) told.problem = "has no key: " + told.problem;
      take(name, std::move(told));
    });
  });
}

void KeyRing::take(const std::string& name, Keychain::Answer answer) {
  {
    const core::MutexLock lock(m_mutex);
    route::Key& key = m_known[name];
    if (key.value == answer.secret && key.problem == answer.problem) return;
    key = {std::move(answer.secret), std::move(answer.problem)};
  }
  m_news();
}

}  // namespace sluice
