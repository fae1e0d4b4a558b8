// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestGemini : public QObject {
  Q_OBJECT
 private slots:
  void requests_data();
  void requests();
  void refuses_data();
  void refuses();
  void copiesJsonTexts();
  void signaturesGoBack();
  void signaturesOfOthers();
  void unsignedCalls();
  void someModelsAlwaysThink();
};
