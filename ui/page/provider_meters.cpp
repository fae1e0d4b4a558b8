// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/provider_meters.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/model/bucket_level.h"
#include "ui/model/seconds.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr int kBarHeight = 20;

QColor between(const QColor& a, const QColor& b, double share) {
  return QColor::fromRgbF(float(a.redF() + (b.redF() - a.redF()) * share),
                          float(a.greenF() + (b.greenF() - a.greenF()) * share),
                          float(a.blueF() + (b.blueF() - a.blueF()) * share));
}

/// A bar with a mark; `share` and `mark` in 0..1 of its width.
void paintBar(QPainter& painter, const QRectF& box, double share, double mark, const QColor& color,
              const QPalette& palette) {
  painter.setPen(QPen(palette.color(QPalette::Mid), 0));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(box);
  painter.fillRect(
      QRectF(box.left(), box.top(), box.width() * std::clamp(share, 0.0, 1.0), box.height()),
      color);
  if (mark < 0) return;
  const double x = box.left() + box.width() * std::clamp(mark, 0.0, 1.0);
  painter.fillRect(QRectF(x - 1, box.top() - 3, 2, box.height() + 6),
                   palette.color(QPalette::Text));
}

}  // namespace

// --- BreakerMeter

BreakerMeter::BreakerMeter(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("breakerMeter"));
  setAccessibleName(tr("Breaker"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void BreakerMeter::show(const BreakerSnapshot& breaker) {
  m_breaker = breaker;
  const QString words = breakerWords(breaker);
  if (words != m_words) {
    m_words = words;
    setToolTip(words);
  }
  update();
}

void BreakerMeter::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  const QFontMetrics metrics(font());
  const int line = metrics.height() + 4;
  painter.setPen(colors.color(QPalette::Text));
  painter.drawText(QRect(0, 0, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(m_words, Qt::ElideRight, width()));
  const double left = 130;
  const double right = 170;
  const double room = std::max(40.0, width() - left - right);
  const auto row = [&](int index, const QString& name, double share, double mark,
                       const QString& words, bool counts) {
    const double top = line + index * (line + 1);
    painter.setPen(mutedText(colors));
    painter.drawText(QRectF(0, top, left - 8, line), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.drawText(QRectF(left + room + 10, top, right - 10, line),
                     Qt::AlignLeft | Qt::AlignVCenter, words);
    const QColor full = styleOf(ProviderLook::Open).color(dark);
    paintBar(painter, QRectF(left, top + line / 2.0 - 4, room, 8), share, mark,
             counts ? full : between(full, colors.color(QPalette::Base), 0.55), colors);
  };
  const BreakerSnapshot& b = m_breaker;
  const double inRow =
      b.failureThreshold == 0 ? 0 : static_cast<double>(b.failures) / b.failureThreshold;
  row(0, tr("failures in a row"), inRow, 1, tr("%1 of %2").arg(b.failures).arg(b.failureThreshold),
      true);
  const double share =
      b.windowCalls == 0 ? 0 : static_cast<double>(b.windowFailures) / b.windowCalls;
  const bool enough = b.windowCalls >= b.minimumCalls;
  row(1, tr("failed in %1").arg(lengthText(toSeconds(b.window))), share, b.errorRate,
      enough ? tr("%1 of %2, opens at %3 %")
                   .arg(b.windowFailures)
                   .arg(b.windowCalls)
                   .arg(b.errorRate * 100, 0, 'f', 0)
             : tr("%1 of %2 calls needed").arg(b.windowCalls).arg(b.minimumCalls),
      enough);
}

// --- Tank

Tank::Tank(const QString& name, const QString& title, QWidget* parent)
    : QWidget(parent), m_title(title) {
  setObjectName(name);
  setAccessibleName(title);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Tank::say(double share, const QString& level, const QString& detail, bool binding) {
  if (level != m_level || detail != m_detail) {
    setToolTip(QStringLiteral("%1: %2. %3").arg(m_title, level, detail));
  }
  m_share = share;
  m_level = level;
  m_detail = detail;
  m_binding = binding;
  update();
}

void Tank::show(const BucketSnapshot& bucket, bool binding) {
  if (!bucket.limited) {
    say(-1, tr("no limit"), {}, false);
    return;
  }
  const QLocale locale;
  const double capacity = static_cast<double>(bucket.capacity);
  const double share = capacity <= 0 ? 0 : static_cast<double>(bucket.available) / capacity;
  const double full = BucketLevel::fullIn(bucket);
  QString detail = tr("+%1 / min").arg(locale.toString(qulonglong(bucket.perMinute)));
  if (bucket.perMinute == 0) {
    detail = tr("nothing passes");
  } else if (bucket.available <= 0) {
    const double next =
        (1 - static_cast<double>(bucket.available)) * 60 / static_cast<double>(bucket.perMinute);
    detail += tr("\nnext in %1").arg(lengthText(next));
  } else {
    detail += full > 0 ? tr("\nfull in %1").arg(lengthText(full)) : tr("\nfull");
  }
  say(share,
      tr("%1 of %2")
          .arg(locale.toString(qlonglong(bucket.available)),
               locale.toString(qulonglong(bucket.capacity))),
      detail, binding);
}

void Tank::show(const ConcurrencySnapshot& c, bool binding) {
  if (!c.limited) {
    say(-1, tr("no limit"), tr("%1 under way").arg(c.inFlight), false);
    return;
  }
  const double share =
      c.limit == 0 ? 0 : 1 - std::min(1.0, static_cast<double>(c.inFlight) / c.limit);
  say(share, tr("%1 of %2 free").arg(c.limit > c.inFlight ? c.limit - c.inFlight : 0).arg(c.limit),
      tr("%1 under way\n%2 of %3 waiting").arg(c.inFlight).arg(c.waiting).arg(c.queue), binding);
}

void Tank::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  painter.setPen(m_binding ? QPen(colors.color(QPalette::Text), 1.6)
                           : QPen(colors.color(QPalette::Mid), 1));
  painter.setBrush(colors.color(QPalette::Base));
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
  const QRectF inner = QRectF(rect()).adjusted(12, 8, -12, -8);
  const QFontMetricsF metrics(font());
  const double line = metrics.height() + 2;
  // the tank itself, upright
  const QRectF tank(inner.left(), inner.top(), 26, inner.height());
  if (m_share >= 0) {
    const double share = std::clamp(m_share, 0.0, 1.0);
    const QColor fill =
        styleOf(share < 0.15 ? ProviderLook::Open : ProviderLook::Draining).color(dark);
    painter.fillRect(QRectF(tank.left(), tank.bottom() - tank.height() * share, tank.width(),
                            tank.height() * share),
                     fill);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(mutedText(colors), 1, m_share < 0 ? Qt::DotLine : Qt::SolidLine));
  painter.drawRect(tank);
  const QRectF words = inner.adjusted(26 + 12, 0, 0, 0);
  const auto text = [&](int row, const QString& what, const QColor& color, bool bold) {
    QFont face = font();
    face.setBold(bold);
    painter.setFont(face);
    painter.setPen(color);
    painter.drawText(QRectF(words.left(), words.top() + row * line, words.width(), line),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(face).elidedText(what, Qt::ElideRight, words.width()));
  };
  text(0, m_title, mutedText(colors), false);
  text(1, m_level, colors.color(QPalette::Text), true);
  text(2, m_detail.section(QLatin1Char('\n'), 0, 0), colors.color(QPalette::Text), false);
  text(3, m_detail.section(QLatin1Char('\n'), 1), colors.color(QPalette::Text), false);
  if (m_binding) {
    painter.setPen(colors.color(QPalette::Text));
    painter.drawText(QRectF(words.left(), words.top(), words.width(), line),
                     Qt::AlignRight | Qt::AlignVCenter, tr("\u25C4 binding"));
  }
}

// --- ShareBars

ShareBars::ShareBars(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("shareBars"));
  setAccessibleName(tr("Shares of targets"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ShareBars::show(const std::vector<RouteShares>& routes, const std::string& provider,
                     const std::vector<std::string>& colors) {
  m_routes.clear();
  m_colors = colors;
  m_provider = provider;
  for (const RouteShares& route : routes) {
    if (std::ranges::find(route.shares, provider, &Share::provider) != route.shares.end()) {
      m_routes.push_back(route);
    }
  }
  setAccessibleDescription(lines().join(QLatin1Char('\n')));
  updateGeometry();
  update();
}

QString ShareBars::lineOf(const Share& share) {
  if (share.n == 0) return tr("no picks in 30 s");
  QString words = tr("%1 %").arg(share.actual * 100, 0, 'f', 0);
  if (share.target) words += tr(" (target %1 %)").arg(*share.target * 100, 0, 'f', 0);
  words += tr(", n = %1").arg(share.n);
  if (share.n < kLeastForShare) return words + tr(", too few to tell");
  if (share.off()) return words + tr(", not by chance");
  return words;
}

QStringList ShareBars::lines() const {
  QStringList lines;
  for (const RouteShares& route : m_routes) {
    for (const Share& share : route.shares) {
      lines << QStringLiteral("%1 \u2192 %2: %3")
                   .arg(QString::fromStdString(route.route), QString::fromStdString(share.provider),
                        lineOf(share));
    }
  }
  return lines;
}

QSize ShareBars::sizeHint() const {
  int rows = 0;
  for (const RouteShares& route : m_routes) rows += 1 + static_cast<int>(route.shares.size());
  return {300, std::max(1, rows) * (kBarHeight + 4) + 4};
}

void ShareBars::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  QFont bold = font();
  bold.setBold(true);
  double top = 0;
  if (m_routes.empty()) {
    painter.setPen(mutedText(colors));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, tr("No route has it as a target."));
    return;
  }
  const double left = 130;
  const double right = 275;
  const double room = std::max(60.0, width() - left - right);
  for (const RouteShares& route : m_routes) {
    painter.setFont(bold);
    painter.setPen(colors.color(QPalette::Text));
    painter.drawText(QRectF(0, top, width(), kBarHeight), Qt::AlignLeft | Qt::AlignVCenter,
                     QString::fromStdString(route.route));
    const double used = QFontMetricsF(bold).horizontalAdvance(QString::fromStdString(route.route));
    painter.setFont(font());
    painter.setPen(mutedText(colors));
    painter.drawText(QRectF(used + 10, top, width() - used - 10, kBarHeight),
                     Qt::AlignLeft | Qt::AlignVCenter, QString::fromStdString(route.balance));
    top += kBarHeight + 4;
    for (const Share& share : route.shares) {
      const auto at = std::ranges::find(m_colors, share.provider);
      const QColor color = providerColor(static_cast<std::size_t>(at - m_colors.begin()), dark);
      const bool few = share.n < kLeastForShare;
      painter.setFont(share.provider == m_provider ? bold : font());
      painter.setPen(colors.color(QPalette::Text));
      painter.drawText(
          QRectF(10, top, left - 18, kBarHeight), Qt::AlignLeft | Qt::AlignVCenter,
          painter.fontMetrics().elidedText(QStringLiteral("%1  \u00D7%2")
                                               .arg(QString::fromStdString(share.provider))
                                               .arg(share.weight),
                                           Qt::ElideMiddle, static_cast<int>(left) - 18));
      painter.setFont(font());
      const QRectF bar(left, top + kBarHeight / 2.0 - 5, room, 10);
      if (share.target) {
        // What chance alone does lies within.
        painter.fillRect(
            QRectF(bar.left() + bar.width() * share.chance.low, bar.top() - 3,
                   bar.width() * (share.chance.high - share.chance.low), bar.height() + 6),
            between(colors.color(QPalette::Window), mutedText(colors), 0.35));
      }
      paintBar(painter, bar, share.actual, share.target.value_or(-1),
               few ? between(color, colors.color(QPalette::Window), 0.65) : color, colors);
      painter.setPen(few ? mutedText(colors) : colors.color(QPalette::Text));
      painter.drawText(QRectF(left + room + 12, top, right - 12, kBarHeight),
                       Qt::AlignLeft | Qt::AlignVCenter,
                       painter.fontMetrics().elidedText(lineOf(share), Qt::ElideRight,
                                                        static_cast<int>(right) - 12));
      top += kBarHeight + 4;
    }
  }
}

}  // namespace sluice::ui
