// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QNetworkAccessManager>
#include <vector>

#include "gateway/config/text_edit.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sluice::ui {

class ConfigEdits;

/// A provider as a form: from a preset or by hand, with a test of its connection. Keys are references:
/// the key itself never gets into the config.
class ProviderDialog final : public QDialog {
  Q_OBJECT
 public:
  /// `id` empty: a new one.
  ProviderDialog(ConfigEdits& edits, const QString& id, QWidget* parent = nullptr);

 private:
  struct Preset {
    QString name;  ///< for `preset:`; empty: it has none
    QString title, dialect, baseUrl, variable, keyHeader;
    bool ownAddress = false;  ///< baseUrl is what it looks like only
  };
  static std::vector<Preset> presets();
  void usePreset(int index);
  void checkForm();
  void test();
  void save();
  void write();
  std::vector<config::Change> changes() const;

  ConfigEdits& m_edits;
  const QString m_existing;
  std::vector<Preset> m_presets;
  Preset m_used;
  QComboBox* m_preset;
  QLineEdit* m_id;
  QComboBox* m_dialect;
  QLineEdit* m_url;
  QComboBox* m_keyKind;
  QLineEdit* m_key;
  QLineEdit* m_secret;  // goes to the keychain only
  QCheckBox* m_route;
  QLabel* m_fault;
  QLabel* m_testResult;
  QPushButton* m_test;
  QPushButton* m_save;
  QNetworkAccessManager m_network;
  bool m_edited = false;  // somebody has touched the form
  bool m_sound = false;
};

}  // namespace sluice::ui
