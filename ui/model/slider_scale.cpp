// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/slider_scale.h"

#include <algorithm>
#include <cmath>

namespace sluice::ui {

int SliderScale::positionOf(double value) const {
  if (fromZero && value <= 0) return 0;
  const int first = fromZero ? 1 : 0;
  const double clamped = std::clamp(value, least, most);
  const double share = logarithmic ? std::log(clamped / least) / std::log(most / least)
                                   : (clamped - least) / (most - least);
  return first + static_cast<int>(std::lround(share * (kEnd - first)));
}

double SliderScale::valueAt(int position) const {
  if (fromZero && position <= 0) return 0;
  const int first = fromZero ? 1 : 0;
  const double share = static_cast<double>(position - first) / (kEnd - first);
  const double value =
      logarithmic ? least * std::pow(most / least, share) : least + share * (most - least);
  const double digits = logarithmic ? std::pow(10, std::floor(std::log10(value)) - 1) : step;
  const double unit = std::max(step, digits);
  return std::clamp(std::round(value / unit) * unit, least, most);
}

}  // namespace sluice::ui
