// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>
#include <QTimer>
#include <optional>
#include <string>

#include "gateway/engine.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;
class QSpinBox;

namespace sluice::ui {

class LevelBar;

/// Requests per minute of a provider, by slider and by number. A change is in force at once: while
/// dragging, at most every kApplyMs, and the last value always.
class LimitsDock final : public QDockWidget {
  Q_OBJECT
 public:
  static constexpr int kApplyMs = 33;

  explicit LimitsDock(Engine& engine, QWidget* parent = nullptr);
  /// Takes providers and values from the config in force.
  void refresh();
  void show(const EngineSnapshot& snapshot);

  /// Slider positions go from 0 (nothing passes) evenly in the logarithm up to kSliderEnd.
  static constexpr int kSliderEnd = 400;
  static int positionOf(std::uint32_t perMinute);
  static std::uint32_t perMinuteAt(int position);

 private:
  void choose();
  void edit(std::optional<std::uint32_t> perMinute);
  void applyNow();

  Engine& m_engine;
  QComboBox* m_provider;
  QCheckBox* m_limited;
  QSlider* m_slider;
  QSpinBox* m_number;
  QLabel* m_words;
  QLabel* m_fault;
  LevelBar* m_level;
  QTimer m_throttle;
  std::optional<std::optional<std::uint32_t>> m_pending;  // an edit that is not applied yet
  bool m_filling = false;                                 // widgets are being set from the config
};

}  // namespace sluice::ui
