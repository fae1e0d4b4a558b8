// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/qcp.h"

#include <vector>

#include "ui/model/state_log.h"

namespace sluice::ui {

/// Draws pieces of lanes; lane i is centred on the value -i.
class StateLanes final : public QCPAbstractPlottable {
 public:
  StateLanes(QCPAxis* time, QCPAxis* value) : QCPAbstractPlottable(time, value) {}

  std::vector<std::vector<LanePiece>> lanes;
  bool dark = false;

  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
  QCPRange getKeyRange(bool& found, QCP::SignDomain) const override {
    found = false;
    return {};
  }
  QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override {
    found = false;
    return {};
  }

 protected:
  void draw(QCPPainter* painter) override;
  void drawLegendIcon(QCPPainter*, const QRectF&) const override {}
};

}  // namespace sluice::ui
