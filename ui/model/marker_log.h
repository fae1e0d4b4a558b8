// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <deque>
#include <vector>

#include "gateway/event.h"

namespace sluice::ui {

/// What every plot marks with a line from top to bottom: a change of the config, a start, a stop.
struct Marker {
  enum class Kind : std::uint8_t { Config, Started, Stopped };
  double at = 0;  ///< engine time, seconds
  Kind kind = Kind::Config;
  QString text;
};

/// The newest markers, oldest first. Made of the engine's events.
class MarkerLog {
 public:
  static constexpr std::size_t kMost = 500;
  /// Of one kind, closer than this in seconds, they are one marker, the newest: on a plot they would be one
  /// line. The Events tell each.
  static constexpr double kTogether = 0.4;

  void add(const Event& event);
  const std::deque<Marker>& all() const { return m_markers; }
  /// Those in [from, to].
  std::vector<Marker> between(double from, double to) const;
  /// Grows with every change; so that plots know when to draw anew.
  std::uint64_t version() const { return m_version; }

 private:
  std::deque<Marker> m_markers;
  std::uint64_t m_version = 0;
};

}  // namespace sluice::ui
