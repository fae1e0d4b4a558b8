// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestGeminiAnswers : public QObject {
  Q_OBJECT
 private slots:
  void answers_data();
  void answers();
  void answersThatAreNone_data();
  void answersThatAreNone();
  void madeIds();
  void errors_data();
  void errors();
};
