// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestResponses : public QObject {
  Q_OBJECT
 private slots:
  void requests_data();
  void requests();
  void refuses_data();
  void refuses();
  void copiesJsonTexts();
  void signedThoughtsGoBack();
  void answers_data();
  void answers();
  void answersThatAreNone_data();
  void answersThatAreNone();
  void errors();
  void peeks();
};
