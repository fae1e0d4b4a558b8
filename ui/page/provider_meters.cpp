// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/provider_meters.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/model/bucket_level.h"
#include "ui/model/seconds.h"
#include "ui/model/snippets.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

constexpr int kTankHeight = 12;
constexpr int kShareHeight = 10;

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

QSize BreakerMeter::sizeHint() const {
  return {300, 4 * (fontMetrics().height() + 5)};
}

void BreakerMeter::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  const QFontMetrics metrics(font());
  const int line = metrics.height() + 4;
  painter.setPen(colors.color(QPalette::Text));
  // Two lines where the words want them; the bars stay where they are.
  const bool fits = metrics.horizontalAdvance(m_words) <= width();
  const int high = fits ? line : 2 * metrics.lineSpacing() + 2;
  painter.drawText(QRect(0, 0, width(), high), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                   m_words);
  const double left = 130;
  const double right = 170;
  const double room = std::max(40.0, width() - left - right);
  const auto row = [&](int index, const QString& name, double share, double mark,
                       const QString& words, bool counts) {
    const double top = 2 * metrics.lineSpacing() + 2 + index * (line + 1);
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
                   .arg(decimalText(b.errorRate * 100, 0))
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

void Tank::setNarrow() {
  m_narrow = true;
  updateGeometry();
}

QSize Tank::sizeHint() const {
  const int line = fontMetrics().height();
  return m_narrow ? QSize(200, 2 * line + kTankHeight + 12) : QSize(300, line + kTankHeight + 8);
}

void Tank::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  const QRectF text(2, 0, width() - 4, fontMetrics().height());
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  painter.setPen(colors.color(QPalette::Text));
  QString title = m_title;
  if (m_binding) title += QStringLiteral("  ") + tr("\u25C4 binding");
  painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, title);
  const double used = QFontMetricsF(bold).horizontalAdvance(title) + 12;
  painter.setFont(font());
  painter.setPen(m_share < 0 ? mutedText(colors) : colors.color(QPalette::Text));
  const QString dot = QStringLiteral(" \u00B7 ");
  const QStringList details = m_detail.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  const auto say = [&](const QRectF& where, const QString& what) {
    painter.drawText(
        where, Qt::AlignRight | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(what, Qt::ElideRight, static_cast<int>(where.width())));
  };
  say(text.adjusted(used, 0, 0, 0),
      m_narrow ? m_level : (QStringList(m_level) + details).join(dot));
  // What is in it, of what it holds.
  const QRectF tank(2.5, text.bottom() + 2.5, width() - 5, kTankHeight);
  painter.fillRect(tank, colors.color(QPalette::Base));
  if (m_share >= 0) {
    const double share = std::clamp(m_share, 0.0, 1.0);
    painter.fillRect(
        QRectF(tank.left(), tank.top(), tank.width() * share, tank.height()),
        styleOf(share < 0.15 ? ProviderLook::Open : ProviderLook::Draining).color(dark));
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(m_binding ? QPen(colors.color(QPalette::Text), 1.6)
                           : QPen(mutedText(colors), 1, m_share < 0 ? Qt::DotLine : Qt::SolidLine));
  painter.drawRect(tank);
  if (!m_narrow) return;
  painter.setPen(mutedText(colors));
  say(text.translated(0, text.height() + kTankHeight + 7), details.join(dot));
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
  QString words = tr("%1 %").arg(decimalText(share.actual * 100, 0));
  if (share.target) words += tr(" (target %1 %)").arg(decimalText(*share.target * 100, 0));
  words += tr(", n = %1").arg(share.n);
  if (share.n < kLeastForShare) return words + tr(", too few to tell");
  if (share.target && !share.settled) return words + tr(", the target has just changed");
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

int ShareBars::rowHeight() const {
  return fontMetrics().height() + kShareHeight + 14;
}

QSize ShareBars::sizeHint() const {
  int height = 4;
  for (const RouteShares& route : m_routes) {
    height += fontMetrics().height() + 6 + static_cast<int>(route.shares.size()) * rowHeight();
  }
  return {300, std::max(height, 2 * fontMetrics().height())};
}

void ShareBars::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QPalette& colors = palette();
  QFont bold = font();
  bold.setBold(true);
  const int line = fontMetrics().height();
  if (m_routes.empty()) {
    painter.setPen(mutedText(colors));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignTop, tr("No route has it as a target."));
    return;
  }
  double top = 0;
  for (const RouteShares& route : m_routes) {
    const QString name = QString::fromStdString(route.route);
    painter.setFont(bold);
    painter.setPen(colors.color(QPalette::Text));
    painter.drawText(QRectF(2, top, width(), line), Qt::AlignLeft | Qt::AlignVCenter, name);
    const double used = QFontMetricsF(bold).horizontalAdvance(name) + 12;
    painter.setFont(font());
    painter.setPen(mutedText(colors));
    painter.drawText(QRectF(used, top, width() - used, line), Qt::AlignLeft | Qt::AlignVCenter,
                     QString::fromStdString(route.balance));
    top += line + 6;
    for (const Share& share : route.shares) {
      paintShare(painter, share, top);
      top += rowHeight();
    }
  }
}

/// Its name and its words, and below them the bar over the whole width.
void ShareBars::paintShare(QPainter& painter, const Share& share, double top) const {
  const QPalette& colors = palette();
  const int line = fontMetrics().height();
  const bool few = share.n < kLeastForShare;
  QFont face = font();
  face.setBold(share.provider == m_provider);
  painter.setFont(face);
  painter.setPen(colors.color(QPalette::Text));
  const QString name =
      QStringLiteral("%1  \u00D7%2").arg(QString::fromStdString(share.provider)).arg(share.weight);
  const QRectF text(10, top, width() - 12, line);
  painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, name);
  const double used = QFontMetricsF(face).horizontalAdvance(name) + 12;
  painter.setFont(font());
  painter.setPen(few ? mutedText(colors) : colors.color(QPalette::Text));
  painter.drawText(text.adjusted(used, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(lineOf(share), Qt::ElideRight,
                                                    static_cast<int>(text.width() - used)));
  const QRectF bar(10, top + line + 4, width() - 13, kShareHeight);
  if (share.target) {
    // What chance alone does lies within.
    painter.fillRect(QRectF(bar.left() + bar.width() * share.chance.low, bar.top() - 3,
                            bar.width() * (share.chance.high - share.chance.low), bar.height() + 6),
                     between(colors.color(QPalette::Window), mutedText(colors), 0.35));
  }
  const auto at = std::ranges::find(m_colors, share.provider);
  const QColor color =
      providerColor(static_cast<std::size_t>(at - m_colors.begin()), isDark(colors));
  paintBar(painter, bar, share.actual, share.target.value_or(-1),
           few ? between(color, colors.color(QPalette::Window), 0.65) : color, colors);
}

}  // namespace sluice::ui
