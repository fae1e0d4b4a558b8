// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keychain.h"

namespace sluice::app {

/// The desktop's: a Secret Service such as GNOME Keyring, or KWallet. Keeps nothing where there is none:
/// QtKeychain's plain text fallback stays off.
class SystemKeychain final : public Keychain {
 public:
  void read(const std::string& name, std::function<void(Answer)> done) override;
  void write(const std::string& name, const std::string& secret,
             std::function<void(std::string)> done) override;
};

}  // namespace sluice::app
