// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

namespace sluice {

/// Where people's secrets are kept by their desktop. Part of the door: the program has the real one,
/// tests their own. Called on the engine's thread; the answers come there, later or at once.
class Keychain {
 public:
  struct Answer {
    std::string secret;
    std::string problem;  ///< one line for a person; empty: there is a secret
  };
  virtual ~Keychain() = default;
  virtual void read(const std::string& name, std::function<void(Answer)> done) = 0;
  /// `done` gets the problem; empty: it is kept.
  virtual void write(const std::string& name, const std::string& secret,
                     std::function<void(std::string)> done) = 0;
};

}  // namespace sluice
