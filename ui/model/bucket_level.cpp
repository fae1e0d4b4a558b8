// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/bucket_level.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sluice::ui {

namespace {
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
}  // namespace

double BucketLevel::foreseen(const Known& known, double at) {
  if (known.level >= known.capacity) return known.level;  // kept after the capacity was lowered
  return std::min(known.capacity, known.level + known.perSecond * (at - known.at));
}

double BucketLevel::fullIn(const BucketSnapshot& bucket) {
  const double missing =
      static_cast<double>(bucket.capacity) - static_cast<double>(bucket.available);
  if (missing <= 0) return 0;
  return bucket.perMinute == 0 ? -1 : missing * 60 / static_cast<double>(bucket.perMinute);
}

void BucketLevel::add(double at, const BucketSnapshot& bucket) {
  const Known known{at, bucket.limited, static_cast<double>(bucket.available),
                    static_cast<double>(bucket.capacity),
                    static_cast<double>(bucket.perMinute) / 60};
  if (!m_known.empty()) {
    const Known last = m_known.back();
    const bool same = last.limited == known.limited && last.capacity == known.capacity &&
                      last.perSecond == known.perSecond;
    if (same && at - last.at < kStep) return;
    const double before = std::exchange(m_lastAt, at);
    // Whole tokens are told, so that it may be one off.
    if (same && (!known.limited || std::abs(foreseen(last, at) - known.level) <= 1.5)) return;
    // It went as foreseen until the last look: the change is of the time since.
    if (before > last.at) {
      Known until = last;
      until.at = before;
      until.level = foreseen(last, before);
      m_known.push_back(until);
    }
  }
  m_lastAt = at;
  m_known.push_back(known);
  while (m_known.size() > kMost) m_known.pop_front();
}

std::vector<BucketLevel::Point> BucketLevel::line(double from, double to) const {
  std::vector<Point> out;
  for (std::size_t i = 0; i < m_known.size(); ++i) {
    const Known& known = m_known[i];
    const bool last = i + 1 == m_known.size();
    const double end = last ? to : m_known[i + 1].at;
    if (end < from || known.at > to) continue;
    if (!known.limited) {
      out.push_back({known.at, kNone});
      continue;
    }
    out.push_back({known.at, known.level});
    // Where the refill ends there is a corner; only if what came next was reached that way.
    const bool refills = last || std::abs(foreseen(known, end) - m_known[i + 1].level) <= 1.5;
    if (refills && known.perSecond > 0 && known.level < known.capacity) {
      const double full = known.at + (known.capacity - known.level) / known.perSecond;
      if (full < end) out.push_back({full, known.capacity});
    }
    if (last) out.push_back({to, foreseen(known, to)});
  }
  return out;
}

std::vector<BucketLevel::Point> BucketLevel::capacity(double from, double to) const {
  std::vector<Point> out;
  for (std::size_t i = 0; i < m_known.size(); ++i) {
    const Known& known = m_known[i];
    const double end = i + 1 == m_known.size() ? to : m_known[i + 1].at;
    if (end < from || known.at > to) continue;
    const double value = known.limited ? known.capacity : kNone;
    const bool same = !out.empty() && (out.back().level == value ||
                                       (std::isnan(out.back().level) && std::isnan(value)));
    if (!same) out.push_back({known.at, value});
  }
  if (!out.empty()) out.push_back({to, out.back().level});
  return out;
}

double BucketLevel::levelAt(double at) const {
  const auto next = std::ranges::upper_bound(m_known, at, {}, &Known::at);
  if (next == m_known.begin()) return kNone;
  const Known& known = *std::prev(next);
  if (!known.limited) return kNone;
  if (next == m_known.end()) return foreseen(known, at);
  const double straight =
      known.level + (next->level - known.level) * (at - known.at) / (next->at - known.at);
  const bool refills = std::abs(foreseen(known, next->at) - next->level) <= 1.5;
  return refills ? foreseen(known, at) : straight;
}

}  // namespace sluice::ui
