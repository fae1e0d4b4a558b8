// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/port_dialog.h"

#include <QMessageBox>
#include <QPushButton>

#include "ui/model/refusal_words.h"

namespace sluice::ui {

std::optional<quint16> offerNextPort(QWidget* parent, const StartError& error) {
  QMessageBox box(QMessageBox::Warning, QObject::tr("The gateway cannot listen"),
                  refusalWords(error.message), QMessageBox::Cancel, parent);
  box.setObjectName(QStringLiteral("portDialog"));
  QPushButton* take = nullptr;
  if (error.nextFreePort != 0) {
    box.setInformativeText(
        QObject::tr("Port %1 is free. Clients then use http://127.0.0.1:%1/v1, until "
                    "the next start.")
            .arg(error.nextFreePort));
    take =
        box.addButton(QObject::tr("Use port %1").arg(error.nextFreePort), QMessageBox::AcceptRole);
    take->setObjectName(QStringLiteral("portTake"));
    box.setDefaultButton(take);
  }
  box.exec();
  if (take && box.clickedButton() == take) return error.nextFreePort;
  return std::nullopt;
}

}  // namespace sluice::ui
