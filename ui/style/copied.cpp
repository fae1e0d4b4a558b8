// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/copied.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QTimer>

namespace sluice::ui {

namespace {

constexpr int kMomentMs = 1500;

struct Words {
  Q_DECLARE_TR_FUNCTIONS(Copied)
};

}  // namespace

void showCopied(QAbstractButton& button) {
  const QString name = QStringLiteral("copiedMoment");
  if (auto* moment = button.findChild<QTimer*>(name, Qt::FindDirectChildrenOnly)) {
    moment->start();  // once more: what the button was is kept already
    return;
  }
  auto* moment = new QTimer(&button);
  moment->setObjectName(name);
  moment->setSingleShot(true);
  QObject::connect(moment, &QTimer::timeout, &button,
                   [&button, moment, text = button.text(), spoken = button.accessibleName(),
                    least = button.minimumWidth()] {
                     button.setText(text);
                     button.setAccessibleName(spoken);
                     button.setMinimumWidth(least);
                     moment->setParent(nullptr);
                     moment->deleteLater();
                   });
  button.setMinimumWidth(button.width());
  // Spaces at its end are room for the arrow of a menu.
  const QString before = button.text();
  qsizetype end = before.size();
  while (end > 0 && before[end - 1].isSpace()) --end;
  button.setText(Words::tr("\u2713 Copied") + before.mid(end));
  button.setAccessibleName(Words::tr("Copied"));
  moment->start(kMomentMs);
}

}  // namespace sluice::ui
