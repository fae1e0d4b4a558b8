// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/level_bar.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

LevelBar::LevelBar(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize LevelBar::sizeHint() const {
  return {220, fontMetrics().height() + 12};
}

void LevelBar::setBucket(const BucketSnapshot& bucket, const QString& unit) {
  m_bucket = bucket;
  m_unit = unit;
  const QLocale locale;
  setAccessibleDescription(
      bucket.limited ? QStringLiteral("%1 of %2 %4 available, %3 per minute")
                           .arg(locale.toString(static_cast<qlonglong>(bucket.available)),
                                locale.toString(static_cast<qulonglong>(bucket.capacity)),
                                locale.toString(static_cast<qulonglong>(bucket.perMinute)), unit)
                     : QStringLiteral("no limit"));
  update();
}

void LevelBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QLocale locale;
  const int textHeight = fontMetrics().height();
  const QRect words(0, 0, width(), textHeight);
  if (!m_bucket.limited) {
    painter.setPen(mutedText(palette()));
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("no limit of %1").arg(m_unit));
    return;
  }
  const auto available = std::max<std::int64_t>(m_bucket.available, 0);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                   QStringLiteral("%1 / %2 %3")
                       .arg(locale.toString(static_cast<qlonglong>(available)),
                            locale.toString(static_cast<qulonglong>(m_bucket.capacity)), m_unit));
  painter.setPen(mutedText(palette()));
  painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter,
                   QStringLiteral("+%1 / min")
                       .arg(locale.toString(static_cast<qulonglong>(m_bucket.perMinute))));
  const QRect tank(0, textHeight + 3, width() - 1, 7);
  painter.setPen(palette().color(QPalette::Mid));
  painter.setBrush(palette().color(QPalette::Base));
  painter.drawRect(tank);
  const double share =
      m_bucket.capacity == 0
          ? 0
          : std::min(1.0, static_cast<double>(available) / static_cast<double>(m_bucket.capacity));
  const bool dark = isDark(palette());
  const QColor fill =
      styleOf(share < 0.15 ? ProviderLook::Open : ProviderLook::Draining).color(dark);
  painter.fillRect(QRect(tank.left() + 1, tank.top() + 1,
                         static_cast<int>(share * (tank.width() - 1)), tank.height() - 1),
                   fill);
}

}  // namespace sluice::ui
