// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestStreams : public QObject {
  Q_OBJECT
 private slots:
  void interleavedCalls();
  void eventsAreNotHeld();
  void eventsAllocateNothing();
  void chatGetsArgumentsOfNone();
  void looseStreams_data();
  void looseStreams();
  void callsWithoutIds();
  void brokenStreams_data();
  void brokenStreams();
  void errorsWithin();
  void errorsWithinAreOfAKind_data();
  void errorsWithinAreOfAKind();
  void sseIsReadAsTheStandardSays();
  void charactersCutInTwo_data();
  void charactersCutInTwo();
};
