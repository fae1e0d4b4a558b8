// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "ui/model/snapshot_history.h"

namespace sluice::ui {

/// The order of the providers on the Overview: the worst first. State before error share; among
/// equals as in the config. A change of state moves a card at once, shares alone every kRest only:
/// what always moves is not read. It holds still while frozen, but for providers that come or go.
class CardOrder {
 public:
  /// Better or worse by less than this, in per cent of failures, is no reason to move.
  static constexpr double kStep = 5;
  static constexpr core::Nanos kRest = 2 * core::kSecond;

  void setFrozen(bool frozen) {
    if (m_frozen && !frozen) m_known.clear();  // it is sorted at once
    m_frozen = frozen;
  }
  bool frozen() const { return m_frozen; }
  /// True: the order is another one.
  bool update(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  const std::vector<std::string>& ids() const { return m_ids; }

 private:
  struct Known {
    std::string id;
    int rank;  // of its state
    bool operator==(const Known&) const = default;
  };

  std::vector<std::string> m_ids;
  std::vector<Known> m_known;  // when it was sorted last, as in the config
  core::Nanos m_sortedAt = 0;
  bool m_frozen = false;
};

}  // namespace sluice::ui
