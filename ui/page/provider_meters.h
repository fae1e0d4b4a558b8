// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/model/breaker_words.h"
#include "ui/model/shares.h"

namespace sluice::ui {

/// How near a closed breaker is to opening: failures in a row, and the share of its window, each with
/// the mark it opens at; and why it has not.
class BreakerMeter final : public QWidget {
  Q_OBJECT
 public:
  explicit BreakerMeter(QWidget* parent = nullptr);
  void show(const BreakerSnapshot& breaker);
  using QWidget::show;
  const QString& words() const { return m_words; }
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  BreakerSnapshot m_breaker;
  QString m_words;
};

/// A limit as a tank: what is in it, what it holds, how fast it fills, when it will be full.
class Tank final : public QWidget {
  Q_OBJECT
 public:
  Tank(const QString& name, const QString& title, QWidget* parent = nullptr);
  void show(const BucketSnapshot& bucket, bool binding);
  void show(const ConcurrencySnapshot& concurrency, bool binding);
  using QWidget::show;
  /// "137 of 200", "+600 / min", then "full in 6 s"
  const QString& level() const { return m_level; }
  const QString& detail() const { return m_detail; }
  bool binding() const { return m_binding; }
  /// How fast it fills stands below it, where there is little room beside its name.
  void setNarrow();
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void say(double share, const QString& level, const QString& detail, bool binding);

  QString m_title;
  QString m_level;
  QString m_detail;
  double m_share = -1;  // < 0: no limit
  bool m_narrow = false;
  bool m_binding = false;
};

/// Each target of the routes of a provider: its share, its target, and what chance alone may do.
class ShareBars final : public QWidget {
  Q_OBJECT
 public:
  explicit ShareBars(QWidget* parent = nullptr);
  /// Of these routes, those that have `provider` as a target. `colors`: ids in the order of colours.
  void show(const std::vector<RouteShares>& routes, const std::string& provider,
            const std::vector<std::string>& colors);
  using QWidget::show;
  /// One line for each bar, as it is painted.
  QStringList lines() const;
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  static QString lineOf(const Share& share);
  int rowHeight() const;
  void paintShare(QPainter& painter, const Share& share, double top) const;
  std::vector<RouteShares> m_routes;
  std::vector<std::string> m_colors;
  std::string m_provider;
};

}  // namespace sluice::ui
