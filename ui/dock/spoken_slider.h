// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <functional>

#include "ui/model/slider_scale.h"

namespace sluice::ui {

/// A slider whose positions stand for values of a scale. Assistive tools are told the value, and in
/// words: "60 requests per minute", where Qt's own slider tells the bare position. What they set is a
/// value too.
class SpokenSlider final : public QSlider {
  Q_OBJECT
 public:
  struct Told {
    SliderScale scale;
    /// The value that holds, as exact as it was typed.
    std::function<double()> exact;
    /// A value in words.
    std::function<QString(double)> words;
  };
  explicit SpokenSlider(Told told, QWidget* parent = nullptr);

  /// What is exact where the position stands for it; else what the position stands for: a change is told
  /// before all who hear of it have followed.
  double spokenValue() const;
  QString spokenWords() const { return m_told.words(spokenValue()); }
  const SliderScale& scale() const { return m_told.scale; }

 private:
  const Told m_told;
};

}  // namespace sluice::ui
