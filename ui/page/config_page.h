// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/page/page.h"

class QFrame;
class QLabel;
class QMenu;
class QPushButton;
class QTabWidget;
class QTreeView;

namespace sluice::ui {

class DiffView;
class ElidedLabel;
class RevisionModel;
class YamlEditor;

/// The config as a text, checked as it is typed; what it would change; and what it was before.
class ConfigPage final : public Page {
  Q_OBJECT
 public:
  explicit ConfigPage(const PageContext& context);
  void showConfig(const config::Config& config, const QString& url) override;

 private:
  QWidget* makeEditor();
  QWidget* makeSide();
  QWidget* makeMeanwhile();
  void refresh();
  void checkText();
  void showChanges();
  void merge();
  void apply();
  void showRevision();
  void restore();
  void fillForms();
  void saveAs();

  Engine& m_engine;
  ConfigEdits& m_edits;
  YamlEditor* m_editor;
  ElidedLabel* m_state;
  QFrame* m_meanwhile;  // the config in force changed while something was typed
  QPushButton* m_showMeanwhile;
  QPushButton* m_merge;
  QLabel* m_fault;
  QPushButton* m_apply;
  QPushButton* m_revert;
  QPushButton* m_saveAs;
  QMenu* m_editMenu;
  QTabWidget* m_tabs;
  DiffView* m_changes;
  RevisionModel* m_revisions;
  QTreeView* m_history;
  DiffView* m_revision;
  QPushButton* m_restore;
  QTimer m_check;
  QString m_running;  // the text in force
  QString m_base;     // the one that what is typed began with
};

}  // namespace sluice::ui
