// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace sluice::ui {

/// What differs between two texts: lines that went, marked "-", and that came, marked "+".
class DiffView final : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit DiffView(QWidget* parent = nullptr);
  /// `same`: what is shown when there is no difference.
  void show(const QString& from, const QString& to, const QString& same);
  using QWidget::show;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void draw();

  QString m_from, m_to, m_same;
};

}  // namespace sluice::ui
