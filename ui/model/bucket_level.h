// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <vector>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// What a token bucket held over time. It refills evenly until it is full, so a level that is known
/// at one moment is known until the next request: only moments at which it was not as foreseen are
/// kept, and what lies between is worked out. Not thread-safe.
class BucketLevel {
 public:
  static constexpr std::size_t kMost = 2000;
  /// Looks closer than this, in seconds, are as good as one.
  static constexpr double kStep = 1;

  /// `at`: engine time, seconds; later than the last.
  void add(double at, const BucketSnapshot& bucket);

  struct Point {
    double at;
    double level;
  };
  /// The level as a line through these points, up to `to` and beyond the last moment known; NaN
  /// where there was no limit.
  std::vector<Point> line(double from, double to) const;
  /// Capacity: steps, each valid until the next; NaN where there was no limit.
  std::vector<Point> capacity(double from, double to) const;
  double levelAt(double at) const;

  /// Time until it is full, in seconds; < 0: never, it has no rate.
  static double fullIn(const BucketSnapshot& bucket);

 private:
  struct Known {
    double at;
    bool limited;
    double level;
    double capacity;
    double perSecond;
  };
  static double foreseen(const Known& known, double at);
  std::deque<Known> m_known;
  double m_lastAt = 0;
};

}  // namespace sluice::ui
