// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>

#include "gateway/engine.h"

class QAction;
class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace sluice::ui {

class ConfigEdits;

/// What happened, newest first: breakers, configs, start and stop. The field in its title shows only what
/// has all of the words typed there, in its time, name or text. Beside the change of the config that was
/// made last in this window stands its undo.
class EventsDock final : public QDockWidget {
  Q_OBJECT
 public:
  static constexpr int kMostRows = 500;

  explicit EventsDock(ConfigEdits& edits, QWidget* parent = nullptr);
  /// `now`: engine time, to tell the time of day of each.
  void add(const std::vector<Event>& events, core::Nanos now);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* makeTitle();
  bool matches(const QTreeWidgetItem* item) const;
  void filter();
  /// Says why nothing is seen, where nothing is.
  void tellWhenEmpty();
  /// Puts the undo beside that change, or nowhere.
  void offerUndo(QTreeWidgetItem* change);

  ConfigEdits& m_edits;
  QAction* m_undo;
  QTreeWidgetItem* m_undoable = nullptr;  // the change that the undo stands beside
  int m_done = 0;                         // changes on the undo stack when events were last added
  QTreeWidget* m_list;
  QLineEdit* m_filter;
  QLabel* m_empty;
  QStringList m_words;
};

}  // namespace sluice::ui
