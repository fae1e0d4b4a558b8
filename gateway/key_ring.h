// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "gateway/config/config.h"
#include "gateway/core/mutex.h"
#include "gateway/keychain.h"
#include "gateway/net/inbox.h"
#include "gateway/route/registry.h"

namespace sluice {

/// The secrets that configs refer to as "keychain:NAME", as far as the keychain has answered. Asking
/// takes time, so a config is applied with what is known, and once more when there is news.
class KeyRing {
 public:
  /// `keychain` may be null: then there is none. `news` is called on the thread of `home`.
  KeyRing(Keychain* keychain, std::shared_ptr<net::Inbox::Address> home, std::function<void()> news)
      : m_keychain(keychain), m_home(std::move(home)), m_news(std::move(news)) {}

  Keychain* keychain() const { return m_keychain; }
  /// By name. Any thread.
  route::Keys known() const;
  /// Asks for those that this config refers to and that were not asked for. Any thread.
  void want(const config::Config& config);
  /// Secrets may have changed: the next want() asks for all. Any thread.
  void forgetAsked();

 private:
  void ask(const std::string& name);
  void take(const std::string& name, Keychain::Answer answer);

  Keychain* m_keychain;
  std::shared_ptr<net::Inbox::Address> m_home;
  std::function<void()> m_news;
  mutable core::Mutex m_mutex{core::LockRank::Config};
  route::Keys m_known SLUICE_GUARDED_BY(m_mutex);
  std::set<std::string> m_asked SLUICE_GUARDED_BY(m_mutex);
};

}  // namespace sluice
