// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/metrics/snapshot.h"
#include "ui/model/two_rings.h"

namespace sluice::ui {

/// The largest of what was seen of the engine itself in a piece of time.
struct EnginePiece {
  bool known = false;  ///< somebody looked
  float lag = 0;       ///< of the slowest loop, in milliseconds
  float connections = 0;
  float waiting = 0;
  float memory = 0;  ///< MiB; 0: not known

  void add(const EnginePiece& other);
};

/// How the engine itself fared: a quarter of an hour by the second, six hours by ten. What it takes
/// never grows. Fed from snapshots; confined to the UI thread.
class EngineSeries {
 public:
  static constexpr double kFine = TwoSteps::kFine;
  static constexpr double kGap = TwoSteps::kGap;

  /// `memory`: bytes in use; nothing where the system does not tell.
  void add(const EngineSnapshot& snapshot, std::optional<std::uint64_t> memory);

  /// Begin and end of what is known, in seconds of engine time.
  double first() const { return m_first; }
  double last() const { return m_last; }
  /// Grows when there is a new piece to draw.
  std::uint64_t version() const { return m_version; }
  const BucketRing<EnginePiece>& of(double step) const { return m_rings.of(step); }
  /// What to draw a span of time with, on so many pixels: few enough pieces, and old enough ones.
  double stepFor(double from, double span, int pixels) const {
    return TwoSteps::stepFor(from, span, pixels, m_last);
  }

 private:
  TwoRings<EnginePiece> m_rings;
  double m_first = 0;
  double m_last = 0;
  std::uint64_t m_version = 0;
};

}  // namespace sluice::ui
