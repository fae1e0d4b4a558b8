// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/provider_card.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyleOptionToolButton>
#include <QStylePainter>
#include <QToolButton>
#include <cmath>
#include <limits>

#include "ui/model/snippets.h"
#include "ui/page/provider_actions.h"
#include "ui/page/stat_tile.h"
#include "ui/style/state_style.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {

/// Numbers that change ten times a second cannot be read.
constexpr core::Nanos kNumbersEvery = 500 * core::kMillisecond;
constexpr int kTrendSeconds = 60;
constexpr int kPad = 10;

/// Three dots say what it is; an arrow beside them says nothing more.
class MenuButton final : public QToolButton {
 public:
  using QToolButton::QToolButton;

 protected:
  void paintEvent(QPaintEvent*) override {
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.features &= ~QStyleOptionToolButton::HasMenu;
    painter.drawComplexControl(QStyle::CC_ToolButton, option);
  }
};

}  // namespace

ProviderCard::ProviderCard(const QString& id, std::size_t color, QWidget* parent)
    : QFrame(parent),
      m_id(id),
      m_color(color),
      m_actions(new ProviderActions(this)),
      m_button(new MenuButton(this)) {
  setObjectName(QStringLiteral("card_") + id);
  setAccessibleName(tr("Provider %1").arg(id));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumWidth(kWidth);
  setFixedHeight(kHeight);
  setCursor(Qt::PointingHandCursor);
  m_button->setObjectName(QStringLiteral("cardActions"));
  m_button->setText(QStringLiteral("\u22EF"));
  m_button->setAutoRaise(true);
  m_button->setCursor(Qt::ArrowCursor);
  m_button->setPopupMode(QToolButton::InstantPopup);
  m_button->setToolTip(tr("What can be done to this provider"));
  m_button->setAccessibleName(tr("Actions on %1").arg(id));
  m_button->setMenu(m_actions);
  connect(m_actions, &ProviderActions::commanded, this, &ProviderCard::commanded);
}

QWidget* ProviderCard::actionsButton() const {
  return m_button;
}

QString ProviderCard::stateText() const {
  const QString word = wordOf(m_look);
  return m_detail.isEmpty() ? word : word + QStringLiteral(", ") + m_detail;
}

void ProviderCard::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  const QSize size = m_button->sizeHint();
  m_button->setGeometry(width() - size.width() - 6, 5, size.width(), 22);
}

void ProviderCard::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && rect().contains(event->pos())) emit chosen();
}

void ProviderCard::focusInEvent(QFocusEvent* event) {
  // Who comes here hears it as it is now: "next try in 7 s" is told to nobody while it counts down.
  setAccessibleDescription(stateText());
  QFrame::focusInEvent(event);
}

void ProviderCard::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit chosen();
      return;
    case Qt::Key_Space:
    case Qt::Key_Menu:
      m_button->showMenu();
      return;
    default:
      QFrame::keyPressEvent(event);
  }
}

