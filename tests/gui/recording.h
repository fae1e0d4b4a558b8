// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "gateway/event.h"
#include "ui/model/snapshot_history.h"

/// A made-up recording of an engine, second by second: what models are fed with in tests.
namespace sluice::test {

class Recording {
 public:
  explicit Recording(std::vector<std::string> ids = {"alpha", "beta"}) {
    for (std::string& id : ids) m_now.providers.emplace_back().id = std::move(id);
    m_now.running = true;
    m_now.takenAt = 1'000 * core::kSecond;
  }

  EngineSnapshot& now() { return m_now; }
  ProviderSnapshot& provider(std::size_t index) { return m_now.providers[index]; }
  double seconds() const { return static_cast<double>(m_now.takenAt) / core::kSecond; }

  /// A piece of time in which each provider was asked so often.
  void pass(core::Nanos span, std::uint64_t asked, std::uint64_t failed = 0,
            std::uint64_t micros = 20'000) {
    m_now.takenAt += span;
    for (ProviderSnapshot& p : m_now.providers) {
      p.started += asked;
      p.ok += asked - failed;
      p.failed += failed;
      p.serverErrors += failed;
      for (std::uint64_t i = 0; i < asked; ++i) {
        p.total.record(micros + i);
        p.firstByte.record(micros / 2 + i);
      }
      m_now.requests.started += asked;
      m_now.requests.ok += asked - failed;
      m_now.requests.failed += failed;
    }
  }
  Event event(Event::Kind kind, std::size_t index, std::string text, core::Nanos after = 0) const {
    return {kind, m_now.takenAt + after, m_now.providers[index].id, std::move(text)};
  }

 private:
  EngineSnapshot m_now;
};

}  // namespace sluice::test
