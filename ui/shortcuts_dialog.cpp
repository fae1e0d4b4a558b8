// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shortcuts_dialog.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMenu>
#include <QMenuBar>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sluice::ui {

namespace {
struct Words {
  Q_DECLARE_TR_FUNCTIONS(Shortcuts)
};
}  // namespace

void showShortcuts(QWidget* parent, const QMenuBar& menus) {
  QDialog dialog(parent);
  dialog.setObjectName(QStringLiteral("shortcutsDialog"));
  dialog.setWindowTitle(Words::tr("Keyboard shortcuts"));
  auto* list = new QTreeWidget;
  list->setObjectName(QStringLiteral("shortcutsList"));
  list->setAccessibleName(Words::tr("Keyboard shortcuts"));
  list->setHeaderLabels({Words::tr("Keys"), Words::tr("What they do")});
  list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  const auto group = [list](QString title) {
    return new QTreeWidgetItem(list, {title.remove(QLatin1Char('&'))});
  };
  const auto add = [](QTreeWidgetItem* to, const QString& keys, QString what) {
    new QTreeWidgetItem(to, {keys, what.remove(QLatin1Char('&'))});
  };
  for (const QAction* menu : menus.actions()) {
    if (!menu->menu()) continue;
    QTreeWidgetItem* to = group(menu->text());
    for (const QAction* action : menu->menu()->actions()) {
      if (action->shortcut().isEmpty()) continue;
      add(to, action->shortcut().toString(QKeySequence::NativeText), action->text());
    }
    if (to->childCount() == 0) delete to;
  }
  QTreeWidgetItem* plots = group(Words::tr("In a plot"));
  add(plots, Words::tr("Space"), Words::tr("pauses, and returns to live"));
  add(plots, Words::tr("Home, R"), Words::tr("returns to live and to the whole view"));
  add(plots, QStringLiteral("\u2190 \u2192"), Words::tr("moves in time"));
  add(plots, QStringLiteral("+ \u2212"), Words::tr("zooms"));
  add(plots, Words::tr("Ctrl+\u2190 Ctrl+\u2192"),
      Words::tr("moves the crosshair; what is there is read below the plots"));
  add(plots, Words::tr("Esc"), Words::tr("takes the crosshair away"));
  QTreeWidgetItem* cards = group(Words::tr("On a provider's card"));
  add(cards, Words::tr("Enter"), Words::tr("shows the provider at length"));
  add(cards, Words::tr("Space"), Words::tr("opens the menu of what can be done to it"));
  list->expandAll();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  auto* layout = new QVBoxLayout(&dialog);
  layout->addWidget(list);
  layout->addWidget(buttons);
  dialog.resize(460, 520);
  dialog.exec();
}

}  // namespace sluice::ui
