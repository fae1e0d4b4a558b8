// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/style/state_style.h"

namespace sluice::ui {

/// A state as a small labelled chip: pattern, glyph and word.
class StateChip final : public QWidget {
  Q_OBJECT
 public:
  explicit StateChip(QWidget* parent = nullptr);
  void setLook(ProviderLook look);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString text() const;
  ProviderLook m_look = ProviderLook::NoData;
};

}  // namespace sluice::ui