void ProviderCard::show(const ProviderSnapshot& provider, const SnapshotHistory& history) {
  const ProviderLook look = lookOf(provider);
  m_actions->show(provider);
  const QString detail = detailOf(provider);
  const bool stateChanged = look != m_look;
  if (stateChanged || detail != m_detail) {
    m_look = look;
    m_detail = detail;
    update();
  }
  if (stateChanged) {  // and never for a number alone: a reader would not stop talking
    setAccessibleDescription(stateText());  // and tells readers of the screen
  }
  const EngineSnapshot* latest = history.latest();
  const core::Nanos now = latest ? latest->takenAt : 0;
  if (m_numbersAt > 0 && now - m_numbersAt < kNumbersEvery) return;
  // Not all cards at the same look.
  m_numbersAt =
      m_numbersAt > 0 ? now : now - static_cast<core::Nanos>(m_color % 5) * kNumbersEvery / 5;
  const SnapshotHistory::Stats stats = history.provider(provider.id);
  m_demo = provider.dialect == config::Dialect::Mock;
  m_rate = stats.known ? tr("%1 req/s").arg(decimalText(stats.perSecond, 1)) : tr("\u2013 req/s");
  m_inflight = tr("%1 in flight").arg(provider.inflight);
  if (provider.concurrency.waiting > 0) {
    m_inflight += tr(" \u00B7 %1 waiting").arg(provider.concurrency.waiting);
  }
  // Always with the fraction: a share alone hides how little it may rest on.
  m_errors = stats.ended == 0 ? tr("errors \u2013")
                              : tr("errors %1 % (%2/%3)")
                                    .arg(decimalText(100.0 * static_cast<double>(stats.failed) /
                                                         static_cast<double>(stats.ended),
                                                     1))
                                    .arg(stats.failed)
                                    .arg(stats.ended);
  // Of few a percentile is the slowest of them.
  m_latency = stats.measured == 0 ? tr("first byte \u2013")
              : stats.measured < TrafficSeries::kLeastForPercentile
                  ? tr("first byte p50 %1  (n = %2)").arg(spanText(stats.p50)).arg(stats.measured)
                  : tr("first byte p50 %1  p95 %2").arg(spanText(stats.p50), spanText(stats.p95));
  m_health = healthOf(provider);
  m_requests = provider.requests;
  m_tokens = provider.tokens;
  m_trend.assign(kTrendSeconds, std::numeric_limits<double>::quiet_NaN());
  const TrafficSeries& traffic = history.traffic();
  if (const auto* ring = traffic.provider(provider.id, TrafficSeries::kFine)) {
    const double end = std::floor(traffic.last());
    ring->visit(end - kTrendSeconds, end - 1, [&](double at, const TrafficPiece& piece) {
      const auto index = static_cast<std::size_t>(std::lround(at - end + kTrendSeconds));
      if (piece.covered > 0 && index < m_trend.size()) {
        m_trend[index] = piece.perSecond(piece.started);
      }
    });
  }
  setToolTip(
      QStringLiteral("%1: %2\n%3\n%4\n%5").arg(m_id, stateText(), m_errors, m_latency, m_health));
  update();
}

void ProviderCard::paintLevel(QPainter& painter, const QRectF& box, const BucketSnapshot& bucket,
                              const QString& unit) const {
  const QFontMetricsF metrics(painter.font());
  painter.setPen(mutedText(palette()));
  const QString name = unit;
  painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, name);
  const double left = box.left() + 30;
  const QString words =
      QStringLiteral("%1/%2").arg(countText(std::max<std::int64_t>(bucket.available, 0)),
                                  countText(static_cast<std::int64_t>(bucket.capacity)));
  const double right = box.right() - std::max(64.0, metrics.horizontalAdvance(words) + 6);
  painter.setPen(palette().color(QPalette::Text));
  painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, words);
  const QRectF tank(left, box.center().y() - 3, right - left, 6);
  const double share =
      bucket.capacity == 0
          ? 0
          : std::clamp(static_cast<double>(bucket.available) / static_cast<double>(bucket.capacity),
                       0.0, 1.0);
  const bool dark = isDark(palette());
  painter.setPen(QPen(palette().color(QPalette::Mid), 0));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(tank);
  painter.fillRect(QRectF(tank.left(), tank.top(), tank.width() * share, tank.height()),
                   styleOf(share < 0.15 ? ProviderLook::Open : ProviderLook::Draining).color(dark));
}

void ProviderCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colors = palette();
  const bool dark = isDark(colors);
  const StateStyle& style = styleOf(m_look);
  const QColor color = style.color(dark);
  painter.setPen(hasFocus() ? QPen(colors.color(QPalette::Highlight), 2)
                            : QPen(colors.color(QPalette::Mid), 1));
  painter.setBrush(colors.color(QPalette::Base));
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
  const QRectF inner = QRectF(rect()).adjusted(kPad, 6, -kPad, -7);
  const QFont usual = font();
  QFont bold = usual;
  bold.setBold(true);
  QFont small = usual;
  small.setPointSizeF(usual.pointSizeF() * 0.92);
  const double line = QFontMetricsF(usual).height() + 1;

  // name, and the colour of its lines in the plots
  painter.setPen(Qt::NoPen);
  painter.setBrush(providerColor(m_color, dark));
  painter.drawRoundedRect(QRectF(inner.left(), inner.top() + line / 2 - 4, 9, 9), 2, 2);
  painter.setFont(bold);
  painter.setPen(colors.color(QPalette::Text));
  double right = m_button->x() - 4;
  if (m_demo) {
    painter.setFont(small);
    painter.setPen(mutedText(colors));
    const QString demo = tr("DEMO");
    painter.drawText(QRectF(inner.left(), inner.top(), right - inner.left(), line),
                     Qt::AlignRight | Qt::AlignVCenter, demo);
    right -= QFontMetricsF(small).horizontalAdvance(demo) + 6;
    painter.setFont(bold);
    painter.setPen(colors.color(QPalette::Text));
  }
  painter.drawText(
      QRectF(inner.left() + 15, inner.top(), right - inner.left() - 15, line),
      Qt::AlignLeft | Qt::AlignVCenter,
      QFontMetricsF(bold).elidedText(m_id, Qt::ElideMiddle, right - inner.left() - 15));

  // state: pattern, glyph, word, and why
  double top = inner.top() + line + 2;
  const QRectF swatch(inner.left() + 0.5, top + (line - 13) / 2 + 0.5, 13, 13);
  painter.setPen(style.outlined || style.pattern != Qt::SolidPattern ? QPen(color, 1.4)
                                                                     : QPen(Qt::NoPen));
  painter.setBrush(patternBrush(color, style.pattern, painter));
  painter.drawRoundedRect(swatch, 3, 3);
  const QString word = titleOf(m_look);
  painter.setFont(bold);
  painter.setPen(color);
  painter.drawText(QRectF(inner.left() + 20, top, inner.width() - 20, line),
                   Qt::AlignLeft | Qt::AlignVCenter, word);
  const double used = 20 + QFontMetricsF(bold).horizontalAdvance(word) + 7;
  painter.setFont(small);
  painter.setPen(mutedText(colors));
  painter.drawText(QRectF(inner.left() + used, top, inner.width() - used, line),
                   Qt::AlignLeft | Qt::AlignVCenter,
                   QFontMetricsF(small).elidedText(m_detail.isEmpty() ? m_health : m_detail,
                                                   Qt::ElideRight, inner.width() - used));

  top += line + 1;
  painter.setFont(bold);
  painter.setPen(colors.color(QPalette::Text));
  painter.drawText(QRectF(inner.left(), top, inner.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                   m_rate);
  const double after = QFontMetricsF(bold).horizontalAdvance(QStringLiteral("00000.0 req/s"));
  painter.setFont(small);
  painter.setPen(mutedText(colors));
  painter.drawText(QRectF(inner.left(), top, inner.width(), line),
                   Qt::AlignRight | Qt::AlignVCenter, m_inflight);
  const double room =
      inner.width() - after - QFontMetricsF(small).horizontalAdvance(m_inflight) - 10;
  if (room > 20) {
    paintTrend(painter, QRectF(inner.left() + after, top + 2, room, line - 4), m_trend,
               providerColor(m_color, dark));
  }
  top += line;
  painter.setPen(colors.color(QPalette::Text));
  painter.drawText(QRectF(inner.left(), top, inner.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                   m_errors);
  top += line;
  painter.drawText(QRectF(inner.left(), top, inner.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                   QFontMetricsF(small).elidedText(m_latency, Qt::ElideRight, inner.width()));
  top += line;
  const QRectF level(inner.left(), top, inner.width(), line - 1);
  if (m_requests.limited && m_tokens.limited) {
    const double half = (inner.width() - 10) / 2;
    paintLevel(painter, QRectF(inner.left(), top, half, line - 1), m_requests, tr("req"));
    paintLevel(painter, QRectF(inner.left() + half + 10, top, half, line - 1), m_tokens, tr("tok"));
  } else if (m_requests.limited) {
    paintLevel(painter, level, m_requests, tr("req"));
  } else if (m_tokens.limited) {
    paintLevel(painter, level, m_tokens, tr("tok"));
  } else {
    painter.setPen(mutedText(colors));
    painter.drawText(level, Qt::AlignLeft | Qt::AlignVCenter, tr("no limits"));
  }
}

}  // namespace sluice::ui
