// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exchange/fault.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <charconv>

namespace sluice::exchange {

namespace {

constexpr double kMostSeconds = 24 * 3600;

std::optional<double> numberOf(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0))
    return std::nullopt;
  return value;
}

std::optional<double> secondsUntil(std::string_view date, std::int64_t unixNow) {
  const auto text = QString::fromLatin1(date.data(), static_cast<qsizetype>(date.size()));
  QDateTime at = QLocale::c().toDateTime(text, QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
  if (!at.isValid()) return std::nullopt;
  at.setTimeSpec(Qt::UTC);
  return std::max<double>(0, static_cast<double>(at.toSecsSinceEpoch() - unixNow));
}

}  // namespace

std::uint64_t retrySeconds(core::Nanos span) {
  if (span == core::kNever) return 3600;
  const core::Nanos most = static_cast<core::Nanos>(kMostSeconds) * core::kSecond;
  return static_cast<std::uint64_t>((std::clamp<core::Nanos>(span, 1, most) + core::kSecond - 1) /
                                    core::kSecond);
}

core::Nanos waitOf(double seconds) {
  return static_cast<core::Nanos>(std::min(seconds, kMostSeconds) *
                                  static_cast<double>(core::kSecond));
}

std::optional<core::Nanos> retryAfterOf(const net::HttpHead& head, std::int64_t unixNow) {
  std::optional<double> seconds;
  if (const auto millis = head.find("retry-after-ms")) {
    seconds = numberOf(*millis);
    if (seconds) *seconds /= 1000;
  }
  if (const auto field = head.find("retry-after"); field && !seconds) {
    seconds = numberOf(*field);
    if (!seconds) seconds = secondsUntil(*field, unixNow);
  }
  if (!seconds) return std::nullopt;
  return waitOf(*seconds);
}

std::optional<std::uint64_t> remainingOf(const net::HttpHead& head, std::string_view field) {
  const auto value = head.find(field);
  if (!value) return std::nullopt;
  const auto count = numberOf(*value);
  if (!count || *count > 1e12) return std::nullopt;
  return static_cast<std::uint64_t>(*count);
}

}  // namespace sluice::exchange
