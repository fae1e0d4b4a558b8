// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sluice::ui {

/// Fewer than this many draws say nothing about a share.
inline constexpr std::uint64_t kLeastForShare = 30;

struct Band {
  double low = 0;
  double high = 1;
};

/// Where a share of n draws lies in 95 of 100 cases when each is a hit with probability p: the
/// normal approximation of the binomial with its continuity correction, cut to [0, 1]. n = 0: all.
inline Band chanceBand(double p, std::uint64_t n) {
  if (n == 0) return {};
  const double count = static_cast<double>(n);
  const double half = 1.96 * std::sqrt(p * (1 - p) / count) + 0.5 / count;
  return {std::max(0.0, p - half), std::min(1.0, p + half)};
}

}  // namespace sluice::ui
