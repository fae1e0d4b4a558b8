// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::core {

/// Nanoseconds since the engine started, from a steady clock. Core never reads a clock: time is an
/// argument, so that tests own it.
using Nanos = std::int64_t;

inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;
/// "Never": later than any instant the program can see.
inline constexpr Nanos kNever = INT64_MAX;

constexpr Nanos nanos(std::chrono::milliseconds span) {
  return span.count() * kMillisecond;
}

/// Whole microseconds; 0 for what is negative.
constexpr std::uint64_t micros(Nanos span) {
  return span > 0 ? static_cast<std::uint64_t>(span / kMicrosecond) : 0;
}

/// Where time comes from. Thread-safe. Tests give their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanos now() const = 0;
};

class SteadyClock final : public Clock {
 public:
  Nanos now() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                                m_start)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

}  // namespace sluice::core
