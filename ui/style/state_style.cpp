// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/state_style.h"
#include "ui/model/event_words.h"
#include "ui/model/snippets.h"

#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QStringList>
#include <algorithm>
#include <cmath>

namespace sluice::ui {

namespace {

/// The context of these words for translators.
struct States {
  Q_DECLARE_TR_FUNCTIONS(States)
};

core::Nanos seconds(core::Nanos span) {
  return (span + core::kSecond - 1) / core::kSecond;
}

}  // namespace

const std::array<StateStyle, kLooks>& stateStyles() {
  using enum ProviderLook;
  static const std::array<StateStyle, kLooks> styles = {{
      {Closed, "\u25CF", QT_TRANSLATE_NOOP("States", "CLOSED"), Qt::SolidPattern, false, 0xFF008A64,
       0xFF1FB589},
      {HalfOpen, "\u25D0", QT_TRANSLATE_NOOP("States", "HALF-OPEN"), Qt::BDiagPattern, false,
       0xFFB37A00, 0xFFF2C14E},
      {Open, "\u2715", QT_TRANSLATE_NOOP("States", "OPEN"), Qt::Dense2Pattern, false, 0xFFA63A00,
       0xFFE8651A},
      {ForcedOpen, "\u2297", QT_TRANSLATE_NOOP("States", "FORCED OPEN"), Qt::Dense2Pattern, true,
       0xFFA63A00, 0xFFE8651A},
      {ForcedClosed, "\u2299", QT_TRANSLATE_NOOP("States", "FORCED CLOSED"), Qt::SolidPattern, true,
       0xFF008A64, 0xFF1FB589},
      {Cooling, "\u25D4", QT_TRANSLATE_NOOP("States", "COOLING DOWN"), Qt::HorPattern, true,
       0xFFB37A00, 0xFFF2C14E},
      {Draining, "\u25C7", QT_TRANSLATE_NOOP("States", "DRAINING"), Qt::NoBrush, true, 0xFF0072B2,
       0xFF56B4E9},
      {Disabled, "\u25A2", QT_TRANSLATE_NOOP("States", "DISABLED"), Qt::Dense7Pattern, true,
       0xFF0072B2, 0xFF56B4E9},
      {NotReady, "\u25B3", QT_TRANSLATE_NOOP("States", "NOT READY"), Qt::FDiagPattern, true,
       0xFFA63A00, 0xFFE8651A},
      {NoData, "\u2013", QT_TRANSLATE_NOOP("States", "NO DATA"), Qt::Dense6Pattern, false,
       0xFF6B6B6B, 0xFFA0A0A0},
  }};
  return styles;
}

const StateStyle& styleOf(ProviderLook look) {
  return stateStyles()[static_cast<std::size_t>(look)];
}

QString wordOf(ProviderLook look) {
  return QCoreApplication::translate("States", styleOf(look).word);
}

QString titleOf(ProviderLook look) {
  return QString::fromUtf8(styleOf(look).glyph) + QLatin1Char(' ') + wordOf(look);
}

ProviderLook lookOf(const ProviderSnapshot& provider) {
  if (provider.state == config::ProviderState::Drain) return ProviderLook::Draining;
  if (provider.state == config::ProviderState::Disabled) return ProviderLook::Disabled;
  if (!provider.unready.empty()) return ProviderLook::NotReady;
  switch (provider.breaker.state) {
    case BreakerState::Closed:
      return provider.coolDownLeft > 0 ? ProviderLook::Cooling : ProviderLook::Closed;
    case BreakerState::HalfOpen:
      return ProviderLook::HalfOpen;
    case BreakerState::Open:
      return ProviderLook::Open;
    case BreakerState::ForcedOpen:
      return ProviderLook::ForcedOpen;
    case BreakerState::ForcedClosed:
      return ProviderLook::ForcedClosed;
  }
  return ProviderLook::NoData;
}

QString detailOf(const ProviderSnapshot& provider) {
  const BreakerSnapshot& breaker = provider.breaker;
  switch (lookOf(provider)) {
    case ProviderLook::Closed:
      if (breaker.failures == 0) return {};
      return States::tr("%1 of %2 failures in a row")
          .arg(breaker.failures)
          .arg(breaker.failureThreshold);
    case ProviderLook::HalfOpen:
      return States::tr("%1 of %2 probes ok").arg(breaker.probesOk).arg(breaker.probesNeeded);
    case ProviderLook::Cooling:
      return States::tr("rate limited, asked again in %1 s").arg(seconds(provider.coolDownLeft));
    case ProviderLook::Open:
      return (breaker.hardDown ? States::tr("our key was refused, next try in %1 s")
                               : States::tr("next try in %1 s"))
          .arg(seconds(breaker.retryIn));
    case ProviderLook::Draining:
      return States::tr("%1 finishing").arg(provider.inflight);
    case ProviderLook::NotReady:
      return keyWords(provider.unready);
    default:
      return {};
  }
}

QString healthOf(const ProviderSnapshot& provider) {
  const core::HealthVerdict& health = provider.health;
  QStringList reasons;
  if (health.reasons & core::kHealthOpen) reasons << States::tr("breaker open");
  if (health.reasons & core::kHealthHalfOpen) reasons << States::tr("half-open");
  if (health.reasons & core::kHealthProbe) reasons << States::tr("probe fails");
  if (health.reasons & core::kHealthRateLimited) reasons << States::tr("rate limited");
  if (health.reasons & core::kHealthErrors) {
    reasons << States::tr("%1 % fail").arg(decimalText(health.failedPerMille / 10.0, 1));
  }
  if (health.reasons & core::kHealthSlow) {
    reasons
        << States::tr("p99 %1 \u00D7 as usual").arg(decimalText(health.slownessPercent / 100.0, 1));
  }
  if (reasons.isEmpty() && !health.known) {
    return States::tr("health \u2013 (%1 of 20 calls in 30 s)").arg(health.calls);
  }
  const QString score =
      (health.healthy()                                    ? States::tr("healthy, %1")
       : 2 * health.score >= core::HealthVerdict::kHealthy ? States::tr("degraded, %1")
                                                           : States::tr("failing, %1"))
          .arg(health.score);
  return reasons.isEmpty() ? score
                           : score + QStringLiteral(": ") + reasons.join(QStringLiteral(", "));
}

QBrush patternBrush(const QColor& color, Qt::BrushStyle pattern, double scale) {
  if (scale <= 1 || pattern == Qt::NoBrush || pattern == Qt::SolidPattern) return {color, pattern};
  // Qt fills with patterns in device pixels whatever the transform; a texture follows it.
  constexpr int kTile = 8;
  QImage tile(kTile, kTile, QImage::Format_ARGB32_Premultiplied);
  tile.fill(Qt::transparent);
  QPainter(&tile).fillRect(tile.rect(), QBrush(color, pattern));
  return QBrush(tile);
}

QBrush patternBrush(const QColor& color, Qt::BrushStyle pattern, const QPainter& painter) {
  return patternBrush(color, pattern, painter.deviceTransform().m11());
}

QColor providerColor(std::size_t index, bool darkTheme) {
  static constexpr std::array<QRgb, 8> kLight = {0xFF0072B2, 0xFFC86400, 0xFF007A5A, 0xFFA6467F,
                                                 0xFF4B005A, 0xFF5C5200, 0xFF6A3FD0, 0xFF444444};
  static constexpr std::array<QRgb, 8> kDark = {0xFF56B4E9, 0xFFE69F00, 0xFF2FC79A, 0xFFE08BB8,
                                                0xFFB44BFF, 0xFFF0E442, 0xFFA99CFF, 0xFFD0D0D0};
  return QColor::fromRgb((darkTheme ? kDark : kLight)[index % kLight.size()]);
}

double contrast(const QColor& a, const QColor& b) {
  const auto luminance = [](const QColor& color) {
    const auto linear = [](double c) {
      return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
  };
  const double first = luminance(a);
  const double second = luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace sluice::ui
