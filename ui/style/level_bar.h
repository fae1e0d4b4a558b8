// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// What a token bucket holds: a tank on its side, with the numbers in words beside it.
class LevelBar final : public QWidget {
  Q_OBJECT
 public:
  explicit LevelBar(QWidget* parent = nullptr);
  /// `unit`: what it holds, "requests" or "tokens".
  void setBucket(const BucketSnapshot& bucket, const QString& unit);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  BucketSnapshot m_bucket;
  QString m_unit;
};

}  // namespace sluice::ui
