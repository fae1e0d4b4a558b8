// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/conflict_dialog.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/edit/diff_view.h"
#include "ui/model/refusal_words.h"

namespace sluice::ui {

std::optional<Resolution> askAboutConflict(QWidget* parent, const FileConflict& conflict) {
  QDialog dialog(parent);
  dialog.setObjectName(QStringLiteral("conflictDialog"));
  dialog.setWindowTitle(QObject::tr("The config file was changed elsewhere"));
  dialog.resize(900, 520);
  auto* lead = new QLabel(
      conflict.merged
          ? QObject::tr("Your change is in force but not in the file, which somebody else changed "
                        "meanwhile. The two touch different values. Whatever you choose, the other "
                        "is kept in the history.")
          : QObject::tr("Your change is in force but not in the file, which somebody else changed "
                        "meanwhile: %1. Whatever you choose, the other is kept in the history.")
                .arg(refusalWords(conflict.why)));
  lead->setWordWrap(true);
  auto* views = new QHBoxLayout;
  const QString base = QString::fromStdString(conflict.base);
  for (const auto& [title, text, name] :
       {std::tuple{QObject::tr("Changed in the file"), conflict.theirs, "conflictTheirs"},
        {QObject::tr("Changed here"), conflict.mine, "conflictMine"}}) {
    auto* column = new QVBoxLayout;
    auto* label = new QLabel(title);
    auto* view = new DiffView;
    view->setObjectName(QString::fromLatin1(name));
    view->setAccessibleName(title);
    view->show(base, QString::fromStdString(text), QObject::tr("Nothing."));
    label->setBuddy(view);
    column->addWidget(label);
    column->addWidget(view);
    views->addLayout(column);
  }
  auto* buttons = new QDialogButtonBox;
  std::optional<Resolution> chosen;
  const auto add = [&](const QString& text, const char* name, Resolution resolution) {
    QPushButton* button = buttons->addButton(text, QDialogButtonBox::AcceptRole);
    button->setObjectName(QString::fromLatin1(name));
    QObject::connect(button, &QPushButton::clicked, &dialog, [&chosen, &dialog, resolution] {
      chosen = resolution;
      dialog.accept();
    });
    return button;
  };
  QPushButton* merge = add(QObject::tr("&Merge both"), "conflictMerge", Resolution::Merge);
  merge->setEnabled(conflict.merged.has_value());
  merge->setToolTip(refusalWords(conflict.why));
  QPushButton* reload = add(QObject::tr("&Reload the file"), "conflictReload", Resolution::Reload);
  add(QObject::tr("&Keep mine"), "conflictKeep", Resolution::KeepMine);
  (conflict.merged ? merge : reload)->setDefault(true);
  QPushButton* later = buttons->addButton(QObject::tr("&Later"), QDialogButtonBox::RejectRole);
  later->setObjectName(QStringLiteral("conflictLater"));
  QObject::connect(later, &QPushButton::clicked, &dialog, &QDialog::reject);
  auto* layout = new QVBoxLayout(&dialog);
  layout->addWidget(lead);
  layout->addLayout(views, 1);
  layout->addWidget(buttons);
  dialog.exec();
  return chosen;
}

}  // namespace sluice::ui
