// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>

#include "gateway/engine.h"

class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace sluice::ui {

/// What happened, newest first: breakers, configs, start and stop. The field in its title shows only what
/// has all of the words typed there, in its time, name or text.
class EventsDock final : public QDockWidget {
  Q_OBJECT
 public:
  static constexpr int kMostRows = 500;

  explicit EventsDock(QWidget* parent = nullptr);
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

  QTreeWidget* m_list;
  QLineEdit* m_filter;
  QLabel* m_empty;
  QStringList m_words;
};

}  // namespace sluice::ui
