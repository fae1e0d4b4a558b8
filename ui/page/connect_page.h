// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkAccessManager>

#include "ui/page/page.h"

class QComboBox;
class QFrame;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabBar;

namespace sluice::ui {

/// How to point a client here, and whether one has come: the page of the first run.
class ConnectPage final : public Page {
  Q_OBJECT
 public:
  explicit ConnectPage(const PageContext& context);
  void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) override;
  using Page::show;
  void showConfig(const config::Config& config, const QString& url) override;

 private:
  void fill();
  void showWhatMay(const EngineSnapshot& snapshot);
  void sendTest();
  bool mockOnly() const;

  Engine& m_engine;
  ConfigEdits& m_edits;
  QFrame* m_banner;
  QLabel* m_status;
  QLabel* m_barred;  // why something is not offered
  QLabel* m_answer;
  QPushButton* m_send;
  QPushButton* m_tour;
  QTabBar* m_sdk;
  QTabBar* m_language;
  QPlainTextEdit* m_text;
  QPushButton* m_copy;
  QLabel* m_base;
  QString m_url;
  QString m_model;
  bool m_keyed = false;  // who asks needs a client key
  QString m_statusWords;
  QNetworkAccessManager m_network;
};

}  // namespace sluice::ui
