// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "gateway/config/config.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace sluice::ui {

class ConfigEdits;

/// A route as a form: what clients ask for, how it is shared out, and between whom.
class RouteDialog final : public QDialog {
  Q_OBJECT
 public:
  /// `model` empty: a new one.
  RouteDialog(ConfigEdits& edits, const QString& model, QWidget* parent = nullptr);

 private:
  void addTarget(const config::Target& target);
  config::Config wanted() const;
  void checkForm();

  ConfigEdits& m_edits;
  const std::string m_existing;
  QLineEdit* m_model;
  QComboBox* m_balance;
  QTableWidget* m_targets;
  QLabel* m_fault;
  QPushButton* m_save;
  bool m_edited = false;  // somebody has touched the form
  bool m_sound = false;
};

}  // namespace sluice::ui
