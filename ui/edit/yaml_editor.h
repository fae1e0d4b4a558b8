// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <vector>

#include "gateway/config/config.h"

namespace sluice::ui {

/// A text with numbered lines and the colours of YAML; lines with faults are underlined and say why.
class YamlEditor final : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit YamlEditor(QWidget* parent = nullptr);
  /// Another text, as one step that can be undone; the cursor stays where it is in what is the same.
  void replaceText(const QString& text);
  void setFaults(const std::vector<config::Fault>& faults);
  /// Puts the cursor there; both from 1.
  void goTo(int line, int column);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  friend class LineNumbers;
  int numbersWidth() const;
  void paintNumbers(QWidget& on, const QRect& area);
  void underline();

  QWidget* m_numbers;
  class YamlColours* m_colours;
  std::vector<config::Fault> m_faults;
};

}  // namespace sluice::ui
