// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/engine_series.h"

#include <algorithm>
#include <cmath>

#include "ui/model/seconds.h"

namespace sluice::ui {

void EnginePiece::add(const EnginePiece& other) {
  known = known || other.known;
  lag = std::max(lag, other.lag);
  connections = std::max(connections, other.connections);
  waiting = std::max(waiting, other.waiting);
  memory = std::max(memory, other.memory);
}

void EngineSeries::add(const EngineSnapshot& snapshot, std::optional<std::uint64_t> memory) {
  const double at = toSeconds(snapshot.takenAt);
  if (m_rings.fine.empty()) m_first = at;
  if (m_rings.fine.empty() || std::floor(at) > std::floor(m_last)) ++m_version;
  const double last = m_last;
  m_last = std::max(m_last, at);
  EnginePiece piece;
  piece.known = true;
  for (const WorkerSnapshot& worker : snapshot.workerLoops) {
    piece.lag = std::max(piece.lag, static_cast<float>(worker.lag) / 1e6F);
    piece.waiting += static_cast<float>(worker.waiting);
  }
  piece.connections = static_cast<float>(snapshot.connections);
  piece.memory = static_cast<float>(memory.value_or(0)) / 1048576.0F;
  if (!m_rings.fine.empty()) {
    TwoSteps::between(last, at, [&](double skipped) { m_rings.fine.at(skipped).add(piece); });
  }
  m_rings.fine.at(at).add(piece);
  m_rings.coarse.at(at).add(piece);
}

}  // namespace sluice::ui
