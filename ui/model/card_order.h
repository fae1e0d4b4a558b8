// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "ui/model/snapshot_history.h"

namespace sluice::ui {

/// The order of the providers on the Overview: the worst first. State before error share before
/// traffic; among equals as in the config. It holds still while frozen, but for providers that come
/// or go.
class CardOrder {
 public:
  /// Better or worse by less than this, in per cent of failures, is no reason to move.
  static constexpr double kStep = 5;

  void setFrozen(bool frozen) { m_frozen = frozen; }
  bool frozen() const { return m_frozen; }
  /// True: the order is another one.
  bool update(const EngineSnapshot& snapshot, const SnapshotHistory& history);
  const std::vector<std::string>& ids() const { return m_ids; }

 private:
  std::vector<std::string> m_ids;
  bool m_frozen = false;
};

}  // namespace sluice::ui
