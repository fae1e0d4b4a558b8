// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestTranslate : public QObject {
  Q_OBJECT
 private slots:
  void requests_data();
  void requests();
  void copiesJsonTexts();
  void namesAreFitForAHeader();
  void refuses_data();
  void refuses();
  void stopReasons_data();
  void stopReasons();
  void usageSums();
  void usageOfForwardedStreams();
  void answersThatAreNone_data();
  void answersThatAreNone();
  void lengthOfTheWindow();
  void partsOfAnswers();
  void callsWithoutIds();
  void halvesInArguments();
  void callsCutByLength();
  void stopBehindCallsIsToolUse();
  void errors_data();
  void errors();
  void errorsThatSayNothing();
  void manyTurnsTakeTheirTimeOnce();
  void errorsAreText();
};
