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
  void setBucket(const BucketSnapshot& bucket);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  BucketSnapshot m_bucket;
};

}  // namespace sluice::ui
