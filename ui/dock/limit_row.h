// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "ui/model/limit_field.h"

class QAbstractButton;
class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QToolButton;

namespace sluice::ui {

class ConfigEdits;
class SpokenSlider;

/// One value: its name or switch, a number, a slider, and a line on how it is used, what it is by
/// default and where it comes from. A dragged slider is applied at most every kApplyMs, and is one
/// undo step.
class LimitRow final : public QWidget {
  Q_OBJECT
 public:
  static constexpr int kApplyMs = 33;

  LimitRow(LimitField field, ConfigEdits& edits, QWidget* parent = nullptr);

  /// Takes the value from a config. `told`: whether the file tells it; `origin`: where from, in a word.
  void refresh(const config::Config& config, bool told, const QString& origin);
  void show(const EngineSnapshot& snapshot);
  /// Why it cannot be changed; empty: it can.
  void setReadOnly(const QString& why);
  const LimitField& field() const { return m_field; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void edit(std::optional<double> value);
  void applyNow();
  void showWords();
  QString spoken(double value) const;
  void enable();

  const LimitField m_field;
  ConfigEdits& m_edits;
  QCheckBox* m_on = nullptr;  // of optional ones
  QDoubleSpinBox* m_number;
  SpokenSlider* m_slider;
  QToolButton* m_reset;
  QLabel* m_words;
  QTimer m_throttle;
  std::optional<std::optional<double>> m_pending;
  QString m_nowWords;
  QString m_origin;
  QString m_readOnly;
  bool m_told = false;
  bool m_filling = false;
  bool m_isOn = true;
};

}  // namespace sluice::ui
